import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { waitsForIstio } from './waits-for-istio.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(waitsForIstio)).toEqual([]);
});

const deployment = (spec: string, labels = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats${labels}}}, spec: ${spec}}}
---
`;
const found = (script: string): number =>
  foundIn(waitsForIstio, deployment(`{containers: [{name: a, command: [sh, -c, ${JSON.stringify(script)}]}]}`)).length;

test('a wait is a loop or a retry; telling the sidecar to quit at the end is another check', () => {
  expect(found('while ! curl -s 127.0.0.1:15020/healthz/ready; do sleep 1; done; run')).toBe(1);
  expect(found('curl --retry 30 http://localhost:15021/healthz/ready && run')).toBe(1);
  expect(found('until curl localhost:15021; do :; done; run; curl -X POST localhost:15020/quitquitquit')).toBe(1);
  expect(found('run; curl -X POST localhost:15020/quitquitquit')).toBe(0);
  expect(found('curl localhost:15000/stats')).toBe(0);
});
