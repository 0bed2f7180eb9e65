import { expect, test } from 'vitest';
import { chosenColumns, columnsFor, formatColumns } from './columns.tsx';
import { viewed } from './viewed.ts';

const all = columnsFor('m', new Map(), undefined);
const ids = (columns: string | undefined): string[] => chosenColumns(all, columns).map(({ id }) => id);

test('an address chooses columns; the name of a service is always one of them, and what is no column is none', () => {
  expect(ids(undefined)).toContain('fields');
  expect(ids(undefined)).not.toContain('note');
  expect(ids('phase,nonsense')).toEqual(['name', 'phase']);
  expect(ids('note,phase')).toEqual(['name', 'phase', 'note']);
});

test('the usual choice needs nothing in the address', () => {
  expect(formatColumns(all, new Set(ids(undefined)))).toBeUndefined();
  expect(formatColumns(all, new Set(['phase']))).toBe('name,phase');
});

test('a view is what is filtered, sorted and shown, not where the cursor is', () => {
  expect(viewed({ q: 'a', at: 'sales/seats', columns: 'name', page: '2' })).toEqual({
    q: 'a',
    columns: 'name',
    findings: undefined,
    group: undefined,
    namespace: undefined,
    overrides: undefined,
    owner: undefined,
    phase: undefined,
    sort: undefined,
    wave: undefined,
  });
});
