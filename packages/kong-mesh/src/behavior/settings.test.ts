import type { JsonObject } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import {
  ask,
  backend,
  byLabels,
  client,
  forwardOf,
  meshOf,
  namespace,
  policy,
  prefix,
  route,
  service,
  shop,
} from './mesh.test-support.ts';

// Settings of routes, listeners and clusters: routing.md 2.6 to 2.12.

const everywhere = (kind: string, conf: JsonObject, at = 'shop/a'): JsonObject =>
  policy(kind, at, { to: [{ targetRef: { kind: 'Mesh' }, default: conf }] });
const forRoute = (kind: string, conf: JsonObject, name = 'r'): JsonObject =>
  policy(kind, `shop/${kind.toLowerCase()}-${name}`, {
    to: [{ targetRef: { kind: 'MeshHTTPRoute', name }, default: conf }],
  });
const toV1 = route('shop/r', [{ matches: [prefix('/a')], backendRefs: [backend('v1')] }]);
const at = { namespace: 'shop', name: 's' };

describe('timeouts', () => {
  test('V33: 15 seconds without any policy; only an explicit 0s means none', () => {
    expect(forwardOf([], 'GET /', { defaults: false })).toMatchObject({ timeout: 15_000, idleTimeout: 1_800_000 });
    expect(forwardOf([everywhere('MeshTimeout', { http: { requestTimeout: '0s' } })], 'GET /').timeout).toBe(0);
  });

  test("a route's own rule does not inherit that of the service, except for the idle timeout of streams", () => {
    const own = policy('MeshTimeout', 'shop/s', {
      to: [
        {
          targetRef: { kind: 'MeshService', name: 's' },
          default: { http: { requestTimeout: '3s', streamIdleTimeout: '7s' } },
        },
      ],
    });
    const policies = [toV1, own, forRoute('MeshTimeout', { http: { maxStreamDuration: '1h' } })];
    expect(forwardOf([toV1, own], 'GET /a')).toMatchObject({ timeout: 3000, idleTimeout: 7000 });
    expect(forwardOf(policies, 'GET /a')).toMatchObject({ timeout: 15_000, idleTimeout: 1_800_000 });
    expect(forwardOf(policies, 'GET /a', { defaults: false })).toMatchObject({ timeout: 15_000, idleTimeout: 7000 });
    // The automatic route comes from no MeshHTTPRoute.
    expect(forwardOf(policies, 'GET /b')).toMatchObject({ timeout: 3000 });
  });

  test('3.0 names routes by their labels', () => {
    const named = policy('MeshTimeout', 'shop/t', {
      to: [
        {
          targetRef: { ...byLabels('r'), kind: 'MeshHTTPRoute' },
          default: { http: { requestTimeout: '4s' } },
        },
      ],
    });
    const labelled = route('shop/r', [], {
      to: [{ targetRef: byLabels('s'), rules: [{ matches: [prefix('/a')], default: {} }] }],
    });
    expect(forwardOf([labelled, named], 'GET /a', { version: '3.0' }).timeout).toBe(4000);
  });

  test('listeners: HTTP has none of its own, TCP an hour', () => {
    const ports = service('shop/db', ['raw:5432', 'http:80:http']);
    const conf = everywhere('MeshTimeout', {
      idleTimeout: '5m',
      http: { requestHeadersTimeout: '2s', requestTimeout: '1s' },
    });
    const mesh = meshOf([...shop, ports, conf]);
    const db = { namespace: 'shop', name: 'db' };
    expect(mesh.listenerSettings(client, db, 80)).toEqual({
      kind: 'http',
      commonHttpProtocolOptions: { idleTimeout: '0s' },
      requestHeadersTimeout: '2s',
    });
    expect(mesh.listenerSettings(client, db, 5432)).toEqual({
      kind: 'tcp',
      idleTimeout: '300s',
      maxConnectAttempts: 5,
    });
    expect(mesh.listenerSettings(client, db, 81)).toBeUndefined();
  });
});

