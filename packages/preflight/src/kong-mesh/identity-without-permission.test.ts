import { expect, test } from 'vitest';
import { exampleFaults, foundIn, resultOf } from '../example.test-support.ts';
import { identityWithoutPermission } from './identity-without-permission.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(identityWithoutPermission)).toEqual([]);
});

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: sales, labels: {app: seats}}\nspec: {containers: [{name: a}]}\n';
const identity = (selector: string): string =>
  `apiVersion: kuma.io/v1alpha1\nkind: MeshIdentity\nmetadata: {name: i, namespace: kong-mesh-system}\nspec: {selector: ${selector}}\n`;
const permission = (namespace: string, target: string): string =>
  `---\napiVersion: kuma.io/v1alpha1\nkind: MeshTrafficPermission\nmetadata: {name: p, namespace: ${namespace}}\nspec: {targetRef: ${target}, rules: [{default: {allow: [{spiffeID: {type: Prefix, value: "spiffe://a/ns"}}]}}]}\n`;
const all = '{dataplane: {matchLabels: {}}}';
const found = (planned: string): number => foundIn(identityWithoutPermission, pod, { planned }).length;

test('an identity without a selector is for nobody', () => {
  expect(resultOf(identityWithoutPermission, pod, { planned: identity('{}') }).state).toBe('skipped');
});

test('a permission counts for the pods that it can select', () => {
  expect(found(identity(all))).toBe(1);
  expect(found(identity(all) + permission('kong-mesh-system', '{kind: Mesh}'))).toBe(0);
  expect(found(identity(all) + permission('crew', '{kind: Mesh}'))).toBe(1);
  expect(found(identity(all) + permission('sales', '{kind: Dataplane, labels: {app: seats}}'))).toBe(0);
  expect(found(identity(all) + permission('sales', '{kind: Dataplane, labels: {app: web}}'))).toBe(1);
  expect(
    found(identity(all) + permission('kong-mesh-system', '{kind: Dataplane, labels: {k8s.kuma.io/namespace: crew}}')),
  ).toBe(1);
});

test('what Istio guards with an ALLOW policy is denied there too', () => {
  const guard =
    '---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: a, namespace: sales}\nspec: {}\n';
  expect(foundIn(identityWithoutPermission, pod + guard, { planned: identity(all) })).toEqual([]);
});
