import { takeIn } from '@isthmus/istio';
import { type Json, type JsonObject, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { type Observation, readObserved, type ServiceEdge, serviceGraph } from '../index.ts';
import { hostsIn } from './references.ts';

const estateOf = (...texts: string[]) =>
  takeIn(texts.map((text, index) => readManifest(`${index}.yaml`, new TextEncoder().encode(text))));
const graphOf = (text: string, observed: readonly Observation[] = []) =>
  serviceGraph(estateOf(text), { clusterDomain: 'cluster.local', rootNamespace: 'istio-system', observed });
const shown = (edges: readonly ServiceEdge[]): string[] =>
  edges.flatMap(({ from, to, evidence }) =>
    evidence.map(({ kind, confidence, path }) => `${from} → ${to} · ${kind} ${confidence} · ${path}`),
  );

const object = (apiVersion: string, kind: string, name: string, rest: string, namespace = 'shop'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\n${rest}\n---\n`;
const service = (name: string, namespace = 'shop'): string =>
  object('v1', 'Service', name, `spec: {selector: {app: ${name}}, ports: [{port: 80}]}`, namespace);
const deployment = (name: string, container = '{name: app}', account = name, namespace = 'shop'): string =>
  object(
    'apps/v1',
    'Deployment',
    name,
    `spec: {template: {metadata: {labels: {app: ${name}}}, spec: {serviceAccountName: ${account}, containers: [${container}]}}}`,
    namespace,
  );
const istio = (kind: string, name: string, spec: string, namespace = 'shop'): string =>
  object(
    `${kind === 'AuthorizationPolicy' ? 'security' : 'networking'}.istio.io/v1`,
    kind,
    name,
    `spec: ${spec}`,
    namespace,
  );
const two = service('cart') + service('pay');

test('a route is evidence for the service of its host, a mirror too, with the place of the destination', () => {
  const route = '{hosts: [cart], http: [{route: [{destination: {host: pay}}], mirror: {host: log}}]}';
  const { edges, entries } = graphOf(two + service('log') + istio('VirtualService', 'cart', route));
  expect(shown(edges)).toEqual([
    'shop/cart → shop/log · mirror 0.6 · spec.http[0].mirror.host',
    'shop/cart → shop/pay · route 0.6 · spec.http[0].route[0].destination.host',
  ]);
  expect(edges[1]?.evidence[0]?.detail).toBe('requests for cart are sent to pay');
  expect(entries).toEqual([]);
});

test('a Gateway is where traffic enters; the gateway itself does not move', () => {
  const { edges, entries, replaced } = graphOf(
    two +
      object('v1', 'Service', 'ingress', 'spec: {selector: {istio: ingressgateway}}', 'istio-system') +
      object('v1', 'Service', 'istiod', 'spec: {selector: {app: istiod}}', 'istio-system') +
      istio('Gateway', 'edge', '{selector: {istio: ingressgateway}}') +
      istio(
        'VirtualService',
        'in',
        '{hosts: [shop.example], gateways: [edge], http: [{route: [{destination: {host: cart}}]}]}',
      ),
  );
  expect(entries.map(({ from, to }) => [from, to])).toEqual([['shop/edge', 'shop/cart']]);
  expect(shown(edges)).toEqual([
    'istio-system/ingress → shop/cart · gateway 0.9 · spec.http[0].route[0].destination.host',
  ]);
  expect(replaced.map(({ service: id }) => id)).toEqual(['istio-system/ingress', 'istio-system/istiod']);
});

test('a delegate has the hosts of the VirtualService that names it', () => {
  const { edges } = graphOf(
    two +
      istio('VirtualService', 'root', '{hosts: [cart], http: [{delegate: {name: part, namespace: other}}]}') +
      istio(
        'VirtualService',
        'part',
        '{http: [{route: [{destination: {host: pay.shop.svc.cluster.local}}]}]}',
        'other',
      ),
  );
  expect(edges.map(({ from, to }) => [from, to])).toEqual([['shop/cart', 'shop/pay']]);
});

test('rules for certain clients name the caller, unless one of their matches is for any', () => {
  const rule = (match: string) =>
    istio('VirtualService', 'pay', `{hosts: [pay], http: [{match: [${match}], route: [{destination: {host: pay}}]}]}`);
  const named = '{sourceLabels: {app: cart}}';
  const place = 'spec.http[0].route[0].destination.host';
  expect(shown(graphOf(two + rule(named)).edges)).toEqual([`shop/cart → shop/pay · client 0.9 · ${place}`]);
  expect(graphOf(two + rule(`${named}, {uri: {prefix: /}}`)).edges).toEqual([]);
  expect(shown(graphOf(two + rule('{sourceNamespace: shop}')).edges)).toEqual([
    `shop/cart → shop/pay · client 0.5 · ${place}`,
  ]);
});

test('a Sidecar says so of the workloads that it selects; of a namespace only weakly, and not where they have their own', () => {
  const own = istio(
    'Sidecar',
    'cart',
    '{workloadSelector: {labels: {app: cart}}, egress: [{hosts: [./pay.shop.svc.cluster.local, "./*", "~/*", istio-system/*]}]}',
  );
  const all = istio('Sidecar', 'default', '{egress: [{hosts: [shop/log.shop.svc.cluster.local]}]}');
  expect(shown(graphOf(two + service('log') + own + all).edges)).toEqual([
    'shop/cart → shop/pay · egress 0.7 · spec.egress[0].hosts[0]',
    'shop/pay → shop/log · egress 0.4 · spec.egress[0].hosts[0]',
  ]);
});

test('a principal is a service account, that is workloads, that is services', () => {
  const policy = (spec: string) => istio('AuthorizationPolicy', 'pay', spec);
  const allow = (principal: string, action = 'ALLOW') =>
    `{action: ${action}, selector: {matchLabels: {app: pay}}, rules: [{from: [{source: {principals: [${principal}]}}]}]}`;
  const workloads = two + deployment('cart') + deployment('pay');
  const cart = 'cluster.local/ns/shop/sa/cart';
  expect(shown(graphOf(workloads + policy(allow(cart))).edges)).toEqual([
    'shop/cart → shop/pay · principal 0.9 · spec.rules[0].from[0].source.principals[0]',
  ]);
  for (const [principal, action] of [
    [cart, 'DENY'],
    ['"*"', 'ALLOW'],
    ['other.example/ns/shop/sa/cart', 'ALLOW'],
  ] as const)
    expect(graphOf(workloads + policy(allow(principal, action))).edges).toEqual([]);
  const shared =
    two + service('log') + deployment('cart', '{name: app}', 'all') + deployment('log', '{name: app}', 'all');
  expect(shown(graphOf(shared + policy(allow('cluster.local/ns/shop/sa/all'))).edges)).toEqual([
    'shop/cart → shop/pay · principal 0.5 · spec.rules[0].from[0].source.principals[0]',
    'shop/log → shop/pay · principal 0.5 · spec.rules[0].from[0].source.principals[0]',
  ]);
});

test('names in environment and arguments are found as a resolver would find them', () => {
  const container =
    '{name: app, args: ["--to=pay:80", "pays"], env: [{name: LOG, value: "http://log.ops:80/x"}, {name: MAIL, value: mail}, {name: OUT, value: "https://a.out.example/pay"}]}';
  const { edges, externals } = graphOf(
    two +
      service('mail') +
      service('log', 'ops') +
      deployment('cart', container) +
      istio('ServiceEntry', 'out', '{hosts: ["*.out.example"], location: MESH_EXTERNAL}'),
  );
  const at = 'spec.template.spec.containers[0]';
  expect(shown(edges)).toEqual([
    `shop/cart → ops/log · environment 0.7 · ${at}.env[0].value`,
    `shop/cart → shop/mail · environment 0.4 · ${at}.env[1].value`,
    `shop/cart → shop/pay · argument 0.7 · ${at}.args[0]`,
  ]);
  expect(shown(externals)).toEqual([`shop/cart → *.out.example · environment 0.7 · ${at}.env[2].value`]);
});

test('single Pods of a headless service are found under each of their names, and those of others under none', () => {
  const headless = (name: string, namespace = 'shop'): string =>
    object(
      'v1',
      'Service',
      name,
      `spec: {clusterIP: None, selector: {app: ${name}}, ports: [{port: 27017}]}`,
      namespace,
    );
  const named = (value: string): string[] => {
    const { edges } = graphOf(
      `${two}${headless('db')}${headless('log', 'ops')}${deployment('cart', `{name: app, args: ["${value}"]}`)}`,
    );
    return edges.flatMap(({ to, evidence }) => evidence.map(({ pod, port }) => `${to} ${pod ?? false} ${port ?? ''}`));
  };
  for (const host of ['db-0.db', 'db-0.db.shop', 'db-0.db.shop.svc', 'db-0.db.shop.svc.cluster.local'])
    expect(named(`${host}:27017`), host).toEqual(['shop/db true 27017']);
  expect(named('log-1.log.ops:80')).toEqual(['ops/log true 80']);
  expect(named('db:27017')).toEqual(['shop/db false 27017']);
  for (const host of ['pay-0.pay', 'pay-0.pay.shop', 'log-0.log', 'a.db-0.db.shop'])
    expect(named(`${host}:80`), host).toEqual([]);
});

test('services of the same pods can only move together; what an injector added says nothing', () => {
  const { edges, shared } = graphOf(
    two +
      object('v1', 'Service', 'cart-external', 'spec: {selector: {app: cart}}') +
      deployment('cart', '{name: istio-proxy, env: [{name: ISTIO_META_WORKLOAD_NAME, value: "pay:80"}]}'),
  );
  expect(edges).toEqual([]);
  expect(shared).toEqual([{ services: ['shop/cart', 'shop/cart-external'], workload: 'Deployment shop/cart' }]);
});

test('hosts in a text take time in step with its length', () => {
  const found = [...hostsIn('jdbc:postgresql://user:pass@db.data.svc:5432/a.b?x=cache:6379')];
  expect(found.filter(({ isAddress }) => isAddress).map(({ host }) => host)).toEqual(['db.data.svc', 'cache']);
  const start = performance.now();
  for (const text of ['a.'.repeat(100_000), '-'.repeat(100_000), 'a:'.repeat(100_000)]) [...hostsIn(text)];
  expect(performance.now() - start).toBeLessThan(1000);
});

test('observed traffic is certain; what is unknown or never seen is none', () => {
  const sample = (metric: JsonObject, value = '7') => ({ metric, value: [0, value] });
  const seen = {
    source_workload: 'cart',
    source_workload_namespace: 'shop',
    destination_service: 'pay.shop.svc.cluster.local',
  };
  const observed = readObserved({
    status: 'success',
    data: {
      resultType: 'vector',
      result: [
        sample(seen),
        sample({ ...seen, destination_service: 'log.shop.svc.cluster.local' }, '0'),
        sample({ ...seen, source_workload: 'unknown' }),
      ],
    },
  });
  const observations = 'observations' in observed ? observed.observations : [];
  expect(shown(graphOf(two + service('log') + deployment('cart'), observations).edges)).toEqual([
    'shop/cart → shop/pay · observed 1 · ',
  ]);
});

test('a graph of Kiali is read, anything else is not', () => {
  const node = (id: string, data: object) => ({ data: { id, namespace: 'shop', ...data } });
  const observed = readObserved({
    elements: {
      nodes: [
        node('1', { nodeType: 'workload', workload: 'cart' }),
        node('2', { nodeType: 'service', service: 'pay' }),
        node('3', { nodeType: 'workload', workload: 'pay' }),
      ],
      edges: [{ data: { source: '1', target: '2' } }, { data: { source: '2', target: '3' } }],
    },
  });
  expect(observed).toEqual({
    source: 'kiali',
    samples: 2,
    observations: [
      {
        workload: 'cart',
        workloadNamespace: 'shop',
        service: 'pay',
        serviceNamespace: 'shop',
        detail: 'seen by Kiali',
      },
    ],
  });
});

const vector = (metric: JsonObject): JsonObject => ({
  status: 'success',
  data: { resultType: 'vector', result: [{ metric, value: [0, '1'] }] },
});

test.each<[string, Json, string]>([
  ['null', null, 'neither Prometheus'],
  ['a list', [], 'neither Prometheus'],
  ['something else', { elements: { nodes: {} } }, 'neither Prometheus'],
  ['a graph that is not of Kiali', { elements: { nodes: [{ data: { id: 'a' } }], edges: [] } }, 'nodeType of Kiali'],
  ['an error of Prometheus', { status: 'error', error: 'query timed out' }, 'query timed out'],
  ['a range', { status: 'success', data: { resultType: 'matrix', result: [] } }, 'a matrix'],
  ['another metric', vector({ __name__: 'up', source_workload: 'a' }), 'the metric up'],
  ['a sum that hides the caller', vector({ destination_service: 'pay.shop' }), 'source_workload'],
])('%s is refused with the reason', (_, value, reason) => {
  expect(readObserved(value)).toEqual({ refused: expect.stringContaining(reason) });
});

test('the order of the input changes nothing', () => {
  const parts = [
    two,
    deployment('cart', '{name: app, args: ["pay:80"]}'),
    istio('VirtualService', 'cart', '{hosts: [cart], http: [{route: [{destination: {host: pay}}]}]}'),
  ];
  const options = { clusterDomain: 'cluster.local', rootNamespace: 'istio-system' };
  const [one, other] = [parts, parts.toReversed()].map((texts) => serviceGraph(estateOf(...texts), options));
  expect(shown(other?.edges ?? [])).toEqual(shown(one?.edges ?? []));
  expect(one?.edges[0]?.evidence).toHaveLength(2);
});

test('routes of the Gateway API are evidence as those of VirtualServices: of Services and of Gateways', () => {
  const route = (name: string, parents: string, rules: string): string =>
    object('gateway.networking.k8s.io/v1', 'HTTPRoute', name, `spec: {parentRefs: [${parents}], rules: [${rules}]}`);
  const mirror = '{type: RequestMirror, requestMirror: {backendRef: {name: log, port: 80}}}';
  const { edges, entries } = graphOf(
    two +
      service('log') +
      route(
        'cart',
        '{group: "", kind: Service, name: cart}',
        `{backendRefs: [{name: pay, port: 80}, {name: cart, port: 80}], filters: [${mirror}]}`,
      ) +
      route(
        'in',
        '{name: edge, namespace: doors}',
        '{backendRefs: [{name: cart, port: 80}, {kind: Bucket, name: pay}]}',
      ),
  );
  expect(shown(edges)).toEqual([
    'shop/cart → shop/log · mirror 0.6 · spec.rules[0].filters[0].requestMirror.backendRef.name',
    'shop/cart → shop/pay · route 0.6 · spec.rules[0].backendRefs[0].name',
  ]);
  expect(shown(entries)).toEqual(['doors/edge → shop/cart · gateway 0.9 · spec.rules[0].backendRefs[0].name']);
});

test('what discoverySelectors keep from Istio says nothing of who calls', () => {
  const config = (selectors: string): string =>
    object('v1', 'ConfigMap', 'istio', `data: {mesh: "discoverySelectors: ${selectors}"}`, 'istio-system') +
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {mesh: 'yes'}}\n---\n` +
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: apart, labels: {mesh: 'no'}}\n---\n`;
  const route =
    '{hosts: [cart.shop.svc.cluster.local], http: [{route: [{destination: {host: pay.shop.svc.cluster.local}}]}]}';
  const said =
    two +
    istio('VirtualService', 'apart', route, 'apart') +
    istio('Sidecar', 'apart', '{egress: [{hosts: ["shop/pay.shop.svc.cluster.local"]}]}', 'apart') +
    service('caller', 'apart') +
    deployment('caller', '{name: app}', 'caller', 'apart');
  const all = graphOf(said + config("[{matchLabels: {mesh: 'yes'}}, {matchLabels: {mesh: 'no'}}]"));
  expect(all.edges.map(({ from, to }) => `${from} → ${to}`)).toEqual([
    'apart/caller → shop/pay',
    'shop/cart → shop/pay',
  ]);
  const some = graphOf(said + config("[{matchLabels: {mesh: 'yes'}}]"));
  expect(some.edges).toEqual([]);
  // Services of such a namespace are there all the same.
  expect(some.services.map(({ id }) => id)).toContain('apart/caller');
});
