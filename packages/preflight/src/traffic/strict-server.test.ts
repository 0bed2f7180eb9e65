import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { strictServer } from './strict-server.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(strictServer)).toEqual([]);
});

const policy = (name: string, namespace: string, spec: string): string => `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
---
`;
const pods = `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`;

test('the nearest policy decides, and is the one that is named', () => {
  const mesh = policy('mesh', 'istio-system', '{mtls: {mode: STRICT}}');
  expect(foundIn(strictServer, mesh + pods)).toEqual([
    'PeerAuthentication istio-system/mesh makes Deployment sales/seats take mutual TLS only.',
  ]);
  expect(foundIn(strictServer, mesh + policy('ns', 'sales', '{mtls: {mode: PERMISSIVE}}') + pods)).toEqual([]);
  expect(foundIn(strictServer, mesh + policy('ns', 'sales', '{mtls: {mode: UNSET}}') + pods)[0]).toContain(
    'istio-system/mesh',
  );
});

test('a port that is strict is enough; a selector in the root namespace selects nothing', () => {
  const own = '{selector: {matchLabels: {app: seats}}, portLevelMtls: {"8080": {mode: STRICT}}}';
  expect(foundIn(strictServer, policy('own', 'sales', own) + pods)).toHaveLength(1);
  expect(foundIn(strictServer, policy('own', 'istio-system', own) + pods)).toEqual([]);
});
