import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const rule = (conf: string): string => `{rules: [{default: ${conf}}]}`;
const id = (value: string): string => rule(`{allow: [{spiffeID: {type: Prefix, value: "${value}"}}]}`);
// Kuma leaves `default` out of the path.
const at = 'spec.rules[0].allow[0]';

test.each([
  [id('spiffe://td/ns/a'), 'accepted'],
  [id('spiffe://td'), 'accepted'],
  [id('spiffe://td/ns/a/'), `${at}.spiffeID`],
  [id('spiffe://td//a'), `${at}.spiffeID`],
  [id('spiffe://td/../a'), `${at}.spiffeID`],
  [id('spiffe://TD/a'), `${at}.spiffeID`],
  [id('spiffe:///a'), `${at}.spiffeID`],
  [id('spiffe://td/a b'), `${at}.spiffeID`],
  [id('https://td'), `${at}.spiffeID`],
  [rule('{deny: [{sni: {type: Exact, value: "*.a"}}]}'), 'spec.rules[0].deny[0].sni.value'],
  // An empty match is taken, although it then breaks the listener.
  [rule('{allow: [{}]}'), 'accepted'],
  [rule('{}'), 'spec.rules[0]'],
  [rule('{allow: []}'), 'spec.rules[0]'],
  ['{}', 'spec'],
  ['{from: [{targetRef: {kind: Mesh}, default: {action: Allow}}]}', 'accepted'],
  ['{from: [{targetRef: {kind: Mesh}}]}', 'spec.from[0].default.action'],
  ['{from: [{targetRef: {kind: Mesh}, default: {action: Permit}}]}', 'spec.from[0].default.action'],
  ['{from: [{targetRef: {kind: MeshHTTPRoute, name: a}, default: {action: Deny}}]}', 'spec.from[0].targetRef.kind'],
  ['{from: [{targetRef: {kind: Mesh}, default: {action: Deny}}], rules: [{default: {allow: [{}]}}]}', 'spec'],
])('%s: %s', (spec, path) => expect(refusals('MeshTrafficPermission', spec)).toBe(path));

test.each([
  ['{}', '3.0', 'spec'],
  ['{from: []}', '3.0', 'spec.from'],
  [rule('{allow: [{sni: {type: Exact, value: a.b}}]}'), '2.13', 'spec.rules[0].default.allow[0].sni'],
] as const)('%s in %s: %s', (spec, version, path) =>
  expect(refusals('MeshTrafficPermission', spec, { version } satisfies Trial)).toBe(path),
);
