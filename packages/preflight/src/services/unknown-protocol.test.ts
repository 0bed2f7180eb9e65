import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { unknownProtocol } from './unknown-protocol.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(unknownProtocol)).toEqual([]);
});

const service = (ports: string): string => `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: ${ports}}
---
`;
const found = (protocol: string, target: '2.13' | '2.14' | '3.0' = '2.14'): string | undefined =>
  foundIn(unknownProtocol, service(`[{port: 80, appProtocol: ${protocol}}]`), { settings: { target } })[0];

test.each([
  ['HTTP', 'http'],
  ['kubernetes.io/h2c', 'http2'],
  ['kubernetes.io/ws', 'http'],
  ['kubernetes.io/wss', 'tcp'],
  ['grpc-web', 'http2'],
  ['https', 'tcp'],
  ['mysql', 'tcp'],
])('%s is to be %s', (protocol, wanted) => {
  expect(found(protocol)).toContain(`knows it as ${wanted}.`);
});

test('kafka is known up to 2.14', () => {
  expect(found('kafka', '2.13')).toBeUndefined();
  expect(found('kafka', '3.0')).toContain('knows it as tcp');
});
