import { child, parsePath, type Resource, readManifest, rootField } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { takeIn } from '../../take-in.ts';
import { effectiveConfig } from '../config.ts';
import { writtenAt } from '../derived.ts';

const read = (text: string) =>
  effectiveConfig(takeIn([readManifest('routes.yaml', new TextEncoder().encode(text))])).meshRoutes;

const specs = (virtualServices: readonly Resource[]) =>
  Object.fromEntries(virtualServices.map(({ name, object }) => [name, object.spec]));

const route = (name: string, spec: string, kind = 'HTTPRoute', namespace = 'default'): string =>
  `---
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;

const echo = 'parentRefs: [{group: "", kind: Service, name: echo}]';
const backend = 'backendRefs: [{name: echo, port: 80}]';
const toEcho = [{ destination: { host: 'echo.default.svc.cluster.local', port: { number: 80 } } }];

// The expectations are those of istio/pilot/pkg/config/kube/gateway/testdata/mesh.yaml.golden (1.32), which are made without
// the defaults of the API server; a prefix is in two halves here.
test('routes of one Service are one VirtualService, the more specific rule first', () => {
  const { virtualServices } = read(
    route('echo', `{${echo}, rules: [{${backend}}]}`) +
      route('header', `{${echo}, rules: [{matches: [{path: {value: /path}}], ${backend}}]}`),
  );
  expect(specs(virtualServices)).toEqual({
    'default~echo.default.svc.cluster.local': {
      hosts: ['echo.default.svc.cluster.local'],
      gateways: ['mesh'],
      http: [
        { name: 'default.header.0', match: [{ uri: { exact: '/path' } }], route: toEcho },
        { name: 'default.header.0', match: [{ uri: { prefix: '/path/' } }], route: toEcho },
        { name: 'default.echo.0', match: [{ uri: { prefix: '/' } }], route: toEcho },
      ],
    },
  });
});

test('a port of the parent is one of each match, and parents with other ports are VirtualServices of their own', () => {
  const parents = 'parentRefs: [{group: "", kind: Service, name: a, port: 80}, {group: "", kind: Service, name: b}]';
  const { virtualServices } = read(route('several', `{${parents}, rules: [{${backend}}]}`));
  expect(specs(virtualServices)).toMatchObject({
    'default~80~a.default.svc.cluster.local': { http: [{ match: [{ port: 80, uri: { prefix: '/' } }] }] },
    'default~b.default.svc.cluster.local': { http: [{ match: [{ uri: { prefix: '/' } }] }] },
  });
});

test('a route in another namespace than its Service is for clients of that namespace', () => {
  const apple = 'parentRefs: [{group: "", kind: Service, name: echo, namespace: apple}]';
  const { virtualServices } = read(route('consumer', `{${apple}, rules: [{${backend}}]}`));
  expect(virtualServices[0]?.object.spec).toMatchObject({
    hosts: ['echo.apple.svc.cluster.local'],
    exportTo: ['.'],
  });
});

test('connections of TCPRoutes and TLSRoutes', () => {
  const { virtualServices } = read(
    route('tcp', `{${echo}, rules: [{${backend}}]}`, 'TCPRoute') +
      route('tls', `{${echo}, hostnames: ["*.example.com"], rules: [{${backend}}]}`, 'TLSRoute') +
      route('any', `{${echo}, rules: [{backendRefs: [{name: echo, port: 80, weight: 0}]}]}`, 'TLSRoute'),
  );
  expect(specs(virtualServices)).toMatchObject({
    'tcp~tcp~0': { tcp: [{ route: toEcho }] },
    'tls~tls~0': { tls: [{ match: [{ sniHosts: ['*.example.com'] }], route: toEcho }] },
    'any~tls~0': {
      tls: [
        {
          match: [{ sniHosts: ['echo.default.svc.cluster.local'] }],
          route: [{ destination: { host: 'internal.cluster.local' } }],
        },
      ],
    },
  });
});

test.each([
  ['{filters: [{type: ExternalAuth}], backendRefs: [{name: echo, port: 80}]}', 'it knows no filter ExternalAuth here'],
  ['{backendRefs: [{name: echo}]}', 'a backend has a port'],
  ['{backendRefs: [{name: echo.default, port: 80}]}', 'a backend is named by its Service, not by its host'],
  ['{matches: [{path: {type: Suffix, value: /a}}], backendRefs: []}', 'it knows no path of type Suffix'],
  ['{matches: [{headers: [{type: Near, name: a, value: b}]}]}', 'it knows no match of type Near'],
])('of a route with the rule %s nothing is made', (rule, reason) => {
  const { routes, virtualServices } = read(route('refused', `{${echo}, rules: [{${backend}}, ${rule}]}`));
  expect(virtualServices).toEqual([]);
  expect(routes[0]?.refused?.reason).toBe(reason);
});

test('routes whose equal rules only age puts in order', () => {
  const tied = route('a', `{${echo}, rules: [{${backend}}]}`) + route('b', `{${echo}, rules: [{${backend}}]}`);
  expect(read(tied).ties).toMatchObject([{ rule: { resource: { name: 'b' } }, other: { resource: { name: 'a' } } }]);
  const times = tied
    .replace('name: a,', 'name: a, creationTimestamp: "2024-01-02T00:00:00Z",')
    .replace('name: b,', 'name: b, creationTimestamp: "2024-01-01T00:00:00Z",');
  const { ties, virtualServices } = read(times);
  expect(ties).toEqual([]);
  expect(virtualServices[0]?.object.spec).toMatchObject({ http: [{ name: 'default.b.0' }, { name: 'default.a.0' }] });
});

test('a field of what Istio makes of a route leads back to what was written', () => {
  const { virtualServices } = read(
    route('echo', `{${echo}, rules: [{matches: [{path: {value: /a}}], timeouts: {request: 1s}, ${backend}}]}`),
  );
  const at = (path: string) => {
    const root = rootField(virtualServices[0] as Resource);
    const field = (parsePath(path) ?? []).reduce<ReturnType<typeof child>>(child, root);
    return field && writtenAt(field);
  };
  expect(at('spec.http[1].match[0].uri.prefix')).toMatchObject({
    resource: { kind: 'HTTPRoute' },
    path: 'spec.rules[0].matches[0].path',
    value: { value: '/a' },
  });
  expect(at('spec.http[0].timeout')?.path).toBe('spec.rules[0].timeouts.request');
  expect(at('spec.http[0]')?.path).toBe('spec.rules[0]');
  expect(at('spec.hosts[0]')?.path).toBe('spec.parentRefs[0]');
});
