import type {
  Decision,
  HeaderMatch,
  PathRewrite,
  Predicate,
  Request,
  Route,
  RouteTable,
  TextMatch,
} from '@isthmus/behavior';
import { evaluate, noHeaderChanges } from '@isthmus/behavior';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareDecisions } from './compare-decisions.ts';
import { compareRoutes } from './compare-routes.ts';

const to = (name: string, change: Partial<Extract<Decision, { kind: 'forward' }>> = {}): Decision => ({
  kind: 'forward',
  destinations: [
    {
      weight: 1,
      destination: {
        host: name,
        port: 80,
        endpoints: { kind: 'workloads', namespace: 'air', labels: { app: name }, port: 80 },
      },
    },
  ],
  requestHeaders: noHeaderChanges,
  responseHeaders: noHeaderChanges,
  timeout: 0,
  mirrors: [],
  hash: [],
  ...change,
});
const when = (change: Partial<Predicate>): Predicate => ({ headers: [], queryParameters: [], ...change });
const exact = (value: string): TextMatch => ({ kind: 'exact', value });
const prefix = (value: string): TextMatch => ({ kind: 'prefix', value });
const regex = (pattern: string): TextMatch => ({ kind: 'regex', pattern });
const header = (name: string, match: TextMatch, more: Partial<HeaderMatch> = {}): HeaderMatch => ({
  name,
  match,
  ...more,
});
const table = (...routes: [Predicate, Decision][]): RouteTable => ({
  virtualHosts: [
    { name: 's', domains: ['*'], routes: routes.map(([predicate, decision]): Route => ({ predicate, decision })) },
  ],
  otherwise: { kind: 'passthrough' },
});
const compare = (before: RouteTable, after: RouteTable) => compareRoutes(before, after, ['seats']);
const counterexample = (before: RouteTable, after: RouteTable): Request | undefined => {
  const { routing } = compare(before, after);
  return routing.verdict === 'differs' ? routing.counterexample.request : undefined;
};
const all = when({});

test('V2: what Istio takes first and Kong Mesh later', () => {
  const [api, v2] = [when({ path: prefix('/api') }), when({ path: regex('/api/v2(?:/.*)?') })];
  expect(counterexample(table([api, to('a')], [v2, to('b')]), table([v2, to('b')], [api, to('a')]))).toEqual({
    method: 'GET',
    authority: 'seats',
    path: '/api/v2',
    headers: {},
  });
});

test('the same routes in other words are the same', () => {
  const before = table(
    [when({ path: prefix('/foo'), method: exact('GET') }), to('a')],
    [when({ headers: [header('x', prefix('b'))] }), to('b')],
    [all, to('c')],
  );
  const after = table(
    [when({ path: regex('/foo.*'), method: regex('GET') }), to('a')],
    [when({ path: regex('/foo.*'), headers: [header('x', regex('b.*'))] }), to('b')],
    [when({ headers: [header('x', regex('b.*'))] }), to('b')],
    [when({ path: prefix('/') }), to('c')],
  );
  expect(compare(before, after)).toEqual({ routing: { verdict: 'same' }, resilience: { verdict: 'same' } });
});

test('V3: a prefix of the text is no prefix of segments', () => {
  const before = table([when({ path: prefix('/foo') }), to('a')], [all, to('b')]);
  const after = table(
    [when({ path: exact('/foo') }), to('a')],
    [when({ path: prefix('/foo/') }), to('a')],
    [all, to('b')],
  );
  expect(counterexample(before, after)?.path).toBe('/fooa');
});

test('V29: absence is not the same as another value', () => {
  const not1 = when({ headers: [header('x', exact('1'), { invert: true, missingIsEmpty: true })] });
  const absent = when({ headers: [header('x', { kind: 'present' }, { invert: true })] });
  expect(
    counterexample(table([not1, to('a')], [all, to('b')]), table([absent, to('a')], [all, to('b')]))?.headers,
  ).toEqual({ x: ['a'] });
});

test('a repeated header may meet two conditions that no single value meets', () => {
  const both = when({ headers: [header('x', exact('1')), header('x', exact('2'))] });
  const before = table([both, to('a')], [all, to('b')]);
  expect(counterexample(before, table([all, to('b')]))?.headers).toEqual({ x: ['1', '2'] });
});

