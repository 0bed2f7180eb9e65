import { isMap, type JsonObject, parseYaml } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { compileKongGateway, type KongGatewayBehavior } from './compile.ts';
import type { EdgeRequest } from './edge-request.ts';

const base = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: kong}
spec: {controllerName: konghq.com/kic-gateway-controller}
---
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: fares, namespace: shop, annotations: {konghq.com/retries: '2'}}
spec: {ports: [{port: 80}]}
---`;

const gateway = (...listeners: string[]): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: door, namespace: shop}
spec: {gatewayClassName: kong, listeners: [${listeners.join()}]}
---`;
const http = '{name: http, port: 80, protocol: HTTP}';

const route = (name: string, rules: string, more = '', annotations = '{}'): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: shop, annotations: ${annotations}}
spec: {parentRefs: [{name: door}], rules: ${rules}${more}}
---`;

const objectsOf = (yaml: string): JsonObject[] =>
  parseYaml(base + yaml).flatMap(({ value }) => (isMap(value) ? [value] : []));

const compile = (yaml: string, webhook = true): Record<'ex' | 'tc', KongGatewayBehavior> => ({
  ex: compileKongGateway(objectsOf(yaml), { flavor: 'expressions', webhook }),
  tc: compileKongGateway(objectsOf(yaml), { flavor: 'traditional_compatible', webhook }),
});

const request = (path: string, change: Partial<EdgeRequest> = {}): EdgeRequest => ({
  method: 'GET',
  scheme: 'http',
  host: 'air.example',
  path,
  headers: {},
  ...change,
});

const seats = 'backendRefs: [{name: seats, port: 80}]';

test('a listener whose port or hostname another one has keeps the routes of both out', () => {
  const both = gateway('{name: a, port: 80, protocol: HTTP}', '{name: b, port: 80, protocol: HTTP}');
  const { ex } = compile(both + route('r', `[{${seats}}]`));
  expect(ex.gateways[0]?.listeners.map(({ problems }) => problems)).toEqual([
    ['Conflicted=True(HostnameConflict)', 'Programmed=False(Invalid)'],
    ['Conflicted=True(HostnameConflict)', 'Programmed=False(Invalid)'],
  ]);
  expect(ex.attachments.map(({ accepted, parents }) => [accepted, parents[0]?.reason])).toEqual([
    [false, 'NotAllowedByListeners'],
  ]);
  expect(ex.decide(request('/'))).toEqual({ kind: 'respond', status: 404 });
  const protocols = gateway(http, '{name: b, port: 80, protocol: HTTPS, tls: {certificateRefs: [{name: none}]}}');
  expect(compile(protocols).ex.gateways[0]?.listeners[1]?.problems).toEqual([
    'Conflicted=True(ProtocolConflict)',
    'Programmed=False(Invalid)',
    'ResolvedRefs=False(InvalidCertificateRef)',
  ]);
});

test('a host with two hyphens is left out of an expression, so that its route takes every host (T59)', () => {
  const { ex, tc } = compile(gateway(http) + route('r', `[{${seats}}]`, ', hostnames: [xn--air.example]'));
  expect([ex, tc].map((behavior) => behavior.decide(request('/')).kind)).toEqual(['forward', 'respond']);
});

test('Services with different annotations of Kong take the route of their rule with them (T61)', () => {
  const split = '[{backendRefs: [{name: seats, port: 80}, {name: fares, port: 80}]}]';
  const { ex } = compile(gateway(http) + route('r', split));
  expect(ex.failures.map(({ message }) => message.slice(0, 57))).toContain(
    'Service has inconsistent konghq.com/retries annotation an',
  );
  expect(ex.decide(request('/'))).toEqual({ kind: 'respond', status: 404 });
});

test('an exact path is an open expression in the traditional_compatible router (T15)', () => {
  const rules = `[{matches: [{path: {type: Exact, value: /v1.0}}], ${seats}}]`;
  const { ex, tc } = compile(gateway(http) + route('r', rules));
  expect([ex, tc].map((behavior) => behavior.decide(request('/v1a0')).kind)).toEqual(['respond', 'forward']);
});

test('a longer path comes before a header in expressions, a header mostly before a path in the other flavour (T13)', () => {
  const rules = `[
    {matches: [{headers: [{name: x, value: blue}]}], ${seats}},
    {matches: [{path: {type: PathPrefix, value: /api}}], ${seats}}]`;
  const { ex, tc } = compile(gateway(http) + route('r', rules));
  const ruleOf = (behavior: KongGatewayBehavior, path: string) =>
    behavior.decide(request(path, { headers: { x: 'blue' } })).by?.matches[0]?.rule;
  expect([ruleOf(ex, '/api/z'), ruleOf(tc, '/api/z'), ruleOf(tc, '/api')]).toEqual([1, 0, 1]);
});

test('of repeated headers an expression wants all, the other flavour one and in any case (T64)', () => {
  const rules = `[{matches: [{headers: [{name: x, value: yes}]}], ${seats}}]`;
  const { ex, tc } = compile(gateway(http) + route('r', rules.replace('yes', "'Y'")));
  const kinds = (headers: EdgeRequest['headers']) => [ex, tc].map((one) => one.decide(request('/', { headers })).kind);
  expect(kinds({ x: ['Y', 'n'] })).toEqual(['respond', 'forward']);
  expect(kinds({ x: 'y' })).toEqual(['respond', 'forward']);
  expect(kinds({ x: ['Y', 'Y'] })).toEqual(['forward', 'forward']);
  expect(kinds({})).toEqual(['respond', 'respond']);
});

test('a route for https answers plain requests with its redirect status, 426 unless an annotation says another', () => {
  const https = "{konghq.com/protocols: https, konghq.com/https-redirect-status-code: '301'}";
  const plain = compile(gateway(http) + route('r', `[{${seats}}]`, '', '{konghq.com/protocols: https}')).ex;
  const { ex, tc } = compile(gateway(http) + route('r', `[{${seats}}]`, '', https));
  expect(plain.decide(request('/a'))).toMatchObject({ kind: 'respond', status: 426 });
  const redirect = { kind: 'redirect', status: 301, location: 'https://air.example/a?b' };
  for (const one of [ex, tc]) {
    expect(one.decide(request('/a?b', { host: 'Air.example:8080' }))).toMatchObject(redirect);
    expect(one.decide(request('/a', { scheme: 'https' })).kind).toBe('forward');
  }
});

test('a replaced prefix keeps what follows, also at the root', () => {
  const rewrite = (prefix: string, to: string) =>
    compile(
      gateway(http) +
        route(
          'r',
          `[{matches: [{path: {type: PathPrefix, value: ${prefix}}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: ${to}}}}], ${seats}}]`,
        ),
    );
  const paths = (prefix: string, to: string, path: string) =>
    Object.values(rewrite(prefix, to)).map((one) => {
      const decision = one.decide(request(path));
      return decision.kind === 'forward' ? decision.path : decision.kind;
    });
  expect(paths('/old', '/new', '/old/x?q=1')).toEqual(['/new/x?q=1', '/new/x?q=1']);
  expect(paths('/old', '/', '/old')).toEqual(['/', '/']);
  expect(paths('/old', '/', '/old/x')).toEqual(['/x', '/x']);
  expect(paths('/old', '/new', '/older')).toEqual(['respond', 'respond']);
  expect(paths('/', '/new', '/x')).toEqual(['/new/x', '/new/x']);
});

test('what the webhook refuses is not in the cluster; without it the rule is missing', () => {
  const mirror = `[{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: seats, port: 80}}}], ${seats}}, {matches: [{path: {value: /a}}], backendRefs: [{name: fares, port: 80}]}]`;
  const message =
    'HTTPRoute spec did not pass validation: rules[0].filters[0]: filter type RequestMirror is unsupported';
  for (const webhook of [true, false]) {
    const { ex } = compile(gateway(http) + route('r', mirror), webhook);
    expect(ex.refusedByAdmission.map((one) => one.message)).toEqual([message]);
    expect(ex.decide(request('/a')).kind).toBe(webhook ? 'respond' : 'forward');
    expect(ex.decide(request('/b'))).toEqual({ kind: 'respond', status: 404 });
  }
});

test('one hostname twice makes two routes of one name, and a redirect without a host is none (T66, 2.3)', () => {
  const twice = gateway(
    '{name: a, port: 80, protocol: HTTP, hostname: air.example}',
    '{name: b, port: 81, protocol: HTTP, hostname: air.example}',
  );
  expect(compile(twice + route('r', `[{${seats}}]`)).ex.refusedByKong).toEqual([
    '2 routes named httproute.shop.r.air.example.0.0',
  ]);
  const redirect = '[{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]';
  const { ex } = compile(gateway(http) + route('r', redirect));
  expect(ex.refusedByKong).toEqual(["httproute.shop.r._.0.0: redirect location '/' is not a URL"]);
  expect(ex.decide(request('/'))).toMatchObject({ kind: 'refusedByKong' });
});

test('a timeout of 0 is one that Kong refuses, and it serves all rules with the same backends (K-6)', () => {
  const rules = `[{${seats}}, {matches: [{path: {value: /a}}], ${seats}, timeouts: {backendRequest: 0s}}]`;
  const { ex } = compile(gateway(http) + route('r', rules));
  expect(ex.refusedByKong).toEqual(['httproute.shop.r.0: timeout 0 is not between 1 and 2147483646']);
});

test('an expression that no router can read is not loaded', () => {
  const rules = `[{matches: [{queryParams: [{name: a-b, value: x}]}], ${seats}}, {matches: [{path: {type: RegularExpression, value: '/(?=x)'}}], ${seats}}]`;
  expect(compile(gateway(http) + route('r', rules)).ex.refusedByKong).toEqual([
    'expression of httproute.shop.r._.0.0 does not load: the parameter a-b is no field',
    'expression of httproute.shop.r._.1.0 does not load: ^/(?=x) is no regular expression',
  ]);
});
