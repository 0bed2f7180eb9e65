import { expect, test } from 'vitest';
import type { Redirect } from './decision.ts';
import { mergeSlashes, normalizePath } from './normalize-path.ts';
import { changeHeaders, locationOf, rewritePath } from './outcome.ts';
import { compileExpression, RegularExpressionError } from './regular-expression.ts';
import { queryParameter } from './request.ts';

// routing.md T20, T21, T22, T25; seen on Envoy 1.40.
test.each([
  ['/%66oo/bar', '/foo/bar'],
  ['/x/../foo/./bar?q=..', '/foo/bar?q=..'],
  ['/foo//bar', '/foo//bar'],
  ['/foo%2fbar', '/foo%2fbar'],
  ['/a/..', '/'],
  ['/..', '/'],
  ['/../../a/%2E%2e/b', '/b'],
  ['/a/..;x/b', '/b'],
  ['/.;/a;v=1', '/a;v=1'],
  ['/%2e%2e;/a', '/..;/a'],
  ['/a\\..\\b', '/b'],
  ['/{a}|"é^[b]`', '/%7Ba%7D%7C%22%C3%A9%5E[b]%60'],
  ['/%zz/%c3%a9/%2', '/%zz/%c3%a9/%2'],
  ['/%00', undefined],
])('Envoy normalises %s to %s', (path, expected) => expect(normalizePath(path)).toBe(expected));

test.each([
  ['/a//b///?q=//', '/a/b/?q=//'],
  ['//', '//'],
  ['///', '//'],
  ['/a/b', '/a/b'],
])('Envoy merges the slashes of %s to %s', (path, expected) => expect(mergeSlashes(path)).toBe(expected));

test('rewrites keep the query', () => {
  expect(rewritePath({ kind: 'prefix', length: 4, replacement: '/' }, '/foo/bar?q=1')).toBe('//bar?q=1');
  expect(rewritePath({ kind: 'full', value: '/a?x=1' }, '/foo?y=2')).toBe('/a?x=1?y=2');
  expect(rewritePath({ kind: 'regex', pattern: '(.*)', substitution: '/x\\1' }, '/api?q')).toBe('/x/api?q');
  expect(rewritePath({ kind: 'regex', pattern: '[0-9]*', substitution: '-' }, '/a12b')).toBe('-/-a-b-');
  expect(rewritePath({ kind: 'regex', pattern: '^/(a+)/', substitution: '/\\1$\\\\/' }, '/aa/b?q')).toBe('/aa$\\/b?q');
});

const redirect = (change: Partial<Redirect>): Redirect => ({ kind: 'redirect', status: 301, ...change });
test.each([
  [{ host: 'other.example' }, 'seats:9080', 'http://other.example/a?q=1'],
  [{ scheme: 'https' }, 'seats:80', 'https://seats/a?q=1'],
  [{ scheme: 'https' }, 'seats:9080', 'https://seats:9080/a?q=1'],
  [{ port: 8443, scheme: 'https' }, 'seats:80', 'https://seats:8443/a?q=1'],
  [{ path: { kind: 'full', value: '/b?c' } as const }, 'seats', 'http://seats/b?c'],
  [{ path: { kind: 'full', value: '/b' } as const }, 'seats', 'http://seats/b?q=1'],
])('redirect %j of %s goes to %s', (change, authority, expected) => {
  expect(locationOf(redirect(change), { method: 'GET', authority, path: '/a?q=1', headers: {} })).toBe(expected);
});

test('headers are removed, then set, then added', () => {
  const changes = { remove: ['X-A'], set: [['x-b', '2']], add: [['X-A', '3']] } as const;
  expect(changeHeaders({ 'x-a': ['1'], 'x-b': ['1', '1'] }, [changes])).toEqual({ 'x-a': ['3'], 'x-b': ['2'] });
});

test.each([
  ['%REQ(x-user)%', 'jason'],
  ['user=%REQ(X-User):3%', 'user=jas'],
  ['%REQ(x-none?x-user)%', 'jason'],
  ['100%%', '100%'],
  ['%PROTOCOL%', '%PROTOCOL%'],
  ['%REQ(x-none)%', undefined],
  ['', undefined],
  ['%REQ(x-gone)%', undefined],
])('a header set to %j is %j', (value, expected) => {
  const changes = { remove: ['x-gone'], set: [['x-set', value]], add: [] } as const;
  expect(changeHeaders({ 'x-user': ['jason'], 'x-gone': ['1'] }, [changes])['x-set']).toEqual(expected && [expected]);
});

test('a query parameter is its first value as written', () => {
  expect(queryParameter('a&q=2&q=1', 'q')).toBe('2');
  expect(queryParameter('a&q', 'q')).toBe('');
  expect(queryParameter(undefined, 'q')).toBeUndefined();
});

test('what RE2 refuses is refused', () => {
  expect(() => compileExpression('(?=a)')).toThrow(RegularExpressionError);
  expect(() => compileExpression('a(')).toThrow(RegularExpressionError);
  expect(compileExpression('(?i)/FOO').matches('/foo')).toBe(true);
  expect(compileExpression('/foo').matches('/foo/')).toBe(false);
});
