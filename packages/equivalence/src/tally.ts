import type { Aspect } from './difference.ts';
import type { VerdictRow } from './verdict-row.ts';

/** How many verdicts of an aspect are of which kind; accepted ones are counted apart. */
export interface AspectTally {
  readonly same: number;
  readonly differs: number;
  readonly undecided: number;
  /** Differences and undecided ones that somebody accepted. */
  readonly accepted: number;
  /** Differences, accepted or not, that no finding predicted. */
  readonly unpredicted: number;
}

export type Tally = Readonly<Record<Aspect, AspectTally>>;

export const aspects: readonly Aspect[] = ['routing', 'resilience'];

const nothing = (): { -readonly [Key in keyof AspectTally]: number } => ({
  same: 0,
  differs: 0,
  undecided: 0,
  accepted: 0,
  unpredicted: 0,
});

/** Whether a difference was foretold by no finding. */
export const isUnpredicted = ({ verdict, predictedBy = [] }: VerdictRow): boolean =>
  verdict === 'differs' && predictedBy.length === 0;

/** Whether somebody still has to look at it. */
export const isOpen = ({ verdict, accepted }: VerdictRow): boolean => verdict !== 'same' && accepted === undefined;

/** Counts verdicts. */
export function tally(rows: Iterable<VerdictRow>): Tally {
  const counts = { routing: nothing(), resilience: nothing() };
  for (const row of rows) {
    const of = counts[row.aspect];
    of[row.accepted === undefined ? row.verdict : 'accepted']++;
    if (isUnpredicted(row)) of.unpredicted++;
  }
  return counts;
}

/** The verdicts of a service on one aspect as one. */
export interface AspectSummary {
  /** The worst of them that nobody accepted, or `accepted` where nothing else is left beside *same*. */
  readonly verdict: 'same' | 'differs' | 'undecided' | 'accepted';
  /** Of these ports and groups of clients so many are the same, and so many are not. */
  readonly same: number;
  readonly others: number;
  readonly unpredicted: number;
  /** What the first that is not the same says. */
  readonly sentence: string;
}

/** A service as one row. */
export interface ServiceSummary extends Readonly<Record<Aspect, AspectSummary>> {
  readonly service: string;
  readonly ports: readonly number[];
}

const rank = { differs: 0, undecided: 1, accepted: 2, same: 3 } as const;
const stateOf = ({ verdict, accepted }: VerdictRow): AspectSummary['verdict'] =>
  accepted === undefined ? verdict : 'accepted';

/** Sums the verdicts of one service up. */
export function summarise(service: string, rows: readonly VerdictRow[]): ServiceSummary {
  const of = (aspect: Aspect): AspectSummary => {
    const own = rows.filter((row) => row.aspect === aspect);
    const [worst] = own.toSorted(
      (a, b) => rank[stateOf(a)] - rank[stateOf(b)] || Number(isUnpredicted(b)) - Number(isUnpredicted(a)),
    );
    const same = own.filter(({ verdict }) => verdict === 'same').length;
    return {
      verdict: worst === undefined ? 'same' : stateOf(worst),
      same,
      others: own.length - same,
      unpredicted: own.filter(isUnpredicted).length,
      sentence: worst?.sentence ?? 'Nothing to compare.',
    };
  };
  return {
    service,
    ports: [...new Set(rows.map(({ port }) => port))].sort((a, b) => a - b),
    routing: of('routing'),
    resilience: of('resilience'),
  };
}
