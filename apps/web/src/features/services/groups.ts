import { phases, type Service } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';
import { compareValues } from '../../ui/sort.ts';
import { waveName } from './filter.ts';

/** What services can be grouped by. */
export const groupNames = ['wave', 'namespace', 'owner', 'phase'] as const;
export type GroupName = (typeof groupNames)[number];

export const groupNameIn = ({ group }: Search): GroupName | undefined => groupNames.find((name) => name === group);

/** Names the group of a service. */
export const groupKeys: Readonly<Record<GroupName, (service: Service) => string>> = {
  wave: waveName,
  namespace: ({ namespace }) => namespace,
  owner: ({ owner }) => owner,
  phase: ({ phase }) => phase,
};

/** What the heading of a group says. */
export function groupTitle(by: GroupName, key: string): string {
  if (by === 'wave') return key === 'none' ? 'Stays in Istio' : `Wave ${key}`;
  if (by === 'owner') return key === '' ? 'Without an owner' : `Owner ${key}`;
  return by === 'phase' ? key : `Namespace ${key}`;
}

const placeOf: Readonly<Record<GroupName, (service: Service) => string | number>> = {
  wave: ({ wave }) => wave ?? Number.POSITIVE_INFINITY,
  namespace: ({ namespace }) => namespace,
  // Who belongs to nobody comes last.
  owner: ({ owner }) => (owner === '' ? '\uffff' : owner),
  phase: ({ phase }) => phases.indexOf(phase),
};

/** Services in the order of their groups. Where they are sorted otherwise, each group stands where its first service does. */
export function inGroupOrder(services: readonly Service[], by: GroupName | undefined): readonly Service[] {
  if (by === undefined) return services;
  const of = placeOf[by];
  return services.toSorted((a, b) => compareValues(of(a), of(b)));
}