test('T25: a new path without a slash in front is answered with 400, as if the mesh said so', () => {
  const rewritten = table([all, to('a', { rewrite: { kind: 'prefix', length: 1, replacement: 'lounge' } })]);
  expect(compare(rewritten, table([all, { kind: 'respond', status: 400 }])).routing).toEqual({ verdict: 'same' });
  expect(compare(rewritten, table([all, to('a')])).routing.verdict).toBe('differs');
});

test('V14: unmatched requests get 404 or go on', () => {
  const api = when({ path: prefix('/api') });
  const { routing } = compare(table([api, to('a')]), table([api, to('a')], [all, to('s')]));
  expect(routing).toMatchObject({
    verdict: 'differs',
    counterexample: {
      request: { path: '/' },
      differences: [{ what: 'kind', before: 'answered with 404', after: 's:80' }],
    },
  });
});

test('a query parameter counts with its first value, which may be missing', () => {
  const q = when({ queryParameters: [{ name: 'q', match: regex('[0-9]+') }] });
  expect(counterexample(table([q, to('a')], [all, to('b')]), table([all, to('b')]))?.path).toBe('/?q=1');
  expect(counterexample(table([q, to('a')], [all, to('b')]), table([all, to('a')]))?.path).toBe('/');
});

test('a timeout is a matter of resilience, not of routing', () => {
  const verdicts = compare(table([all, to('a', { timeout: 0 })]), table([all, to('a', { timeout: 15_000 })]));
  expect(verdicts.routing).toEqual({ verdict: 'same' });
  expect(verdicts.resilience).toMatchObject({
    verdict: 'differs',
    counterexample: { differences: [{ what: 'timeout', before: 'none', after: '15 s' }] },
  });
});

test('a redirect to a path with a query of its own is shown by a request with one', () => {
  const redirect = (path: PathRewrite): Decision => ({ kind: 'redirect', status: 301, path });
  const kept = redirect({ kind: 'regex', pattern: '.+', substitution: '/x?y=1' });
  const own = redirect({ kind: 'full', value: '/x?y=1' });
  const asked = when({
    path: { kind: 'exact', value: '/a' },
    queryParameters: [{ name: 'q', match: { kind: 'present' } }],
  });
  for (const at of [all, when({ path: { kind: 'exact', value: '/a' } }), asked]) {
    const { routing } = compare(table([at, own]), table([at, kept]));
    expect(routing.verdict).toBe('differs');
    expect(compare(table([at, own]), table([at, own])).routing.verdict).toBe('same');
  }
});

test('a whole path that is put together is as good as one that is written', () => {
  const rewritten = (rewrite: PathRewrite): RouteTable => table([all, to('a', { rewrite })]);
  const verdict = (one: PathRewrite, other: PathRewrite): string =>
    compare(rewritten(one), rewritten(other)).routing.verdict;
  expect(verdict({ kind: 'full', value: '/b\\1' }, { kind: 'regex', pattern: '.+', substitution: '/b\\\\1' })).toBe(
    'same',
  );
  const front = { kind: 'prefix', length: 1, replacement: '/v2/' } as const;
  expect(verdict(front, { kind: 'regex', pattern: '.+', substitution: '/v2\\0' })).toBe('same');
  expect(verdict(front, { kind: 'regex', pattern: '.+', substitution: '/v3\\0' })).toBe('differs');
});

test('retry conditions that cannot come true are no difference', () => {
  const on = (grpc: boolean, ...conditions: string[]) =>
    compareRoutes(
      table([all, to('a', { retries: { attempts: 2, on: ['refused-stream', ...conditions], statusCodes: [] } })]),
      table([all, to('a', { retries: { attempts: 2, on: ['refused-stream'], statusCodes: [] } })]),
      ['seats'],
      { grpc },
    ).resilience.verdict;
  expect(on(true, 'retriable-status-codes', 'canceled')).toBe('same');
  expect(on(false, 'unavailable')).toBe('same');
  expect(on(true, 'unavailable')).toBe('differs');
  expect(on(false, 'connect-failure')).toBe('differs');
});

test('what the automata do not hold is undecided, and so is what costs too much', () => {
  const word = table([when({ path: regex('/a\\b.*') }), to('a')], [all, to('b')]);
  expect(compare(word, table([all, to('b')])).routing.verdict).toBe('undecided');
  const many = (name: string) =>
    table(
      ...Array.from({ length: 20 }, (_, index): [Predicate, Decision] => [
        when({ headers: [header(`h${index}`, exact('1'))] }),
        to(`${name}${index % 3}`),
      ]),
      [all, to('z')],
    );
  expect(compareRoutes(many('a'), many('a'), ['seats'], { limits: { states: 1000, cases: 5 } }).routing).toMatchObject({
    verdict: 'undecided',
    reason: 'more than 5 cases would have to be told apart',
  });
  expect(compare(many('a'), many('a')).routing).toEqual({ verdict: 'same' });
});

