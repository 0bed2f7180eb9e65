import { type JsonObject, readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import type { ServedKind } from './kinds.ts';
import type { ClusterReading } from './read-cluster.ts';
import { readingRights } from './rights.ts';
import { shapeObject } from './shape.ts';
import { isKept, snapshotFiles } from './snapshot.ts';

const kind = (group: string, name: string, resource: string): ServedKind => ({
  group,
  version: 'v1',
  versions: ['v1'],
  kind: name,
  resource,
  isNamespaced: true,
});

const object = (apiVersion: string, name: string, id: string, more: JsonObject = {}): JsonObject => {
  const [namespace = '', called = ''] = id.split('/');
  return { apiVersion, kind: name, metadata: { namespace, name: called, ...(more.metadata as JsonObject) }, spec: {} };
};

describe('an object of a snapshot', () => {
  test('has lost what the server keeps for itself', () => {
    expect(
      shapeObject({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {
          namespace: 'sales',
          name: 'seats',
          uid: 'a',
          resourceVersion: '7',
          generation: 3,
          creationTimestamp: '2026-01-01T00:00:00Z',
          managedFields: [{ manager: 'kubectl' }],
          labels: { app: 'seats' },
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'kept' },
          ownerReferences: [
            { apiVersion: 'argoproj.io/v1', kind: 'Rollout', name: 'seats', uid: 'b', controller: true },
          ],
        },
        spec: { replicas: 2 },
        status: { readyReplicas: 2 },
      }),
    ).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        namespace: 'sales',
        name: 'seats',
        labels: { app: 'seats' },
        annotations: { note: 'kept' },
        ownerReferences: [{ apiVersion: 'argoproj.io/v1', kind: 'Rollout', name: 'seats' }],
      },
      spec: { replicas: 2 },
    });
  });

  test('keeps of a status what says more than the object: versions of nodes, addresses of gateways', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'one' } };
    expect(
      shapeObject({ ...node, status: { nodeInfo: { kubeletVersion: 'v1.35.4', bootID: 'x' }, images: [] } }),
    ).toEqual({
      ...node,
      status: { nodeInfo: { kubeletVersion: 'v1.35.4' } },
    });
    const gateway = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'edge' },
      spec: {},
    };
    expect(shapeObject({ ...gateway, status: { addresses: [{ value: '1.2.3.4' }], listeners: [] } })).toEqual({
      ...gateway,
      status: { addresses: [{ value: '1.2.3.4' }] },
    });
  });

  test('has lost the ports of nodes that its cluster drew for a Service', () => {
    const service = (spec: JsonObject): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec,
    });
    expect(shapeObject(service({ clusterIP: '10.0.0.7', ports: [{ port: 80, nodePort: 30_080 }] }))).toEqual(
      service({ clusterIP: '10.0.0.7', ports: [{ port: 80 }] }),
    );
  });

  test('made by a template has what the template does not say: the proxies of pods', () => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'seats-7d' }];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'seats-1', ownerReferences },
      spec: {
        containers: [{ name: 'istio-proxy', image: 'istio/proxyv2:1.29.1', env: [{ name: 'A', value: 'b' }] }],
        volumes: [{ name: 'data' }],
        serviceAccountName: 'seats',
      },
      status: { phase: 'Running' },
    };
    expect(shapeObject(pod).spec).toEqual({
      containers: [{ name: 'istio-proxy', image: 'istio/proxyv2:1.29.1' }],
      serviceAccountName: 'seats',
    });
    expect(shapeObject({ ...pod, metadata: { name: 'alone' } }).spec).toEqual(pod.spec);
    const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'a', ownerReferences } };
    expect(shapeObject({ ...set, spec: { replicas: 2, template: {} } }).spec).toEqual({ replicas: 2 });
    expect([2, 0].map((replicas) => isKept({ ...set, spec: { replicas } }))).toEqual([true, false]);
    expect(isKept({ ...pod, status: { phase: 'Succeeded' } })).toBe(false);
  });

  test('is nothing but metadata where it is a Secret, whatever the server sent', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      data: { k: 'dg==' },
      stringData: { k: 'v' },
    };
    expect(shapeObject(secret)).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } });
  });
});

