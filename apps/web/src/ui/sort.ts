/** By which column rows are sorted, and whether the largest comes first. */
export interface Sort {
  readonly id: string;
  readonly desc: boolean;
}

/** `-blockers` is the column `blockers`, largest first. Names that are no column's are ignored. */
export function parseSort(text: string | undefined, columns: readonly string[]): Sort | undefined {
  if (text === undefined) return undefined;
  const desc = text.startsWith('-');
  const id = desc ? text.slice(1) : text;
  return columns.includes(id) ? { id, desc } : undefined;
}

export const formatSort = (sort: Sort | undefined): string | undefined =>
  sort === undefined ? undefined : `${sort.desc ? '-' : ''}${sort.id}`;

/** The next state of a heading that is pressed: its first order, the other one, none. Numbers begin with the largest. */
export function nextSort(current: Sort | undefined, id: string, isNumber: boolean): Sort | undefined {
  if (current?.id !== id) return { id, desc: isNumber };
  return current.desc === isNumber ? { id, desc: !isNumber } : undefined;
}

/** Numbers by size, text by its characters. */
export const compareValues = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
