/** A row of the table of what is translated: `docs/status.md`, the one place where people write it. */
export interface StatusRow {
  readonly istio: string;
  readonly kong: string;
  readonly forms: string;
}

/** The rows of the first table of a Markdown text with three columns; empty where it has none. */
export function statusRows(markdown: string): StatusRow[] {
  const rows: StatusRow[] = [];
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) {
      if (rows.length > 0) break;
      continue;
    }
    const [istio = '', kong = '', forms = ''] = line
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim());
    rows.push({ istio, kong, forms });
  }
  // Heading and rule.
  return rows.slice(2);
}

/** For each row the kinds that it is about, each kind once: where a row begins with its name, else where it is first named. */
export function kindsByRow(rows: readonly StatusRow[], known: readonly string[]): string[][] {
  const named = rows.map(({ istio }) => istio.split(/[^A-Za-z]+/).map((word) => word.replace(/s$/, '')));
  const rowOf = (kind: string): number => {
    const own = named.findIndex(([first]) => first === kind);
    return own === -1 ? named.findIndex((words) => words.includes(kind)) : own;
  };
  return rows.map((_, index) => known.filter((kind) => rowOf(kind) === index));
}