test('a condition that one path alone meets tells what becomes of it, however it is spelt', () => {
  const rewritten = (rewrite: PathRewrite) => to('a', { rewrite });
  const prefixed = table([all, rewritten({ kind: 'prefix', length: 1, replacement: '/new' })]);
  for (const path of [{ kind: 'exact', value: '/', ignoreCase: true }, exact('/'), regex('/')] as const) {
    const full = table([when({ path }), rewritten({ kind: 'full', value: '/new' })], [all, to('b')]);
    const only = { path: { inside: [path], outside: [] }, method: { inside: [], outside: [] } };
    const among = { ...only, headers: new Map(), query: new Map() };
    expect(compareRoutes(prefixed, full, ['seats'], { among }).routing.verdict).toBe('same');
  }
});

test('the names under which Envoy keeps method, host and scheme are no headers that a client could choose', () => {
  const hidden = when({ headers: [header('host', prefix('1'), { invert: true })] });
  expect(compare(table([hidden, to('a')], [all, to('b')]), table([all, to('a')])).routing.verdict).toBe('same');
  const other = when({ headers: [header(':authority', exact('crew'))] });
  expect(compare(table([other, to('a')], [all, to('b')]), table([all, to('b')])).routing.verdict).toBe('same');
  const crew = table([other, to('a')], [all, to('b')]);
  expect(compareRoutes(crew, table([all, to('b')]), ['seats', 'crew']).routing).toMatchObject({
    verdict: 'differs',
    counterexample: { request: { authority: 'crew' } },
  });
  const nested = when({ also: [when({ authority: exact('crew') })] });
  expect(compare(table([nested, to('a')], [all, to('b')]), table([all, to('b')])).routing.verdict).toBe('same');
  const plain = when({ headers: [header(':scheme', exact('http'))] });
  expect(compare(table([plain, to('a')], [all, to('b')]), table([all, to('a')])).routing.verdict).toBe('same');
  const post = when({ headers: [header(':method', exact('POST'))] });
  expect(compare(table([post, to('a')], [all, to('b')]), table([all, to('b')])).routing).toMatchObject({
    verdict: 'differs',
    counterexample: { request: { method: 'POST', headers: {} } },
  });
  const same = when({ method: exact('POST') });
  expect(compare(table([post, to('a')], [all, to('b')]), table([same, to('a')], [all, to('b')])).routing.verdict).toBe(
    'same',
  );
});

test('authorities are told apart', () => {
  const only = table([when({ authority: exact('seats.air') }), to('a')], [all, to('b')]);
  const verdicts = compareRoutes(only, table([all, to('b')]), ['seats', 'seats.air']);
  expect(verdicts.routing).toMatchObject({
    verdict: 'differs',
    counterexample: { request: { authority: 'seats.air' } },
  });
  expect(compareRoutes(only, table([all, to('b')]), ['seats']).routing).toEqual({ verdict: 'same' });
});

test.each([
  [{ kind: 'prefix', length: 3, replacement: '/x' }, { kind: 'prefix', length: 4, replacement: '/x/' }, '/v1/', 'same'],
  [
    { kind: 'prefix', length: 3, replacement: '/x' },
    { kind: 'prefix', length: 4, replacement: '/x' },
    '/v1/',
    'differs',
  ],
  [{ kind: 'prefix', length: 3, replacement: '/x' }, { kind: 'full', value: '/x/' }, '/v1/', 'undecided'],
] as const)('rewrites %j and %j of %s: %s', (a, b, path, expected) => {
  const request = { method: 'GET', authority: 's', path, headers: {} };
  const found = compareDecisions(to('a', { rewrite: a }), to('a', { rewrite: b }), { prefix: path }, request);
  const verdict = found.differences.length > 0 ? 'differs' : found.undecided.length > 0 ? 'undecided' : 'same';
  expect(verdict).toBe(expected);
});

