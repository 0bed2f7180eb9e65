import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { accountToken } from './account-token.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(accountToken)).toEqual([]);
});

test("the pod's own word goes before that of its account", () => {
  const account =
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: seats, namespace: sales}\nautomountServiceAccountToken: false\n---\n';
  const pod = (more: string): string =>
    `${account}apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: sales}\nspec: {serviceAccountName: seats${more}, containers: [{name: a}]}\n`;
  expect(foundIn(accountToken, pod(''))).toEqual([
    'The pods of Pod sales/p mount no token, as ServiceAccount sales/seats says.',
  ]);
  expect(foundIn(accountToken, pod(', automountServiceAccountToken: true'))).toEqual([]);
});