const routes = (cluster: string, ids: readonly string[], unread: ClusterReading['unread'] = []) => [
  ...snapshotFiles(cluster, {
    version: 'v1.35.4',
    kinds: [
      {
        kind: kind('networking.istio.io', 'VirtualService', 'virtualservices'),
        objects: ids.map((id) => object('networking.istio.io/v1', 'VirtualService', id)),
        resourceVersion: '1',
      },
    ],
    meshConfigs: [],
    unread,
  }),
];

describe('the files of a snapshot', () => {
  test('are the same whatever the order in which objects came', () => {
    expect(routes('east', ['b/x', 'a/y', 'a/x'])).toEqual(routes('east', ['a/x', 'a/y', 'b/x']));
  });

  test('say on each resource which cluster it is of, so that two clusters keep apart', () => {
    const clusters = [...routes('east', ['a/x']), ...routes('west', ['a/x'])].filter(({ path }) =>
      path.includes('virtual'),
    );
    expect(clusters.map(({ path }) => path)).toEqual([
      'east/virtualservices.networking.istio.io.yaml',
      'west/virtualservices.networking.istio.io.yaml',
    ]);
    expect(clusters.map(({ text }) => /isthmus\/cluster: (\w+)/.exec(text)?.[1])).toEqual(['east', 'west']);
  });

  test('hold what could not be read', () => {
    const record = routes(
      'east',
      [],
      [
        {
          group: 'security.istio.io',
          kind: 'AuthorizationPolicy',
          resource: 'authorizationpolicies',
          verb: 'list',
          failure: 'forbidden',
          reason: 'The API server forbids it.',
          grant: 'kubectl …',
        },
      ],
    ).at(-1);
    const [resource] = readManifest('x', new TextEncoder().encode(record?.text)).resources;
    expect(resource?.object).toEqual({
      apiVersion: 'isthmus/v1',
      kind: 'ClusterSnapshot',
      metadata: { name: 'east' },
      spec: {
        version: 'v1.35.4',
        unread: [
          {
            group: 'security.istio.io',
            kind: 'AuthorizationPolicy',
            resource: 'authorizationpolicies',
            verb: 'list',
            reason: 'The API server forbids it.',
          },
        ],
      },
    });
  });

  test('stay in one folder, whatever the cluster is called', () => {
    for (const name of ['../../etc', '..', 'arn:aws:eks:eu-central-1:1:cluster/shop', '.hidden'])
      for (const { path } of routes(name, ['a/x'])) expect(path).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]*\/[a-z.]+$/);
  });

  test('leave out what the snapshot holds in another form', () => {
    const owned = { metadata: { ownerReferences: [{ kind: 'Service', name: 'seats' }] } };
    const files = [
      ...snapshotFiles('east', {
        version: '',
        kinds: [
          {
            kind: kind('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
            objects: [
              object('discovery.k8s.io/v1', 'EndpointSlice', 'a/owned', owned),
              object('discovery.k8s.io/v1', 'EndpointSlice', 'a/own'),
            ],
            resourceVersion: '1',
          },
          {
            kind: kind('kuma.io', 'DataplaneInsight', 'dataplaneinsights'),
            objects: [object('kuma.io/v1alpha1', 'DataplaneInsight', 'a/seats')],
            resourceVersion: '1',
          },
        ],
        meshConfigs: [],
        unread: [],
      }),
    ];
    expect(files.map(({ path }) => path)).toEqual(['east/endpointslices.discovery.k8s.io.yaml', 'east/snapshot.yaml']);
    expect(files[0]?.text).not.toContain('owned');
  });
});

test('the rights are three verbs, and one ConfigMap by its name', () => {
  const [role, binding] = readingRights('tools/isthmus', ['canary']) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  const rules = role.rules as { verbs: string[]; resources: string[]; resourceNames?: string[] }[];
  expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list', 'watch']));
  expect(rules.find(({ resources }) => resources.includes('configmaps'))).toEqual({
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['istio', 'istio-canary'],
    verbs: ['get', 'list', 'watch'],
  });
  expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'isthmus', namespace: 'tools' }]);
});
