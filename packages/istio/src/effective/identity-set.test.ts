import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  everyone,
  intersection,
  isWithin,
  type PathMatch,
  type PathSet,
  union,
  without,
  withPath,
  withPrefix,
} from './identity-set.ts';

test.each([
  ['', everyone],
  ['/n', everyone],
  ['/ns/', everyone],
  ['/ns/team-', [{ exact: false, path: '/ns/team-' }]],
  // Every identity of a namespace goes on with /sa/, so that all of these are the namespace.
  ['/ns/sales/', [{ exact: false, path: '/ns/sales/' }]],
  ['/ns/sales/s', [{ exact: false, path: '/ns/sales/' }]],
  ['/ns/sales/sa/', [{ exact: false, path: '/ns/sales/' }]],
  ['/ns/sales/sa/we', [{ exact: false, path: '/ns/sales/sa/we' }]],
  ['/NS/sales/', []],
  ['/ns/sales/pod/', []],
  ['/ns/a*b/', []],
  ['/workload/x', []],
])('prefix %j is %j', (path, expected) => {
  expect(withPrefix(path)).toEqual(expected);
});

test('a single path is an identity only if it has a namespace and an account', () => {
  expect(withPath('/ns/sales/sa/web')).toEqual([{ exact: true, path: '/ns/sales/sa/web' }]);
  for (const path of ['/ns/sales', '/ns/sales/sa/', '/ns/*/sa/web', '/ns/sales/sa/web/x', ''])
    expect(withPath(path)).toEqual([]);
});

const names = ['a', 'b', 'ab'];
const accounts = names.flatMap((namespace) => names.map((name) => `/ns/${namespace}/sa/${name}`));
const arbitraryMatch: fc.Arbitrary<PathSet> = fc.oneof(
  fc.constant(everyone),
  fc.constantFrom(...accounts).map(withPath),
  fc.constantFrom(...names).map((name) => withPrefix(`/ns/${name}`)),
  fc.constantFrom(...names).map((name) => withPrefix(`/ns/${name}/`)),
  fc.constantFrom(...accounts).map(withPrefix),
);
const arbitrarySet = fc.array(arbitraryMatch, { maxLength: 4 }).map((sets) => sets.flat());

const has = (set: readonly PathMatch[], path: string): boolean =>
  set.some((one) => (one.exact ? one.path === path : path.startsWith(one.path)));

test('sets are what their names say, identity by identity', () => {
  fc.assert(
    fc.property(arbitrarySet, arbitrarySet, (a, b) => {
      const { rest, holes } = without(a, b);
      for (const path of accounts) {
        expect(has(union(a, b), path)).toBe(has(a, path) || has(b, path));
        expect(has(intersection(a, b), path)).toBe(has(a, path) && has(b, path));
        expect(has(rest, path) && !has(holes, path)).toBe(has(a, path) && !has(b, path));
      }
      expect(isWithin(intersection(a, b), a)).toBe(true);
      expect(isWithin(a, union(a, b))).toBe(true);
    }),
  );
});

test('a union holds nothing twice and does not depend on the order', () => {
  fc.assert(
    fc.property(arbitrarySet, arbitrarySet, (a, b) => {
      const both = union(a, b);
      expect(union(b, a)).toEqual(both);
      expect(union(both)).toEqual(both);
    }),
  );
});
