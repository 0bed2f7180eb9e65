import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { settings } from './example.test-support.ts';
import { gatherFacts } from './facts.ts';

const gather = (text: string) =>
  gatherFacts(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), settings, []);

const deployment = (name: string, labels: string, more = ''): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: sales}
spec: {template: {metadata: {labels: {${labels}}${more}}, spec: {containers: [{name: ${name}}]}}}
`;
const service = (name: string, spec: string, labels = ''): string => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: sales, labels: {${labels}}}
spec: ${spec}
`;
const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);

test('pods of a cluster are not looked at twice: those that a controller of the import makes are left out', () => {
  const owned = (kind: string, name: string, owner: string, spec: string): string => `---
apiVersion: ${kind === 'Pod' ? 'v1' : 'apps/v1'}
kind: ${kind}
metadata:
  name: ${name}
  namespace: sales
  ownerReferences: [{kind: ${owner.split('/')[0]}, name: ${owner.split('/')[1]}}]
spec: ${spec}
`;
  const replicaSet = owned(
    'ReplicaSet',
    'seats-1',
    'Deployment/seats',
    '{template: {spec: {containers: [{name: seats}]}}}',
  );
  const pod = owned('Pod', 'seats-1-x', 'ReplicaSet/seats-1', '{containers: [{name: seats}, {name: istio-proxy}]}');
  const all = gather(deployment('seats', 'app: seats') + replicaSet + pod);
  expect(names(all.pods)).toEqual(['seats']);
  expect(names(all.running)).toEqual(['seats-1-x']);
  const alone = gather(pod);
  expect(names(alone.pods)).toEqual(['seats-1-x']);
  expect(names(alone.pods[0]?.containers ?? [])).toEqual(['seats']);
});

test('gateways of Istio do not move, and neither do their Services', () => {
  const facts = gather(
    deployment('edge', 'app: edge', ', annotations: {inject.istio.io/templates: gateway}') +
      deployment('ingress', 'istio: ingressgateway') +
      deployment('seats', 'app: seats') +
      service('edge', '{selector: {app: edge}, ports: [{port: 80}]}') +
      service('ingress', '{selector: {istio: ingressgateway}, ports: [{port: 80}]}') +
      service('waypoint', '{ports: [{port: 15008}]}', 'gateway.networking.k8s.io/gateway-name: waypoint') +
      service('seats', '{selector: {app: seats}, ports: [{port: 80}]}'),
  );
  expect(names(facts.pods)).toEqual(['seats']);
  expect(names(facts.services)).toEqual(['seats']);
});

test('a Service is looked at while one of its pods may join, or none is known', () => {
  const out = ', sidecar.istio.io/inject: "false"';
  const facts = gather(
    deployment('a', `app: a${out}`) +
      deployment('b', 'app: b') +
      deployment('b-out', `app: b${out}`) +
      service('a', '{selector: {app: a}, ports: [{port: 80}]}') +
      service('b', '{selector: {app: b}, ports: [{port: 80}]}') +
      service('c', '{selector: {app: c}, ports: [{port: 80}]}'),
  );
  expect(names(facts.services)).toEqual(['b', 'c']);
  expect(facts.servicesOf(facts.pods[0] as (typeof facts.pods)[number])).toEqual(['sales/b']);
});

test('selections agree with the labels one by one', () => {
  const facts = gather(deployment('a', 'app: x, tier: web') + deployment('b', 'app: x') + deployment('c', 'app: y'));
  expect(names(facts.select('sales', { app: 'x' }))).toEqual(['a', 'b']);
  expect(names(facts.select(undefined, { app: 'x', tier: 'web' }))).toEqual(['a']);
  expect(names(facts.select(undefined, {}))).toHaveLength(3);
  expect(facts.select('crew', {})).toEqual([]);
  expect([facts.hasWorkloads('sales'), facts.hasWorkloads('crew'), facts.hasWorkloads(undefined)]).toEqual([
    true,
    false,
    true,
  ]);
});
