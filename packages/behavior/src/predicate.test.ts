import { expect, test } from 'vitest';
import { firstMiss, type Predicate } from './predicate.ts';
import type { Request } from './request.ts';

const request: Request = {
  method: 'GET',
  authority: 'shop.example',
  path: '/cart?item=1&item=2',
  headers: { 'x-user': ['ann', 'bob'] },
};

const headers = (...conditions: Predicate['headers']): Predicate => ({ headers: conditions, queryParameters: [] });

test.each([
  [':method', 'GET'],
  [':path', '/cart?item=1&item=2'],
  [':scheme', 'http'],
  [':authority', 'shop.example'],
  ['host', 'shop.example'],
])('Envoy keeps %s among the headers', (name, value) => {
  expect(firstMiss(headers({ name, match: { kind: 'exact', value } }), request)).toBeUndefined();
  expect(firstMiss(headers({ name, match: { kind: 'exact', value: 'else' } }), request)).toEqual({
    part: 'header',
    name,
  });
});

test.each<[what: string, predicate: Predicate, part: string | undefined]>([
  ['one value of several is enough', headers({ name: 'x-user', match: { kind: 'exact', value: 'bob' } }), undefined],
  ['none of the values', headers({ name: 'x-user', match: { kind: 'prefix', value: 'c' } }), 'header'],
  [
    'an inverted condition',
    headers({ name: 'x-user', match: { kind: 'prefix', value: 'c' }, invert: true }),
    undefined,
  ],
  ['absent as asked', headers({ name: 'x-none', match: { kind: 'present' }, invert: true }), undefined],
  ['present where it must not be', headers({ name: 'x-user', match: { kind: 'present' }, invert: true }), 'header'],
  [
    'an absent header never meets a condition, inverted or not',
    headers({ name: 'x-none', match: { kind: 'exact', value: 'a' }, invert: true }),
    'header',
  ],
  [
    'unless it counts as empty',
    headers({ name: 'x-none', match: { kind: 'exact', value: 'a' }, invert: true, missingIsEmpty: true }),
    undefined,
  ],
  [
    'the path without its query',
    { path: { kind: 'exact', value: '/cart' }, headers: [], queryParameters: [] },
    undefined,
  ],
  ['another scheme', { scheme: { kind: 'exact', value: 'https' }, headers: [], queryParameters: [] }, 'scheme'],
  ['another host', { authority: { kind: 'exact', value: 'a' }, headers: [], queryParameters: [] }, 'authority'],
  ['another method', { method: { kind: 'exact', value: 'PUT' }, headers: [], queryParameters: [] }, 'method'],
  [
    'the first of several values of a parameter counts',
    { headers: [], queryParameters: [{ name: 'item', match: { kind: 'exact', value: '2' } }] },
    'query',
  ],
  ['an absent parameter', { headers: [], queryParameters: [{ name: 'no', match: { kind: 'present' } }] }, 'query'],
])('%s', (_, predicate, part) => {
  expect(firstMiss(predicate, request)?.part).toBe(part);
});
