import {
  type Decision,
  evaluate,
  isForward,
  locationOf,
  type Request,
  type RouteTable,
  upstreamOf,
} from '@isthmus/behavior';
import type { JsonObject } from '@isthmus/kubernetes';
import { asResources, manifest } from '@isthmus/testkit';
import { expect, test } from 'vitest';
import { effectiveConfig } from '../effective/config.ts';
import { compileClusterSettings } from './cluster-settings.ts';
import { compileRouteTable, compileService } from './route-table.ts';

// Conformance vectors of routing.md 7, Istio's column: service `s` with subsets in services of their own, every port HTTP.

const port = 80;
const client = { namespace: 'shop', labels: { app: 'y' } };

const service = (name: string, ports: readonly JsonObject[] = [{ name: 'http', port }], spec: JsonObject = {}) =>
  manifest(
    'v1',
    'Service',
    { name, namespace: 'shop' },
    { clusterIP: '10.0.0.1', selector: { app: name }, ports, ...spec },
  );

const services = ['s', 'v1', 'v2', 'v3'].map((name) => service(name));

let age = 0;
const virtualService = (name: string, http: readonly JsonObject[], rest: JsonObject = {}, namespace = 'shop') =>
  manifest(
    'networking.istio.io/v1',
    'VirtualService',
    { name, namespace, creationTimestamp: new Date(++age * 1000).toISOString() },
    {
      hosts: ['s'],
      http,
      ...rest,
    },
  );
const destinationRule = (name: string, spec: JsonObject, namespace = 'shop') =>
  manifest('networking.istio.io/v1', 'DestinationRule', { name, namespace }, spec);

const configOf = (...resources: readonly JsonObject[]) => {
  const all = asResources([...services, ...resources]);
  const [istio, context] = [true, false].map((own) =>
    all.filter(({ group }) => (group === 'networking.istio.io') === own),
  );
  return effectiveConfig({
    sources: [],
    superseded: [],
    skipped: [],
    diagnostics: [],
    istio: istio ?? [],
    context: context ?? [],
  });
};

const to = (...names: readonly string[]): JsonObject => ({ route: names.map((host) => ({ destination: { host } })) });
const prefix = (value: string, rest: JsonObject = {}): JsonObject => ({ uri: { prefix: value }, ...rest });
const header = (name: string, exact = '1'): JsonObject => ({ headers: { [name]: { exact } } });

const request = (path: string, headers: Record<string, string> = {}, method = 'GET'): Request => ({
  method,
  authority: 's',
  path,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
});

/** Where a request ends up, in a word. */
function outcome(decision: Decision, asked: Request): string {
  if (decision.kind === 'redirect') return `${decision.status} ${locationOf(decision, asked)}`;
  if (!isForward(decision)) return decision.kind === 'respond' ? String(decision.status) : decision.kind;
  const parts = decision.destinations.map(({ destination: { host, endpoints }, weight }) => {
    const name = host.split('.')[0] ?? '';
    const answer = endpoints.kind === 'none' ? '503' : name;
    return decision.destinations.length === 1 ? answer : `${answer} ${weight}`;
  });
  const { path } = upstreamOf(decision, asked);
  return `${parts.join(', ')}${path === asked.path ? '' : ` ${path}`}`;
}

const decide = (table: RouteTable, asked: Request): string => outcome(evaluate(table, asked).decision, asked);

