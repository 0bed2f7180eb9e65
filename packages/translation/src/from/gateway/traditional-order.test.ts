import { expect, test } from 'vitest';
import type { PathForm } from './path-form.ts';
import { keepTraditionalOrder, type PlacedRule } from './traditional-order.ts';

const prefix = (value: string): PathForm => ({ kind: 'prefix', value, ignoreCase: false });

const placed = (rule: number, form: PathForm, change: Partial<PlacedRule> = {}): PlacedRule => ({
  rule,
  form,
  methods: undefined,
  exactHeaders: new Map(),
  headers: 0,
  queryParams: 0,
  capture: false,
  group: String(rule),
  expressions: [],
  ...change,
});

const orderOf = (...matches: PlacedRule[]) => {
  const order = keepTraditionalOrder(matches);
  return order && [order.paths.map(({ value }) => value), [...order.priorities.values()]];
};

test('paths become expressions, and earlier rules get the higher priority', () => {
  expect(
    orderOf(
      placed(0, prefix('/a')),
      placed(1, { kind: 'exact', value: '/a.b', ignoreCase: false }),
      placed(2, { kind: 'all' }),
    ),
  ).toEqual([
    ['/a.*', '/a\\.b$', '/.*'],
    [3, 2, 1],
  ]);
});

test('a match that asks for less cannot come before one that asks for more', () => {
  const header = { headers: 1, exactHeaders: new Map([['x', '1']]) };
  expect(orderOf(placed(0, prefix('/a'), header), placed(1, prefix('/a')))?.[1]).toEqual([8, 4]);
  expect(orderOf(placed(0, prefix('/a')), placed(1, prefix('/a'), header))).toBeUndefined();
  expect(orderOf(placed(0, prefix('/a')), placed(1, prefix('/b'), header))?.[1]).toEqual([8, 4]);
});

test('values that differ in case only are the same to that router', () => {
  const of = (value: string, headers: number) => ({ headers, exactHeaders: new Map([['x', value]]) });
  expect(orderOf(placed(0, prefix('/a'), of('Blue', 1)), placed(1, prefix('/a'), of('blue', 2)))).toBeUndefined();
  expect(orderOf(placed(0, prefix('/a'), of('red', 1)), placed(1, prefix('/a'), of('blue', 2)))).toBeDefined();
});

test.each<[string, PlacedRule]>([
  ['a parameter of the query', placed(0, { kind: 'all' }, { queryParams: 1 })],
  ['a class that changes in lower case', placed(0, { kind: 'all' }, { headers: 1, expressions: ['^(?:\\D+)$'] })],
  ['an expression that begins with no slash', placed(0, { kind: 'regex', value: '.*/b' })],
])('refused: %s', (_, match) => {
  expect(keepTraditionalOrder([match])).toBeUndefined();
});

test('alternatives get a slash in front', () => {
  expect(orderOf(placed(0, { kind: 'regex', value: '/a|/b' }))?.[0]).toEqual(['/(?:a|b)$']);
});
