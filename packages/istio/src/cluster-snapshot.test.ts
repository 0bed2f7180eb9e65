import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { isPartial } from './cluster-snapshot.ts';
import { clusterNames, estateOf, mergedEstate } from './clusters.ts';
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

test('an import without Secrets is whole, one without policies or workloads is not', () => {
  const partial = (group: string, kind: string) => isPartial(takeIn([read('a.yaml', record(group, kind))]));
  expect(partial('""', 'Secret')).toBe(false);
  expect(partial('security.istio.io', 'AuthorizationPolicy')).toBe(true);
  expect(partial('apps', 'Deployment')).toBe(true);
  expect(partial('networking.istio.io', '"*"')).toBe(true);
});

const route = (cluster: string, host: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {namespace: sales, name: seats, annotations: {isthmus/cluster: ${cluster}}}
spec: {hosts: [${host}]}
`;

test('what stands in two clusters is not two versions of one object', () => {
  const files = [read('east/v.yaml', route('east', 'seats')), read('west/v.yaml', route('west', 'other'))];
  const estate = takeIn(files);
  expect(clusterNames(estate)).toEqual(['east', 'west']);
  expect(estate.istio).toHaveLength(2);
  expect(estate.diagnostics).toEqual([]);
  expect(estateOf(estate, 'east').istio).toMatchObject([{ object: { spec: { hosts: ['seats'] } } }]);
  expect(mergedEstate(estate).istio).toMatchObject([{ object: { spec: { hosts: ['other'] } } }]);
});

const plain = (host: string): string => route('none', host).replace(', annotations: {isthmus/cluster: none}', '');

test('folders say of which cluster their files are; others are of each', () => {
  const estate = takeIn([
    read('cluster=east/v.yaml', plain('seats')),
    read('fleet/cluster=west/v.yaml', plain('seats').replace('name: seats', 'name: gates')),
    read('base/v.yaml', plain('seats').replace('name: seats', 'name: crew')),
  ]);
  expect(estate.istio.map(({ source }) => source.cluster)).toEqual([undefined, 'east', 'west']);
  expect(estateOf(estate, 'west').istio.map(({ name }) => name)).toEqual(['crew', 'gates']);
});

test('what is written for all clusters and for one of them otherwise blocks, and the one of the cluster is used', () => {
  const estate = takeIn([
    read('base/v.yaml', plain('seats')),
    read('cluster=east/v.yaml', plain('other')),
    read('cluster=west/v.yaml', plain('seats').replace('name: seats', 'name: gates')),
  ]);
  expect(estate.diagnostics.map(({ code }) => code)).toEqual(['ISTHMUS-EST-002']);
  expect(estateOf(estate, 'east').istio).toMatchObject([{ object: { spec: { hosts: ['other'] } } }]);
});

test('with one cluster only, what is of none is of that one', () => {
  const estate = takeIn([read('a.yaml', plain('seats')), read('cluster=east/v.yaml', plain('other'))]);
  expect(estate.istio).toHaveLength(1);
  expect(estate.superseded).toHaveLength(1);
});

test('what runs in two clusters under one name is kept of both, as one mesh too', () => {
  const deployment = (cluster: string, version: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {namespace: sales, name: seats, annotations: {isthmus/cluster: ${cluster}}}
spec: {template: {metadata: {labels: {app: seats, version: ${version}}}}}
`;
  const estate = takeIn([read('east/d.yaml', deployment('east', 'v1')), read('west/d.yaml', deployment('west', 'v2'))]);
  expect(mergedEstate(estate).context).toHaveLength(2);
  expect(estate.diagnostics).toEqual([]);
});