const rules: readonly [vector: string, http: readonly JsonObject[], asked: Request, expected: string][] = [
  [
    'V1',
    [
      { match: [prefix('/', header('x'))], ...to('v2') },
      { match: [{ uri: { exact: '/login' } }], ...to('v3') },
    ],
    request('/login', { x: '1' }),
    'v2',
  ],
  [
    'V2',
    [
      { match: [prefix('/api')], ...to('v1') },
      { match: [prefix('/api/v2')], ...to('v2') },
    ],
    request('/api/v2/x'),
    'v1',
  ],
  ['V3', [{ match: [prefix('/foo')], ...to('v2') }, to('v1')], request('/foobar'), 'v2'],
  ['V4', [{ match: [prefix('/foo')], ...to('v2') }, to('v1')], request('/foo'), 'v2'],
  ['V5', [{ match: [prefix('/foo')], ...to('v2') }, to('v1')], request('/foo/'), 'v2'],
  ['V6', [{ match: [prefix('/foo/')], ...to('v2') }, to('v1')], request('/foo'), 'v1'],
  [
    'V7',
    [
      { match: [{ uri: { regex: '/a.*' } }], ...to('v1') },
      { match: [prefix('/ab')], ...to('v2') },
    ],
    request('/ab/c'),
    'v1',
  ],
  ['V8', [{ match: [header('x')], ...to('v2') }, to('v1')], request('/', { x: '1' }), 'v2'],
  [
    'V9',
    [
      { match: [prefix('/', header('x'))], ...to('v2') },
      { match: [prefix('/')], ...to('v1') },
    ],
    request('/', { x: '1' }),
    'v2',
  ],
  [
    'V10',
    [
      { match: [prefix('/', { headers: { a: { exact: '1' }, b: { exact: '1' } } })], ...to('v1') },
      { match: [prefix('/', { method: { exact: 'GET' } })], ...to('v2') },
    ],
    request('/', { a: '1', b: '1' }),
    'v1',
  ],
  [
    'V11',
    [
      { match: [prefix('/', header('a'))], ...to('v1') },
      { match: [prefix('/', { headers: { b: { exact: '1' }, c: { exact: '1' } } })], ...to('v2') },
    ],
    request('/', { a: '1', b: '1', c: '1' }),
    'v1',
  ],
  [
    'V12',
    [
      { match: [header('a')], ...to('v1') },
      { match: [header('b')], ...to('v2') },
    ],
    request('/', { a: '1', b: '1' }),
    'v1',
  ],
  ['V13', [to('v1'), { match: [{ uri: { exact: '/admin' } }], ...to('v2') }], request('/admin'), 'v1'],
  ['V14', [{ match: [prefix('/api')], ...to('v1') }], request('/other'), '404'],
  ['V15', [{ match: [{ port: 8080 }], ...to('v1') }], request('/x'), 's'],
  [
    'V19',
    [{ route: [{ destination: { host: 'v1' }, weight: 100 }, { destination: { host: 'v2' } }] }],
    request('/'),
    'v1',
  ],
  ['V21', [{ route: [{ destination: { host: 'v1' }, weight: 0 }] }], request('/'), 'v1'],
  ['V22', [{ match: [prefix('/v1/')], ...to('v1'), rewrite: { uri: '/v2/' } }], request('/v1/x'), 'v1 /v2/x'],
  ['V23', [{ match: [prefix('/foo')], ...to('v1'), rewrite: { uri: '/' } }], request('/foo/bar'), 'v1 //bar'],
  ['V24', [{ match: [prefix('/foo')], ...to('v1'), rewrite: { uri: '/' } }], request('/foo'), 'v1 /'],
  ['V25', [{ match: [prefix('/foo')], ...to('v1'), rewrite: { uri: '/bar' } }], request('/foo/x?q=1'), 'v1 /bar/x?q=1'],
  ['V26', [{ ...to('v1'), rewrite: { uri: '/app' } }], request('/x'), 'v1 /appx'],
  ['V27', [{ redirect: { authority: 'a.com' } }], request('/x'), '301 http://a.com/x'],
  ['V28', [{ match: [{ withoutHeaders: { x: { exact: '1' } } }], ...to('v2') }, to('v1')], request('/'), 'v2'],
  [
    'V29',
    [{ match: [{ withoutHeaders: { x: { exact: '1' } } }], ...to('v2') }, to('v1')],
    request('/', { x: '2' }),
    'v2',
  ],
  ['V30', [{ match: [{ headers: { x: {} } }], ...to('v2') }, to('v1')], request('/', { x: '' }), 'v2'],
  ['V31', [{ match: [{ uri: { exact: '/A' }, ignoreUriCase: true }], ...to('v2') }, to('v1')], request('/a'), 'v2'],
  ['V32', [{ match: [{ queryParams: { q: { exact: '1' } } }], ...to('v2') }, to('v1')], request('/?q=2&q=1'), 'v1'],
  [
    'V46',
    [{ match: [{ gateways: ['mesh'], sourceLabels: { app: 'zzz' } }], ...to('v2') }, to('v1')],
    request('/'),
    'v2',
  ],
  ['V50', [{ match: [prefix('')], ...to('v2') }, to('v1')], request('/any'), 'v2'],
  [
    'T2 and T11: regex .* ends the list',
    [{ match: [{ uri: { regex: '.*' } }], ...to('v1') }, to('v2')],
    request('/x'),
    'v1',
  ],
  [
    'T17: a regex keeps its case',
    [{ match: [{ uri: { regex: '/A' }, ignoreUriCase: true }], ...to('v2') }, to('v1')],
    request('/a'),
    'v1',
  ],
  [
    'T24: a rewrite of an exact path',
    [{ match: [{ uri: { exact: '/a' } }], ...to('v1'), rewrite: { uri: '/b' } }],
    request('/a?q=1'),
    'v1 /b?q=1',
  ],
  ['T27: a redirect keeps path and port', [{ redirect: { scheme: 'https' } }], request('/x?q'), '301 https://s/x?q'],
  [
    'redirect to a path without slash',
    [{ redirect: { uri: 'x', redirectCode: 308 } }],
    request('/a'),
    '308 http://s/x',
  ],
  [
    'redirect of a prefix',
    [{ match: [prefix('/a')], redirect: { prefixRewrite: '/b' } }],
    request('/ax?q=1'),
    '301 http://s/bx?q=1',
  ],
  [
    'port from the request',
    [{ redirect: { derivePort: 'FROM_REQUEST_PORT', scheme: 'https' } }],
    request('/'),
    '301 https://s:80/',
  ],
  [
    'T85: a code without an action breaks the port',
    [{ redirect: { uri: '/x', redirectCode: 300 } }],
    request('/'),
    'broken',
  ],
  [
    'weights beyond 32 bits break the port',
    [
      {
        route: [
          { destination: { host: 'v1' }, weight: 4294967295 },
          { destination: { host: 'v2' }, weight: 1 },
        ],
      },
    ],
    request('/'),
    'broken',
  ],
  ['what RE2 refuses breaks the port', [{ match: [{ uri: { regex: '(?=a)' } }], ...to('v1') }], request('/'), 'broken'],
  [
    'T36: both a header and not another value of it',
    [{ match: [{ headers: { x: { prefix: 'a' } }, withoutHeaders: { x: { exact: 'abc' } } }], ...to('v2') }, to('v1')],
    request('/', { x: 'abc' }),
    'v1',
  ],
  [
    'T37: a value that is not the excluded one',
    [{ match: [{ withoutHeaders: { x: { regex: '*' } } }], ...to('v2') }, to('v1')],
    request('/', { x: '' }),
    'v1',
  ],
  [
    'T54: weights are relative',
    [
      {
        route: [
          { destination: { host: 'v1' }, weight: 25 },
          { destination: { host: 'v2' }, weight: 25 },
        ],
      },
    ],
    request('/'),
    'v1 25, v2 25',
  ],
  ['T88: an empty match of the path', [{ match: [{ uri: {} }], ...to('v2') }, to('v1')], request('/any'), 'v2'],
  ['T88: an empty exact path', [{ match: [{ uri: { exact: '' } }], ...to('v2') }, to('v1')], request('/'), 'v1'],
  [
    'a header by a pseudo name',
    [{ match: [{ headers: { ':method': { exact: 'GET' }, Host: { prefix: 's' } } }], ...to('v2') }, to('v1')],
    request('/'),
    'v2',
  ],
  ['the scheme is http', [{ match: [{ scheme: { exact: 'https' } }], ...to('v2') }, to('v1')], request('/'), 'v1'],
  [
    'a claim never matches in a sidecar, its absence always',
    [
      { match: [{ headers: { '@request.auth.claims.a': { exact: '1' } } }], ...to('v1') },
      { match: [{ withoutHeaders: { '@request.auth.claims.a': { exact: '1' } } }], ...to('v2') },
    ],
    request('/'),
    'v2',
  ],
  ['direct response', [{ directResponse: { status: 418, body: { string: 'tea' } } }], request('/'), '418'],
];

