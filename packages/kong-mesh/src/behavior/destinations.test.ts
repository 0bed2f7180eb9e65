import type { JsonObject } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import type { TargetVersion } from '../version.ts';
import { answer, backend, client, meshOf, namespace, policy, prefix, service, shop } from './mesh.test-support.ts';

// What has listeners, and where connections go: routing.md 2.4 and 2.5.

const answerFor = (
  objects: readonly JsonObject[],
  name: string,
  port: number,
  version: TargetVersion = '2.14',
): string => answer(meshOf(objects, { version }).routeTable(client, { namespace: 'shop', name }, port), 'GET /');
const endpointsOf = (objects: readonly JsonObject[], name: string, port = 80) => {
  const table = meshOf(objects).routeTable(client, { namespace: 'shop', name }, port);
  const decision = table.virtualHosts[0]?.routes[0]?.decision;
  return decision?.kind === 'forward' ? decision.destinations.map(({ destination }) => destination.endpoints) : [];
};

describe('a Service becomes a MeshService', () => {
  test('with the workloads of its selector and the port of the container', () => {
    const object = service('shop/s', [], {
      selector: { app: 's', tier: 'web' },
      ports: [{ port: 80, targetPort: 'web', appProtocol: 'http' }],
    });
    expect(endpointsOf([namespace('shop'), object], 's')).toEqual([
      { kind: 'workloads', namespace: 'shop', labels: { app: 's', tier: 'web' }, port: 'web' },
    ]);
  });

  test('one without a selector has all workloads of its namespace', () => {
    const { selector: _, ...spec } = service('shop/s').spec as JsonObject;
    const object = { ...service('shop/s'), spec };
    expect(endpointsOf([namespace('shop'), object], 's')).toMatchObject([{ labels: {}, port: 80 }]);
  });

  test.each<[why: string, objects: JsonObject[]]>([
    ['its namespace is not in the mesh', [namespace('shop', {}), service('shop/s')]],
    ['its namespace opts out', [namespace('shop', { 'kuma.io/sidecar-injection': 'disabled' }), service('shop/s')]],
    [
      'it is in another mesh',
      [namespace('shop', { 'kuma.io/sidecar-injection': 'enabled', 'kuma.io/mesh': 'other' }), service('shop/s')],
    ],
    [
      'its Pods are a gateway',
      [
        namespace('shop'),
        service('shop/s'),
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'edge', namespace: 'shop' },
          spec: { template: { metadata: { labels: { app: 's' }, annotations: { 'kuma.io/gateway': 'enabled' } } } },
        },
      ],
    ],
    ['it has no ClusterIP', [namespace('shop'), service('shop/s', ['http:80:http'], { type: 'ExternalName' })]],
    [
      'it is ignored',
      [
        namespace('shop'),
        { ...service('shop/s'), metadata: { name: 's', namespace: 'shop', annotations: { 'kuma.io/ignore': 'true' } } },
      ],
    ],
  ])('but not where %s', (_, objects) => {
    expect(answerFor(objects, 's', 80)).toBe('no listener');
  });

  test('a label of its own puts it in a mesh wherever it is', () => {
    const object = {
      ...service('shop/s'),
      metadata: { name: 's', namespace: 'shop', labels: { 'kuma.io/mesh': 'default' } },
    };
    expect(answerFor([namespace('shop', {}), object], 's', 80)).toBe('s');
  });

  test('a headless one sends to the Pod that was dialled', () => {
    const object = service('shop/s', ['http:80:http'], { clusterIP: 'None' });
    expect(endpointsOf([namespace('shop'), object], 's')).toEqual([{ kind: 'original' }]);
  });

  test('only ports of TCP count', () => {
    const object = service('shop/s', [], { ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] });
    expect(answerFor([namespace('shop'), object], 's', 53)).toBe('no listener');
  });
});

describe('appProtocol', () => {
  const speaking = (...protocols: string[]): JsonObject[] => [
    namespace('shop'),
    service(
      'shop/s',
      protocols.map((protocol, index) => `p${index}:${80 + index}${protocol && `:${protocol}`}`),
    ),
  ];

  test.each(['', 'tcp'])('%j is passed on unread', (protocol) => {
    const table = meshOf(speaking(protocol)).routeTable(client, { namespace: 'shop', name: 's' }, 80);
    expect(table.opaque).toBe(true);
    expect(answer(table, 'GET /')).toBe('s');
  });

  test('an unknown one closes connections in 2.x, and takes the whole service away in 3.0', () => {
    expect(answerFor(speaking('https', 'http'), 's', 80)).toMatch(/^closed: /);
    expect(answerFor(speaking('https', 'http'), 's', 81)).toBe('s');
    expect(answerFor(speaking('https', 'http'), 's', 81, '3.0')).toBe('no listener');
  });

  test('kafka is gone in 3.0', () => {
    expect(answerFor(speaking('kafka'), 's', 80)).toBe('s');
    expect(answerFor(speaking('kafka'), 's', 80, '3.0')).toBe('no listener');
  });

  test('with capitals there is no listener, or none that Envoy takes', () => {
    expect(answerFor(speaking('HTTP'), 's', 80)).toBe('no listener');
    expect(answerFor(speaking('HTTP'), 's', 80, '3.0')).toBe('no listener');
    expect(answerFor(speaking('HTTP'), 's', 80, '2.13')).toMatch(/^broken: /);
  });
});

