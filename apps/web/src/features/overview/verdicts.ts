import type { BehaviourRow, BehaviourState, Service } from '@isthmus/contract';
import { count, whole } from '../../text/format.ts';
import { worstOf } from '../behaviour/rows.ts';

/** Services by their worse verdict. */
export type VerdictCounts = Readonly<Record<BehaviourState, number>>;

const none = (): Record<BehaviourState, number> => ({ same: 0, differs: 0, undecided: 0, accepted: 0 });

/** Services by their worse verdict, of all that are compared. */
export function verdictCounts(rows: readonly BehaviourRow[]): VerdictCounts {
  const counts = none();
  for (const row of rows) counts[worstOf(row)]++;
  return counts;
}

/**
 * The same by what services have in common.
 * @param services undefined where a service's id is enough, which begins with its namespace
 */
export function verdictsBy(
  rows: readonly BehaviourRow[],
  services: readonly Service[] | undefined,
  keyOf: (service: Service) => string,
): ReadonlyMap<string, VerdictCounts> {
  const keys = services && new Map(services.map((service) => [service.id, keyOf(service)]));
  const groups = new Map<string, Record<BehaviourState, number>>();
  for (const row of rows) {
    const key = keys === undefined ? row.service.slice(0, row.service.indexOf('/')) : keys.get(row.service);
    if (key === undefined) continue;
    const counts = groups.get(key) ?? none();
    groups.set(key, counts);
    counts[worstOf(row)]++;
  }
  return groups;
}

/** How traffic will behave, with the denominator and as far as it is known. */
export function verdictSentence(
  counts: VerdictCounts,
  { verified, services }: { verified: number; services: number },
): string {
  const all = counts.same + counts.differs + counts.undecided + counts.accepted;
  const isWhole = verified === services;
  if (all === 0) return isWhole ? 'No service of this snapshot takes requests that could be compared.' : '';
  const parts = [
    `Kong Mesh treats every request to ${whole(counts.same)} of ${count(all, 'service')} as Istio does`,
    `${whole(counts.differs)} ${counts.differs === 1 ? 'differs' : 'differ'}`,
    `${whole(counts.undecided)} ${counts.undecided === 1 ? 'is' : 'are'} undecided`,
    ...(counts.accepted === 0
      ? []
      : [`${whole(counts.accepted)} ${counts.accepted === 1 ? 'is' : 'are'} accepted as different`]),
  ];
  const left = isWhole ? '' : ` ${whole(services - verified)} of ${count(services, 'service')} are not compared yet.`;
  return `${parts.join('; ')}.${left}`;
}