test.each(rules)('%s', (_, http, asked, expected) => {
  const config = configOf(virtualService('a', http));
  expect(decide(compileRouteTable(config, client, port), asked)).toBe(expected);
  expect(decide(compileService(config, client, 's.shop.svc.cluster.local', port)?.table as RouteTable, asked)).toBe(
    expected,
  );
});

const estates: readonly [
  vector: string,
  resources: () => readonly JsonObject[],
  asked: Request,
  who: typeof client,
  expected: string,
][] = [
  [
    'V16',
    () => [
      virtualService('a', [{ match: [prefix('/a')], ...to('v1') }]),
      virtualService('b', [{ match: [prefix('/b')], ...to('v2') }]),
    ],
    request('/b'),
    client,
    '404',
  ],
  [
    'V17',
    () => [
      virtualService('a', [{ match: [{ sourceLabels: { app: 'x' } }], ...to('v1') }]),
      virtualService('b', [to('v2')]),
    ],
    request('/'),
    client,
    'v2',
  ],
  [
    'V18',
    () => [
      virtualService('a', [{ match: [prefix('/a', { sourceLabels: { app: 'x' } })], ...to('v1') }]),
      virtualService('b', [to('v2')]),
    ],
    request('/b'),
    { namespace: 'shop', labels: { app: 'x' } },
    '404',
  ],
  [
    'V39: a subset that no rule has',
    () => [virtualService('a', [{ route: [{ destination: { host: 's', subset: 'none' } }] }])],
    request('/'),
    client,
    '503',
  ],
  ['V39: a host that does not exist', () => [virtualService('a', [to('nowhere')])], request('/'), client, '503'],
  [
    'V44',
    () => [
      virtualService('root', [{ match: [prefix('/p')], delegate: { name: 'leaf' } }, to('v1')]),
      virtualService('leaf', [{ match: [{ uri: { exact: '/q' } }], ...to('v2') }], { hosts: [] }),
    ],
    request('/q'),
    client,
    'v1',
  ],
  [
    'V45',
    () => [
      virtualService('root', [{ match: [prefix('/p')], delegate: { name: 'leaf' } }, to('v1')]),
      virtualService('leaf', [{ match: [prefix('/p/a', header('h'))], ...to('v2') }], { hosts: [] }),
    ],
    request('/p/a', { h: '1' }),
    client,
    'v2',
  ],
  [
    'V48',
    () => [
      virtualService('a', [to('v1')], { hosts: ['*.shop.svc.cluster.local'] }),
      virtualService('b', [to('v2')], { hosts: ['s.shop.svc.cluster.local'] }),
    ],
    request('/'),
    client,
    'v2',
  ],
  [
    'V49',
    () => [
      virtualService('a', [to('v1')]),
      virtualService('b', [to('v2')], { hosts: ['s.shop.svc.cluster.local'], exportTo: ['.'] }, 'web'),
    ],
    { ...request('/'), authority: 's.shop' },
    { namespace: 'web', labels: { app: 'y' } },
    '503',
  ],
  [
    'T50: a rule in another namespace',
    () => [
      virtualService('a', [{ route: [{ destination: { host: 's', subset: 'v' } }] }]),
      destinationRule('c', { host: 's.shop.svc.cluster.local', subsets: [{ name: 'v', labels: {} }] }, 'other'),
    ],
    request('/'),
    client,
    '503',
  ],
  [
    'T57 and T83: the port that was dialled',
    () => [service('n', [{ name: 'http', port: 7000 }]), virtualService('a', [to('n')])],
    request('/'),
    client,
    '503',
  ],
  [
    'T82: a partial name is no service',
    () => [virtualService('a', [to('v1')], { hosts: ['s.shop'] })],
    request('/'),
    client,
    's',
  ],
  [
    'T82: but it takes the domain',
    () => [virtualService('a', [to('v1')], { hosts: ['s.shop'] })],
    { ...request('/'), authority: 's.shop' },
    client,
    'v1',
  ],
  [
    'T89: an exact host hides the wildcard',
    () => [
      virtualService('a', [to('v1')], { hosts: ['*.shop.svc.cluster.local'] }),
      virtualService('b', [{ match: [{ sourceLabels: { app: 'x' } }], ...to('v2') }]),
    ],
    request('/'),
    client,
    's',
  ],
  [
    'T89: one of a gateway does not',
    () => [
      virtualService('a', [to('v1')], { hosts: ['*.shop.svc.cluster.local'] }),
      virtualService('b', [to('v2')], { gateways: ['gw'], hosts: ['s'] }),
    ],
    request('/'),
    client,
    'v1',
  ],
  ['an unknown host', () => [], { ...request('/'), authority: 'other.example' }, client, 'passthrough'],
  [
    'T88: an unknown host of a VirtualService on port 80',
    () => [virtualService('a', [to('v1')], { hosts: ['*.example'] })],
    { ...request('/'), authority: 'other.example' },
    client,
    'v1',
  ],
];

