import { compileExpression } from '@isthmus/behavior';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  covers,
  everyRequest,
  intersection,
  type Match,
  overlap,
  type Path,
  pathOfExpression,
  pathTakes,
  quoteAnyCase,
} from './match.ts';

// With letters that have a third case to RE2 (the long s, the sign of Kelvin), which Istio tells apart.
const segment = fc.constantFrom('a', 'ab', 'b', 'c.d', 's', 'S', 'ſ', 'k', '\u212a');
const text = fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const path: fc.Arbitrary<Path> = fc.oneof(
  text.map((value): Path => ({ kind: 'exact', value })),
  text.map((value): Path => ({ kind: 'prefix', value })),
  text.filter((value) => value !== '/').map((value): Path => ({ kind: 'segment', value })),
  fc
    .constantFrom('/a.*b', '/ab/.*', '/(?:a|b)', '^/a/[bc]$', '(?i:/AB).*', '(?i:/A/b)', '(?i:/s)', '(?i:/K).*')
    .map(pathOfExpression),
  text.map((value) => pathOfExpression(quoteAnyCase(value))),
  text.map((value) => pathOfExpression(`${quoteAnyCase(value)}.*`)),
);
const header = fc.record({
  name: fc.constantFrom('x', 'y'),
  type: fc.constantFrom('Exact' as const, 'Prefix' as const, 'Present' as const, 'Absent' as const),
  value: fc.constantFrom('1', '12', '2'),
});
const match: fc.Arbitrary<Match> = fc.record({
  path,
  headers: fc.uniqueArray(header, { maxLength: 2, selector: ({ name }) => name }),
  queryParams: fc.constant([]),
});
const request = fc.record({
  path: text,
  headers: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '12', '2', '3'), { noNullPrototype: true }),
});

type Request = { readonly path: string; readonly headers: Readonly<Record<string, string>> };

const meets = ({ path: wanted, headers }: Match, asked: Request): boolean =>
  pathTakes(wanted, asked.path) &&
  headers.every(({ name, type, value = '' }) => {
    const sent = asked.headers[name];
    if (type === 'Absent' || sent === undefined) return (type === 'Absent') === (sent === undefined);
    return type === 'Present' || (type === 'Exact' ? sent === value : sent.startsWith(value));
  });

describe('two matches', () => {
  test('have in common what meets both', () => {
    fc.assert(
      fc.property(match, match, request, (a, b, asked) => {
        const both = intersection(a, b);
        if (both === undefined) return;
        expect(both !== 'empty' && meets(both, asked)).toBe(meets(a, asked) && meets(b, asked));
      }),
      { numRuns: 3_000 },
    );
  });

  test('cover and miss each other only where no request says otherwise', () => {
    fc.assert(
      fc.property(match, match, request, (a, b, asked) => {
        if (covers(a, b) && meets(b, asked)) expect(meets(a, asked)).toBe(true);
        if (!overlap(a, b)) expect(meets(a, asked) && meets(b, asked)).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  test('exclude each other by one header unless it is repeated, which is told', () => {
    const [one, other] = ['1', '2'].map(
      (value): Match => ({
        ...everyRequest,
        headers: [{ name: 'x', type: 'Exact', value }],
      }),
    ) as [Match, Match];
    const told: string[] = [];
    expect(intersection(one, other, ({ name }) => told.push(name))).toBe('empty');
    expect(told).toEqual(['x']);
    expect(overlap(one, other)).toBe(true);
  });
});

describe('an expression', () => {
  test('takes the same paths in its simpler form', () => {
    const pattern = fc.constantFrom(
      '/a',
      '^/a$',
      '/a.*',
      '.*',
      '/.*',
      '/a\\.b',
      '/a+',
      '/a|/b',
      '/a.*$',
      '/(a|b)/c',
      '/a?',
    );
    fc.assert(
      fc.property(pattern, text, (expression, asked) => {
        expect(pathTakes(pathOfExpression(expression), asked)).toBe(compileExpression(expression).matches(asked));
      }),
    );
  });

  test.each([
    ['/a.*', { kind: 'prefix', value: '/a' }],
    ['/a\\.b', { kind: 'exact', value: '/a.b' }],
    ['.*', { kind: 'prefix', value: '/' }],
    ['/a+', { kind: 'regex', pattern: '/a+' }],
    ['/a|/b', { kind: 'regex', pattern: '/a|/b' }],
  ])('%s', (pattern, expected) => {
    expect(pathOfExpression(pattern)).toEqual(expected);
  });
});

test('paths without regard to case share nothing with those that begin otherwise', () => {
  const at = (path: Path): Match => ({ ...everyRequest, path });
  const insensitive = at({ kind: 'regex', pattern: '(?i:/x)' });
  expect(overlap(insensitive, at({ kind: 'segment', value: '/rp' }))).toBe(false);
  expect(overlap(insensitive, at({ kind: 'prefix', value: '/X' }))).toBe(true);
  expect(overlap(at({ kind: 'regex', pattern: `${quoteAnyCase('/Kiosk')}.*` }), insensitive)).toBe(false);
  expect(
    overlap(at({ kind: 'regex', pattern: `${quoteAnyCase('/Kiosk')}.*` }), at({ kind: 'prefix', value: '/kio' })),
  ).toBe(true);
  expect(overlap(at({ kind: 'regex', pattern: '(?i:/s).*' }), at({ kind: 'prefix', value: '/ſ' }))).toBe(true);
});
