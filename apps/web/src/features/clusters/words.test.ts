import { expect, test } from 'vitest';
import { byMeshWords, connectionWords, nameFrom, readSoFar, refWords } from './words.ts';

test.each([
  ['east', 'east'],
  ['arn:aws:eks:eu-central-1:1:cluster/Shop', 'shop'],
  ['gke_project_europe-west1_shop', 'gke-project-europe-west1-shop'],
  ['admin@prod', 'prod'],
  ['***', 'cluster'],
  ['x'.repeat(80), 'x'.repeat(63)],
])('a cluster of the context %s is called %s', (context, name) => {
  expect(nameFrom(context)).toBe(name);
});

test('counts by mesh name what is there', () => {
  expect(byMeshWords({ istio: 3, ambient: 0, 'kong-mesh': 1, both: 1, none: 2 })).toBe(
    '3 Istio, 1 Kong Mesh, 1 in both, 2 in no mesh',
  );
  expect(byMeshWords({ istio: 0, ambient: 0, 'kong-mesh': 0, both: 0, none: 0 })).toBe('–');
});

test('connections and objects are told without secrets or empty parts', () => {
  expect(connectionWords({ kind: 'file', path: '/etc/kube', context: 'east' })).toBe('/etc/kube, context east');
  expect(connectionWords({ kind: 'in-cluster' })).toBe("the server's own cluster");
  expect(refWords({ group: '', kind: 'Namespace', namespace: '', name: 'a' })).toBe('a');
});

test('progress counts kinds that are done, failed ones too, and names the largest that are read', () => {
  const kind = { group: '', kind: 'Pod' };
  expect(
    readSoFar([
      { ...kind, state: 'read', read: 5 },
      { ...kind, state: 'failed', read: 0 },
      { ...kind, state: 'reading', read: 10 },
      { ...kind, state: 'reading', read: 500 },
      { ...kind, state: 'waiting', read: 0 },
    ]),
  ).toMatchObject({ kinds: 5, done: 2, objects: 515, current: [{ read: 500 }, { read: 10 }] });
});