test.each(estates)('%s', (_, resources, asked, who, expected) => {
  expect(decide(compileRouteTable(configOf(...resources()), who, port), asked)).toBe(expected);
});

test('V34: retries {} are none, and a policy without conditions has Istio’s', () => {
  const table = compileRouteTable(
    configOf(
      virtualService('a', [
        { match: [prefix('/none')], ...to('v1'), retries: {} },
        {
          match: [prefix('/codes')],
          ...to('v1'),
          retries: { attempts: 3, retryOn: ' 503, reset ,999', backoff: '1s' },
        },
        { ...to('v1'), retries: { attempts: 1, perTryTimeout: '300ms', retryRemoteLocalities: true } },
      ]),
    ),
    client,
    port,
  );
  const retries = ['/none', '/codes', '/'].map((path) => {
    const { decision } = evaluate(table, request(path));
    return isForward(decision) ? decision.retries : decision;
  });
  expect(retries).toEqual([
    undefined,
    expect.objectContaining({
      attempts: 3,
      on: ['reset', '999', 'retriable-status-codes'],
      statusCodes: [503],
      backOff: { base: 1000, max: 10_000 },
    }),
    expect.objectContaining({ attempts: 1, perTryTimeout: 300, previousPriorities: 2, previousHosts: 'omit' }),
  ]);
});

