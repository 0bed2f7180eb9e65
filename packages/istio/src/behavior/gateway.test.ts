import { evaluate, isForward } from '@isthmus/behavior';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { effectiveConfig } from '../effective/config.ts';
import { takeIn } from '../take-in.ts';
import { compileGateways } from './gateway.ts';

const gateway = (name: string, servers: string, created = '2026-01-01T00:00:00Z') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: shop, creationTimestamp: '${created}'}
spec: {selector: {istio: ingressgateway}, servers: [${servers}]}
---`;
const route = (name: string, spec: string, created = '2026-01-01T00:00:00Z') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: shop, creationTimestamp: '${created}'}
spec: ${spec}
---`;
const service = (name: string, ports = '{name: http, port: 8080}') => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: [${ports}]}
---`;
const plain = (...hosts: string[]) =>
  `{port: {number: 80, name: http, protocol: HTTP}, hosts: [${hosts.map((host) => `"${host}"`).join()}]}`;
const to = (name: string) => `route: [{destination: {host: ${name}}}]`;

const portsOf = (text: string) =>
  compileGateways(effectiveConfig(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))])));

/** What becomes of `GET path` to a host on the first port. */
function answer(text: string, authority: string, path = '/', method = 'GET'): string | number | undefined {
  const [port] = portsOf(text);
  if (port === undefined) return undefined;
  const { decision } = evaluate(port.table, { method, authority, path, headers: {} });
  if (isForward(decision))
    return decision.destinations
      .map(({ destination }) => `${destination.host.split('.')[0]}:${destination.port}`)
      .join();
  return decision.kind === 'respond' ? decision.status : decision.kind;
}

test('a host is the narrower of the server’s and the VirtualService’s, and the only port of a service counts', () => {
  const text =
    gateway('door', plain('*.air.example')) +
    route('a', `{hosts: ['*'], gateways: [door], http: [{${to('seats')}}]}`) +
    service('seats');
  expect(portsOf(text)[0]?.table.virtualHosts.map(({ domains }) => domains)).toEqual([['*.air.example']]);
  expect([answer(text, 'www.air.example'), answer(text, 'air.example')]).toEqual(['seats:8080', 404]);
});

test('the namespace of a host, the name of the gateway and exportTo decide which VirtualServices count', () => {
  const vs = (spec: string) => route('a', `{hosts: [x.example], http: [{${to('seats')}}], ${spec}}`) + service('seats');
  const door = gateway('door', plain('*'));
  expect(answer(door + vs('gateways: [shop/door]'), 'x.example')).toBe('seats:8080');
  expect(answer(door + vs('gateways: [other/door]'), 'x.example')).toBe(404);
  expect(answer(door + vs('gateways: [door], exportTo: [other]'), 'x.example')).toBe(404);
  expect(answer(gateway('door', plain('other/*')) + vs('gateways: [door]'), 'x.example')).toBe(404);
});

test('rules of several VirtualServices follow each other, those for everything last, gateway by gateway', () => {
  const older = '2025-01-01T00:00:00Z';
  const text =
    gateway('door', plain('*')) +
    route('all', `{hosts: [x.example], gateways: [door], http: [{${to('seats')}}]}`, older) +
    route('one', `{hosts: [x.example], gateways: [door], http: [{match: [{uri: {exact: /a}}], ${to('fares')}}]}`) +
    service('seats') +
    service('fares');
  expect([answer(text, 'x.example', '/a'), answer(text, 'x.example', '/b')]).toEqual(['fares:8080', 'seats:8080']);
});

test('a redirect to HTTPS is for every host of its server', () => {
  const redirects =
    '{port: {number: 80, name: http, protocol: HTTP}, hosts: [x.example, y.example], tls: {httpsRedirect: true}}';
  const text =
    gateway('door', redirects) +
    route('a', `{hosts: [x.example], gateways: [door], http: [{${to('seats')}}]}`) +
    service('seats');
  expect([answer(text, 'x.example'), answer(text, 'y.example'), answer(text, 'z.example')]).toEqual([
    'redirect',
    'redirect',
    404,
  ]);
});

test('a TLS server with one host that is taken is not served, nor one of another kind on a port', () => {
  const tls = (name: string, ...hosts: string[]) =>
    `{port: {number: 443, name: ${name}, protocol: HTTPS}, hosts: [${hosts.join()}], tls: {mode: SIMPLE, credentialName: c}}`;
  const ports = portsOf(
    gateway('first', tls('a', 'x.example'), '2025-01-01T00:00:00Z') +
      gateway(
        'second',
        `${tls('b', 'x.example', 'y.example')}, {port: {number: 443, name: c, protocol: HTTP}, hosts: ["*"]}`,
      ) +
      route('a', `{hosts: [x.example, y.example], gateways: [first, second], http: [{${to('seats')}}]}`) +
      service('seats'),
  );
  expect(
    ports.map(({ port, secure, table }) => [port, secure, table.virtualHosts.flatMap(({ domains }) => domains)]),
  ).toEqual([[443, true, ['x.example']]]);
});

test('what the pods deny comes first, and no Sidecar hides a service from them', () => {
  const text =
    gateway('door', plain('*')) +
    route('a', `{hosts: [x.example], gateways: [door], http: [{${to('seats')}}]}`) +
    service('seats') +
    `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: p, namespace: shop}
spec: {selector: {matchLabels: {istio: ingressgateway}}, action: DENY, rules: [{to: [{operation: {paths: ["/admin*"], methods: [POST]}}]}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: istio-system}
spec: {egress: [{hosts: ["istio-system/*"]}]}`;
  expect(answer(text, 'x.example', '/admin/x', 'POST')).toBe(403);
  expect(answer(text, 'x.example', '/admin/x')).toBe('seats:8080');
  // Not where Istio does not read the policy.
  const hidden = `${text.replace('{name: p, namespace: shop}', '{name: p, namespace: istio-system}')}
---
apiVersion: v1
kind: Namespace
metadata: {name: istio-system, labels: {seen: theirs}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: 'discoverySelectors: [{matchExpressions: [{key: seen, operator: DoesNotExist}]}]'}`;
  expect(answer(hidden, 'x.example', '/admin/x', 'POST')).toBe('seats:8080');
  expect(answer(hidden.replace(', labels: {seen: theirs}', ''), 'x.example', '/admin/x', 'POST')).toBe(403);
});
