import type { Search } from './search.ts';
import { setOf } from './use-search.ts';

/** Rows that stand under one heading; `id` is that of its line in the table. */
export interface Group<Row> {
  readonly id: string;
  readonly key: string;
  readonly rows: readonly Row[];
}

/** Which groups are folded: the ones named, or all but the ones named. */
export interface Folding {
  readonly isAll: boolean;
  readonly keys: ReadonlySet<string>;
}

/** Groups in the order of their first rows, so that what is sorted to the top brings its group along. */
export function groupsOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Group<Row>[] {
  return [...Map.groupBy(rows, keyOf)].map(([key, members]) => ({ id: `group ${key}`, key, rows: members }));
}

/** The lines of a table: each heading, and its rows where it is not folded. */
export function linesOf<Row>(groups: readonly Group<Row>[], folding: Folding): readonly (Group<Row> | Row)[] {
  const lines: (Group<Row> | Row)[] = [];
  for (const group of groups) {
    lines.push(group);
    // One by one: a group may hold more rows than a call takes arguments.
    if (!isFolded(folding, group.key)) for (const row of group.rows) lines.push(row);
  }
  return lines;
}

export const isFolded = ({ isAll, keys }: Folding, key: string): boolean => keys.has(key) !== isAll;

/** `a,b`: these are folded; `*,a,b`: all but these. */
export function parseFolding({ folded }: Search): Folding {
  const names = setOf(folded);
  return { isAll: names.has('*'), keys: new Set([...names].filter((name) => name !== '*')) };
}
