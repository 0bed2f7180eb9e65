import type { ResourceRow } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { filterResources } from './filter.ts';

const row = (index: number, change: Partial<ResourceRow>): ResourceRow => ({
  index,
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  namespace: 'sales',
  name: 'seats',
  file: 'sales/seats.yaml',
  line: 1,
  outcomes: { exact: 1, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 },
  findings: { blocker: 0, warning: 0, info: 0 },
  overrides: [],
  ...change,
});

const rows = [
  row(0, {}),
  row(1, {
    kind: 'Gateway',
    namespace: '',
    outcomes: { exact: 0, approximate: 0, unsupported: 2, inert: 0, untranslated: 1 },
  }),
  row(2, { name: 'crew', findings: { blocker: 1, warning: 0, info: 0 }, overrides: ['a'] }),
];
const indexes = (search: Parameters<typeof filterResources>[1]): number[] =>
  filterResources(rows, search).map(({ index }) => index);

test('nothing asked for is the very list', () => expect(filterResources(rows, { sort: 'name' })).toBe(rows));

test('filters narrow together', () => {
  expect(indexes({ kind: 'Gateway' })).toEqual([1]);
  expect(indexes({ namespace: 'default' })).toEqual([1]);
  expect(indexes({ outcome: 'exact,unsupported' })).toEqual([0, 1, 2]);
  expect(indexes({ outcome: 'untranslated' })).toEqual([1]);
  expect(indexes({ findings: 'blocker' })).toEqual([2]);
  expect(indexes({ overrides: 'some' })).toEqual([2]);
  expect(indexes({ q: 'virtual crew' })).toEqual([2]);
  expect(indexes({ outcome: 'nonsense' })).toEqual([]);
});
