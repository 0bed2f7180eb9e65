import { expect, test } from 'vitest';
import { exampleFaults, foundIn, resultOf } from '../example.test-support.ts';
import { hostNetwork } from './host-network.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(hostNetwork)).toEqual([]);
});

const deployment = (spec: string, labels = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats${labels}}}, spec: ${spec}}}
---
`;
test('where the import does not say whether the namespace is in the mesh, it is a warning; outside of it, nothing', () => {
  const result = resultOf(hostNetwork, deployment('{hostNetwork: true, containers: [{name: a}]}'));
  expect(result).toMatchObject({ state: 'failed', severity: 'warning' });
  const outside = ', sidecar.istio.io/inject: "false"';
  expect(foundIn(hostNetwork, deployment('{hostNetwork: true, containers: [{name: a}]}', outside))).toEqual([]);
});
