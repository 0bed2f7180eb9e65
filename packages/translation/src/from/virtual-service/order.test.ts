import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareMatch, keepOrder, type PathMatch, quote, type Rank } from './order.ts';

const segment = fc.constantFrom('a', 'bb', 'c.d', 'e+', 'é');
const path: fc.Arbitrary<PathMatch> = fc.oneof(
  fc.array(segment).map((parts): PathMatch => ({ type: 'Exact', value: `/${parts.join('/')}` })),
  fc.array(segment).map((parts): PathMatch => ({ type: 'PathPrefix', value: `/${parts.join('/')}` })),
  fc
    .array(segment)
    .map((parts): PathMatch => ({ type: 'RegularExpression', value: `/${parts.map(quote).join('/')}.*` })),
);
const rank: fc.Arbitrary<Rank> = fc.record({
  path,
  method: fc.boolean(),
  headers: fc.nat(3),
  queryParams: fc.nat(2),
});

// What each type of path takes (routing.md 2.3, runtime semantics).
function takes({ type, value }: PathMatch, request: string): boolean {
  if (type === 'Exact') return request === value;
  if (type === 'PathPrefix') return value === '/' || request === value || request.startsWith(`${value}/`);
  return new RegExp(`^(?:${value})$`, 'su').test(request);
}

test('Kong Mesh tries the matches in the order of the list, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(rank, { minLength: 1, maxLength: 12 }), (ranks) => {
      const paths = keepOrder(ranks);
      const tried = ranks
        .map((one, index) => ({ index, rank: { ...one, path: paths[index] as PathMatch } }))
        .sort((a, b) => compareMatch(a.rank, b.rank));
      expect(tried.map(({ index }) => index)).toEqual(ranks.map((_, index) => index));
    }),
  );
});

test('the paths take the same requests as before', () => {
  const request = fc.array(segment).map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(fc.array(rank, { minLength: 1, maxLength: 6 }), request, (ranks, asked) => {
      const before = ranks.map(({ path: one }) => takes(one, asked));
      expect(keepOrder(ranks).map((one) => takes(one, asked))).toEqual(before);
    }),
  );
});
