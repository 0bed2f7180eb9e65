import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { tokens } from './tokens.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(tokens)).toEqual([]);
});

const authentication = (spec: string): string => `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: r, namespace: sales}
spec: ${spec}
---
`;
const jwt = 'jwtRules: [{issuer: a}]';

test('policies for nobody, without rules, or attached to a gateway check nothing in sidecars', () => {
  const pods =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: sales, labels: {app: seats}}\nspec: {containers: [{name: a}]}\n';
  expect(foundIn(tokens, authentication(`{${jwt}}`) + pods)).toHaveLength(1);
  expect(foundIn(tokens, authentication(`{selector: {matchLabels: {app: gone}}, ${jwt}}`) + pods)).toEqual([]);
  expect(foundIn(tokens, authentication('{jwtRules: []}') + pods)).toEqual([]);
  expect(foundIn(tokens, authentication(`{targetRefs: [{kind: Gateway, name: g}], ${jwt}}`) + pods)).toEqual([]);
});
