import type { BehaviourRow, BehaviourState } from '@isthmus/contract';
import { count, whole } from '../../text/format.ts';
import type { Search } from '../../ui/search.ts';
import { setOf } from '../../ui/use-search.ts';
import type { BehaviourSoFar } from './queries.ts';

export const filterNames = ['q', 'cluster', 'verdict', 'aspect', 'namespace'] as const;
export const aspects = ['routing', 'resilience'] as const;

/** What a row can be filtered by: its verdicts, and whether one was foretold by no finding. */
export const filterable = ['unpredicted', 'differs', 'undecided', 'accepted', 'same'] as const;
export type Filterable = (typeof filterable)[number];

const rank: Readonly<Record<BehaviourState, number>> = { differs: 1, undecided: 2, accepted: 3, same: 4 };

export const isUnpredicted = ({ routing, resilience }: BehaviourRow): boolean =>
  routing.unpredicted + resilience.unpredicted > 0;

/** The worse of a row's verdicts. */
export const worstOf = ({ routing, resilience }: BehaviourRow): BehaviourState =>
  rank[routing.verdict] <= rank[resilience.verdict] ? routing.verdict : resilience.verdict;

/** Whether somebody has yet to mend or accept what it does otherwise, or what nobody could decide. */
export const hasOpenVerdict = (row: BehaviourRow): boolean => ['differs', 'undecided'].includes(worstOf(row));

/** What to look at first: what no finding foretold, then what differs, then the rest. */
export function byUrgency(rows: readonly BehaviourRow[]): BehaviourRow[] {
  const of = (row: BehaviourRow): number => (isUnpredicted(row) ? 0 : rank[worstOf(row)]);
  return rows.toSorted((a, b) => of(a) - of(b));
}

/** The rows that an address asks for. */
export function filterRows(rows: readonly BehaviourRow[], search: Search): readonly BehaviourRow[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = setOf(search.verdict);
  const looked = aspects.filter((aspect) => !search.aspect || search.aspect === aspect);
  const { namespace } = search;
  if (words.length === 0 && wanted.size === 0 && !namespace) return rows;
  return rows.filter((row) => {
    if (namespace && !row.service.startsWith(`${namespace}/`)) return false;
    const meets = (aspect: (typeof aspects)[number]): boolean =>
      wanted.has(row[aspect].verdict) || (wanted.has('unpredicted') && row[aspect].unpredicted > 0);
    if (wanted.size > 0 && !looked.some(meets)) return false;
    const text = `${row.service} ${row.routing.sentence} ${row.resilience.sentence}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many services a filter would leave. */
export function countsOf(
  rows: readonly BehaviourRow[],
  aspect: string | undefined,
): Readonly<Record<Filterable, number>> {
  const counts: Record<Filterable, number> = { unpredicted: 0, differs: 0, undecided: 0, accepted: 0, same: 0 };
  for (const row of rows) {
    const looked = aspects.filter((one) => !aspect || aspect === one);
    for (const state of new Set(looked.map((one) => row[one].verdict))) counts[state]++;
    if (looked.some((one) => row[one].unpredicted > 0)) counts.unpredicted++;
  }
  return counts;
}

/**
 * The page's answer: "Kong Mesh treats every request to 12 of 15 services as Istio does; …".
 * @param cluster the one that is chosen
 */
export function answerOf({ complete, verified, rows, clusters }: BehaviourSoFar, cluster?: string): string {
  if (complete && rows.length === 0)
    return 'The snapshot holds no Service that takes requests, so that there is nothing to compare.';
  const same = rows.filter((row) => worstOf(row) === 'same').length;
  const differs = rows.filter((row) => worstOf(row) === 'differs').length;
  const undecided = rows.filter((row) => worstOf(row) === 'undecided').length;
  const accepted = rows.filter((row) => worstOf(row) === 'accepted').length;
  const surprising = rows.filter(isUnpredicted).length;
  const nothing = verified - rows.length;
  const of = complete ? count(rows.length, 'service') : `the ${count(rows.length, 'service')} compared so far`;
  const parts = [
    same === rows.length && complete
      ? `Proven: Kong Mesh treats every request to ${same === 1 ? 'the service' : `all ${of}`} as Istio does`
      : `Kong Mesh treats every request to ${whole(same)} of ${of} as Istio does`,
    ...(differs === 0 ? [] : [`${whole(differs)} ${differs === 1 ? 'differs' : 'differ'}, each shown by a request`]),
    ...(undecided === 0 ? [] : [`${whole(undecided)} ${undecided === 1 ? 'is' : 'are'} undecided`]),
    ...(accepted === 0 ? [] : [`${whole(accepted)} ${accepted === 1 ? 'is' : 'are'} accepted as different`]),
    ...(nothing === 0 ? [] : [`${whole(nothing)} more ${nothing === 1 ? 'takes' : 'take'} no requests`]),
  ];
  const surprise =
    surprising === 0 ? '' : ` No finding foretold a difference of ${count(surprising, 'service')}: look there first.`;
  const scoped = rows.some(({ notCompared }) => notCompared > 0)
    ? ' Clients that Istio keeps from knowing a service are not compared.'
    : '';
  const each =
    clusters.length === 0
      ? ''
      : cluster
        ? ` Only what cluster ${cluster} holds is compared.`
        : ' Each cluster is compared by itself.';
  return `${parts.join('; ')}.${surprise}${scoped}${each}`;
}
