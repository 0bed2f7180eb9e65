import { expect, test } from 'vitest';
import { exampleFaults, foundIn, resultOf } from '../example.test-support.ts';
import { undeclaredProtocol } from './undeclared-protocol.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(undeclaredProtocol)).toEqual([]);
});

const service = (ports: string): string => `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: ${ports}}
---
`;
const route = (spec: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec: {hosts: [seats], ${spec}}
`;
const http = 'http: [{route: [{destination: {host: seats}}]}]';
const severitiesOf = (text: string): string[] => {
  const result = resultOf(undeclaredProtocol, text);
  return result.state === 'failed' ? result.findings.map(({ severity }) => severity) : [];
};

test('a port blocks where proxies of the mesh have HTTP routes for it', () => {
  expect(severitiesOf(service('[{name: http, port: 80}]'))).toEqual(['warning']);
  expect(severitiesOf(service('[{name: http, port: 80}]') + route(http))).toEqual(['blocker']);
  expect(severitiesOf(service('[{name: http, port: 80}]') + route(`${http}, gateways: [public]`))).toEqual(['warning']);
  expect(severitiesOf(service('[{name: http, port: 80}]') + route(`${http}, gateways: [public, mesh]`))).toEqual([
    'blocker',
  ]);
});

test('a protocol that Istio finds out is told of, and is HTTP only where a route says so', () => {
  expect(severitiesOf(service('[{name: web, port: 80}]'))).toEqual(['info']);
  expect(foundIn(undeclaredProtocol, service('[{name: web, port: 80}]') + route(http))[0]).toContain(
    'from its traffic',
  );
});

test('TCP by name, UDP, and ports of an ExternalName need nothing', () => {
  expect(
    severitiesOf(service('[{name: tcp-x, port: 9}, {name: mysql, port: 3306}, {name: dns, port: 53, protocol: UDP}]')),
  ).toEqual([]);
});
