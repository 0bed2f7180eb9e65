import type { AccessRow, AccessVerdict, Settings } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';
import { setOf } from '../../ui/use-search.ts';

export const filterNames = ['q', 'cluster', 'verdict', 'aspect', 'namespace'] as const;
export const verdicts: readonly AccessVerdict[] = ['wider', 'undecided', 'narrower', 'same'];
export const differences: readonly AccessVerdict[] = ['wider', 'undecided', 'narrower'];
export const aspects = ['access', 'transport'] as const;

/** Whether an address asks for what is the same, too: by itself it shows what differs only. */
export const showsSame = ({ same }: Search): boolean => same === 'shown';

/** What to look at first: what is wider, what is not known, what is narrower. */
export const byUrgency = (rows: readonly AccessRow[]): AccessRow[] =>
  rows.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict));

/** The rows that an address asks for. */
export function filterRows(rows: readonly AccessRow[], search: Search): readonly AccessRow[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = setOf(search.verdict);
  const { namespace, aspect } = search;
  return rows.filter((row) => {
    if (row.verdict === 'same' ? !showsSame(search) : wanted.size > 0 && !wanted.has(row.verdict)) return false;
    if (namespace && !row.workload.startsWith(`${namespace}/`)) return false;
    if (aspect && row.aspect !== aspect) return false;
    if (words.length === 0) return true;
    const text =
      `${row.workload}:${row.port} ${row.cluster ?? ''} ${row.callers.join(' ')} ${row.before} ${row.after}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many rows a filter would leave. */
export function countsOf(rows: readonly AccessRow[]): Readonly<Record<AccessVerdict, number>> {
  const counts: Record<AccessVerdict, number> = { wider: 0, undecided: 0, narrower: 0, same: 0 };
  for (const { verdict } of rows) counts[verdict]++;
  return counts;
}

/** The account a row's workload runs as, `<namespace>/<account>`; `<namespace>/` where it is not known. */
export const accountOf = ({ workload, account = '' }: AccessRow): string =>
  `${workload.slice(0, workload.indexOf('/'))}/${account}`;

/** How many pairs of caller and port are in some rows, and how many ports by the connections that they take. */
export interface Sums {
  readonly access: number;
  readonly transport: number;
}

export function sumsOf(rows: readonly AccessRow[]): Sums {
  const sums = { access: 0, transport: 0 };
  for (const { aspect, count } of rows) sums[aspect] += count;
  return sums;
}

/** Sums by account. */
export function sumsByAccount(rows: readonly AccessRow[]): ReadonlyMap<string, Sums> {
  return new Map(Array.from(Map.groupBy(rows, accountOf), ([key, members]) => [key, sumsOf(members)]));
}

const shownVerdicts = ['wider', 'undecided', 'narrower', 'accepted', 'same'] as const;
type ShownVerdict = (typeof shownVerdicts)[number];

/** Verdicts on pairs and ports that occur, what to look at first in front; what is accepted counts as that only. */
export function verdictsOf(rows: readonly AccessRow[]): readonly { verdict: ShownVerdict; count: number }[] {
  const counts = new Map<ShownVerdict, number>();
  for (const { verdict, accepted, count } of rows) {
    const shown = accepted === undefined ? verdict : 'accepted';
    counts.set(shown, (counts.get(shown) ?? 0) + count);
  }
  return shownVerdicts.flatMap((verdict) => {
    const count = counts.get(verdict);
    return count === undefined ? [] : [{ verdict, count }];
  });
}

/** A port by its number, or in words where it stands for all that nothing declares. */
export const portWord = (port: number): string => (port === 0 ? 'any other' : String(port));

/** What a caller may do on a port of a workload. */
export interface Cell {
  readonly before: string;
  readonly after: string;
  readonly verdict: AccessVerdict;
}

/** A caller, and what it may do on each port of a workload. */
export interface CallerRow {
  readonly caller: string;
  readonly bridge: boolean;
  readonly cells: ReadonlyMap<number, Cell>;
  /** The worst of its verdicts. */
  readonly verdict: AccessVerdict;
}

const isAccount = (caller: string): boolean => /^[^ `]+\/[^ `]+$/.test(caller);

/** The matrix of one workload: callers by namespace and account, those in words last; and its ports. */
export function matrixOf(rows: readonly AccessRow[]): { ports: readonly number[]; callers: readonly CallerRow[] } {
  const byCaller = new Map<string, { caller: string; bridge: boolean; cells: Map<number, Cell> }>();
  const ports = new Set<number>();
  for (const { aspect, callers, bridge = false, port, before, after, verdict } of rows) {
    if (aspect !== 'access') continue;
    ports.add(port);
    for (const caller of callers) {
      const key = `${caller}\n${bridge}`;
      const known = byCaller.get(key) ?? { caller, bridge, cells: new Map() };
      byCaller.set(key, known);
      known.cells.set(port, { before, after, verdict });
    }
  }
  const worst = (cells: Iterable<Cell>): AccessVerdict => {
    const found = new Set(Array.from(cells, ({ verdict }) => verdict));
    return verdicts.find((one) => found.has(one)) ?? 'same';
  };
  const callers = [...byCaller.values()]
    .map((one) => ({ ...one, verdict: worst(one.cells.values()) }))
    .sort(
      (a, b) =>
        Number(isAccount(b.caller)) - Number(isAccount(a.caller)) ||
        (a.caller < b.caller ? -1 : a.caller > b.caller ? 1 : Number(a.bridge) - Number(b.bridge)),
    );
  return { ports: [...ports].sort((a, b) => a - b), callers };
}

type Accepted = Settings['accepted'][number];

/** What a verdict that is accepted becomes in the settings: for the callers that were looked at, however many. */
export function acceptedFor(row: AccessRow, reason: string): Accepted {
  const { workload, port, aspect, verdict, callers } = row;
  return {
    service: workload,
    port,
    aspect,
    ...(verdict === 'same' ? {} : { verdict }),
    ...(aspect === 'access' ? { callers } : {}),
    reason,
  };
}

/** The settings without what accepts a row. */
export function withoutAcceptance(
  accepted: readonly Accepted[],
  { workload, port, aspect, verdict, callers }: AccessRow,
): Accepted[] {
  return accepted.filter(
    (one) =>
      one.service !== workload ||
      one.aspect !== aspect ||
      (one.port !== undefined && one.port !== port) ||
      (one.verdict ?? 'narrower') !== verdict ||
      (one.callers !== undefined && !callers.every((caller) => one.callers?.includes(caller))),
  );
}