test('V40, V43: the port’s entry resets outlier detection, and the panic threshold is off', () => {
  const config = configOf(
    destinationRule('s', {
      host: 's',
      trafficPolicy: {
        outlierDetection: {},
        portLevelSettings: [{ port: { number: port }, loadBalancer: { simple: 'ROUND_ROBIN' } }],
      },
    }),
  );
  const settings = compileClusterSettings(config, client, 's.shop.svc.cluster.local').get(
    '80||s.shop.svc.cluster.local',
  );
  expect(settings).toMatchObject({ lbPolicy: 'ROUND_ROBIN', commonLbConfig: { healthyPanicThreshold: {} } });
  expect(settings).not.toHaveProperty('outlierDetection');
});

test('V42: the rule of the client’s namespace alone counts', () => {
  const config = configOf(
    destinationRule(
      'own',
      { host: 's.shop.svc.cluster.local', trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } },
      'web',
    ),
    destinationRule('s', { host: 's', trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 } } } }),
  );
  const of = (namespace: string) =>
    compileClusterSettings(config, { namespace, labels: {} }, 's.shop.svc.cluster.local').get(
      '80||s.shop.svc.cluster.local',
    );
  expect(of('web')).toMatchObject({ lbPolicy: 'RANDOM', circuitBreakers: { maxConnections: 4294967295 } });
  expect(of('elsewhere')).toMatchObject({ lbPolicy: 'LEAST_REQUEST', circuitBreakers: { maxConnections: 1 } });
});

