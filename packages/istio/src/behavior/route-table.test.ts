import { evaluate, isForward, type RouteTable } from '@isthmus/behavior';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { effectiveConfig } from '../effective/config.ts';
import { takeIn } from '../take-in.ts';
import { defaultHashPolicy } from './cluster-settings.ts';
import { receivedPath } from './received-path.ts';
import { compileRouteTable, compileService } from './route-table.ts';

const configOf = (text: string) => effectiveConfig(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]));

const client = { namespace: 'shop', labels: { app: 'web' } };

const meshConfig = (text: string) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: '${text}'\n`;

const service = (name: string, spec: string, namespace = 'shop') =>
  `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;

const route = (name: string, spec: string, namespace = 'shop') =>
  `---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;

const decide = (table: RouteTable, authority: string) => {
  const { decision } = evaluate(table, { method: 'GET', authority, path: '/', headers: {} });
  if (!isForward(decision)) return decision.kind === 'respond' ? decision.status : decision.kind;
  return decision.destinations.map(({ destination }) => `${destination.host}:${destination.port}`).join();
};

test('a service has its names, its short names in its own namespace, and its address; aliases and pods come along', () => {
  const config = configOf(
    [
      service('seats', '{clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}'),
      service('stateful', '{clusterIP: None, ports: [{name: http, port: 80}]}'),
      service(
        'old',
        '{type: ExternalName, externalName: seats.shop.svc.cluster.local, ports: [{name: http, port: 80}]}',
      ),
    ].join(''),
  );
  const seats = 'seats.shop.svc.cluster.local:80';
  const [inside, outside] = ['shop', 'web'].map((namespace) =>
    compileRouteTable(config, { namespace, labels: {} }, 80),
  ) as [RouteTable, RouteTable];
  const names = ['seats', 'seats.shop', 'SEATS.shop.svc:80', 'seats.shop.svc.cluster.local.', '10.0.0.1', 'old'];
  expect(names.map((name) => decide(inside, name))).toEqual(names.map(() => seats));
  expect(['seats', 'seats.shop', 'old', 'old.shop'].map((name) => decide(outside, name))).toEqual([
    'passthrough',
    seats,
    'passthrough',
    seats,
  ]);
  expect(decide(inside, 'stateful-0.stateful')).toBe('stateful.shop.svc.cluster.local:80');
});

test('only hosts of the registry: 502, by the mesh or by the client’s Sidecar', () => {
  const text = service('seats', '{clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}');
  const strict = `${text}${meshConfig('{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}')}`;
  expect(decide(compileRouteTable(configOf(strict), client, 80), 'other')).toBe(502);
  const sidecar = `${text}---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: a, namespace: shop}\nspec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}\n`;
  expect(decide(compileRouteTable(configOf(sidecar), client, 80), 'other')).toBe(502);
  expect(decide(compileRouteTable(configOf(sidecar), { ...client, namespace: 'web' }, 80), 'other')).toBe(
    'passthrough',
  );
  expect(compileRouteTable(configOf(text), client, 81).otherwise).toEqual({ kind: 'no listener' });
  expect(compileRouteTable(configOf(strict), client, 81).otherwise).toMatchObject({ kind: 'closed' });
});

test('on a port that says nothing the address dialled decides, whatever authority is sent (T78)', () => {
  const config = configOf(
    [
      service('seats', '{clusterIP: 10.0.0.1, ports: [{name: web, port: 80}]}'),
      service('crew', '{clusterIP: 10.0.0.2, ports: [{name: http, port: 80}]}'),
      route('seats', '{hosts: [seats], http: [{route: [{destination: {host: crew}}]}]}'),
    ].join(''),
  );
  const sniffed = compileService(config, client, 'seats.shop.svc.cluster.local', 80);
  expect(sniffed?.kind).toBe('sniffed');
  expect(decide(sniffed?.table as RouteTable, 'anything')).toBe('crew.shop.svc.cluster.local:80');
  const declared = compileService(config, client, 'crew.shop.svc.cluster.local', 80);
  expect(declared?.kind).toBe('declared');
  expect(decide(declared?.table as RouteTable, 'seats')).toBe('passthrough');
  expect(decide(compileRouteTable(config, client, 80), 'seats')).toBe('crew.shop.svc.cluster.local:80');
});

test('the part for one service agrees with the whole table, also where others take its domains', () => {
  const config = configOf(
    [
      service('seats', '{clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}'),
      service('crew', '{clusterIP: 10.0.0.2, ports: [{name: http, port: 80}]}'),
      route('a', '{hosts: [seats.shop], http: [{route: [{destination: {host: crew}}]}]}'),
      route(
        'b',
        '{hosts: ["*.shop.svc.cluster.local"], http: [{match: [{port: 81}], route: [{destination: {host: crew}}]}]}',
      ),
    ].join(''),
  );
  const whole = compileRouteTable(config, client, 80);
  const part = compileService(config, client, 'seats.shop.svc.cluster.local', 80)?.table as RouteTable;
  for (const name of ['seats', 'seats.shop', 'seats.shop.svc', '10.0.0.1'])
    expect(decide(part, name)).toBe(decide(whole, name));
  expect(decide(part, 'seats.shop')).toBe('crew.shop.svc.cluster.local:80');
});

test('hosts of ServiceEntries are services: by name, by wildcard, and with rules of their own', () => {
  const config = configOf(
    [
      '---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: shop}\nspec: {hosts: [api.example, "*.wild.example"], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}\n',
      route(
        'a',
        '{hosts: [api.example], http: [{match: [{uri: {prefix: /x}}], redirect: {uri: /y}}, {route: [{destination: {host: api.example, port: {number: 80}}}]}]}',
      ),
    ].join(''),
  );
  const table = compileRouteTable(config, client, 80);
  expect(decide(table, 'api.example')).toBe('api.example:80');
  expect(decide(table, 'a.wild.example')).toBe('*.wild.example:80');
  const { decision } = evaluate(table, { method: 'GET', authority: 'api.example', path: '/', headers: {} });
  expect(isForward(decision) && decision.destinations[0]?.destination.endpoints).toEqual({
    kind: 'external',
    host: 'api.example',
    port: 80,
  });
});

test('routes say who answers: workloads of a subset, the address dialled, nobody', () => {
  const config = configOf(
    [
      service(
        'seats',
        '{clusterIP: 10.0.0.1, selector: {app: seats}, ports: [{name: http, port: 80, targetPort: web}]}',
      ),
      service('pods', '{clusterIP: None, selector: {app: pods}, ports: [{name: http, port: 80}]}'),
      '---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\nspec: {host: seats, subsets: [{name: v1, labels: {version: v1}}, {name: other, labels: {app: other}}]}\n',
      route(
        'a',
        '{hosts: [seats], http: [{route: [{destination: {host: seats, subset: v1}, weight: 1}, {destination: {host: seats, subset: other}, weight: 1}, {destination: {host: pods}, weight: 1}, {destination: {host: seats, subset: none}, weight: 1}]}]}',
      ),
    ].join(''),
  );
  const { decision } = evaluate(compileRouteTable(config, client, 80), {
    method: 'GET',
    authority: 'seats',
    path: '/',
    headers: {},
  });
  expect(isForward(decision) && decision.destinations.map(({ destination }) => destination.endpoints)).toEqual([
    { kind: 'workloads', namespace: 'shop', labels: { app: 'seats', version: 'v1' }, port: 'web' },
    { kind: 'none', reason: expect.stringContaining('subset other') },
    { kind: 'original' },
    { kind: 'none', reason: expect.stringContaining('subset none') },
  ]);
});

const connections = (spec: string, protocol: string, mesh = '') =>
  compileService(
    configOf(
      [
        service('db', `{clusterIP: 10.0.0.1, selector: {app: db}, ports: [{name: ${protocol}, port: 5432}]}`),
        service('other', '{clusterIP: 10.0.0.2, selector: {app: other}, ports: [{name: tcp, port: 7000}]}'),
        route('a', spec),
        mesh,
      ].join(''),
    ),
    client,
    'db.shop.svc.cluster.local',
    5432,
  )?.table as RouteTable;

test.each([
  [
    'V41: weights',
    '{hosts: [db], tcp: [{route: [{destination: {host: db}, weight: 80}, {destination: {host: other}, weight: 20}]}]}',
    'db.shop.svc.cluster.local:5432,other.shop.svc.cluster.local:7000',
  ],
  [
    'V47: gateways and labels both count',
    '{hosts: [db], tcp: [{match: [{gateways: [mesh], sourceLabels: {app: zzz}}], route: [{destination: {host: other}}]}]}',
    'db.shop.svc.cluster.local:5432',
  ],
  [
    'T80: HTTP rules do not count',
    '{hosts: [db], http: [{route: [{destination: {host: other}}]}]}',
    'db.shop.svc.cluster.local:5432',
  ],
  [
    'sourceSubnet has no effect',
    '{hosts: [db], tcp: [{match: [{sourceSubnet: 10.0.0.0/8}], route: [{destination: {host: other}}]}]}',
    'other.shop.svc.cluster.local:7000',
  ],
  [
    'another port',
    '{hosts: [db], tcp: [{match: [{port: 1}], route: [{destination: {host: other}}]}]}',
    'db.shop.svc.cluster.local:5432',
  ],
])('connections, %s', (_, spec, expected) => {
  const table = connections(spec, 'tcp');
  expect(table.opaque).toBe(true);
  expect(decide(table, 'x')).toBe(expected);
});

test('TLS goes by the server name; a name that no rule has leaves the mesh, or is closed', () => {
  const spec =
    '{hosts: [db, "*.example"], tls: [{match: [{sniHosts: ["*.example"]}], route: [{destination: {host: other}}]}, {match: [{sniHosts: [db.example]}], route: [{destination: {host: db}}]}]}';
  const table = connections(spec, 'tls');
  expect(['DB.example', 'a.example', 'else'].map((name) => decide(table, name))).toEqual([
    'db.shop.svc.cluster.local:5432',
    'other.shop.svc.cluster.local:7000',
    'passthrough',
  ]);
  const strict = connections(spec, 'https', meshConfig('{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}'));
  expect(decide(strict, 'else')).toBe('closed');
  expect(decide(connections('{hosts: [db], http: []}', 'tls'), 'anything')).toBe('db.shop.svc.cluster.local:5432');
});

test('T52: the hash of the top level stays on the default route where the port’s entry has no load balancer', () => {
  const config = configOf(
    `${service('seats', '{clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}')}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop}
