import { expect, test } from 'vitest';
import { exampleFaults, foundIn } from '../example.test-support.ts';
import { strictTarget } from './strict-target.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(strictTarget)).toEqual([]);
});

const workload = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: sales}
spec: {template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app}]}}}
---
`;
const tls = (name: string, mode: string, target: string): string => `apiVersion: kuma.io/v1alpha1
kind: MeshTLS
metadata: {name: ${name}, namespace: kong-mesh-system}
spec: {targetRef: ${target}, rules: [{default: {mode: ${mode}}}]}
---
`;
const both = workload('seats') + workload('fares');
const strict = tls('strict', 'Strict', '{kind: Mesh}');

test('workloads that a nearer policy decides about are not counted for the mesh', () => {
  const seats = '{kind: Dataplane, labels: {k8s.kuma.io/namespace: sales, app: seats}}';
  expect(foundIn(strictTarget, both + strict)).toEqual([expect.stringContaining('makes 2 workloads take')]);
  expect(foundIn(strictTarget, both + strict + tls('open', 'Permissive', seats))).toEqual([
    expect.stringContaining('makes Deployment sales/fares take'),
  ]);
  const all = '{kind: Dataplane}';
  expect(foundIn(strictTarget, both + strict + tls('open', 'Permissive', all))).toEqual([]);
});

test('a policy for one port or one Pod, or by labels that the import does not tell, leaves the others strict', () => {
  for (const target of [
    '{kind: Dataplane, sectionName: http}',
    '{kind: Dataplane, name: seats-1, namespace: sales}',
    '{kind: Dataplane, labels: {kuma.io/zone: east}}',
  ])
    expect(foundIn(strictTarget, both + strict + tls('open', 'Permissive', target))).toEqual([
      expect.stringContaining('makes 2 workloads take'),
    ]);
});
