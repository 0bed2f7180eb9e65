import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { takeIn } from './take-in.ts';

const read = (file: string, text: string) => readManifest(file, new TextEncoder().encode(text));

const record = (group: string, kind: string): string => `apiVersion: isthmus/v1
kind: ClusterSnapshot
metadata: {name: east}
spec:
  version: v1.35.4
  unread:
  - {group: ${group}, kind: ${kind}, resource: x, verb: list, reason: The API server forbids it.}
`;

test('what a snapshot could not read is known of the estate, and a lost restriction blocks', () => {
  const estate = takeIn([read('east/snapshot.yaml', record('security.istio.io', 'AuthorizationPolicy'))]);
  expect(estate.unread).toEqual([
    { cluster: 'east', group: 'security.istio.io', kind: 'AuthorizationPolicy', reason: 'The API server forbids it.' },
  ]);
  expect(estate.diagnostics).toMatchObject([
    { code: 'ISTHMUS-EST-006', severity: 'blocker', file: 'east/snapshot.yaml', path: 'spec.unread[0]' },
  ]);
  expect(estate.skipped).toEqual([]);
  expect(takeIn([read('a.yaml', record('apps', 'Deployment'))]).diagnostics).toMatchObject([
    { code: 'ISTHMUS-EST-007', severity: 'warning' },
  ]);
});

const route = (cluster: string, host: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {namespace: sales, name: seats, annotations: {isthmus/cluster: ${cluster}}}
spec: {hosts: [${host}]}
`;

test('two clusters that hold the same object hold it once; where they differ, that blocks', () => {
  const same = takeIn([read('east/v.yaml', route('east', 'seats')), read('west/v.yaml', route('west', 'seats'))]);
  expect(same.istio).toHaveLength(1);
  expect(same.diagnostics.map(({ code }) => code)).toEqual(['ISTHMUS-EST-001']);
  const other = takeIn([read('east/v.yaml', route('east', 'seats')), read('west/v.yaml', route('west', 'other'))]);
  expect(other.diagnostics.map(({ code }) => code)).toEqual(['ISTHMUS-EST-002']);
});

test('what runs in two clusters under one name is kept of both', () => {
  const deployment = (cluster: string, version: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {namespace: sales, name: seats, annotations: {isthmus/cluster: ${cluster}}}
spec: {template: {metadata: {labels: {app: seats, version: ${version}}}}}
`;
  const estate = takeIn([read('east/d.yaml', deployment('east', 'v1')), read('west/d.yaml', deployment('west', 'v2'))]);
  expect(estate.context).toHaveLength(2);
  expect(estate.diagnostics).toEqual([]);
});

test('a Service of two clusters is one, whatever addresses they drew for it', () => {
  const service = (cluster: string, address: string, port = 80): string => `apiVersion: v1
kind: Service
metadata: {namespace: sales, name: seats, annotations: {isthmus/cluster: ${cluster}}}
spec: {clusterIP: ${address}, ports: [{port: ${port}}]}
`;
  const codesOf = (west: string) =>
    takeIn([read('east/s.yaml', service('east', '10.0.0.1')), read('west/s.yaml', west)]).diagnostics.map(
      ({ code }) => code,
    );
  expect(codesOf(service('west', '10.9.0.2'))).toEqual(['ISTHMUS-EST-001']);
  expect(codesOf(service('west', 'None'))).toEqual(['ISTHMUS-EST-002']);
  expect(codesOf(service('west', '10.9.0.2', 81))).toEqual(['ISTHMUS-EST-002']);
});
