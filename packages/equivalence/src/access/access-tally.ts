import type { Rule } from '@isthmus/behavior';
import type { VerdictRow } from '../verdict-row.ts';
import type { AccessVerdict } from './compare-access.ts';

/** A verdict on who may call a port, or on how connections come to it, as reports and screens show it. */
export interface AccessRow {
  readonly aspect: 'access' | 'transport';
  /** The workload that is called, `<namespace>/<name>`. */
  readonly workload: string;
  /** 0 stands for every port that neither a Service nor a container declares. */
  readonly port: number;
  /** How many callers are treated alike; 1 for `transport`, where it is the port that counts. */
  readonly count: number;
  /** Who they are, as many as were asked for: `<namespace>/<account>`, or in words where it is nobody's account. */
  readonly callers: readonly string[];
  /** Whether the callers come with a certificate of Istio, as during the bridge. */
  readonly bridge?: true;
  readonly before: string;
  readonly after: string;
  readonly verdict: AccessVerdict;
  readonly sentence: string;
  /** A request that Istio refuses and Kong Mesh lets through. */
  readonly request?: string;
  /** In a phase of the migration: the way of the calls that `after` is about, and whom the server sees. */
  readonly way?: string;
  /** Why it is undecided. */
  readonly reason?: string;
  /** What decides; absent where no policy does. */
  readonly rules?: { readonly before: readonly Rule[]; readonly after: readonly Rule[] };
  /** Of a verdict other than *same*: the codes of the findings that foretold it; none is the worst of all. */
  readonly predictedBy?: readonly string[];
  /** Why somebody accepted it. */
  readonly accepted?: string;
}

/** Tells verdicts on access and transport from those on what requests meet. */
export const isAccessRow = (row: AccessRow | VerdictRow): row is AccessRow => 'workload' in row;

/** How many pairs of caller and port, or ports, are of which verdict; accepted ones are counted apart. */
export type AccessTally = Readonly<Record<AccessRow['aspect'], Readonly<Record<AccessVerdict | 'accepted', number>>>>;

const nothing = (): Record<AccessVerdict | 'accepted', number> => ({
  same: 0,
  narrower: 0,
  wider: 0,
  undecided: 0,
  accepted: 0,
});

/** Counts pairs of caller and port, and ports. */
export function tallyAccess(rows: Iterable<AccessRow>): AccessTally {
  const counts = { access: nothing(), transport: nothing() };
  for (const { aspect, verdict, count, accepted } of rows)
    counts[aspect][accepted === undefined ? verdict : 'accepted'] += count;
  return counts;
}

/** A number with its thousands apart, as screens write it: by hand, as the tables of a language take long to load. */
export const whole = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');

const some = (count: number, noun: string): string => `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;

/** The answer to the question whether access widens: "Nobody can call what they could not before: 412 pairs the same, 12 narrower." */
export function answerOf({ access }: AccessTally): string {
  const { same, narrower, wider, undecided, accepted } = access;
  const rest = [
    `${some(same, 'pair')} the same`,
    ...(narrower > 0 ? [`${whole(narrower)} narrower`] : []),
    ...(undecided > 0 && wider > 0 ? [`${whole(undecided)} undecided`] : []),
    ...(accepted > 0 ? [`${whole(accepted)} accepted`] : []),
  ].join(', ');
  if (wider > 0) return `${some(wider, 'pair')} of caller and port can call what they could not before: ${rest}.`;
  if (undecided > 0)
    return `Whether somebody can call what they could not before is undecided for ${some(undecided, 'pair')}: ${rest}.`;
  if (same + narrower + accepted === 0)
    return 'Nothing can be compared: the import holds no workload whose ports are known.';
  const but = accepted > 0 ? ', but for what is accepted' : '';
  return `Nobody can call what they could not before${but}: ${rest}.`;
}
