import type { JsonObject } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { backend, client, meshOf, namespace, policy, prefix, route, service, shop } from './mesh.test-support.ts';

// What policies for endpoints become in Envoy's clusters: routing.md 2.9 to 2.12.

const everywhere = (kind: string, conf: JsonObject): JsonObject =>
  policy(kind, 'shop/a', { to: [{ targetRef: { kind: 'Mesh' }, default: conf }] });

describe('health checks', () => {
  const checkOf = (conf: JsonObject, appProtocol: string) => {
    const objects = [
      namespace('shop'),
      service('shop/s', [`main:80:${appProtocol}`]),
      everywhere('MeshHealthCheck', conf),
    ];
    return meshOf(objects).clusterSettings(client, { namespace: 'shop', name: 's' }, 80)?.healthChecks;
  };

  test.each<[protocol: string, conf: JsonObject, expected: JsonObject | undefined]>([
    ['http', { http: {} }, { httpHealthCheck: { path: '/' } }],
    [
      'http2',
      { http: { path: '/ready', expectedStatuses: [200, 204] } },
      {
        httpHealthCheck: {
          path: '/ready',
          codecClientType: 'HTTP2',
          expectedStatuses: [
            { start: '200', end: '201' },
            { start: '204', end: '205' },
          ],
        },
      },
    ],
    [
      'http',
      { http: { requestHeadersToAdd: { add: [{ name: 'a', value: '1,2' }], set: [{ name: 'b', value: '3' }] } } },
      {
        httpHealthCheck: {
          path: '/',
          requestHeadersToAdd: [
            { header: { key: 'x-kuma-tags', value: expect.stringContaining('&app=client&') } },
            { header: { key: 'a', value: '1' } },
            { header: { key: 'a', value: '2' } },
            { header: { key: 'b', value: '3' }, appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD' },
          ],
        },
      },
    ],
    [
      'grpc',
      { grpc: { serviceName: 'shop.Cart', authority: 'cart' } },
      { grpcHealthCheck: { serviceName: 'shop.Cart', authority: 'cart' } },
    ],
    ['grpc', { http: {} }, undefined],
    ['grpc', { grpc: { disabled: true }, tcp: {} }, { tcpHealthCheck: {} }],
    ['grpc', { grpc: { disabled: true } }, undefined],
    [
      'tcp',
      { http: {}, tcp: { send: 'a', receive: ['b', 'c'] } },
      { tcpHealthCheck: { send: { text: '61' }, receive: [{ text: '62' }, { text: '63' }] } },
    ],
    ['tcp', { tcp: { disabled: true } }, undefined],
  ])('%s by %j', (protocol, conf, expected) => {
    const found = checkOf(conf, protocol);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject([expected]);
  });

  test('their times and counts', () => {
    const conf = {
      tcp: {},
      interval: '10s',
      timeout: '1s',
      initialJitter: '2s',
      intervalJitter: '3s',
      intervalJitterPercent: 4,
      unhealthyThreshold: 6,
      healthyThreshold: 2,
      reuseConnection: false,
      noTrafficInterval: '1m',
      eventLogPath: '/log',
      alwaysLogHealthCheckFailures: true,
    };
    expect(checkOf(conf, 'tcp')).toEqual([
      {
        timeout: '1s',
        interval: '10s',
        initialJitter: '2s',
        intervalJitter: '3s',
        intervalJitterPercent: 4,
        unhealthyThreshold: 6,
        healthyThreshold: 2,
        reuseConnection: false,
        tcpHealthCheck: {},
        noTrafficInterval: '60s',
        eventLogger: '/log',
        alwaysLogHealthCheckFailures: true,
      },
    ]);
  });
});

describe('load balancers', () => {
  test.each<[conf: JsonObject, expected: JsonObject]>([
    [{ type: 'RoundRobin' }, { lbPolicy: 'ROUND_ROBIN' }],
    [{ type: 'Random' }, { lbPolicy: 'RANDOM' }],
    [{ type: 'LeastRequest' }, { lbPolicy: 'LEAST_REQUEST' }],
    [
      { type: 'LeastRequest', leastRequest: { choiceCount: 4, activeRequestBias: '1.5' } },
      { lbPolicy: 'LEAST_REQUEST', leastRequestLbConfig: { choiceCount: 4, activeRequestBias: 1.5 } },
    ],
    [{ type: 'RingHash' }, { lbPolicy: 'RING_HASH' }],
    [
      { type: 'RingHash', ringHash: { minRingSize: 8, maxRingSize: 16, hashFunction: 'MurmurHash2' } },
      {
        lbPolicy: 'RING_HASH',
        ringHashLbConfig: { minimumRingSize: '8', maximumRingSize: '16', hashFunction: 'MURMUR_HASH_2' },
      },
    ],
    [{ type: 'Maglev' }, { lbPolicy: 'MAGLEV' }],
    [
      { type: 'Maglev', maglev: { tableSize: 5003 } },
      { lbPolicy: 'MAGLEV', maglevLbConfig: { tableSize: '5003' } },
    ],
  ])('%j', (loadBalancer, expected) => {
    const mesh = meshOf([...shop, everywhere('MeshLoadBalancingStrategy', { loadBalancer })]);
    const found = mesh.clusterSettings(client, { namespace: 'shop', name: 's' }, 80);
    expect(found).toMatchObject(expected);
    expect(found?.refused).toBeUndefined();
  });
});

describe('the name by which a policy for a port finds the cluster', () => {
  const limited = policy('MeshCircuitBreaker', 'shop/v1', {
    to: [
      {
        targetRef: { kind: 'MeshService', name: 'v1', sectionName: 'main' },
        default: { connectionLimits: { maxConnections: 7 } },
      },
    ],
  });
  const tcpRoute = (ref: JsonObject): JsonObject =>
    policy('MeshTCPRoute', 'shop/t', {
      to: [{ targetRef: { kind: 'MeshService', name: 's' }, rules: [{ default: { backendRefs: [ref] } }] }],
    });
  const mirrored = (ref: JsonObject): JsonObject =>
    route('shop/m', [
      { matches: [prefix('/')], filters: [{ type: 'RequestMirror', requestMirror: { backendRef: ref } }] },
    ]);
  const bySection = backend('v1', { sectionName: 'main', port: 0 });

  test.each<[what: string, protocol: string, policies: JsonObject[], found: boolean]>([
    ['a mirror by number', 'http', [mirrored(backend('v1'))], false],
    ['a mirror by name', 'http', [mirrored(bySection)], true],
    ['a route of connections by number', 'tcp', [tcpRoute(backend('v1'))], false],
    ['a route of connections by name', 'tcp', [tcpRoute(bySection)], true],
    ['a route of connections that leaves out the backend', 'tcp', [tcpRoute(backend('v1', { weight: 0 }))], true],
  ])('%s', (_, protocol, policies, found) => {
    const objects = [
      namespace('shop'),
      service('shop/s', [`main:80:${protocol}`]),
      service('shop/v1', [`main:80:${protocol}`]),
      limited,
      ...policies,
    ];
    const settings = meshOf(objects).clusterSettings(client, { namespace: 'shop', name: 'v1' }, 80);
    expect(settings?.circuitBreakers.maxConnections).toBe(found ? 7 : 1024);
  });
});
