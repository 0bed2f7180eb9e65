import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { createWorkings } from '../../context.ts';
import { securityOf } from '../../security/view.ts';
import { defaultSettings } from '../../settings.ts';
import { regoOf } from './rego.ts';

function lines(spec: string): string[] {
  const text = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a, namespace: sales}
spec: ${spec}
`;
  const estate = takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]);
  const view = securityOf(createWorkings(estate, defaultSettings).context);
  const [policy] = view.policies;
  if (policy === undefined) throw new Error('not read');
  return regoOf(view, policy)
    .split('\n')
    .map((line) => line.trim());
}

test.each([
  ['{methods: ["GET"]}', 'req.method == "GET"'],
  ['{paths: [/a*]}', 'startswith(path, "/a")'],
  ['{paths: ["*.html"]}', 'endswith(path, ".html")'],
  ['{paths: ["*"]}', 'path != ""'],
  ['{paths: ["/u/{*}/x/{**}"]}', 'regex.match("^/u/[^/]+/x/.*$", path)'],
  ['{hosts: [Example.com]}', 'lower(req.host) == "example.com"'],
  ['{ports: ["8080"]}', 'input.attributes.destination.address.socketAddress.portValue == 8080'],
  ['{paths: [/a"b]}', 'path == "/a\\"b"'],
])('operation %s', (operation, expected) => {
  expect(lines(`{rules: [{to: [{operation: ${operation}}]}]}`)).toContain(expected);
});

test('several values are rules of one name, and a not-form is none of them', () => {
  const rego = lines('{rules: [{to: [{operation: {methods: [GET, PUT], notPaths: [/a, /b]}}]}]}');
  expect(rego).toContain('rule_0_to_0_methods { req.method == "GET" }');
  expect(rego).toContain('rule_0_to_0_methods { req.method == "PUT" }');
  expect(rego).toContain('not rule_0_to_0_notPaths');
  expect(rego).toContain('rule_0_to_0_notPaths { path == "/b" }');
});

test('addresses and headers', () => {
  const rego = lines(
    '{rules: [{from: [{source: {ipBlocks: [10.0.0.1]}}], when: [{key: "request.headers[X-Role]", values: [a*]}]}]}',
  );
  expect(rego).toContain('net.cidr_contains("10.0.0.1/32", input.attributes.source.address.socketAddress.address)');
  expect(rego).toContain('startswith(req.headers["x-role"], "a")');
});

// What OPA does not see: an allowing rule never holds, a denying one holds whatever it is.
test('a token is to be written by hand, and until then nothing opens', () => {
  const token = '{when: [{key: "request.auth.claims[groups]", values: [crew]}]}';
  expect(lines(`{rules: [${token}]}`)).toContain('false');
  const denying = lines(`{action: DENY, rules: [${token}]}`);
  expect(denying).not.toContain('false');
  expect(denying).toContain('true');
  expect(denying).toContain('allow { not denied }');
});

test('a suffix of an account allows those that are known, and denies everyone', () => {
  const source = '{from: [{source: {principals: ["*/sa/web"]}}], to: [{operation: {methods: [GET]}}]}';
  expect(lines(`{rules: [${source}]}`)).toContain('rule_0_from_0_principals { false }');
  expect(lines(`{action: DENY, rules: [${source}]}`)).toContain(
    'rule_0_from_0_principals { startswith(caller, "spiffe://cluster.local/ns/") }',
  );
});