test('T30: headers of destinations change before the route’s, and authorities give way to it', () => {
  const headers = (value: string) => ({
    request: { set: { 'x-v': value, host: `${value}.example` }, remove: ['x-old'] },
  });
  const weighted = compileRouteTable(
    configOf(
      virtualService('a', [
        {
          route: [
            { destination: { host: 'v1' }, weight: 90, headers: headers('one') },
            { destination: { host: 'v2' }, weight: 10 },
          ],
          headers: { request: { add: { 'x-v': 'all' } } },
        },
      ]),
    ),
    client,
    port,
  );
  expect(evaluate(weighted, request('/')).decision).toMatchObject({
    destinations: [
      { authority: 'one.example', requestHeaders: { remove: ['x-old'], set: [['x-v', 'one']], add: [] } },
      { weight: 10 },
    ],
    requestHeaders: { remove: [], set: [], add: [['x-v', 'all']] },
  });
  const single = compileRouteTable(
    configOf(
      virtualService('a', [
        {
          route: [{ destination: { host: 'v1' }, headers: headers('one') }],
          headers: { request: { add: { 'X-V': 'all' }, set: { host: 'route.example', 'x-empty': '' } } },
        },
      ]),
    ),
    client,
    port,
  );
  const { decision } = evaluate(single, request('/'));
  expect(decision).toMatchObject({
    authority: 'route.example',
    requestHeaders: { remove: ['x-old'], set: [['x-v', 'one']], add: [] },
  });
});

test('T61, T71: mirrors of no requests are none, faults without a percentage hit nobody or, by the old field, a part', () => {
  const table = compileRouteTable(
    configOf(
      virtualService('a', [
        {
          match: [prefix('/m')],
          ...to('v1'),
          mirror: { host: 'v2' },
          mirrorPercentage: { value: 0 },
          mirrors: [{ destination: { host: 'v3' }, percentage: { value: 12.34567 } }],
        },
        { match: [prefix('/p')], ...to('v1'), mirror: { host: 'v2' }, mirrorPercent: 7 },
        {
          ...to('v1'),
          mirror: { host: 'v2' },
          fault: { abort: { httpStatus: 503 }, delay: { fixedDelay: '1s', percent: 5 } },
        },
      ]),
    ),
    client,
    port,
  );
  const [several, old, faulty] = ['/m', '/p', '/'].map((path) => evaluate(table, request(path)).decision);
  expect(several).toMatchObject({
    mirrors: [{ destination: { host: 'v3.shop.svc.cluster.local' }, percentage: 12.3456 }],
  });
  expect(old).toMatchObject({ mirrors: [{ percentage: 7 }] });
  expect(faulty).toMatchObject({
    mirrors: [{ percentage: 100 }],
    fault: { abort: { percentage: 0, status: 503 }, delay: { percentage: 5, duration: 1000 } },
  });
});

test('what the proxy writes into its own answers, and what it tells browsers', () => {
  const table = compileRouteTable(
    configOf(
      virtualService('a', [
        {
          match: [prefix('/r')],
          redirect: { uri: '/x' },
          headers: { response: { set: { 'x-a': '1' } } },
          corsPolicy: { allowOrigins: [{ exact: 'https://a.example' }], allowMethods: ['GET', 'PUT'], maxAge: '24h' },
        },
        { directResponse: { status: 200, body: { bytes: 'aGk=' } }, headers: { response: { remove: ['x-b'] } } },
      ]),
    ),
    client,
    port,
  );
  const [redirect, answer] = ['/r', '/'].map((path) => evaluate(table, request(path)).decision);
  expect(redirect).toMatchObject({
    responseHeaders: { set: [['x-a', '1']] },
    cors: {
      allowOrigins: [{ kind: 'exact', value: 'https://a.example' }],
      allowMethods: 'GET,PUT',
      maxAge: '86400',
      forwardsOtherPreflights: true,
    },
  });
  expect(answer).toEqual({
    kind: 'respond',
    status: 200,
    body: 'hi',
    responseHeaders: { remove: ['x-b'], set: [], add: [] },
  });
});
