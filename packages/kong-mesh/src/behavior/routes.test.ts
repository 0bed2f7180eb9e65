import { evaluate } from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import {
  ask,
  backend,
  client,
  forwardOf,
  header,
  meshOf,
  path,
  policy,
  prefix,
  type Rule,
  request,
  route,
  service,
  shop,
} from './mesh.test-support.ts';

// Merging, filters and what servers do: routing.md 2.2, 2.3, 2.10 and 2.11.

const to = (name: string, ...matches: JsonObject[]): Rule => ({ matches, backendRefs: [backend(name)] });
const filtered = (filter: JsonObject, ...matches: JsonObject[]): Rule => ({ matches, filters: [filter] });
const rewrite = (replaceFullPath: string): JsonObject => ({
  type: 'URLRewrite',
  urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath } },
});

describe('rules with the same matches become one', () => {
  test('filters from one, backends from the other', () => {
    const both = [
      route('shop/a', [filtered(rewrite('/new'), prefix('/a'))]),
      route('shop/b', [to('v2', prefix('/a'))]),
    ];
    expect(ask(both, 'GET /a')).toBe('v2 as /new');
  });

  test('the smaller name wins what both have', () => {
    expect(ask([route('shop/a', [to('v1', prefix('/a'))]), route('shop/b', [to('v2', prefix('/a'))])], 'GET /a')).toBe(
      'v1',
    );
  });

  test('in one list the first occurrence wins, field by field', () => {
    const rules = [filtered(rewrite('/new'), prefix('/a')), to('v2', prefix('/a')), to('v3', prefix('/a'))];
    expect(ask([route('shop/r', rules)], 'GET /a')).toBe('v2 as /new');
  });

  test('only lists in the same order are the same', () => {
    const [a, b] = [prefix('/a'), prefix('/b')];
    const apart = [route('shop/a', [filtered(rewrite('/new'), a, b)]), route('shop/b', [to('v2', b, a)])];
    expect(ask(apart, 'GET /a')).toBe('s as /new');
    const alike = [route('shop/a', [filtered(rewrite('/new'), a, b)]), route('shop/b', [to('v2', a, b)])];
    expect(ask(alike, 'GET /a')).toBe('v2 as /new');
  });

  test('a type of header that is left out is Exact', () => {
    const written = prefix('/a', { headers: [header('x', '1')] });
    const short = prefix('/a', { headers: [{ name: 'x', value: '1' }] });
    const both = [route('shop/a', [filtered(rewrite('/new'), written)]), route('shop/b', [to('v2', short)])];
    expect(ask(both, 'GET /a x=1')).toBe('v2 as /new');
  });

  test("names are read from where the strongest policy stands, also the weaker's", () => {
    const system = policy('MeshHTTPRoute', 'kong-mesh-system/x', {
      targetRef: { kind: 'Dataplane', labels: { app: 'client' } },
      to: [
        {
          targetRef: { kind: 'MeshService', name: 's', namespace: 'shop' },
          rules: [{ matches: [prefix('/a')], default: { filters: [rewrite('/new')] } }],
        },
      ],
    });
    // kong-mesh-system has no v2, so that 2.14 leaves the rule out.
    expect(ask([system, route('shop/b', [to('v2', prefix('/a'))])], 'GET /a')).toBe('s');
  });

  test('a decision names the rule and the match that it comes from', () => {
    const rules = [to('v1', prefix('/a')), to('v2', prefix('/b'), path('Exact', '/c'))];
    const table = meshOf([...shop, route('shop/r', rules)]).routeTable(client, { namespace: 'shop', name: 's' }, 80);
    expect(evaluate(table, request('GET /c')).route?.rule).toEqual({
      kind: 'MeshHTTPRoute',
      namespace: 'shop',
      name: 'r',
      path: 'spec.to[0].rules[1].matches[1]',
    });
    expect(evaluate(table, request('GET /')).route).not.toHaveProperty('rule');
  });
});

test('a match that says the same with an empty list does not replace the automatic route', () => {
  const rule = { ...to('v1', prefix('/', { headers: [] })) };
  const table = meshOf([...shop, route('shop/r', [rule])]).routeTable(client, { namespace: 'shop', name: 's' }, 80);
  expect(table.virtualHosts[0]?.routes).toHaveLength(2);
});

