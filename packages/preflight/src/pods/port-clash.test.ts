import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { portClash } from './port-clash.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(portClash)).toEqual([]);
});

const deployment = (spec: string, labels = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats${labels}}}, spec: ${spec}}}
---
`;
const found = (port: number, target: '2.13' | '2.14' = '2.14'): number =>
  foundIn(portClash, deployment(`{containers: [{name: a, ports: [{containerPort: ${port}}]}]}`), {
    settings: { target },
  }).length;

test('administration has a port up to 2.13 only', () => {
  expect([found(9901, '2.13'), found(9901), found(9902), found(15006), found(8080)]).toEqual([1, 0, 1, 1, 0]);
});

test('the ports of injected containers are their own', () => {
  const injected = '{containers: [{name: a}, {name: kuma-sidecar, ports: [{containerPort: 9902}]}]}';
  expect(foundIn(portClash, deployment(injected))).toEqual([]);
});
