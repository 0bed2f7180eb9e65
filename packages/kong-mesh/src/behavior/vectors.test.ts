import type { JsonObject } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { ask, backend, header, path, prefix, type Rule, route } from './mesh.test-support.ts';

// The column "Kuma naive" of the conformance vectors in routing.md section 7, where it is a matter of routes.

const to = (name: string, ...matches: JsonObject[]): Rule => ({ matches, backendRefs: [backend(name)] });
const rewriting = (match: JsonObject, replacement: string): Rule => ({
  matches: [match],
  filters: [
    { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: replacement } } },
  ],
  backendRefs: [backend('v2')],
});
const x1 = { headers: [header('x', '1')] };
const a = { headers: [header('a')] };
const b = { headers: [header('b')] };

describe('order', () => {
  test.each<[vector: string, rules: Rule[], request: string, expected: string]>([
    ['V1', [to('v2', prefix('/', x1)), to('v3', path('Exact', '/login'))], 'GET /login x=1', 'v3'],
    ['V2', [to('v1', prefix('/api')), to('v2', prefix('/api/v2'))], 'GET /api/v2/x', 'v2'],
    ['V3', [to('v2', prefix('/foo')), to('v1', prefix('/'))], 'GET /foobar', 'v1'],
    ['V4', [to('v2', prefix('/foo')), to('v1', prefix('/'))], 'GET /foo', 'v2'],
    ['V5', [to('v2', prefix('/foo')), to('v1', prefix('/'))], 'GET /foo/', 'v2'],
    ['V6', [to('v2', prefix('/foo')), to('v1', prefix('/'))], 'GET /foo', 'v2'],
    ['V7', [to('v1', path('RegularExpression', '/a.*')), to('v2', prefix('/ab'))], 'GET /ab/c', 'v2'],
    ['V8', [to('v2', x1), to('v1', prefix('/'))], 'GET / x=1', 'v1'],
    ['V9', [to('v2', prefix('/', x1)), to('v1', prefix('/'))], 'GET / x=1', 'v2'],
    [
      'V10',
      [to('v1', prefix('/', { headers: [header('a'), header('b')] })), to('v2', prefix('/', { method: 'GET' }))],
      'GET / a=1 b=1',
      'v2',
    ],
    [
      'V11',
      [to('v1', prefix('/', a)), to('v2', prefix('/', { headers: [header('b'), header('c')] }))],
      'GET / a=1 b=1 c=1',
      'v2',
    ],
    ['V12', [to('v1', prefix('/', a)), to('v2', prefix('/', b))], 'GET / a=1 b=1', 'v1'],
    ['V13', [to('v1', prefix('/')), to('v2', path('Exact', '/admin'))], 'GET /admin', 'v2'],
    ['V14', [to('v1', prefix('/api'))], 'GET /other', 's'],
  ])('%s', (_, rules, request, expected) => {
    expect(ask([route('shop/r', rules)], request)).toBe(expected);
  });
});

test('V15: a route for another port leaves this one alone', () => {
  const spec = {
    to: [
      {
        targetRef: { kind: 'MeshService', name: 's', sectionName: 'admin' },
        rules: [{ matches: [prefix('/')], default: { backendRefs: [backend('v1')] } }],
      },
    ],
  };
  expect(ask([route('shop/r', [], spec)], 'GET /')).toBe('s');
});

test('V16: the rules of two policies are merged', () => {
  const both = [route('shop/a', [to('v1', prefix('/a'))]), route('shop/b', [to('v2', prefix('/b'))])];
  expect(ask(both, 'GET /b')).toBe('v2');
});

const forApp = (app: string) => ({ targetRef: { kind: 'Dataplane', labels: { app } } });
test.each([
  ['V17', 'x'],
  ['V18', 'client'],
])('%s: a policy for some clients is merged with that for all', (_, app) => {
  const some = route('shop/a', [to('v1', prefix('/a'))]);
  const policies = [
    { ...some, spec: { ...(some.spec as JsonObject), ...forApp(app) } },
    route('shop/b', [to('v2', prefix('/'))]),
  ];
  expect(ask(policies, 'GET /b')).toBe('v2');
  expect(ask(policies, 'GET /a')).toBe(app === 'client' ? 'v1' : 'v2');
});

describe('weights', () => {
  const all = (...backendRefs: JsonObject[]) => [route('shop/r', [{ matches: [prefix('/')], backendRefs }])];

  test('V19: a weight that is left out is 1', () => {
    expect(ask(all(backend('v1', { weight: 100 }), backend('v2')), 'GET /')).toBe('v1 99%, v2 1%');
  });

  const nothing = all(backend('v1', { weight: 0 }), backend('v2', { weight: 0 }));
  test.each([
    ['V20', nothing],
    ['V21', all(backend('v1', { weight: 0 }))],
  ])('%s: without any weight 2.14 leaves the rule out, and with it the automatic route', (_, policies) => {
    expect(ask(policies, 'GET /')).toBe('no listener');
    expect(ask([...policies, route('shop/q', [to('v3', prefix('/a'))])], 'GET /b')).toBe('404');
    expect(ask(policies, 'GET /', { version: '2.13' })).toBe('broken: a route has no backend left');
  });
});

