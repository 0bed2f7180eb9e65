import type { Column } from './data-table.tsx';
import { compareValues, type Sort } from './sort.ts';

/** A cell of a table; what a spreadsheet would take for a formula is kept from being one. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What a table shows as comma-separated values (RFC 4180): its columns in their order, its rows in theirs. */
export function csvOf<Row extends object>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  sort: Sort | undefined,
): string {
  const by = columns.find(({ id }) => id === sort?.id);
  const ordered =
    by === undefined
      ? rows
      : rows.toSorted((a, b) => compareValues(by.value(a), by.value(b)) * (sort?.desc === true ? -1 : 1));
  const lines = [
    columns.map(({ title }) => cell(title)),
    ...ordered.map((row) => columns.map(({ value, text = value }) => cell(text(row)))),
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** Hands a text over as a file. */
export function saveText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Once the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
