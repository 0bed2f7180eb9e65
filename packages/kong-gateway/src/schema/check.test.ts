import { type JsonObject, parseYaml } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { checkEdgeResource, edgeKinds } from './check.ts';

const check = (text: string) =>
  checkEdgeResource(parseYaml(text)[0]?.value as JsonObject).map(({ path, message }) => `${path}: ${message}`);

const gateway = (listeners: string) =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: door}\nspec: {gatewayClassName: kong, listeners: [${listeners}]}`;
const route = (spec: string) =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: shop}\nspec: {${spec}}`;

test('the schemas hold what is emitted, and no status of their own making', () => {
  expect(edgeKinds()).toEqual(
    expect.arrayContaining(['gateway.networking.k8s.io/v1/HTTPRoute', 'configuration.konghq.com/v1/KongPlugin']),
  );
});

test.each([
  ['a gateway as it should be', gateway('{name: http, port: 80, protocol: HTTP}'), []],
  [
    'a kind of nobody',
    'apiVersion: gateway.networking.k8s.io/v1\nkind: Door\nmetadata: {name: a}',
    ['kind: Gateway API 1.6 and Kong have no such kind'],
  ],
  [
    'a field of nobody',
    gateway('{name: http, port: 80, protocol: HTTP, colour: red}'),
    ['spec.listeners[0].colour: the schema knows no such field'],
  ],
  [
    'two listeners of one name',
    gateway('{name: a, port: 80, protocol: HTTP}, {name: a, port: 81, protocol: HTTP}'),
    ['spec.listeners[1]: an item of the list stands twice'],
  ],
  [
    'two listeners for one host',
    gateway('{name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: HTTP}'),
    ['spec.listeners[1]: port, protocol and hostname must differ between listeners'],
  ],
  [
    'plain HTTP with tls',
    gateway('{name: a, port: 80, protocol: HTTP, tls: {mode: Passthrough}}'),
    ['spec.listeners[0].tls: a listener for HTTP has no tls'],
  ],
  [
    'TLS that ends without a certificate',
    gateway('{name: a, port: 443, protocol: HTTPS, tls: {mode: Terminate}}'),
    ['spec.listeners[0].tls.certificateRefs: a listener that ends TLS needs a certificate'],
  ],
  [
    'a Service without its port',
    route('rules: [{backendRefs: [{name: shop}]}]'),
    ['spec.rules[0].backendRefs[0].port: a Service is named with its port'],
  ],
  [
    'a mirror',
    route('rules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}}}]}]'),
    ['spec.rules[0].filters[0]: Kong knows no filter RequestMirror'],
  ],
  [
    'a path that leaves itself',
    route('rules: [{matches: [{path: {type: Exact, value: /a/../b}}]}]'),
    ['spec.rules[0].matches[0].path.value: it must be an absolute, normalised path of plain characters'],
  ],
  [
    'two timeouts',
    route('rules: [{timeouts: {backendRequest: 1s}}, {timeouts: {backendRequest: 2s}}]'),
    ['spec.rules: Kong takes one backendRequest timeout for all rules of a route'],
  ],
  [
    'one parent twice',
    route('parentRefs: [{name: a}, {name: a, sectionName: b}]'),
    ['spec.parentRefs[1]: references to one parent must name different sections'],
  ],
])('%s', (_, text, expected) => {
  expect(check(text)).toEqual(expected);
});
