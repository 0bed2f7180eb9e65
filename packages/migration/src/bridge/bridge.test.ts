import { takeIn } from '@isthmus/istio';
import { type JsonObject, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import {
  type BridgeFacts,
  type BridgeSettings,
  bridgeState,
  crossingWays,
  type Progress,
  problemOfShift,
  progressOfPhase,
  requestPath,
} from '../index.ts';
import { factsOfEstate, shopWorkload } from './facts.test-support.ts';

const service = (name: string, ports?: string): string =>
  shopWorkload(name, ', image: app, env: [{name: PAY, value: "http://pay.shop:80"}]', ports);
const istio = (kind: string, name: string, spec: string, group = 'networking'): string =>
  `apiVersion: ${group}.istio.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n---\n`;

const allowCart = istio(
  'AuthorizationPolicy',
  'pay',
  '{selector: {matchLabels: {app: pay}}, rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]}]}',
  'security',
);
const strict = istio('PeerAuthentication', 'default', '{mtls: {mode: STRICT}}', 'security');

function factsOf(
  text: string,
  own: Partial<BridgeSettings> = {},
  target: '2.13' | '2.14' | '3.0' = '2.14',
): BridgeFacts {
  const estate = takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]);
  return factsOfEstate(estate, own, target);
}

const at =
  (phases: Readonly<Record<string, string>>, share = 0) =>
  (id: string): Progress =>
    progressOfPhase(phases[id] ?? 'discovered', share);

const objects = (facts: BridgeFacts, phases: Readonly<Record<string, string>>, share = 0): JsonObject[] =>
  [...bridgeState(facts, at(phases, share)).values()].flatMap((placed) =>
    placed === undefined ? [] : [placed.object],
  );
const specOf = (object: JsonObject | undefined): JsonObject => (object?.spec ?? {}) as JsonObject;
const find = (all: readonly JsonObject[], kind: string, name: string, group = ''): JsonObject | undefined =>
  all.find(
    (object) =>
      object.kind === kind &&
      (object.metadata as JsonObject).name === name &&
      String(object.apiVersion).includes(group),
  );

const plain = service('cart') + service('pay');

test('with everything in Istio nothing differs from the import', () => {
  expect([...bridgeState(factsOf(plain), at({}))]).toEqual([]);
});

test('a share of the requests goes to pods in Kong Mesh, told apart by subsets', () => {
  const facts = factsOf(plain);
  const all = objects(facts, { 'shop/pay': 'shifting' }, 10);
  expect(find(all, 'VirtualService', 'pay-bridge')?.spec).toEqual({
    hosts: ['pay.shop.svc.cluster.local'],
    http: [
      {
        match: [{ port: 80 }],
        route: [
          { destination: { host: 'pay.shop.svc.cluster.local', port: { number: 80 }, subset: 'istio' }, weight: 90 },
          { destination: { host: 'pay.shop.svc.cluster.local', port: { number: 80 }, subset: 'kong' }, weight: 10 },
        ],
      },
    ],
  });
  expect(find(all, 'DestinationRule', 'pay-bridge')?.spec).toMatchObject({
    subsets: [
      { name: 'istio', labels: { 'security.istio.io/tlsMode': 'istio' } },
      { name: 'kong', labels: { 'kuma.io/sidecar-injection': 'enabled' }, trafficPolicy: { tls: { mode: 'DISABLE' } } },
    ],
  });
});

