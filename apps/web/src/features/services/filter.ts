import type { Phase, Service } from '@isthmus/contract';
import { count, whole } from '../../text/format.ts';
import type { Search } from '../../ui/search.ts';
import { openBlockers } from '../../ui/status.tsx';
import { setOf } from '../../ui/use-search.ts';

/** Names in the address that narrow the list. */
export const filterNames = ['q', 'phase', 'wave', 'namespace', 'owner', 'findings', 'overrides'] as const;

/** A wave in addresses; services that stay in Istio are in none. */
export const waveName = ({ wave }: Pick<Service, 'wave'>): string => (wave === null ? 'none' : String(wave));

/** The services that an address asks for; the same list where it asks for all. */
export function filterServices(services: readonly Service[], search: Search): readonly Service[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const phases = setOf(search.phase);
  const { wave, namespace, owner, findings, overrides } = search;
  const isAll = !wave && !namespace && owner === undefined && !findings && !overrides;
  if (words.length === 0 && phases.size === 0 && isAll) return services;
  return services.filter(
    (service) =>
      (phases.size === 0 || phases.has(service.phase)) &&
      (!wave || waveName(service) === wave) &&
      (!namespace || service.namespace === namespace) &&
      (owner === undefined || service.owner === (owner === 'nobody' ? '' : owner)) &&
      (findings !== 'blocker' || openBlockers(service) > 0) &&
      (overrides !== 'some' || service.overrides.length > 0) &&
      words.every((word) => service.id.toLowerCase().includes(word) || service.owner.toLowerCase().includes(word)),
  );
}

export interface RollUp {
  readonly phases: ReadonlyMap<Phase, number>;
  readonly blocked: number;
  readonly overridden: number;
  /** As addresses name them, in their order. */
  readonly waves: readonly string[];
  readonly namespaces: readonly string[];
  readonly owners: readonly string[];
  readonly withoutOwner: number;
}

/** What the list counts as a whole. */
export function rollUp(services: readonly Service[]): RollUp {
  const phases = new Map<Phase, number>();
  const namespaces = new Set<string>();
  const owners = new Set<string>();
  const waves = new Set<number | null>();
  let blocked = 0;
  let overridden = 0;
  let withoutOwner = 0;
  for (const service of services) {
    const { phase, namespace, owner } = service;
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
    namespaces.add(namespace);
    if (owner === '') withoutOwner++;
    else owners.add(owner);
    waves.add(service.wave);
    if (openBlockers(service) > 0) blocked++;
    if (service.overrides.length > 0) overridden++;
  }
  const last = Number.POSITIVE_INFINITY;
  return {
    phases,
    blocked,
    overridden,
    waves: [...waves].sort((a, b) => (a ?? last) - (b ?? last)).map((wave) => waveName({ wave })),
    namespaces: [...namespaces].sort(),
    owners: [...owners].sort(),
    withoutOwner,
  };
}

/** Where the services stand, in a sentence with its denominator. */
export function answerOf({ phases, blocked }: RollUp, total: number): string {
  if (total === 0) return 'No service was found in this snapshot.';
  const moved = (phases.get('migrated') ?? 0) + (phases.get('retired') ?? 0);
  const stands = `${whole(moved)} of ${count(total, 'service')} ${total === 1 ? 'is' : 'are'} on Kong Mesh`;
  if (moved === total) return `${stands}.`;
  if (blocked > 0) return `${stands}; blockers concern ${whole(blocked)}.`;
  const others = moved > 0 ? 'the others' : total === 1 ? 'it' : 'them';
  return `${stands}; nothing blocks ${others}.`;
}