describe('retries', () => {
  test('V34: a route cannot switch off what the service has', () => {
    const off = forRoute('MeshRetry', { http: { numRetries: 0 } });
    expect(forwardOf([toV1, off], 'GET /a').retries).toMatchObject({ attempts: 5 });
    const on = forRoute('MeshRetry', { http: { numRetries: 2 } });
    expect(forwardOf([toV1, on], 'GET /a').retries).toMatchObject({ attempts: 2 });
    expect(forwardOf([toV1, on], 'GET /b').retries).toMatchObject({ attempts: 5 });
  });

  test('V35: a port of http2 has none, whatever the policies say', () => {
    const mesh = meshOf([namespace('shop'), service('shop/h2', ['h2:80:http2']), service('shop/rpc', ['rpc:80:grpc'])]);
    const retriesOf = (name: string) =>
      mesh.generatedRoutes(client, { namespace: 'shop', name }, 80).routes.map(({ decision }) => decision);
    expect(retriesOf('h2')).not.toContainEqual(expect.objectContaining({ retries: expect.anything() }));
    expect(retriesOf('rpc')).toMatchObject([{ retries: { attempts: 5, on: expect.arrayContaining(['cancelled']) } }]);
  });

  test.each<[what: string, retryOn: string[], expected: JsonObject]>([
    ['conditions replace the defaults', ['5xx', 'Reset'], { on: ['5xx', 'reset'] }],
    [
      'codes alone stand beside the defaults',
      ['503', '429'],
      {
        on: ['gateway-error', 'connect-failure', 'refused-stream', 'retriable-status-codes'],
        statusCodes: [503, 429],
      },
    ],
    [
      'methods alone too',
      ['HttpMethodGet'],
      { on: ['gateway-error', 'connect-failure', 'refused-stream'], methods: ['GET'] },
    ],
  ])('%s', (_, retryOn, expected) => {
    expect(forwardOf([everywhere('MeshRetry', { http: { retryOn } })], 'GET /').retries).toMatchObject(expected);
  });

  test("Envoy's spelling of cancelled has two l, the policy's one", () => {
    const mesh = meshOf([
      namespace('shop'),
      service('shop/rpc', ['rpc:80:grpc']),
      everywhere('MeshRetry', { grpc: { retryOn: ['Canceled', 'Unavailable'] } }),
    ]);
    const [first] = mesh.generatedRoutes(client, { namespace: 'shop', name: 'rpc' }, 80).routes;
    expect(first?.decision).toMatchObject({ retries: { on: ['canceled', 'unavailable'] } });
  });

  test('the choice of hosts', () => {
    const conf = {
      http: {
        hostSelection: [
          { predicate: 'OmitPreviousHosts' },
          { predicate: 'OmitHostsWithTags', tags: { zone: 'a' } },
          { predicate: 'OmitPreviousPriorities' },
        ],
        hostSelectionMaxAttempts: 5,
        retriableRequestHeaders: [{ type: 'Prefix', name: 'x-again', value: 'y' }],
        rateLimitedBackOff: { resetHeaders: [{ name: 'retry-after', format: 'Seconds' }] },
      },
    };
    expect(forwardOf([everywhere('MeshRetry', conf)], 'GET /').retries).toMatchObject({
      previousHosts: 'omit',
      omitLabels: [{ zone: 'a' }],
      previousPriorities: 2,
      hostSelectionAttempts: 5,
      requestHeaders: [{ name: 'x-again', match: { kind: 'prefix', value: 'y' } }],
      rateLimitedBackOff: { headers: [{ name: 'retry-after', format: 'seconds' }] },
    });
  });
});

