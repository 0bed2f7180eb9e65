import { readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { takeIn } from '../take-in.ts';
import type { Concern } from './patch-effects.ts';
import { indexProxyChanges, type ProxyChanges, type Selection } from './proxy-changes.ts';

const manager = 'envoy.filters.network.http_connection_manager';
const beside = (name: string) => `listener: {filterChain: {filter: {name: ${manager}, subFilter: {name: ${name}}}}}`;
const insert = (name: string, context = 'SIDECAR_INBOUND') =>
  `{applyTo: HTTP_FILTER, match: {context: ${context}}, patch: {operation: INSERT_BEFORE, value: {name: ${name}}}}`;
const filter = (patches: string, spec = '', namespace = 'shop') => `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: one, namespace: ${namespace}}
spec: {${spec} configPatches: [${patches}]}
`;
const deployment = (name: string, namespace = 'shop') => `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec: {template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app}]}}}
`;

const read = (text: string): ProxyChanges =>
  indexProxyChanges(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), 'istio-system');
const app = (name: string, namespace = 'shop'): Selection => ({ namespaces: [namespace], labels: { app: name } });
const concerns: readonly Concern[] = ['routing', 'resilience', 'access', 'transport', 'limits'];
const found = (changes: ProxyChanges, side: 'inbound' | 'outbound' = 'inbound', who = app('seats')): Concern[] =>
  concerns.filter((concern) => changes.of(side, concern, who).length > 0);

describe('what a patch may change', () => {
  const merge = (applyTo: string, value: string, match = '') =>
    `{applyTo: ${applyTo}, match: {context: SIDECAR_INBOUND, ${match}}, patch: {operation: MERGE, value: ${value}}}`;
  const settings = (config: string) => merge('NETWORK_FILTER', `{name: ${manager}, typed_config: ${config}}`);
  test.each<[string, string, Concern[]]>([
    ['a script', insert('envoy.filters.http.lua'), ['routing', 'resilience', 'access']],
    ['an authorizer', insert('envoy.filters.http.ext_authz'), ['routing', 'resilience', 'access']],
    ['rules of its own', insert('envoy.filters.http.rbac'), ['routing', 'resilience', 'access']],
    ['faults', insert('envoy.filters.http.fault'), ['routing', 'resilience']],
    ['a limit of requests', insert('envoy.filters.http.local_ratelimit'), ['limits']],
    ['counters', insert('envoy.filters.http.grpc_stats'), []],
    ['a filter that nobody has a name for', insert(''), ['routing', 'resilience', 'access']],
    ['no operation', '{applyTo: HTTP_FILTER, match: {}, patch: {value: {name: x}}}', []],
    [
      'beside a name that is none any more',
      `{applyTo: HTTP_FILTER, match: {${beside('envoy.router')}}, patch: {operation: INSERT_BEFORE, value: {name: x}}}`,
      [],
    ],
    [
      "away with Istio's rules",
      `{applyTo: HTTP_FILTER, match: {${beside('envoy.filters.http.rbac')}}, patch: {operation: REMOVE}}`,
      ['routing', 'resilience', 'access'],
    ],
    [
      'lists that are not replaced',
      insert('envoy.filters.http.lua').replace('INSERT_BEFORE', 'MERGE_AND_REPLACE_LIST'),
      [],
    ],
    ['a log', settings('{access_log: []}'), []],
    ['timeouts', settings('{streamIdleTimeout: 5s, common_http_protocol_options: {idle_timeout: 1s}}'), ['resilience']],
    ['another address of clients', settings('{xff_num_trusted_hops: 1}'), ['routing', 'resilience', 'access']],
    ['how to connect', merge('CLUSTER', '{connect_timeout: 1s}'), ['resilience']],
    ['where to connect', merge('CLUSTER', '{type: STATIC, load_assignment: {}}'), ['routing', 'resilience']],
    ['thresholds behind others', merge('CLUSTER', '{circuit_breakers: {thresholds: []}}'), []],
    ['one more cluster', merge('CLUSTER', '{name: x}').replace('MERGE', 'ADD'), []],
    ['retries', merge('HTTP_ROUTE', '{route: {retry_policy: {num_retries: 1}}}'), ['resilience']],
    ['headers', merge('VIRTUAL_HOST', '{request_headers_to_add: []}'), ['routing', 'resilience']],
    ['another route', merge('HTTP_ROUTE', '{direct_response: {}}'), ['routing', 'resilience', 'access']],
    ['what a limit counts', merge('VIRTUAL_HOST', '{rate_limits: []}'), ['limits']],
    ['the size of buffers', merge('LISTENER', '{per_connection_buffer_limit_bytes: 1}'), []],
    ['TLS', merge('FILTER_CHAIN', '{transport_socket: {}}'), ['routing', 'resilience', 'access', 'transport']],
    ['statistics', merge('BOOTSTRAP', '{stats_config: {}}'), []],
    ['no such thing', merge('SECRET', '{}'), []],
  ])('%s', (_, patch, expected) => {
    expect(found(read(filter(patch)))).toEqual(expected);
  });

  test('what is added only refuses more, what is taken away may let in', () => {
    const opens = (patch: string): boolean[] =>
      read(filter(patch))
        .of('inbound', 'access', app('seats'))
        .map((one) => one.opens);
    expect(opens(insert('envoy.filters.http.rbac'))).toEqual([false]);
    expect(
      opens(`{applyTo: HTTP_FILTER, match: {${beside('envoy.filters.http.rbac')}}, patch: {operation: REMOVE}}`),
    ).toEqual([true]);
  });
});

