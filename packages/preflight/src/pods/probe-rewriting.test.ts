import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { probeRewriting } from './probe-rewriting.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(probeRewriting)).toEqual([]);
});

const pod = (probe: string): string => `apiVersion: v1
kind: Pod
metadata: {name: p, namespace: sales, annotations: {sidecar.istio.io/rewriteAppHTTPProbers: "false"}}
spec: {containers: [{name: a${probe}}]}
`;

test('without a probe to a port there is nothing to rewrite', () => {
  expect(foundIn(probeRewriting, pod(''))).toEqual([]);
  expect(foundIn(probeRewriting, pod(', livenessProbe: {exec: {command: [ok]}}'))).toEqual([]);
  expect(foundIn(probeRewriting, pod(', startupProbe: {tcpSocket: {port: 80}}'))).toHaveLength(1);
});