test('existing weights and subsets are divided in proportion', () => {
  const text = `${plain}${istio(
    'DestinationRule',
    'pay',
    '{host: pay, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}',
  )}${istio(
    'VirtualService',
    'pay',
    '{hosts: [pay], http: [{route: [{destination: {host: pay, subset: v1}, weight: 75}, {destination: {host: pay, subset: v2}, weight: 25}]}, {redirect: {uri: /}}]}',
  )}`;
  const all = objects(factsOf(text), { 'shop/pay': 'shifting' }, 50);
  const { http } = specOf(find(all, 'VirtualService', 'pay')) as unknown as {
    http: { route: { destination: JsonObject; weight: number }[] }[];
  };
  expect(http[0]?.route.map(({ destination, weight }) => [destination.subset, weight])).toEqual([
    ['v1-istio', 3],
    ['v1-kong', 3],
    ['v2-istio', 1],
    ['v2-kong', 1],
  ]);
  const { subsets } = specOf(find(all, 'DestinationRule', 'pay')) as unknown as {
    subsets: { name: string; labels: JsonObject }[];
  };
  expect(subsets.map(({ name }) => name)).toEqual([
    'v1',
    'v2',
    'istio',
    'kong',
    'v1-istio',
    'v1-kong',
    'v2-istio',
    'v2-kong',
  ]);
  expect(subsets.find(({ name }) => name === 'v2-kong')?.labels).toEqual({
    version: 'v2',
    'kuma.io/sidecar-injection': 'enabled',
  });
});