test('of several conditions on a header only the first counts', () => {
  const rule = to('v1', prefix('/', { headers: [header('x', 'a', 'Prefix'), header('x', 'abc')] }));
  expect(ask([route('shop/r', [rule])], 'GET / x=ab')).toBe('v1');
});

describe('filters', () => {
  const redirect = (requestRedirect: JsonObject): JsonObject => ({ type: 'RequestRedirect', requestRedirect });

  test.each<[what: string, filter: JsonObject, request: string, expected: string]>([
    ['a full path keeps the query', rewrite('/new'), 'GET /a/b?q=1', 's as /new?q=1'],
    ['\\0 is the path', rewrite('/x\\0'), 'GET /a/b?q=1', 's as /x/a/b?q=1'],
    ['a group that is not there leaves the path', rewrite('/x\\1'), 'GET /a/b', 's'],
    [
      'a redirect swallows the slash too',
      redirect({ path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } }),
      'GET /a/x',
      '302 http://s/newx',
    ],
    [
      "a redirect's full path keeps the query behind its own",
      redirect({ path: { type: 'ReplaceFullPath', replaceFullPath: '/n?x=1' }, statusCode: 301 }),
      'GET /a?q=1',
      '301 http://s/n?x=1?q=1',
    ],
    ['a redirect to another port', redirect({ port: 8443, scheme: 'https' }), 'GET /a', '302 https://s:8443/a'],
  ])('%s', (_, filter, asked, expected) => {
    expect(ask([route('shop/r', [filtered(filter, prefix('/a'))])], asked)).toBe(expected);
  });

  test('changes of headers add up', () => {
    const change = (requestHeaderModifier: JsonObject): JsonObject => ({
      type: 'RequestHeaderModifier',
      requestHeaderModifier,
    });
    const rule: Rule = {
      matches: [prefix('/a')],
      filters: [
        change({ add: [{ name: 'x', value: 'a' }], remove: ['y'] }),
        change({ set: [{ name: 'x', value: 's' }] }),
      ],
    };
    expect(forwardOf([route('shop/r', [rule])], 'GET /a').requestHeaders).toEqual({
      remove: ['y'],
      set: [['x', 's']],
      add: [['x', 'a']],
    });
  });

  test('V37: a mirror sees another host', () => {
    const mirror = (extra: JsonObject, ref: JsonObject = backend('v2')): JsonObject => ({
      type: 'RequestMirror',
      requestMirror: { backendRef: ref, ...extra },
    });
    const mirrorsOf = (...filters: JsonObject[]) =>
      forwardOf([route('shop/r', [{ matches: [prefix('/a')], filters }])], 'GET /a').mirrors;
    expect(mirrorsOf(mirror({}))).toMatchObject([
      { percentage: 100, hostSuffix: '-shadow', destination: { host: 'v2.shop' } },
    ]);
    expect(mirrorsOf(mirror({ percentage: '12.5' }), mirror({ percentage: 0 }))).toMatchObject([
      { percentage: 12.5 },
      { percentage: 0 },
    ]);
    expect(mirrorsOf(mirror({}, backend('nowhere')), mirror({}, backend('v2', { weight: 0 })))).toEqual([]);
  });
});

test('3.0 needs no port where the service has only one', () => {
  const ref = { kind: 'MeshService', labels: { 'kuma.io/display-name': 'v1' } };
  const target = { kind: 'MeshService', labels: { 'kuma.io/display-name': 's' } };
  const labelled = route('shop/r', [], {
    to: [{ targetRef: target, rules: [{ matches: [prefix('/')], default: { backendRefs: [ref] } }] }],
  });
  expect(ask([labelled], 'GET /', { version: '3.0' })).toBe('v1');
  const second = service('shop/v1', ['http:80:http', 'admin:81:http']);
  const several = shop.map((object) => ((object.metadata as JsonObject).name === 'v1' ? second : object));
  const table = meshOf([...several, labelled], { version: '3.0' }).routeTable(
    client,
    { namespace: 'shop', name: 's' },
    80,
  );
  expect(evaluate(table, request('GET /')).decision).toEqual({ kind: 'respond', status: 500 });
});