describe('MeshTCPRoute', () => {
  const db = [
    ...shop,
    service('shop/db', ['raw:5432']),
    service('shop/db-v1', ['raw:5432']),
    service('shop/db-v2', ['raw:5432']),
  ];
  const tcp = (name: string, ...backendRefs: JsonObject[]): JsonObject =>
    policy('MeshTCPRoute', 'shop/t', {
      to: [{ targetRef: { kind: 'MeshService', name }, rules: [{ default: { backendRefs } }] }],
    });
  const raw = (name: string, extra: JsonObject = {}) => backend(name, { port: 5432, ...extra });
  const gone = { kind: 'MeshService', labels: { 'kuma.io/display-name': 'gone' }, port: 5432 };

  test('V41: shares', () => {
    const shares = tcp('db', raw('db-v1', { weight: 80 }), raw('db-v2', { weight: 20 }));
    expect(answerFor([...db, shares], 'db', 5432)).toBe('db-v1 80%, db-v2 20%');
  });

  test('a share without a backend goes to the others', () => {
    const shares = tcp('db', raw('db-v1', { weight: 1 }), raw('nowhere', { weight: 9 }));
    expect(answerFor([...db, shares], 'db', 5432)).toBe('db-v1');
  });

  test('without any backend connections are closed, or bypass the route', () => {
    expect(answerFor([...db, tcp('db', raw('nowhere'))], 'db', 5432)).toMatch(/^closed: /);
    expect(answerFor([...db, tcp('db', raw('db-v1', { weight: 0 }))], 'db', 5432)).toMatch(/^closed: /);
    expect(answerFor([...db, tcp('db', gone)], 'db', 5432)).toBe('no listener');
  });

  test('on an HTTP port it counts only without a MeshHTTPRoute', () => {
    const overHttp = tcp('s', backend('v1'));
    const table = meshOf([...db, overHttp]).routeTable(client, { namespace: 'shop', name: 's' }, 80);
    expect([table.opaque, answer(table, 'GET /')]).toEqual([true, 'v1']);
    const http = policy('MeshHTTPRoute', 'shop/h', {
      to: [{ targetRef: { kind: 'MeshService', name: 's' }, rules: [{ matches: [prefix('/a')], default: {} }] }],
    });
    expect(answerFor([...db, overHttp, http], 's', 80)).toBe('s');
    expect(answerFor([...db, tcp('s', { ...gone, port: 80 })], 's', 80)).toBe('s');
  });

  test('a MeshHTTPRoute for a TCP port does nothing', () => {
    const http = policy('MeshHTTPRoute', 'shop/h', {
      to: [
        {
          targetRef: { kind: 'MeshService', name: 'db' },
          rules: [{ matches: [prefix('/')], default: { backendRefs: [raw('db-v1')] } }],
        },
      ],
    });
    expect(answerFor([...db, http], 'db', 5432)).toBe('db');
  });
});

describe('other destinations', () => {
  const external = policy('MeshExternalService', 'kong-mesh-system/pay', {
    match: { type: 'HostnameGenerator', port: 443, protocol: 'http' },
    endpoints: [{ address: 'pay.example', port: 8443 }],
  });
  const ref = { kind: 'MeshExternalService', name: 'pay', namespace: 'kong-mesh-system' };
  const sending = (backendRefs: JsonObject[]): JsonObject =>
    policy('MeshHTTPRoute', 'shop/r', {
      to: [
        {
          targetRef: { kind: 'MeshService', name: 's' },
          rules: [{ matches: [prefix('/')], default: { backendRefs } }],
        },
      ],
    });

  test('an external service sees its own address as the host', () => {
    const table = meshOf([...shop, external]).routeTable(
      client,
      { kind: 'MeshExternalService', namespace: 'kong-mesh-system', name: 'pay' },
      443,
    );
    expect(answer(table, 'GET /')).toBe('pay at pay.example');
    expect(answerFor([...shop, external, sending([ref])], 's', 80)).toBe('pay at pay.example');
  });

  test('of several destinations each has its own host', () => {
    const found = meshOf([...shop, external, sending([ref, backend('v1')])]).routeTable(
      client,
      { namespace: 'shop', name: 's' },
      80,
    ).virtualHosts[0]?.routes[0]?.decision;
    expect(found).toMatchObject({
      destinations: [{ authority: 'pay.example', destination: { endpoints: { kind: 'external', port: 8443 } } }, {}],
    });
    expect(found).not.toHaveProperty('authority');
  });

  test('a service of several zones has the endpoints of its members', () => {
    const zones = policy('MeshMultiZoneService', 'kong-mesh-system/all', {
      selector: { meshService: { matchLabels: { 'k8s.kuma.io/service-name': 'v1' } } },
      ports: [{ port: 80, appProtocol: 'http' }],
    });
    const table = meshOf([...shop, zones]).routeTable(
      client,
      { kind: 'MeshMultiZoneService', namespace: 'kong-mesh-system', name: 'all' },
      80,
    );
    expect(table.virtualHosts[0]?.routes[0]?.decision).toMatchObject({
      destinations: [{ destination: { endpoints: { kind: 'workloads', labels: { app: 'v1' } } } }],
    });
  });

  test('a MeshService that somebody wrote stands before the one of the Service', () => {
    const written = policy('MeshService', 'shop/s', {
      selector: { dataplaneTags: { app: 'other', 'k8s.kuma.io/namespace': 'shop' } },
      ports: [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }],
    });
    expect(endpointsOf([...shop, written], 's')).toEqual([
      { kind: 'workloads', namespace: 'shop', labels: { app: 'other' }, port: 8080 },
    ]);
  });
});
