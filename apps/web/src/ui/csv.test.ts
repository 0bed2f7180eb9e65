import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';
import type { Column } from './data-table.tsx';

interface Row {
  readonly name: string;
  readonly rank: number;
}
const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'Name, full', width: [1, 1], value: ({ name }) => name },
  {
    id: 'rank',
    title: 'Rank',
    width: [1, 1],
    value: ({ rank }) => rank,
    text: ({ rank }) => ['low', 'high'][rank] ?? '',
  },
];
const rows = [
  { name: 'b', rank: 0 },
  { name: '=HYPERLINK("x")', rank: 1 },
];

test('a table becomes comma-separated values in its own order, with what is read and not what is sorted by', () => {
  expect(csvOf(columns, rows, undefined)).toBe('"Name, full",Rank\r\nb,low\r\n"\'=HYPERLINK(""x"")",high\r\n');
  expect(csvOf(columns, rows, { id: 'rank', desc: true }).split('\r\n')[1]).toContain('HYPERLINK');
  expect(rows[0]?.name).toBe('b');
  expect(csvOf(columns.slice(1), [{ name: 'x', rank: 1 }], undefined)).toBe('Rank\r\nhigh\r\n');
});

test('negative numbers stay numbers, text that begins like a formula does not', () => {
  const column = (value: string | number): Column<Row> => ({ id: 'v', title: 'v', width: [1, 1], value: () => value });
  expect(csvOf([column(-3)], rows.slice(0, 1), undefined)).toBe('v\r\n-3\r\n');
  expect(csvOf([column('-3')], rows.slice(0, 1), undefined)).toBe("v\r\n'-3\r\n");
});
