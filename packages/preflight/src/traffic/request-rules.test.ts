import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { requestRules } from './request-rules.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(requestRules)).toEqual([]);
});

const policy = (spec: string, more = ''): string => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: p, namespace: sales${more}}
spec: ${spec}
`;

test('identities that are left out are no question of the request', () => {
  expect(
    foundIn(requestRules, policy('{action: DENY, rules: [{from: [{source: {notNamespaces: [sales]}}]}]}')),
  ).toEqual([]);
});

test('a service that decides is lost as well, a dry run and a gateway are not', () => {
  const custom = '{action: CUSTOM, provider: {name: opa}, rules: [{to: [{operation: {paths: [/admin]}}]}]}';
  expect(foundIn(requestRules, policy(custom))).toEqual([
    'AuthorizationPolicy sales/p lets a service of its own decide.',
  ]);
  expect(foundIn(requestRules, policy(custom, ', annotations: {istio.io/dry-run: "true"}'))).toEqual([]);
  const edge = custom.replace('{', '{selector: {matchLabels: {istio: ingressgateway}}, ');
  expect(foundIn(requestRules, policy(edge))).toEqual([]);
});
