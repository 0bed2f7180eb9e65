import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { allConstraints, matchesEverything } from './authorization-policy.ts';
import { contains, overlaps } from './policy-scope.ts';
import { readAuthorizationPolicy } from './read-authorization-policy.ts';

function read(spec: string, namespace = 'sales', annotations = '{}') {
  const text = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a, namespace: ${namespace}, annotations: ${annotations}}
spec: ${spec}
`;
  const [resource] = readManifest('a.yaml', new TextEncoder().encode(text)).resources;
  if (resource === undefined) throw new Error('not read');
  return readAuthorizationPolicy(resource, 'istio-system');
}

test('the fields of a rule become constraints with their places', () => {
  const { rules, problems, action } = read(
    '{rules: [{from: [{source: {namespaces: [a], notIpBlocks: [10.0.0.0/8]}}], when: [{key: source.principal, values: [x], notValues: [z]}]}]}',
  );
  expect(problems).toEqual([]);
  expect(action).toBe('ALLOW');
  expect(allConstraints(rules[0] as never).map(({ attribute, negated, path }) => [attribute, negated, path])).toEqual([
    ['source.namespace', false, 'spec.rules[0].from[0].source.namespaces'],
    ['source.ip', true, 'spec.rules[0].from[0].source.notIpBlocks'],
    ['source.principal', false, 'spec.rules[0].when[0].values'],
    ['source.principal', true, 'spec.rules[0].when[0].notValues'],
  ]);
});

// security.md 2.2: an explicit empty list counts as absent, only an empty source is refused.
test.each([
  ['{}', true],
  ['{from: []}', true],
  ['{to: [{operation: {ports: ["80"]}}]}', false],
  ['{when: [{key: source.ip, values: [1.2.3.4]}]}', false],
])('rule %s matches everything: %s', (rule, expected) => {
  const { rules, problems } = read(`{rules: [${rule}]}`);
  expect(problems).toEqual([]);
  expect(matchesEverything(rules[0] as never)).toBe(expected);
});

test.each([
  ['{rule: [{}]}', 'spec.rule', 'no such field'],
  ['{selector: {app: web}}', 'spec.selector.app', 'no such field'],
  ['{action: DENY}', 'spec', 'needs rules'],
  ['{action: DENY, rules: []}', 'spec', 'needs rules'],
  ['{action: PERMIT}', 'spec.action', 'no action'],
  ['{action: CUSTOM, rules: [{}]}', 'spec', 'provider'],
  ['{provider: {name: a}}', 'spec.provider', 'CUSTOM'],
  [
    '{action: CUSTOM, provider: {name: a}, rules: [{from: [{source: {namespaces: [a]}}]}]}',
    'spec.rules[0].from[0].source.namespaces',
    'namespaces',
  ],
  ['{rules: [{from: [{source: {}}]}]}', 'spec.rules[0].from[0].source', 'empty'],
  ['{rules: [{from: [{source: {principals: [], notPrincipals: null}}]}]}', 'spec.rules[0].from[0].source', 'empty'],
  ['{rules: [{from: [{}]}]}', 'spec.rules[0].from[0]', 'empty'],
  ['{rules: [{from: [{source: {names: [a]}}]}]}', 'spec.rules[0].from[0].source.names', 'no such field'],
  ['{rules: [{form: []}]}', 'spec.rules[0].form', 'no such field'],
  ['{rules: [{to: [{operation: {ports: ["70000"]}}]}]}', 'spec.rules[0].to[0].operation.ports[0]', 'port'],
  ['{rules: [{from: [{source: {ipBlocks: [300.1.1.1]}}]}]}', 'spec.rules[0].from[0].source.ipBlocks[0]', 'CIDR'],
  ['{rules: [{from: [{source: {ipBlocks: ["::/129"]}}]}]}', 'spec.rules[0].from[0].source.ipBlocks[0]', 'CIDR'],
  ['{rules: [{from: [{source: {serviceAccounts: [a], namespaces: [b]}}]}]}', 'spec.rules[0].from[0].source', 'beside'],
  ['{rules: [{when: [{key: request.header, values: [a]}]}]}', 'spec.rules[0].when[0].key', 'no key'],
  ['{rules: [{when: [{key: source.ip}]}]}', 'spec.rules[0].when[0]', 'values'],
  ['{selector: {matchLabels: {a: b}}, targetRefs: [{kind: Service, name: a}]}', 'spec.selector', 'either'],
])('%s is refused at %s', (spec, path, reason) => {
  expect(read(spec).problems).toEqual([{ path, reason: expect.stringContaining(reason) }]);
});

test('an audit has no dry run', () => {
  const { problems, dryRun } = read('{action: AUDIT, rules: [{}]}', 'sales', '{istio.io/dry-run: "true"}');
  expect(dryRun).toBe(true);
  expect(problems).toHaveLength(1);
});

test('scopes: the root namespace is every namespace', () => {
  const everywhere = read('{selector: {matchLabels: {app: web}}}', 'istio-system').scope;
  const here = read('{selector: {matchLabels: {app: web, version: v1}}}').scope;
  const all = read('{}').scope;
  expect(everywhere.namespace).toBeUndefined();
  expect(contains(everywhere, here)).toBe(true);
  expect(contains(here, everywhere)).toBe(false);
  expect(contains(all, here)).toBe(true);
  expect(overlaps(here, { namespace: 'sales', labels: { version: 'v2' } })).toBe(false);
  expect(overlaps(here, { namespace: 'sales', labels: { tier: 'front' } })).toBe(true);
  expect(overlaps(here, { namespace: 'other', labels: {} })).toBe(false);
});
