import type { Call } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';
import { setOf } from '../../ui/use-search.ts';

export const filterNames = ['q', 'service', 'strength', 'kind', 'after'] as const;

/** What the kinds of evidence are called. */
export const kindWords: Readonly<Record<Call['evidence'][number]['kind'], string>> = {
  gateway: 'Gateway',
  route: 'Route',
  mirror: 'Mirror',
  client: 'Route for a client',
  egress: 'Sidecar',
  principal: 'Principal',
  environment: 'Environment',
  argument: 'Argument',
  observed: 'Observed',
};

export const strengthOf = ({ counts }: Call): 'ordering' | 'weak' => (counts ? 'ordering' : 'weak');

/** The calls that an address asks for, those that order the waves first. */
export function filterCalls(calls: readonly Call[], { q, service, strength, kind }: Search): readonly Call[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const strengths = setOf(strength);
  const found = calls.filter((call) => {
    const { from, to, evidence } = call;
    if (service && from !== service && to !== service) return false;
    if (strengths.size > 0 && !strengths.has(strengthOf(call))) return false;
    if (kind && !evidence.some((one) => one.kind === kind)) return false;
    if (words.length === 0) return true;
    const text = [from, to, ...evidence.flatMap(({ detail, file = '' }) => [detail, file])].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return [...found.filter(({ counts }) => counts), ...found.filter(({ counts }) => !counts)];
}

/**
 * The calls that cross between the meshes once a wave has moved.
 * @param waveOf the waves of services, from 1
 * @param staying services that stay in Istio; of what is in neither nothing is known
 */
export function crossingAfter(
  calls: readonly Call[],
  waveOf: ReadonlyMap<string, number>,
  staying: readonly string[],
  wave: number,
): readonly Call[] {
  const stays = new Set(staying);
  const isKnown = (id: string): boolean => waveOf.has(id) || stays.has(id);
  const hasMoved = (id: string): boolean => (waveOf.get(id) ?? Number.POSITIVE_INFINITY) <= wave;
  return calls.filter(
    ({ from, to, counts }) => counts && isKnown(from) && isKnown(to) && hasMoved(from) !== hasMoved(to),
  );
}
