import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { egressToControlPlane } from './egress-to-control-plane.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(egressToControlPlane)).toEqual([]);
});

const policy = (name: string, spec: string): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: sales}
spec: ${spec}
---
`;
const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: sales, labels: {app: seats}}\nspec: {containers: [{name: a}]}\n';
const closed = policy('closed', '{podSelector: {}, policyTypes: [Egress]}');

test('what one policy allows the others do not take away', () => {
  expect(foundIn(egressToControlPlane, closed + pod)).toHaveLength(1);
  expect(
    foundIn(
      egressToControlPlane,
      closed + policy('open', '{podSelector: {matchLabels: {app: seats}}, policyTypes: [Egress], egress: [{}]}') + pod,
    ),
  ).toEqual([]);
});

test.each([
  ['a range of ports', '[{ports: [{port: 5000, endPort: 6000}]}]', 0],
  ['addresses, which may be those of the control plane', '[{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]', 0],
  ['pods of the same namespace', '[{to: [{podSelector: {}}]}]', 1],
  ['another protocol', '[{ports: [{port: 5678, protocol: UDP}]}]', 1],
  ['another namespace', '[{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: crew}}}]}]', 1],
  ['every namespace', '[{to: [{namespaceSelector: {}}]}]', 0],
])('%s', (_, egress, findings) => {
  const text = policy('p', `{podSelector: {}, policyTypes: [Egress], egress: ${egress}}`) + pod;
  expect(foundIn(egressToControlPlane, text)).toHaveLength(findings);
});

test('a policy for ingress closes nothing that leaves', () => {
  expect(foundIn(egressToControlPlane, policy('in', '{podSelector: {}, ingress: []}') + pod)).toEqual([]);
});