describe('what the servers do', () => {
  const serverOf = (policies: readonly JsonObject[], setup = {}) =>
    forwardOf(policies, 'GET /', setup).destinations[0]?.server;
  const rules = (kind: string, spec: JsonObject): JsonObject => policy(kind, 'shop/x', spec);
  const abort = { http: [{ abort: { httpStatus: 503, percentage: 50 } }] };

  test('nothing, with the default policies; without them they give up after 15 seconds', () => {
    expect(serverOf([])).toBeUndefined();
    expect(serverOf([], { defaults: false })).toEqual({ timeouts: [{ timeout: 15_000 }] });
    const own = rules('MeshTimeout', { rules: [{ default: { http: { requestTimeout: '2s' } } }] });
    expect(serverOf([own])).toEqual({ timeouts: [{ timeout: 2000 }] });
  });

  test('V36: a fault happens at the server, before its application', () => {
    expect(serverOf([rules('MeshFaultInjection', { rules: [{ default: abort }] })])).toEqual({
      faults: [{ abort: { status: 503, percentage: 50 } }],
    });
    const never = { http: [{ abort: { httpStatus: 503 } }] };
    expect(serverOf([rules('MeshFaultInjection', { rules: [{ default: never }] })])).toBeUndefined();
  });

  test('for some clients, or on some servers', () => {
    const matches = [{ spiffeID: { type: 'Prefix', value: 'spiffe://mesh/ns/a' } }];
    const spec = {
      targetRef: { kind: 'Dataplane', labels: { app: 's', version: 'v2' } },
      rules: [{ matches, default: abort }],
    };
    expect(serverOf([rules('MeshFaultInjection', spec)])?.faults).toMatchObject([
      { identity: { kind: 'prefix', value: 'spiffe://mesh/ns/a' }, partly: true },
    ]);
    const elsewhere = { targetRef: { kind: 'Dataplane', labels: { app: 'other' } }, rules: [{ default: abort }] };
    expect(serverOf([rules('MeshFaultInjection', elsewhere)])).toBeUndefined();
  });

  test('2.14 draws a fault four times where two Services have the Pods on one port', () => {
    const fault = rules('MeshFaultInjection', { rules: [{ default: abort }] });
    const second = service('shop/s-again', ['http:80:http'], { selector: { app: 's' } });
    expect(serverOf([fault, second])?.faults).toMatchObject([{ times: 4 }]);
    expect(serverOf([fault, second], { version: '3.0' })?.faults?.[0]).not.toHaveProperty('times');
  });

  test('a rule of MeshTimeout for some clients has no conditions in 2.13, so that it is for all', () => {
    const matches = [{ spiffeID: { type: 'Exact', value: 'spiffe://mesh/a' } }];
    const own = rules('MeshTimeout', { rules: [{ matches, default: { http: { requestTimeout: '2s' } } }] });
    expect(serverOf([own])).toEqual({
      timeouts: [{ identity: { kind: 'exact', value: 'spiffe://mesh/a' }, timeout: 2000 }],
    });
    expect(serverOf([own], { version: '2.13' })).toEqual({ timeouts: [{ timeout: 2000 }] });
  });

  test('rate limits', () => {
    const limit = (num: number) => ({ local: { http: { requestRate: { num, interval: '10s' } } } });
    const matches = [{ spiffeID: { type: 'Exact', value: 'spiffe://mesh/a' } }];
    const own = rules('MeshRateLimit', {
      targetRef: { kind: 'Dataplane' },
      rules: [{ default: limit(5) }, { matches, default: { local: { http: { requestRate: { num: 9 } } } } }],
    });
    expect(serverOf([own])?.rateLimits).toEqual([
      { identity: { kind: 'exact', value: 'spiffe://mesh/a' }, requests: 9, interval: 10_000, status: 429 },
      { requests: 5, interval: 10_000, status: 429 },
    ]);
    const headers = { add: [{ name: 'X-Limited', value: 'a,b' }], set: [{ name: 'retry-after', value: '1,2' }] };
    const answered = rules('MeshRateLimit', {
      targetRef: { kind: 'Dataplane' },
      rules: [
        {
          default: {
            local: { http: { requestRate: { num: 5, interval: '10s' }, onRateLimit: { status: 503, headers } } },
          },
        },
      ],
    });
    expect(serverOf([answered])?.rateLimits).toEqual([
      {
        requests: 5,
        interval: 10_000,
        status: 503,
        headers: {
          remove: [],
          set: [
            ['retry-after', '1'],
            ['retry-after', '2'],
          ],
          add: [['x-limited', 'a,b']],
        },
      },
    ]);
  });
});
