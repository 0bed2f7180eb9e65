import { comparePriority } from '@isthmus/kong-gateway';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepOrder, overlap, type Placed } from './order.ts';
import { asExpression, asPath, capturesGroups, isPortable, type PathForm } from './path-form.ts';

const placed = (form: PathForm, more: Partial<Placed> = {}): Placed => ({
  form,
  methods: undefined,
  exactHeaders: new Map(),
  headers: 0,
  queryParams: 0,
  capture: false,
  group: 'one',
  ...more,
});
const prefix = (value: string): PathForm => ({ kind: 'prefix', value, ignoreCase: false });
const exact = (value: string): PathForm => ({ kind: 'exact', value, ignoreCase: false });

test('matches whose order is the same in Kong stay as they are', () => {
  expect(keepOrder([placed(exact('/login')), placed(prefix('/api')), placed({ kind: 'all' })])).toEqual([
    { type: 'Exact', value: '/login' },
    { type: 'RegularExpression', value: '/api.*' },
    { type: 'PathPrefix', value: '/' },
  ]);
});

test('a header before a longer path becomes a longer expression (T13)', () => {
  const header = placed({ kind: 'all' }, { headers: 1, exactHeaders: new Map([['x-beta', '1']]) });
  expect(keepOrder([header, placed(prefix('/api'))])).toEqual([
    { type: 'RegularExpression', value: '/.*(?:)' },
    { type: 'RegularExpression', value: '/api.*' },
  ]);
});

test('an exact path behind a prefix that takes it cannot stay exact; one that nothing takes can', () => {
  expect(keepOrder([placed(prefix('/a')), placed(exact('/abc')), placed(exact('/b'))])).toEqual([
    { type: 'RegularExpression', value: '/a.*(?:)' },
    { type: 'RegularExpression', value: '/abc$' },
    { type: 'Exact', value: '/b' },
  ]);
});

test('equal traits are left to their order within one route, and not between two', () => {
  const both = (group: string) =>
    keepOrder([placed(prefix('/a')), placed(prefix('/a'), { group })])?.map(({ value }) => value);
  expect(both('one')).toEqual(['/a.*', '/a.*']);
  expect(both('two')).toEqual(['/a.*(?:)', '/a.*']);
});

test('too many matches for the lengths of paths are not forced', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    placed({ kind: 'regex', value: '/.*' }, { group: `${index}` }),
  );
  expect(keepOrder(many)).toBeUndefined();
});

const forms: fc.Arbitrary<PathForm> = fc.oneof(
  fc.constant<PathForm>({ kind: 'all' }),
  fc.record({
    kind: fc.constantFrom('exact' as const, 'prefix' as const),
    value: fc.constantFrom('/', '/a', '/a/b', '/ab', '/a.b', '/A'),
    ignoreCase: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('regex' as const), value: fc.constantFrom('/a|/b', '/[ab]+', '.*x') }),
);

test('whatever the matches, an earlier one that overlaps is tried first, and paths match what they did', () => {
  const match = fc
    .record({
      form: forms,
      headers: fc.nat(2),
      capture: fc.boolean(),
      method: fc.option(fc.constantFrom('GET', 'PUT')),
    })
    .map(({ form, headers, capture, method }) =>
      placed(form, { headers, capture, methods: method === null ? undefined : new Set([method]) }),
    );
  fc.assert(
    fc.property(fc.array(match, { maxLength: 8 }), (matches) => {
      const paths = keepOrder(matches);
      expect(paths).toBeDefined();
      for (const [index, one] of matches.entries())
        for (const [later, other] of matches.entries())
          if (later > index && overlap(one, other)) {
            const traits = (of: Placed, at: number) => ({
              path: paths?.[at] ?? asPath(of.form),
              method: of.methods !== undefined,
              headers: of.headers,
              queryParams: of.queryParams,
            });
            expect(comparePriority(traits(one, index), traits(other, later))).toBeGreaterThanOrEqual(0);
          }
    }),
  );
});

test.each([
  [{ kind: 'regex', value: '/a|/b' }, '(?:/a|/b)$'],
  [{ kind: 'regex', value: '^/a\\.b$' }, '/a\\.b$'],
  [{ kind: 'regex', value: '/a\\$' }, '/a\\$$'],
  [{ kind: 'exact', value: '/Mix.d', ignoreCase: true }, '/(?i)Mix\\.d$'],
] as [PathForm, string][])('%j is written as an expression of the whole path', (form, expected) => {
  expect(asExpression(form, false)).toBe(expected);
});

test('expressions of RE2 that Rust reads otherwise, and groups that capture, are found', () => {
  expect(isPortable('/a\\Q.\\E')).toBe(false);
  expect(isPortable('/a\\d+')).toBe(true);
  expect(['/(a)', '/(?:a)', '/\\(a', '(?P<n>a)'].map(capturesGroups)).toEqual([true, false, false, true]);
});
