import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyRequest, type Match, overlap, type Path, pathTakes } from './match.ts';
import { compareMatch, keepOrder, type Ordered, type PathMatch, plainForm, rankOf } from './order.ts';

const segment = fc.constantFrom('a', 'ab', 'c.d', 'e+', 'é');
const value = fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const path: fc.Arbitrary<Path> = fc.oneof(
  value.map((text): Path => ({ kind: 'exact', value: text })),
  value.map((text): Path => ({ kind: 'prefix', value: text })),
  value.filter((text) => text !== '/').map((text): Path => ({ kind: 'segment', value: text })),
  fc.constantFrom('/a.*b', '/(?:a|ab)/.*', '/.+').map((pattern): Path => ({ kind: 'regex', pattern })),
);
const header = fc.constantFrom('x-a', 'x-b', 'x-c');
const match: fc.Arbitrary<Match> = fc.record({
  path,
  headers: fc
    .uniqueArray(header, { maxLength: 2 })
    .map((names) => names.map((name) => ({ name, type: 'Present' as const }))),
  queryParams: fc.constant([]),
});
const ordered: fc.Arbitrary<Ordered> = fc.record({
  match,
  action: fc.constantFrom('v1', 'v2', 'v3'),
  keepsPrefix: fc.constant(false),
});

// What each type of path takes (routing.md 2.3, runtime semantics).
function takes({ type, value: text }: PathMatch, request: string): boolean {
  if (type === 'Exact') return request === text;
  if (type === 'PathPrefix') return text === '/' || request === text || request.startsWith(`${text}/`);
  return new RegExp(`^(?:${text})$`, 'su').test(request);
}

const meets = ({ headers }: Match, sent: ReadonlySet<string>): boolean => headers.every(({ name }) => sent.has(name));

describe('the order of a list', () => {
  test('decides in Kong Mesh as it does in Istio, whatever is in it', () => {
    const request = fc.record({ path: value, headers: fc.uniqueArray(header) });
    fc.assert(
      fc.property(fc.array(ordered, { minLength: 1, maxLength: 10 }), request, (list, asked) => {
        const kept = keepOrder(list);
        if (!('paths' in kept)) throw new Error('nothing keeps its prefix, so every place can be kept');
        const sent = new Set(asked.headers);
        const istio = list.find((one) => pathTakes(one.match.path, asked.path) && meets(one.match, sent));
        const tried = list
          .map((one, index) => ({ one, path: kept.paths[index] as PathMatch }))
          .sort((a, b) => compareMatch(rankOf(a.one.match, a.path), rankOf(b.one.match, b.path)));
        const kong = tried.find((each) => takes(each.path, asked.path) && meets(each.one.match, sent));
        expect(kong?.one.action).toBe(istio?.action);
      }),
      { numRuns: 2_000 },
    );
  });

  test('stays as it is where it is the same in both', () => {
    const list = ['/a/b', '/a'].map(
      (text): Ordered => ({
        match: { ...everyRequest, path: { kind: 'exact', value: text } },
        action: text,
        keepsPrefix: false,
      }),
    );
    expect(keepOrder(list)).toEqual({ paths: list.map(({ match: one }) => plainForm(one.path)) });
  });

  test('cannot be kept for a prefix that is rewritten behind an expression', () => {
    const list: Ordered[] = [
      { match: { ...everyRequest, path: { kind: 'regex', pattern: '/a.*b' } }, action: 'v1', keepsPrefix: false },
      { match: { ...everyRequest, path: { kind: 'segment', value: '/a' } }, action: 'v2', keepsPrefix: true },
    ];
    expect(keepOrder(list)).toMatchObject({ lost: 1, rival: 0 });
  });
});

test('matches that share no request are told apart', () => {
  const get: Match = { ...everyRequest, method: 'GET' };
  expect(overlap(get, { ...everyRequest, method: 'POST' })).toBe(false);
  expect(overlap(get, everyRequest)).toBe(true);
  const other: Match = { ...everyRequest, headers: [{ name: 'x', type: 'Absent' }] };
  expect(overlap({ ...everyRequest, headers: [{ name: 'x', type: 'Present' }] }, other)).toBe(false);
  // A header can be repeated.
  const one: Match = { ...everyRequest, headers: [{ name: 'x', type: 'Exact', value: '1' }] };
  expect(overlap(one, { ...everyRequest, headers: [{ name: 'x', type: 'Exact', value: '2' }] })).toBe(true);
});
