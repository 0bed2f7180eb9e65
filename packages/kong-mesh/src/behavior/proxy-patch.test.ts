import type { ClusterSettings } from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import type { TargetVersion } from '../version.ts';
import { answer, client, forwardOf, meshOf, policy, shop } from './mesh.test-support.ts';

const s = { namespace: 'shop', name: 's' };
const legacy = 'default_s_shop_default_msvc_80';
const http = '/typedExtensionProtocolOptions/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

const patches = (modifications: readonly Json[], at = 'kong-mesh-system/p', top: JsonObject = { kind: 'Mesh' }) =>
  policy('MeshProxyPatch', at, { targetRef: top, default: { appendModifications: modifications } });
const cluster = (body: JsonObject, name: string | null = legacy): Json => ({
  cluster: { operation: 'Patch', ...(name === null ? {} : { match: { name } }), ...body },
});
const settings = (objects: readonly JsonObject[], version: TargetVersion = '2.14', of = s): ClusterSettings => {
  const found = meshOf([...shop, ...objects], { version }).clusterSettings(client, of, 80);
  if (found === undefined) throw new Error('there is no such port');
  return found;
};
const jsonPatch = (op: string, path: string, value?: Json): Json => ({
  op,
  path,
  ...(value === undefined ? {} : { value }),
});

describe('a patch of a cluster', () => {
  test('sets what no policy does, and makes objects that are not there', () => {
    const jsonPatches = [
      jsonPatch('add', '/leastRequestLbConfig/slowStartConfig', { slowStartWindow: '60s' }),
      jsonPatch('add', '/upstreamConnectionOptions/tcpKeepalive', { keepaliveTime: 30 }),
      jsonPatch('add', '/circuitBreakers/thresholds/0/retryBudget', {
        budgetPercent: { value: 25 },
        minRetryConcurrency: 3,
      }),
      jsonPatch('add', `${http}/commonHttpProtocolOptions/maxRequestsPerConnection`, 100),
      jsonPatch('add', `${http}/explicitHttpConfig/http2ProtocolOptions/maxConcurrentStreams`, 50),
    ];
    const found = settings([patches([cluster({ jsonPatches })])]);
    expect(found.unknown).toBeUndefined();
    expect(found.leastRequestLbConfig).toEqual({ slowStartConfig: { slowStartWindow: '60s' } });
    expect(found.tcpKeepalive).toEqual({ keepaliveTime: 30 });
    expect(found.circuitBreakers).toMatchObject({
      maxConnections: 1024,
      retryBudget: { budgetPercent: { value: 25 } },
    });
    expect(found.http?.commonHttpProtocolOptions).toMatchObject({
      maxRequestsPerConnection: 100,
      idleTimeout: '3600s',
    });
    expect(found.http?.explicitHttpConfig).toEqual({ http2ProtocolOptions: { maxConcurrentStreams: 50 } });
  });

  test('merges its value, in which names may have underscores', () => {
    const value = 'upstream_connection_options: {tcp_keepalive: {keepalive_time: 5}}\nconnect_timeout: 3s';
    expect(settings([patches([cluster({ value })])])).toMatchObject({
      tcpKeepalive: { keepaliveTime: 5 },
      connectTimeout: '3s',
    });
  });

  test('is of the cluster that it names, in the way of the version, or of all', () => {
    const slower = (name: string | null) => [patches([cluster({ value: 'connectTimeout: 3s' }, name)])];
    const other = { namespace: 'shop', name: 'v1' };
    expect(settings(slower(legacy), '2.14', other).connectTimeout).toBe('5s');
    expect(settings(slower(null), '2.14', other).connectTimeout).toBe('3s');
    expect(settings(slower(legacy), '3.0').connectTimeout).toBe('5s');
    expect(settings(slower('kri_msvc_default_default_shop_s_http'), '2.14').connectTimeout).toBe('5s');
  });

  test('of another name is none of the Pods of a headless Service, one of an unknown name may be', () => {
    const headless: JsonObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'h', namespace: 'shop' },
      spec: { clusterIP: 'None', selector: { app: 'h' }, ports: [{ name: 'http', port: 80, appProtocol: 'http' }] },
    };
    const of = (name: string) =>
      settings([headless, patches([cluster({ value: 'connectTimeout: 3s' }, name)])], '2.14', {
        namespace: 'shop',
        name: 'h',
      });
    expect(of(legacy)).toMatchObject({ connectTimeout: '5s' });
    expect(of(legacy).unknown).toBeUndefined();
    expect(of('default_h-0-x_shop_default_msvc_80').unknown).toContain('the names of Pods are not known');
  });

  test('has to be of both clusters of a port in 3.0: that by its name and that by its number', () => {
    const of = (...sections: string[]) => [
      patches(
        sections.map((one) => cluster({ value: 'connectTimeout: 3s' }, `kri_msvc_default_default_shop_s_${one}`)),
      ),
    ];
    expect(settings(of('http', '80'), '3.0').connectTimeout).toBe('3s');
    expect(settings(of('http'), '3.0').unknown).toContain('by its name or by its number only');
  });

  test('comes behind those of weaker policies, for the clients of its own', () => {
    const own = { kind: 'Dataplane', labels: { app: 'client' } };
    const found = settings([
      patches([cluster({ value: 'connectTimeout: 3s\nupstreamConnectionOptions: {tcpKeepalive: {}}' })]),
      patches(
        [
          cluster({
            jsonPatches: [
              jsonPatch('remove', '/upstreamConnectionOptions'),
              jsonPatch('remove', '/ringHashLbConfig/minimumRingSize'),
              jsonPatch('replace', '/connectTimeout', '4s'),
            ],
          }),
        ],
        'kong-mesh-system/q',
        own,
      ),
      patches([cluster({ value: 'connectTimeout: 9s' })], 'kong-mesh-system/r', { ...own, labels: { app: 'other' } }),
    ]);
    expect(found.connectTimeout).toBe('4s');
    expect(found.tcpKeepalive).toBeUndefined();
  });

  test.each([
    ['a field that the model has not', { value: 'transportSocket: {name: raw}' }, 'transportSocket'],
    ['one in an object that it has', { value: 'leastRequestLbConfig: {slowStartConfig: {a: 1}}' }, 'slowStartConfig/a'],
    ['a list that is appended to', { value: 'circuitBreakers: {thresholds: [{maxRetries: 7}]}' }, 'thresholds'],
    ['a move', { jsonPatches: [{ op: 'move', from: '/a', path: '/b' }] }, 'move'],
    ['nothing to replace', { jsonPatches: [jsonPatch('replace', '/dnsLookupFamily', 'V4_ONLY')] }, 'replace'],
    ['no place in a list', { jsonPatches: [jsonPatch('add', '/circuitBreakers/thresholds/4/maxRetries', 1)] }, 'place'],
    ['a removal', { operation: 'Remove' }, 'Remove'],
    ['no YAML', { value: '{' }, 'YAML'],
  ])('is not followed: %s', (_, body, why) => {
    const { unknown } = settings([patches([cluster(body)])]);
    expect(unknown).toContain('MeshProxyPatch kong-mesh-system/p spec.default.appendModifications[0]');
    expect(unknown).toContain(why);
  });
});

