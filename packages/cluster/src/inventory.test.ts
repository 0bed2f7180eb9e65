import type { Written } from '@isthmus/testkit';
import { describe, expect, test } from 'vitest';
import { inventoryOf } from './inventory.ts';
import { namespace, pod, service } from './live.test-support.ts';
import { namespaceClaim, podClaim, proxiesOf, tagOf } from './meshes.ts';
import { stateOf } from './state.test-support.ts';

const istioProxy = { 'istio-proxy': 'registry.example:5000/istio/proxyv2:1.29.1-distroless' };
const kumaSidecar = { 'kuma-sidecar': 'kong/kuma-dp:2.14.0@sha256:0123' };

const slice = (space: string, of: string, pods: Readonly<Record<string, boolean>>): Written => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace: space, name: `${of}-1`, labels: { 'kubernetes.io/service-name': of } },
  addressType: 'IPv4',
  endpoints: Object.entries(pods).map(([name, ready]) => ({
    addresses: ['10.0.0.1'],
    conditions: { ready },
    targetRef: { kind: 'Pod', name },
  })),
});

const workload = (kind: string, space: string, name: string, extra: Written = {}): Written => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { namespace: space, name, labels: extra.labels ?? {} },
  spec: {
    template: {
      metadata: { labels: extra.template ?? {}, annotations: extra.annotations ?? {} },
      spec: { containers: [{ name: 'app', image: extra.image ?? 'app:1', env: extra.env ?? [] }] },
    },
  },
  status: { replicas: 2, readyReplicas: 1 },
});

describe('which mesh claims', () => {
  test.each([
    [{ 'istio-injection': 'enabled' }, 'istio', 'default'],
    [{ 'istio.io/rev': 'canary' }, 'istio', 'canary'],
    [{ 'istio-injection': 'disabled', 'istio.io/rev': 'canary' }, 'none', ''],
    [{ 'istio.io/dataplane-mode': 'ambient' }, 'ambient', ''],
    [{ 'kuma.io/sidecar-injection': 'enabled' }, 'kong-mesh', ''],
    [{ 'kuma.io/sidecar-injection': 'true', 'istio-injection': 'enabled' }, 'both', 'default'],
    [{ 'kuma.io/sidecar-injection': 'enabled', 'istio.io/dataplane-mode': 'ambient' }, 'both', ''],
    [{}, 'none', ''],
  ] as const)('a namespace with %j: %s', (labels, claim, revision) => {
    expect(namespaceClaim(labels)).toEqual({ claim, revision });
  });

  test.each([
    [{ 'sidecar.istio.io/inject': 'false' }, { 'istio-injection': 'enabled' }, 'none'],
    [{ 'sidecar.istio.io/inject': 'true' }, {}, 'istio'],
    [{ 'sidecar.istio.io/inject': 'true' }, { 'istio-injection': 'disabled' }, 'none'],
    [
      { 'sidecar.istio.io/inject': 'false', 'kuma.io/sidecar-injection': 'enabled' },
      { 'istio-injection': 'enabled' },
      'kong-mesh',
    ],
    [{ 'kuma.io/sidecar-injection': 'disabled' }, { 'kuma.io/sidecar-injection': 'enabled' }, 'none'],
    [{ 'istio.io/rev': 'canary' }, { 'kuma.io/sidecar-injection': 'enabled' }, 'both'],
    [{ 'istio.io/dataplane-mode': 'none' }, { 'istio.io/dataplane-mode': 'ambient' }, 'none'],
  ] as const)('a pod with %j in a namespace with %j: %s', (labels, space, claim) => {
    expect(podClaim(pod('a', 'b', 'b', { app: 'b' }, { labels }), space)).toBe(claim);
  });
});

test.each([
  ['istio/proxyv2:1.29.1', '1.29.1'],
  ['registry.example:5000/istio/proxyv2', ''],
  ['registry.example:5000/kuma-dp:2.14.0@sha256:00', '2.14.0'],
  ['kuma-dp@sha256:00', ''],
])('the tag of %s is %j', (image, tag) => {
  expect(tagOf(image)).toBe(tag);
});

test('a proxy says its version and revision, also as a native sidecar', () => {
  const annotations = { 'sidecar.istio.io/status': '{"revision":"canary"}' };
  expect(proxiesOf(pod('a', 'b', 'b', { app: 'b' }, { init: istioProxy, annotations }))).toEqual([
    { mesh: 'istio', version: '1.29.1-distroless', revision: 'canary' },
  ]);
  const broken = { annotations: { 'sidecar.istio.io/status': '{' }, labels: { 'istio.io/rev': 'blue' } };
  expect(proxiesOf(pod('a', 'b', 'b', istioProxy, broken))[0]?.revision).toBe('blue');
});

