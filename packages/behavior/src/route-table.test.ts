import { expect, test } from 'vitest';
import type { Decision } from './decision.ts';
import type { Predicate } from './predicate.ts';
import type { Request } from './request.ts';
import { evaluate, findVirtualHost, type RouteTable } from './route-table.ts';

const respond = (status: number): Decision => ({ kind: 'respond', status });
const any: Predicate = { headers: [], queryParameters: [] };
const request = (change: Partial<Request> = {}): Request => ({
  method: 'GET',
  authority: 'seats',
  path: '/',
  headers: {},
  ...change,
});
const host = (name: string, ...domains: string[]) => ({ name, domains, routes: [] });

test('an exact domain wins over a suffix, that over a prefix, the longest first; ports and case do not count', () => {
  const table: RouteTable = {
    virtualHosts: [
      host('any', '*'),
      host('suffix', '*.air'),
      host('longer suffix', '*.sales.air'),
      host('prefix', 'seats.*'),
      host('exact', 'seats.sales.air'),
    ],
    otherwise: { kind: 'passthrough' },
  };
  const of = (authority: string) => findVirtualHost(table, authority)?.name;
  expect(['SEATS.sales.air:9080', 'x.sales.air', 'x.air', 'seats.x', '.air', 'other'].map(of)).toEqual([
    'exact',
    'longer suffix',
    'suffix',
    'prefix',
    'any',
    'any',
  ]);
});

test('the first route that holds decides, and those before it say which condition failed', () => {
  const table: RouteTable = {
    virtualHosts: [
      {
        name: 'seats',
        domains: ['seats'],
        routes: [
          { predicate: { ...any, path: { kind: 'exact', value: '/a' } }, decision: respond(1) },
          {
            predicate: { ...any, headers: [{ name: 'x', match: { kind: 'prefix', value: 'b' } }] },
            decision: respond(2),
          },
          {
            predicate: { ...any, queryParameters: [{ name: 'q', match: { kind: 'regex', pattern: '[0-9]+' } }] },
            decision: respond(3),
          },
        ],
      },
    ],
    otherwise: respond(502),
  };
  expect(evaluate(table, request({ headers: { x: ['a', 'bc'] } })).decision).toEqual(respond(2));
  const third = evaluate(table, request({ path: '/b?q=12&q=x' }));
  expect(third.decision).toEqual(respond(3));
  expect(third.tried.map(({ miss }) => miss)).toEqual([{ part: 'path' }, { part: 'header', name: 'x' }]);
  expect(evaluate(table, request({ path: '/b?q=x&q=12' })).decision).toEqual(respond(404));
  expect(evaluate(table, request({ authority: 'unknown' }))).toEqual({ decision: respond(502), tried: [] });
});

test.each([
  ['inverted, missing is empty', { invert: true, missingIsEmpty: true } as const, undefined, true],
  ['inverted, other value', { invert: true, missingIsEmpty: true } as const, ['2'], true],
  ['inverted, one of two values', { invert: true, missingIsEmpty: true } as const, ['2', '1'], false],
  ['inverted, missing fails', { invert: true } as const, undefined, false],
  ['missing fails', {}, undefined, false],
])('header %s', (_, how, values, holds) => {
  const predicate: Predicate = { ...any, headers: [{ name: 'x', match: { kind: 'exact', value: '1' }, ...how }] };
  const table: RouteTable = {
    virtualHosts: [{ name: 'a', domains: ['*'], routes: [{ predicate, decision: respond(200) }] }],
    otherwise: respond(0),
  };
  const headers: Request['headers'] = values === undefined ? {} : { x: values };
  expect(evaluate(table, request({ headers })).decision).toEqual(respond(holds ? 200 : 404));
});