describe('a patch of what a proxy does with requests', () => {
  const virtualHost = (jsonPatches: Json, match: JsonObject = { origin: 'outbound', name: legacy }): Json => ({
    virtualHost: { operation: 'Patch', match, jsonPatches },
  });
  const ask = (modifications: readonly Json[], text: string, version: TargetVersion = '2.14'): string =>
    answer(meshOf([...shop, patches(modifications)], { version }).routeTable(client, s, 80), text);
  const teapot = (match: JsonObject): JsonObject => ({
    match,
    directResponse: { status: 418, body: { inlineString: 'short and stout' } },
  });

  test('answers directly in front of all routes', () => {
    const modifications = [
      virtualHost([
        jsonPatch('add', '/routes/0', teapot({ prefix: '/tea', caseSensitive: false })),
        jsonPatch(
          'add',
          '/routes/1',
          teapot({
            prefix: '/',
            headers: [
              { name: ':method', stringMatch: { exact: 'BREW' } },
              {
                name: 'X-Milk',
                stringMatch: { safeRegex: { regex: 'y.*' } },
                invertMatch: true,
                treatMissingHeaderAsEmpty: true,
              },
            ],
            queryParameters: [{ name: 'q', presentMatch: true }],
          }),
        ),
      ]),
    ];
    expect(ask(modifications, 'GET /TEA/x')).toBe('418');
    expect(ask(modifications, 'GET /coffee')).toBe('s');
    expect(ask(modifications, 'BREW /coffee?q')).toBe('418');
    expect(ask(modifications, 'BREW /coffee?q x-milk=yes')).toBe('s');
    expect(ask(modifications, 'BREW /coffee')).toBe('s');
  });

  test('is of the virtual host that it names', () => {
    const at = (name: string) => [virtualHost([jsonPatch('add', '/routes/0', teapot({ prefix: '/' }))], { name })];
    expect(ask(at('default_v1_shop_default_msvc_80'), 'GET /')).toBe('s');
    expect(ask(at('kri_msvc_default_default_shop_s_http'), 'GET /', '3.0')).toBe('418');
  });

  test.each([
    ['a route that forwards', virtualHost([jsonPatch('add', '/routes/0', { match: { prefix: '/' }, route: {} })])],
    ['a place behind other routes', virtualHost([jsonPatch('add', '/routes/1', teapot({ prefix: '/' }))])],
    ['a change of a route', virtualHost([jsonPatch('replace', '/routes/0/route/timeout', '1s')])],
    ['a match that it has not', virtualHost([jsonPatch('add', '/routes/0', teapot({ prefix: '/', grpc: {} }))])],
    [
      'an expression that RE2 refuses',
      virtualHost([jsonPatch('add', '/routes/0', teapot({ safeRegex: { regex: '(' } }))]),
    ],
    ['every virtual host', virtualHost([jsonPatch('add', '/routes/0', teapot({ prefix: '/' }))], {})],
    [
      'a filter',
      { httpFilter: { operation: 'AddBefore', match: { name: 'envoy.filters.http.router' }, value: 'name: a' } },
    ],
    ['a listener', { listener: { operation: 'Remove' } }],
  ])('is not followed: %s', (_, modification) => {
    expect(ask([modification], 'GET /')).toMatch(/^unknown: the model does not follow MeshProxyPatch/);
  });

  test('of what comes in does not concern clients, but is not known to leave servers as they are', () => {
    const filter = { httpFilter: { operation: 'Remove', match: { name: 'a', origin: 'inbound' } } };
    expect(ask([filter], 'GET /')).toBe('s');
    const server = patches([filter], 'kong-mesh-system/p', { kind: 'Dataplane', labels: { app: 's' } });
    const [destination] = forwardOf([server], 'GET /').destinations;
    expect(destination?.server?.unknown).toContain('it may change what servers do');
    const other = patches([filter], 'kong-mesh-system/p', { kind: 'Dataplane', labels: { app: 'elsewhere' } });
    expect(forwardOf([other], 'GET /').destinations[0]?.server?.unknown).toBeUndefined();
  });
});
