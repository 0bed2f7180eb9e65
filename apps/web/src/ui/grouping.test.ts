import { expect, test } from 'vitest';
import { groupsOf, isFolded, linesOf, parseFolding } from './grouping.ts';
import { toggled } from './use-search.ts';

const rows = ['b1', 'a1', 'b2', 'c1', 'a2'];
const groups = groupsOf(rows, (row) => row.slice(0, 1));
const lines = (folded?: string): string[] =>
  linesOf(groups, parseFolding({ folded })).map((line) => (typeof line === 'string' ? line : line.key));

test('groups come in the order of their first rows, and keep the order of the rows in them', () => {
  expect(groups.map(({ key, rows: members }) => [key, ...members])).toEqual([
    ['b', 'b1', 'b2'],
    ['a', 'a1', 'a2'],
    ['c', 'c1'],
  ]);
  expect(groupsOf([], String)).toEqual([]);
});

test('a folded group keeps its heading', () => {
  expect(lines()).toEqual(['b', 'b1', 'b2', 'a', 'a1', 'a2', 'c', 'c1']);
  expect(lines('b')).toEqual(['b', 'a', 'a1', 'a2', 'c', 'c1']);
  expect(lines('*')).toEqual(['b', 'a', 'c']);
  expect(lines('*,c')).toEqual(['b', 'a', 'c', 'c1']);
  expect(lines('gone')).toEqual(lines());
});

test('a group is folded and unfolded again, also where all others are folded', () => {
  const after = (folded: string | undefined, key: string) => toggled(new Set(folded?.split(',')), key);
  expect(after(undefined, 'sales/web')).toBe('sales/web');
  expect(after('sales/web', 'sales/web')).toBeUndefined();
  const open = after('*', 'sales/web');
  expect(isFolded(parseFolding({ folded: open }), 'sales/web')).toBe(false);
  expect(isFolded(parseFolding({ folded: open }), 'sales/seats')).toBe(true);
  expect(after(open, 'sales/web')).toBe('*');
});

test('as many rows as an estate has fit one group', () => {
  const many = Array.from({ length: 200_000 }, (_, index) => index);
  expect(
    linesOf(
      groupsOf(many, () => 'all'),
      parseFolding({}),
    ),
  ).toHaveLength(200_001);
});