describe('the inventory', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'seats-7d', uid: 'x' };
  const objects: Written[] = [
    namespace('sales', { 'istio-injection': 'enabled' }),
    namespace('ops'),
    service('sales', 'seats'),
    service('ops', 'empty'),
    workload('Deployment', 'sales', 'seats'),
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { namespace: 'sales', name: 'seats-7d', ownerReferences: [{ kind: 'Deployment', name: 'seats' }] },
    },
    pod('sales', 'seats-1', 'seats', { app: 'seats', ...istioProxy }, { owner }),
    pod('sales', 'seats-2', 'seats', { app: 'seats', ...kumaSidecar }, { owner }),
    pod('sales', 'seats-3', 'seats', { app: 'seats', ...istioProxy, ...kumaSidecar }, { owner }),
    pod('sales', 'seats-4', 'seats', { app: 'seats' }, { owner, ready: false }),
    slice('sales', 'seats', { 'seats-1': true, 'seats-2': true, 'seats-3': true, 'seats-4': false }),
    workload('Deployment', 'istio-system', 'istiod-canary', {
      labels: { app: 'istiod', 'istio.io/rev': 'canary' },
      image: 'istio/pilot:1.29.1',
    }),
    workload('Deployment', 'kong-mesh-system', 'kong-mesh-control-plane', {
      labels: { app: 'kong-mesh-control-plane' },
      image: 'kong/kuma-cp:2.14.0',
      env: [{ name: 'KUMA_MODE', value: 'global' }],
    }),
    workload('Deployment', 'istio-system', 'istio-ingressgateway', { template: { istio: 'ingressgateway' } }),
    workload('Deployment', 'edge', 'kong', { image: 'kong/kong-gateway:3.10' }),
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { namespace: 'sales', name: 'seats' },
      spec: {},
    },
  ];
  const inventory = inventoryOf(stateOf(objects));

  test('counts pods by the mesh that injected them, and finds the workload behind each', () => {
    expect(inventory.namespaces.find(({ name }) => name === 'sales')).toEqual({
      name: 'sales',
      claim: 'istio',
      revision: 'default',
      services: 1,
      workloads: 1,
      pods: 4,
      injected: { istio: 1, ambient: 0, 'kong-mesh': 1, both: 1, none: 1 },
    });
    expect(inventory.pods[0]).toMatchObject({
      name: 'seats-1',
      workload: 'Deployment/seats',
      claim: 'istio',
      ready: true,
    });
    expect(inventory.workloads.find(({ name }) => name === 'seats')).toMatchObject({
      replicas: 2,
      ready: 1,
      injected: { istio: 1, both: 1, 'kong-mesh': 1, none: 1 },
    });
  });

  test('counts the ready endpoints of a Service by mesh', () => {
    expect(inventory.services).toEqual([
      {
        namespace: 'ops',
        name: 'empty',
        endpoints: 0,
        ready: { istio: 0, ambient: 0, 'kong-mesh': 0, both: 0, none: 0 },
      },
      {
        namespace: 'sales',
        name: 'seats',
        endpoints: 4,
        ready: { istio: 1, ambient: 0, 'kong-mesh': 1, both: 1, none: 0 },
      },
    ]);
  });

  test('goes by selectors where endpoints cannot be read', () => {
    const services = inventoryOf(stateOf(objects, ['EndpointSlice'])).services;
    expect(services.find(({ name }) => name === 'seats')).toMatchObject({ endpoints: 4, ready: { istio: 1, both: 1 } });
  });

  test('raises an alarm where both meshes injected a pod', () => {
    expect(inventory.alarms).toMatchObject([{ namespace: 'sales', pod: 'seats-3' }]);
    expect(inventory.alarms[0]?.message).toContain('Both meshes injected this pod');
  });

  test('finds control planes and gateways with their versions', () => {
    expect(inventory.controlPlanes.map(({ mesh, role, version, revision }) => [mesh, role, version, revision])).toEqual(
      [
        ['istio', 'istiod', '1.29.1', 'canary'],
        ['kong-mesh', 'global', '2.14.0', ''],
      ],
    );
    expect(inventory.gateways.map(({ kind, name, detail }) => [kind, name, detail])).toEqual([
      ['kong', 'kong', '3.10'],
      ['istio', 'istio-ingressgateway', ''],
    ]);
  });

  test('counts the kinds of both meshes', () => {
    expect(inventory.kinds).toMatchObject([{ kind: 'VirtualService', count: 1 }]);
  });

  test('is the same whatever the order of objects', () => {
    expect(inventoryOf(stateOf(objects.toReversed()))).toEqual(inventory);
  });
});
