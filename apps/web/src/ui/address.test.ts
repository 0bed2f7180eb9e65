import { expect, test } from 'vitest';
import { parseSearch, stringifySearch } from './search.ts';
import { formatSort, nextSort, parseSort } from './sort.ts';
import { setOf, toggled } from './use-search.ts';

test('addresses are written for people and read back as they were', () => {
  const search = { service: 'sales/seats', phase: 'bridged,shifting', q: 'a b&c=ü"%', gone: undefined, empty: '' };
  const text = stringifySearch(search);
  expect(text).toBe('?service=sales/seats&phase=bridged,shifting&q=a%20b%26c%3D%C3%BC%22%25');
  expect(parseSearch(text)).toEqual({ service: 'sales/seats', phase: 'bridged,shifting', q: 'a b&c=ü"%' });
  expect(stringifySearch({})).toBe('');
});

test('numbers and words stay text', () => {
  expect(parseSearch('?resource=3&q=true')).toEqual({ resource: '3', q: 'true' });
});

test('a sort is a column, with a minus where the largest comes first', () => {
  expect(parseSort('-blockers', ['name', 'blockers'])).toEqual({ id: 'blockers', desc: true });
  expect(parseSort('name', ['name'])).toEqual({ id: 'name', desc: false });
  expect(parseSort('__proto__', ['name'])).toBeUndefined();
  expect(parseSort(undefined, ['name'])).toBeUndefined();
  expect(formatSort({ id: 'name', desc: true })).toBe('-name');
  expect(formatSort(undefined)).toBeUndefined();
});

test('a heading goes through its orders and back to none', () => {
  const first = nextSort(undefined, 'blockers', true);
  expect(first).toEqual({ id: 'blockers', desc: true });
  const second = nextSort(first, 'blockers', true);
  expect(second).toEqual({ id: 'blockers', desc: false });
  expect(nextSort(second, 'blockers', true)).toBeUndefined();
  expect(nextSort(first, 'name', false)).toEqual({ id: 'name', desc: false });
});

test('chips add and remove members of a set in one order', () => {
  expect(toggled(setOf('warning'), 'blocker')).toBe('blocker,warning');
  expect(toggled(setOf('blocker,warning'), 'warning')).toBe('blocker');
  expect(toggled(setOf('blocker'), 'blocker')).toBeUndefined();
  expect([...setOf('')]).toEqual([]);
});