describe('hash policies', () => {
  const hash = (...policies: JsonObject[]): JsonObject => ({ hashPolicies: policies });
  const byHeader = { type: 'Header', header: { name: 'x-user' } };

  test('hold on every route of the service, or on those of a MeshHTTPRoute', () => {
    expect(forwardOf([everywhere('MeshLoadBalancingStrategy', hash(byHeader))], 'GET /').hash).toEqual([
      { kind: 'header', name: 'x-user' },
    ]);
    const policies = [toV1, forRoute('MeshLoadBalancingStrategy', hash({ ...byHeader, terminal: true }))];
    expect(forwardOf(policies, 'GET /a').hash).toEqual([{ kind: 'header', name: 'x-user', terminal: true }]);
    expect(forwardOf(policies, 'GET /b').hash).toEqual([]);
  });

  test('in 2.x they may stand under the balancer', () => {
    const nested = { loadBalancer: { type: 'RingHash', ringHash: { hashPolicies: [byHeader] } } };
    expect(forwardOf([everywhere('MeshLoadBalancingStrategy', nested)], 'GET /').hash).toHaveLength(1);
    expect(forwardOf([everywhere('MeshLoadBalancingStrategy', nested)], 'GET /', { version: '3.0' }).hash).toEqual([]);
  });
});

describe('clusters', () => {
  const cluster = (
    policies: readonly JsonObject[],
    version: '2.13' | '2.14' | '3.0' = '2.14',
    extra: JsonObject[] = [],
  ) => meshOf([...shop, ...policies, ...extra], { version }).clusterSettings(client, at, 80);

  test('the defaults', () => {
    expect(cluster([])).toEqual({
      lbPolicy: 'ROUND_ROBIN',
      connectTimeout: '5s',
      circuitBreakers: {
        maxConnections: 1024,
        maxPendingRequests: 1024,
        maxRequests: 1024,
        maxRetries: 3,
        trackRemaining: true,
      },
      http: {
        commonHttpProtocolOptions: { idleTimeout: '3600s', maxConnectionDuration: '0s', maxStreamDuration: '0s' },
        explicitHttpConfig: { http2ProtocolOptions: {} },
      },
    });
  });

  test('2.13 limits the connections of every protocol, later versions only those of http and http2', () => {
    const mesh = (version: '2.13' | '2.14') =>
      meshOf([namespace('shop'), service('shop/db', ['raw:5432'])], { version }).clusterSettings(
        client,
        { namespace: 'shop', name: 'db' },
        5432,
      );
    expect(mesh('2.14')?.http?.commonHttpProtocolOptions).toBeUndefined();
    expect(mesh('2.13')?.http?.commonHttpProtocolOptions).toMatchObject({ idleTimeout: '3600s' });
  });

  test('V40: outlier detection enforces what it names, with the panic threshold of its own', () => {
    const outlierDetection = { healthyPanicThreshold: 0, detectors: { totalFailures: { consecutive: 5 } } };
    expect(cluster([everywhere('MeshCircuitBreaker', { outlierDetection })])).toMatchObject({
      outlierDetection: { consecutive5xx: 5, enforcingConsecutive5xx: 100, enforcingConsecutiveGatewayFailure: 0 },
      commonLbConfig: { healthyPanicThreshold: {} },
      // The limits of the default policy stay: the merge is leaf by leaf.
      circuitBreakers: { maxConnections: 1024 },
    });
    const off = { outlierDetection: { ...outlierDetection, disabled: true } };
    expect(cluster([everywhere('MeshCircuitBreaker', off)])?.outlierDetection).toBeUndefined();
  });

  test.each([
    [
      'a ring whose smallest size is above its largest',
      { type: 'RingHash', ringHash: { minRingSize: 10, maxRingSize: 5 } },
    ],
    ['a Maglev table of a size that is no prime number', { type: 'Maglev', maglev: { tableSize: 10 } }],
  ])('Envoy refuses %s', (_, loadBalancer) => {
    expect(cluster([everywhere('MeshLoadBalancingStrategy', { loadBalancer })])?.refused).toBeDefined();
  });

  test('health checks fall back to TCP where the own protocol is switched off', () => {
    const conf = { http: { disabled: true }, tcp: { send: 'hi' } };
    const [check] = cluster([everywhere('MeshHealthCheck', conf)])?.healthChecks ?? [];
    expect(check).toMatchObject({ tcpHealthCheck: { send: { text: '6869' } }, interval: '60s', timeout: '15s' });
    expect(cluster([everywhere('MeshHealthCheck', { tcp: {} })])?.healthChecks).toBeUndefined();
  });

  test('there is none for a port that the mesh does not have', () => {
    expect(meshOf(shop).clusterSettings(client, at, 81)).toBeUndefined();
    expect(meshOf(shop).clusterSettings(client, { namespace: 'shop', name: 'none' }, 80)).toBeUndefined();
  });
});