describe('whom it is for', () => {
  const lua = insert('envoy.filters.http.lua', 'ANY');

  test('its namespace, and everybody from the root namespace', () => {
    expect(found(read(filter(lua)))).toContain('routing');
    expect(found(read(filter(lua)), 'inbound', app('seats', 'bank'))).toEqual([]);
    expect(found(read(filter(lua, '', 'istio-system')), 'outbound', app('seats', 'bank'))).toContain('routing');
  });

  test('the side that it names', () => {
    const inbound = read(filter(insert('envoy.filters.http.lua')));
    expect([found(inbound, 'inbound').length > 0, found(inbound, 'outbound').length > 0]).toEqual([true, false]);
    const gateway = read(filter(insert('envoy.filters.http.lua', 'GATEWAY')));
    expect([found(gateway), found(gateway, 'outbound')]).toEqual([[], []]);
  });

  test('workloads by their labels, and the unknown ones where no workload of the import has them', () => {
    const selective = filter(lua, 'workloadSelector: {labels: {app: seats}},');
    const known = read(selective + deployment('seats') + deployment('fares'));
    expect(found(known)).toContain('routing');
    expect(found(known, 'inbound', app('fares'))).toEqual([]);
    const unknown = read(filter(lua, 'workloadSelector: {labels: {version: v2}},') + deployment('seats'));
    expect(found(unknown)).toContain('routing');
    expect(found(read(selective), 'inbound', app('fares'))).toEqual([]);
    expect(found(unknown, 'inbound', { ...app('seats'), isWhole: true })).toEqual([]);
  });

  test('pods of gateways are no sidecars', () => {
    const changes = read(filter(lua, 'workloadSelector: {labels: {istio: ingressgateway}},', 'istio-system'));
    expect(found(changes, 'outbound', app('seats'))).toEqual([]);
    const pods = { namespace: 'istio-system', labels: { istio: 'ingressgateway', app: 'gateway' } };
    expect(changes.ofGateway(pods, []).map(({ words }) => words)).toEqual([
      'EnvoyFilter istio-system/one spec.configPatches[0] (INSERT_BEFORE of HTTP_FILTER envoy.filters.http.lua)',
    ]);
    expect(changes.ofGateway({ ...pods, labels: {} }, [])).toEqual([]);
  });

  test('gateways and waypoints that targetRefs name, and no sidecars', () => {
    const changes = read(filter(lua, 'targetRefs: [{kind: Gateway, name: door}],'));
    expect(found(changes)).toEqual([]);
    expect(changes.ofGateway({ namespace: 'shop', labels: {} }, [{ name: 'door' }])).toHaveLength(1);
    expect(changes.ofGateway({ namespace: 'shop', labels: {} }, [{ name: 'gate' }])).toEqual([]);
  });

  test('modules by their mode', () => {
    const plugin = (spec: string) => `
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: one, namespace: shop}
spec: {url: oci://registry.example/one, ${spec}}
`;
    expect(found(read(plugin('')))).toEqual(['routing', 'resilience', 'access']);
    expect(found(read(plugin('match: [{mode: CLIENT}]')))).toEqual([]);
    expect(found(read(plugin('match: [{mode: CLIENT}]')), 'outbound')).toContain('routing');
    expect(found(read(plugin('selector: {matchLabels: {app: fares}}')))).toEqual([]);
  });
});