const texts: fc.Arbitrary<TextMatch> = fc.oneof(
  fc.constantFrom('/a', '/a/b', '/ab', '/', '/A').map(exact),
  fc.constantFrom('/a', '/a/', '/', '/ab').map(prefix),
  fc.constantFrom('/a.*', '/[ab]+', '/a(?:/.*)?', '(?i)/a/.*', '.*').map(regex),
  fc.constantFrom('/a', '/AB').map((value): TextMatch => ({ kind: 'prefix', value, ignoreCase: true })),
);
const values: fc.Arbitrary<TextMatch> = fc.oneof(
  fc.constantFrom('1', '12').map(exact),
  fc.constantFrom('1', 'b').map(prefix),
  fc.constantFrom('[0-9]+', 'b?').map(regex),
  fc.constant<TextMatch>({ kind: 'present' }),
);
const predicates: fc.Arbitrary<Predicate> = fc
  .record({
    path: fc.option(texts, { nil: undefined }),
    method: fc.option(fc.constantFrom('GET', 'POST').map(exact), { nil: undefined }),
    headers: fc.array(
      fc.record({
        name: fc.constantFrom('x', 'y'),
        match: values,
        how: fc.constantFrom({}, { invert: true as const }, { invert: true as const, missingIsEmpty: true as const }),
      }),
      { maxLength: 2 },
    ),
    queryParameters: fc.array(fc.record({ name: fc.constant('q'), match: values }), { maxLength: 1 }),
  })
  .map(({ path, method, headers, queryParameters }) => ({
    ...(path ? { path } : {}),
    ...(method ? { method } : {}),
    headers: headers.map(({ name, match, how }) => ({ name, match, ...how })),
    queryParameters,
  }));
const tables = fc
  .array(
    fc.tuple(
      predicates,
      fc.constantFrom('a', 'b').map((name) => to(name)),
    ),
    { maxLength: 5 },
  )
  .map((routes) => table(...routes));
const requests: fc.Arbitrary<Request> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    path: fc.constantFrom('/', '/a', '/a/', '/a/b', '/ab', '/A', '/abc', '/b', '/bb', '/a/x'),
    query: fc.constantFrom('', '?q=1', '?q=12', '?q=x&q=1', '?q', '?p=1'),
    headers: fc.dictionary(
      fc.constantFrom('x', 'y'),
      fc.array(fc.constantFrom('1', '12', 'b', '', 'c'), { minLength: 1, maxLength: 2 }),
    ),
  })
  .map(({ method, path, query, headers }) => ({ method, authority: 'seats', path: path + query, headers }));
const destination = (one: RouteTable, request: Request): string => {
  const { decision } = evaluate(one, request);
  return decision.kind === 'forward' ? (decision.destinations[0]?.destination.host ?? '') : decision.kind;
};

test('same means that no request at hand is treated differently; a counterexample is', () => {
  let same = 0;
  fc.assert(
    fc.property(tables, tables, fc.array(requests, { minLength: 60, maxLength: 60 }), (before, after, samples) => {
      const { routing } = compare(before, after);
      if (routing.verdict === 'differs') {
        const { request } = routing.counterexample;
        expect(destination(before, request)).not.toBe(destination(after, request));
        return;
      }
      expect(routing.verdict).toBe('same');
      same++;
      for (const sample of samples)
        expect({ sample, to: destination(before, sample) }).toEqual({ sample, to: destination(after, sample) });
    }),
    { numRuns: 500 },
  );
  expect(same).toBeGreaterThan(0);
});

test('a table is the same as itself', () => {
  fc.assert(
    fc.property(tables, (one) => compare(one, one).routing.verdict === 'same'),
    { numRuns: 200 },
  );
});

test('where nobody reads requests, only the destinations count', () => {
  const opaque = (...routes: Parameters<typeof table>): RouteTable => ({ ...table(...routes), opaque: true });
  const slow = to('a', { timeout: 9000 });
  expect(compare(opaque([all, to('a')]), opaque([all, slow]))).toEqual({
    routing: { verdict: 'same' },
    resilience: { verdict: 'same' },
  });
  expect(counterexample(opaque([all, to('a')]), opaque([all, to('b')]))).toBeDefined();
  // And how long connections may be silent, or last at all.
  expect(compare(opaque([all, to('a', { idleTimeout: 60_000 })]), opaque([all, to('a')])).resilience).toMatchObject({
    counterexample: { isConnection: true, differences: [{ what: 'idle timeout', before: '60 s', after: 'none' }] },
  });
  // One that reads them does things that the other cannot.
  const { routing, resilience } = compare(
    opaque([all, to('a')]),
    table([when({ path: prefix('/x') }), slow], [all, slow]),
  );
  expect(routing.verdict).toBe('same');
  expect(resilience).toMatchObject({
    verdict: 'differs',
    counterexample: { differences: [{ what: 'timeout', before: 'none', after: '9 s' }] },
  });
});
