/** A cell of a table; what a spreadsheet would take for a formula is kept from being one. */
export function cell(value: string | number): string {
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as comma-separated values (RFC 4180). */
export const csv = (heads: readonly string[], rows: Iterable<readonly (string | number)[]>): string =>
  [heads, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