describe('rewrites', () => {
  test.each<[vector: string, match: JsonObject, replacement: string, request: string, expected: string]>([
    ['V22', prefix('/v1'), '/v2', 'GET /v1/x', 'v2 as /v2x'],
    ['V22 with a slash', prefix('/v1'), '/v2/', 'GET /v1/x', 'v2 as /v2/x'],
    ['V23', prefix('/foo'), '/', 'GET /foo/bar', 'v2 as /bar'],
    ['V24', prefix('/foo'), '/', 'GET /foo', 'v2 as /'],
    ['V25', prefix('/foo'), '/bar/', 'GET /foo/x?q=1', 'v2 as /bar/x?q=1'],
    ['V25 bare', prefix('/foo'), '/bar/', 'GET /foo', 'v2 as /bar/'],
    ['V26', prefix('/'), '/app', 'GET /x', 'v2 as /appx'],
    ['an empty prefix', prefix('/foo'), '', 'GET /foo/x', 'v2'],
    ['no slash in front', prefix('/foo'), 'bar', 'GET /foo/x', '400'],
  ])('%s', (_, match, replacement, request, expected) => {
    expect(ask([route('shop/r', [rewriting(match, replacement)])], request)).toBe(expected);
  });

  test('V27: a redirect without a status is a 302', () => {
    const rule: Rule = {
      matches: [prefix('/')],
      filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: 'a.com' } }],
    };
    expect(ask([route('shop/r', [rule])], 'GET /x?q=1')).toBe('302 http://a.com/x?q=1');
  });
});

describe('conditions', () => {
  test.each<[vector: string, rules: Rule[], request: string, expected: string]>([
    [
      'V28',
      [to('v2', prefix('/', { headers: [{ type: 'Absent', name: 'x' }] })), to('v1', prefix('/'))],
      'GET /',
      'v2',
    ],
    [
      'V29',
      [to('v2', prefix('/', { headers: [{ type: 'Absent', name: 'x' }] })), to('v1', prefix('/'))],
      'GET / x=2',
      'v1',
    ],
    ['V30', [to('v2', prefix('/', { headers: [header('x')] }))], 'GET / x=', 'v2'],
    ['V31', [to('v2', path('Exact', '/A')), to('v1', prefix('/'))], 'GET /a', 'v1'],
    ['V31 as an expression', [to('v2', path('RegularExpression', '(?i)/A')), to('v1', prefix('/.'))], 'GET /a', 'v2'],
    ['V32', [to('v2', prefix('/', { queryParams: [{ type: 'Exact', name: 'q', value: '1' }] }))], 'GET /?q=2&q=1', 's'],
  ])('%s', (_, rules, request, expected) => {
    expect(ask([route('shop/r', rules)], request)).toBe(expected);
  });
});

describe('V39: a backend that does not exist', () => {
  const byName = [route('shop/r', [{ matches: [prefix('/a')], backendRefs: [backend('nowhere')] }])];
  const labelled = {
    kind: 'MeshService',
    port: 80,
    labels: { 'kuma.io/display-name': 'nowhere', 'k8s.kuma.io/namespace': 'shop' },
  };
  const target = { kind: 'MeshService', labels: { 'kuma.io/display-name': 's' } };
  const matching = [prefix('/a')];
  const labels = [
    route('shop/r', [], {
      to: [{ targetRef: target, rules: [{ matches: matching, default: { backendRefs: [labelled] } }] }],
    }),
  ];

  test('by name: 2.14 leaves the rule out, Envoy refuses that of 2.13', () => {
    expect(ask(byName, 'GET /a')).toBe('s');
    expect(ask(byName, 'GET /b', { version: '2.13' })).toBe('broken: a route has no backend left');
  });

  test('by labels: the service itself in 2.x, 500 in 3.0', () => {
    expect(ask(labels, 'GET /a')).toBe('s');
    expect(ask(labels, 'GET /a', { version: '2.13' })).toBe('s');
    expect(ask(labels, 'GET /a', { version: '3.0' })).toBe('500');
    expect(ask(labels, 'GET /b', { version: '3.0' })).toBe('s');
  });

  test('beside one that exists: 2.x gives it all, 3.0 answers its share with 500', () => {
    const rules = [{ matches: [prefix('/')], default: { backendRefs: [{ ...labelled, weight: 1 }, ref('v1', 3)] } }];
    const policies = [route('shop/r', [], { to: [{ targetRef: target, rules }] })];
    expect(ask(policies, 'GET /')).toBe('v1');
    expect(ask(policies, 'GET /', { version: '3.0' })).toBe('v1 75%, 500 25%');
  });

  const ref = (name: string, weight: number): JsonObject => ({
    ...labelled,
    labels: { ...labelled.labels, 'kuma.io/display-name': name },
    weight,
  });
});

test('V49: the rules of a consumer policy are merged with those of a producer policy', () => {
  const consumer = route('shop/c', [], {
    to: [
      {
        targetRef: { kind: 'MeshService', labels: { 'kuma.io/display-name': 's', 'k8s.kuma.io/namespace': 'shop' } },
        rules: [{ matches: [prefix('/a')], default: { backendRefs: [backend('v1')] } }],
      },
    ],
  });
  const producer = route('shop/p', [to('v2', prefix('/a')), to('v3', prefix('/a/b'))]);
  expect(ask([consumer, producer], 'GET /a')).toBe('v1');
  expect(ask([consumer, producer], 'GET /a/b')).toBe('v3');
});