test('what Istio restricts is called with mTLS, and its identity is checked by name', () => {
  const facts = factsOf(plain + allowCart);
  const phases = { 'shop/pay': 'bridged' };
  expect(crossingWays(facts, at(phases))).toMatchObject([{ from: 'shop/cart', to: 'shop/pay', kind: 'direct-mtls' }]);
  const rule = find(objects(facts, phases), 'DestinationRule', 'pay-bridge')?.spec as {
    subsets: { trafficPolicy?: unknown }[];
  };
  expect(rule.subsets[1]?.trafficPolicy).toEqual({
    tls: { mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://default.default.mesh.local/ns/shop/sa/pay'] },
  });
});

test('a caller in Kong Mesh reaches what is open in Istio as it is, and needs a way to what is strict', () => {
  const phases = { 'shop/cart': 'migrated' };
  expect(crossingWays(factsOf(plain), at(phases))).toMatchObject([{ direction: 'to-istio', kind: 'direct-plaintext' }]);
  const facts = factsOf(plain + strict);
  expect(crossingWays(facts, at(phases))).toMatchObject([
    { direction: 'to-istio', kind: 'external-service', hosts: ['pay.shop.svc.cluster.local'] },
  ]);
  const all = objects(facts, phases);
  expect(find(all, 'MeshExternalService', 'istio-shop-pay-80')?.spec).toMatchObject({
    match: { port: 80, protocol: 'http' },
    endpoints: [{ address: 'istio-shop-pay-80.istio-bridge.svc.cluster.local', port: 443 }],
  });
  expect(find(all, 'HostnameGenerator', 'isthmus-bridge')?.spec).toMatchObject({
    template: '{{ label "isthmus/host" }}',
  });
  expect(find(all, 'VirtualService', 'istio-shop-pay-80')?.spec).toMatchObject({
    http: [{ rewrite: { authority: 'pay.shop.svc.cluster.local' } }],
  });
});

test('the zone egress lets through only whom the translated permissions do', () => {
  const facts = factsOf(plain + allowCart);
  const all = objects(facts, { 'shop/cart': 'migrated' });
  const sni = { type: 'Exact', value: 'sni.extsvc.default.default.kong-mesh-system.istio-shop-pay-80.80' };
  const spiffeID = { type: 'Exact', value: 'spiffe://default.default.mesh.local/ns/shop/sa/cart' };
  expect(find(all, 'MeshTrafficPermission', 'istio-shop-pay-80')?.spec).toEqual({
    targetRef: { kind: 'Dataplane', labels: { 'kuma.io/listener-zoneegress': 'enabled' } },
    rules: [{ default: { allow: [{ spiffeID, sni }] } }],
  });
  expect(find(all, 'AuthorizationPolicy', 'from-kong-pay')?.spec).toMatchObject({
    action: 'ALLOW',
    rules: [{ from: [{ source: { principals: ['cluster.local/ns/istio-bridge/sa/from-kong'] } }] }],
  });
});

test('what cannot be told apart is closed, unless somebody decides otherwise', () => {
  const phases = { 'shop/cart': 'migrated' };
  const old = factsOf(plain + allowCart, {}, '2.13');
  expect(crossingWays(old, at(phases))).toMatchObject([
    { kind: 'closed', reason: expect.stringContaining('2.13 cannot tell callers apart') },
  ]);
  expect(find(objects(old, phases), 'MeshExternalService', 'istio-shop-pay-80')).toBeUndefined();
  const widened = [{ service: 'shop/pay', reason: 'inside one team' }];
  expect(crossingWays(factsOf(plain + allowCart, { widened }, '2.13'), at(phases))).toMatchObject([
    { kind: 'external-service' },
  ]);
  const byPath = istio(
    'AuthorizationPolicy',
    'pay',
    '{selector: {matchLabels: {app: pay}}, rules: [{to: [{operation: {paths: [/pay]}}]}]}',
    'security',
  );
  expect(crossingWays(factsOf(plain + byPath), at(phases))).toMatchObject([{ kind: 'closed' }]);
  const apart = factsOf(plain + allowCart, { topology: 'separate-clusters' });
  const [way] = crossingWays(apart, at({ 'shop/pay': 'bridged' }));
  expect(way).toMatchObject({
    kind: 'closed',
    reason: expect.stringContaining('Kong Gateway in the place of every caller'),
  });
  // Nothing sends requests where they would be refused.
  expect(find(objects(apart, { 'shop/pay': 'shifting' }, 50), 'VirtualService', 'pay-bridge')).toBeUndefined();
});

test('between clusters Kong Gateway keeps the original host names, short ones only where they name one service', () => {
  const twice = `${plain}${service('pay').replaceAll('namespace: shop', 'namespace: other')}`;
  const hosts = (text: string): unknown => {
    const all = objects(factsOf(text, { topology: 'separate-clusters' }), { 'shop/pay': 'bridged' });
    return specOf(find(all, 'HTTPRoute', 'pay-bridge')).hostnames;
  };
  const common = ['pay.shop.bridge.internal', 'pay.shop.svc.cluster.local', 'pay.shop.svc', 'pay.shop'];
  expect(hosts(plain)).toEqual([...common, 'pay']);
  expect(hosts(twice)).toEqual(common);
});

test('the path of a request: its hops, where TLS ends, whom the server sees', () => {
  const facts = factsOf(plain + allowCart);
  const path = requestPath(facts, at({ 'shop/pay': 'shifting' }, 25), { from: 'shop/cart', to: 'shop/pay' });
  expect(path?.routes.map(({ share, from, to, identity }) => [share, from, to, identity])).toEqual([
    [75, 'istio', 'istio', 'spiffe://cluster.local/ns/shop/sa/cart'],
    [25, 'istio', 'kong', 'spiffe://cluster.local/ns/shop/sa/cart'],
  ]);
  const back = requestPath(facts, at({ 'shop/cart': 'migrated' }), { from: 'shop/cart', to: 'shop/pay' });
  expect(back?.routes).toHaveLength(1);
  expect(back?.routes[0]?.hops.map(({ kind, arrival, endsTls }) => [kind, arrival, endsTls])).toEqual([
    ['application', undefined, false],
    ['sidecar', 'loopback', false],
    ['zone-egress', 'mtls', true],
    ['gateway', 'tls', true],
    ['sidecar', 'mtls', true],
    ['application', 'loopback', false],
  ]);
  expect(back?.routes[0]?.identity).toBe('spiffe://cluster.local/ns/istio-bridge/sa/from-kong');
  expect(requestPath(facts, at({}), { from: 'shop/cart', to: 'shop/none' })).toBeUndefined();
  expect(requestPath(facts, at({}), { from: 'shop/cart', to: 'shop/pay', port: 81 })).toBeUndefined();
  const both = requestPath(facts, at({ 'shop/cart': 'migrated', 'shop/pay': 'migrated' }), {
    from: 'shop/cart',
    to: 'shop/pay',
  });
  expect(both?.routes).toMatchObject([{ share: 100, from: 'kong', to: 'kong' }]);
});

test.each([
  [[10, 50, 100], undefined],
  [[100], undefined],
  [[], 'Name at least one share.'],
  [[10, 50], 'The last share must be 100.'],
  [[50, 10, 100], '10 comes after 50: the shares must grow.'],
  [[0, 100], '0 is no whole number from 1 to 100.'],
  [[1.5, 100], '1.5 is no whole number from 1 to 100.'],
])('shares %j', (shift, problem) => {
  expect(problemOfShift(shift)).toBe(problem);
});

test('what is no Deployment changes in place: no halves, mTLS to all of its pods with the identities of both meshes', () => {
  const text =
    plain.replace(/kind: Deployment\nmetadata: \{name: pay/, 'kind: StatefulSet\nmetadata: {name: pay') + strict;
  const all = objects(factsOf(text), { 'shop/pay': 'bridged' });
  expect(find(all, 'VirtualService', 'pay-bridge')).toBeUndefined();
  expect(find(all, 'StatefulSet', 'pay-kong')).toBeUndefined();
  expect(specOf(find(all, 'DestinationRule', 'pay-bridge'))).toEqual({
    host: 'pay.shop.svc.cluster.local',
    trafficPolicy: {
      tls: {
        mode: 'ISTIO_MUTUAL',
        subjectAltNames: [
          'spiffe://cluster.local/ns/shop/sa/pay',
          'spiffe://default.default.mesh.local/ns/shop/sa/pay',
        ],
      },
    },
  });
  const paths = (topology: 'same-cluster' | 'separate-clusters') =>
    requestPath(factsOf(text, { topology }), at({ 'shop/pay': 'shifting' }, 50), {
      from: 'shop/cart',
      to: 'shop/pay',
    })?.routes.map(({ share, to }) => [share, to]);
  expect(paths('same-cluster')).toEqual([
    [100, 'istio'],
    [0, 'kong'],
  ]);
  expect(paths('separate-clusters')).toEqual([
    [50, 'istio'],
    [50, 'kong'],
  ]);
  const moved = find(objects(factsOf(text), { 'shop/pay': 'migrated' }), 'StatefulSet', 'pay');
  expect(JSON.stringify(moved)).toContain('"kuma.io/sidecar-injection":"enabled"');
});

test('pods without a sidecar of Istio are not told apart by its label', () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n';
  const facts = factsOf(namespace + plain);
  expect(facts.services.get('shop/pay')).toMatchObject({ injected: false, shiftable: false });
  const all = objects(facts, { 'shop/pay': 'shifting' }, 50);
  expect(all.filter(({ kind }) => kind === 'VirtualService' || kind === 'DestinationRule')).toEqual([]);
  const [way] = crossingWays(facts, at({ 'shop/pay': 'shifting' }));
  expect(way?.cautions).toEqual([expect.stringContaining('have no sidecar of Istio')]);
  const injected = factsOf(
    namespace.replace('{name: shop}', '{name: shop, labels: {istio-injection: enabled}}') + plain,
  );
  expect(injected.services.get('shop/pay')?.shiftable).toBe(true);
});

test('names that read the same when they are joined stay apart', () => {
  const inNamespace = (text: string, namespace: string): string =>
    text.replaceAll('namespace: shop', `namespace: ${namespace}`);
  const caller = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, env: [{name: A, value: "http://b-c.a:80"}, {name: B, value: "http://c.a-b:80"}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, name: http}]}
---
`;
  const closed = strict.replace('namespace: shop', 'namespace: istio-system');
  const facts = factsOf(inNamespace(service('b-c'), 'a') + inNamespace(service('c'), 'a-b') + caller + closed);
  const all = objects(facts, { 'shop/web': 'migrated' });
  const externals = all.filter(({ kind }) => kind === 'MeshExternalService');
  expect(externals.map(({ metadata }) => (metadata as JsonObject).name)).toEqual([
    expect.stringMatching(/^istio-a-b-c-[a-z0-9]+-80$/),
    expect.stringMatching(/^istio-a-b-c-[a-z0-9]+-80$/),
  ]);
  expect(new Set(externals.map(({ metadata }) => (metadata as JsonObject).name)).size).toBe(2);
});

test('a Deployment and a StatefulSet of one name each get a permission for the gateway of their own', () => {
  const set = (service('pay').split('---\n')[1] ?? '')
    .replace('kind: Deployment', 'kind: StatefulSet')
    .replaceAll('labels: {app: pay}', 'labels: {app: pay, part: store}');
  const facts = factsOf(`${plain}${set}---\n${allowCart}`);
  const permissions = objects(facts, { 'shop/cart': 'migrated' }).filter(
    ({ kind, metadata }) =>
      kind === 'AuthorizationPolicy' && String((metadata as JsonObject).name).startsWith('from-kong-'),
  );
  const names = permissions.map(({ metadata }) => String((metadata as JsonObject).name));
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^from-kong-pay-[a-z0-9]+$/);
  expect(permissions.map((one) => (specOf(one).selector as JsonObject).matchLabels)).toEqual(
    expect.arrayContaining([{ app: 'pay' }, { app: 'pay', part: 'store' }]),
  );
});

const ports =
  '[{port: 80, name: http}, {port: 8080, name: http-admin}, {port: 5432, name: tcp-db}, {port: 9000, name: grpc}]';
const byPort = (port: number, share: number): JsonObject[] => [
  { destination: { host: 'pay.shop.svc.cluster.local', port: { number: port } }, weight: 100 - share },
  port === 5432 || port === 9000
    ? {
        destination: { host: `${port}.pay.shop.bridge.internal`, port: { number: port === 9000 ? 80 : 9443 } },
        weight: share,
      }
    : {
        destination: { host: 'pay.shop.bridge.internal', port: { number: 80 } },
        headers: { request: { set: { 'isthmus-port': String(port) } } },
        weight: share,
      },
];

test('between clusters each port has a way: requests by their host and a header, everything else by a server name', () => {
  const facts = factsOf(service('cart') + service('pay', ports), { topology: 'separate-clusters' });
  const phases = { 'shop/pay': 'shifting' };
  const all = objects(facts, phases, 10);
  expect(specOf(find(all, 'HTTPRoute', 'pay-bridge')).rules).toEqual(
    [80, 8080].map((port) => ({
      matches: [
        {
          path: { type: 'PathPrefix', value: '/' },
          headers: [{ type: 'Exact', name: 'isthmus-port', value: String(port) }],
        },
      ],
      filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['isthmus-port'] } }],
      backendRefs: [{ name: 'pay', port }],
    })),
  );
  expect(specOf(find(all, 'VirtualService', 'pay-bridge'))).toEqual({
    hosts: ['pay.shop.svc.cluster.local'],
    http: [80, 8080, 9000].map((port) => ({ match: [{ port }], route: byPort(port, 10) })),
    tcp: [{ match: [{ port: 5432 }], route: byPort(5432, 10) }],
  });
  expect(specOf(find(all, 'TCPIngress', 'pay-bridge'))).toEqual({
    rules: [5432, 9000].map((port) => ({
      host: `${port}.pay.shop.bridge.internal`,
      port: 9443,
      backend: { serviceName: 'pay', servicePort: port },
    })),
  });
  // gRPC would be spoken on every port of a Service that is told of it.
  expect(find(all, 'Service', 'pay')?.metadata).not.toMatchObject({
    annotations: { 'konghq.com/protocol': 'grpc' },
  });
  expect(crossingWays(facts, at(phases))[0]?.cautions).toEqual([]);
  const meshes = (phase: string, port: number): unknown =>
    requestPath(facts, at({ 'shop/pay': phase }, 10), { from: 'shop/cart', to: 'shop/pay', port })?.routes.map(
      ({ to, share, closed }) => [to, share, closed === undefined],
    );
  expect(meshes('shifting', 8080)).toEqual([
    ['istio', 90, true],
    ['kong', 10, true],
  ]);
  expect(meshes('shifting', 5432)).toEqual([
    ['istio', 90, true],
    ['kong', 10, true],
  ]);
  expect(meshes('retired', 5432)).toEqual([['kong', 100, true]]);
});

test('a destination without a port is divided port by port, since Istio takes the port of the request', () => {
  const route = istio(
    'VirtualService',
    'pay',
    '{hosts: [pay], http: [{match: [{uri: {prefix: /a}}, {port: 8080}], route: [{destination: {host: pay.shop.svc.cluster.local}}]}], tcp: [{route: [{destination: {host: pay}}]}]}',
  );
  const facts = factsOf(service('cart') + service('pay', ports) + route, { topology: 'separate-clusters' });
  const { http, tcp } = specOf(find(objects(facts, { 'shop/pay': 'shifting' }, 25), 'VirtualService', 'pay'));
  expect(http).toEqual([
    { match: [{ uri: { prefix: '/a' }, port: 80 }], route: byPort(80, 25) },
    { match: [{ uri: { prefix: '/a' }, port: 8080 }, { port: 8080 }], route: byPort(8080, 25) },
    { match: [{ uri: { prefix: '/a' }, port: 9000 }], route: byPort(9000, 25) },
    {
      match: [{ uri: { prefix: '/a' } }, { port: 8080 }],
      route: [{ destination: { host: 'pay.shop.svc.cluster.local' }, weight: 100 }],
    },
  ]);
  expect(tcp).toEqual([
    {
      match: [{ port: 5432 }],
      route: byPort(5432, 25).map(({ destination, ...rest }, index) => ({
        destination: index === 0 ? { ...(destination as JsonObject), host: 'pay' } : destination,
        ...rest,
      })),
    },
    { route: [{ destination: { host: 'pay' }, weight: 100 }] },
  ]);
});

test('a service of gRPC alone is called by HTTP/2 through Kong Gateway, which is told so', () => {
  const facts = factsOf(service('cart') + service('pay', '[{port: 80, name: grpc}]'), {
    topology: 'separate-clusters',
  });
  const all = objects(facts, { 'shop/pay': 'bridged' });
  expect(specOf(find(all, 'ServiceEntry', 'pay-kong')).ports).toEqual([
    { number: 80, name: 'grpc', protocol: 'GRPC', targetPort: 443 },
  ]);
  expect(find(all, 'Service', 'pay')?.metadata).toMatchObject({ annotations: { 'konghq.com/protocol': 'grpc' } });
});

test('between clusters nobody is led to a machine outside of Kubernetes: Kong Gateway leads to Services only', () => {
  const machine = istio(
    'ServiceEntry',
    'crew',
    '{hosts: [crew.internal], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 80, name: http, protocol: HTTP}], endpoints: [{address: 10.0.0.1}]}',
  );
  const facts = factsOf(service('cart').replace('pay.shop', 'crew.internal') + machine, {
    topology: 'separate-clusters',
  });
  const all = objects(facts, { 'shop/crew': 'shifting' }, 50);
  expect(all.filter(({ kind }) => kind === 'HTTPRoute' || kind === 'VirtualService')).toEqual([]);
});

test('between clusters a service that is closed keeps all requests in Istio until it has moved', () => {
  const facts = factsOf(`${plain}${allowCart}`, { topology: 'separate-clusters' });
  const path = (phase: string) =>
    requestPath(facts, at({ 'shop/pay': phase }, 50), { from: 'shop/cart', to: 'shop/pay' })?.routes.map(
      ({ to, share, closed }) => [to, share, closed === undefined],
    );
  expect(path('shifting')).toEqual([
    ['istio', 100, true],
    ['kong', 0, false],
  ]);
  expect(objects(facts, { 'shop/pay': 'shifting' }, 50).filter(({ kind }) => kind === 'VirtualService')).toEqual([]);
  expect(path('migrated')).toEqual([['kong', 100, false]]);
});