describe('a policy for a port finds the cluster by the name under which Kuma met it first', () => {
  const limited = (name: string): JsonObject =>
    policy('MeshCircuitBreaker', `shop/${name}`, {
      to: [
        {
          targetRef: { kind: 'MeshService', name, sectionName: 'http' },
          default: { connectionLimits: { maxConnections: 7 } },
        },
      ],
    });
  const connections = (policies: readonly JsonObject[], name: string): number | undefined =>
    meshOf([...shop, ...policies]).clusterSettings(client, { namespace: 'shop', name }, 80)?.circuitBreakers
      .maxConnections;

  test('its own listener comes first: by name', () => {
    const later = policy('MeshHTTPRoute', 'shop/r', {
      to: [
        {
          targetRef: { kind: 'MeshService', name: 'v3' },
          rules: [{ matches: [prefix('/')], default: { backendRefs: [backend('v1')] } }],
        },
      ],
    });
    expect(connections([limited('v1')], 'v1')).toBe(7);
    expect(connections([limited('v1'), later], 'v1')).toBe(7);
  });

  test('a route of an earlier service comes first: by number, so that the policy is lost', () => {
    expect(connections([limited('v1'), toV1], 'v1')).toBe(1024);
    const bySection = backend('v1', { sectionName: 'http' });
    const named = route('shop/r', [{ matches: [prefix('/a')], backendRefs: [bySection] }]);
    expect(connections([limited('v1'), named], 'v1')).toBe(7);
  });

  test('a policy for the whole service is found either way', () => {
    const whole = policy('MeshCircuitBreaker', 'shop/v1', {
      to: [{ targetRef: { kind: 'MeshService', name: 'v1' }, default: { connectionLimits: { maxConnections: 8 } } }],
    });
    expect(connections([whole, toV1], 'v1')).toBe(8);
  });
});

describe('what Envoy refuses, though admission takes it', () => {
  const filtered = (...filters: JsonObject[]): JsonObject => route('shop/r', [{ matches: [prefix('/a')], filters }]);
  const modifier = (name: string, value: string): JsonObject =>
    filtered({ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name, value }] } });
  const redirect = { type: 'RequestRedirect', requestRedirect: { hostname: 'a.com' } };

  test.each<[what: string, policy: JsonObject]>([
    ['the host in a header filter', modifier('host', 'x')],
    ['a lone percent sign', modifier('x-a', '50%')],
    ['a rewrite after a redirect', filtered(redirect, { type: 'URLRewrite', urlRewrite: { hostname: 'b.com' } })],
    ['a path without its value', filtered({ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplaceFullPath' } } })],
    [
      'an expression that RE2 does not read',
      route('shop/r', [{ matches: [{ path: { type: 'RegularExpression', value: '/(?=a)' } }] }]),
    ],
    [
      'a back-off that is longer than its longest',
      everywhere('MeshRetry', { http: { backOff: { baseInterval: '1s' } } }),
    ],
    [
      'a hash policy of the type SourceIP',
      everywhere('MeshLoadBalancingStrategy', { hashPolicies: [{ type: 'SourceIP' }] }),
    ],
  ])('%s', (_, broken) => {
    expect(ask([broken], 'GET /')).toMatch(/^broken: /);
  });

  test('what looks alike is taken', () => {
    expect(ask([modifier('x-a', '50%%')], 'GET /a')).toBe('s');
    expect(ask([modifier('x-a', '%REQ(x-b)%')], 'GET /a')).toBe('s');
    expect(ask([filtered({ type: 'URLRewrite', urlRewrite: { hostname: 'b.com' } }, redirect)], 'GET /a')).toBe(
      '302 http://a.com/a',
    );
  });
});