spec:
  host: seats
  trafficPolicy:
    loadBalancer: {consistentHash: {httpCookie: {name: sid, ttl: 0s}}}
    portLevelSettings: [{port: {number: 80}, connectionPool: {}}]
`,
  );
  expect(defaultHashPolicy(config, client, 'seats.shop.svc.cluster.local', 80)).toEqual({
    kind: 'cookie',
    name: 'sid',
    ttl: 0,
  });
});

test.each([
  ['', '/a//b%2Fc/../%64#f', '/a//d'],
  ['{pathNormalization: {normalization: NONE}}', '/a/../b#f', '/a/../b'],
  ['{pathNormalization: {normalization: MERGE_SLASHES}}', '/a//b?x=//', '/a/b?x=//'],
  ['{pathNormalization: {normalization: DECODE_AND_MERGE_SLASHES}}', '/a%2F%2Fb', '/a/b'],
  ['', '/../../a', '/a'],
  ['', '/%00', undefined],
])('with %j the routes see %s as %s', (mesh, path, expected) => {
  expect(receivedPath(configOf(mesh === '' ? '' : meshConfig(mesh)).mesh, path)).toBe(expected);
});

test.each([
  ['VirtualService', 'networking.istio.io/v1', '{hosts: [seats], http: [{route: [{destination: {host: gone}}]}]}', 503],
  [
    'HTTPRoute',
    'gateway.networking.k8s.io/v1',
    '{parentRefs: [{group: "", kind: Service, name: seats}], rules: [{backendRefs: [{name: gone, port: 80}]}]}',
    500,
  ],
])(
  'a destination that does not exist is answered as the kind of route asks for: %s',
  (kind, apiVersion, spec, status) => {
    const config = configOf(
      `${service('seats', '{clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}')}---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: seats, namespace: shop}\nspec: ${spec}\n`,
    );
    const asked = { method: 'GET', authority: 'seats', path: '/', headers: {} };
    const { decision } = evaluate(compileRouteTable(config, client, 80), asked);
    const [only] = isForward(decision) ? decision.destinations : [];
    const endpoints = only?.destination.endpoints;
    expect(endpoints?.kind === 'none' && (endpoints.status ?? 503)).toBe(status);
  },
);

test('a condition on a header that is called as what every object of JavaScript has is kept', () => {
  const config = configOf(
    [
      service('seats', '{clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}'),
      route(
        'seats',
        '{hosts: [seats], http: [{match: [{headers: {constructor: {exact: a}}}], route: [{destination: {host: seats}}]}]}',
      ),
    ].join(''),
  );
  expect(decide(compileRouteTable(config, client, 80), 'seats')).toBe(404);
});
