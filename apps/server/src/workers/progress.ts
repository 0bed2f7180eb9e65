import type { Progress, ProgressGroup } from '@isthmus/contract';
import type { PhaseStep, ServiceState } from '@isthmus/store';
import type { PlanBasis } from '../plan-record.ts';
import { wavesOf } from './plan.ts';
import type { Translated } from './snapshot.ts';

/** What is known of the course of a migration. */
export interface Course {
  /** Every change of a phase, oldest first. */
  readonly steps: readonly PhaseStep[];
  /** Days (`YYYY-MM-DD`) of the first import, and today. */
  readonly first: string;
  readonly today: string;
  readonly basis: PlanBasis;
}

const initial = 'discovered';

/** What a service has in common with others, as a name. */
type Common = (service: { readonly id: string; readonly namespace: string }) => string;

/** At the end of each day on which something changed: how many of these services were in which phase. */
export function daysOf(services: readonly string[], { steps, first, today }: Omit<Course, 'basis'>): Progress['days'] {
  const phaseOf = new Map(services.map((id) => [id, initial]));
  const counts: Record<string, number> = services.length === 0 ? {} : { [initial]: services.length };
  const days = new Map<string, Record<string, number>>([[first, { ...counts }]]);
  for (const { service, at, phase } of steps) {
    const before = phaseOf.get(service);
    if (before === undefined) continue;
    phaseOf.set(service, phase);
    const left = (counts[before] ?? 0) - 1;
    if (left === 0) delete counts[before];
    else counts[before] = left;
    counts[phase] = (counts[phase] ?? 0) + 1;
    days.set(at.slice(0, 10), { ...counts });
  }
  days.set(today, { ...counts });
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, phases]) => ({ day, phases }));
}

/** Where the services stand and stood, by day, namespace, owner and wave. */
export function progress(
  snapshot: Translated,
  states: ReadonlyMap<string, ServiceState>,
  isBlocked: (service: string) => boolean,
  { basis, ...course }: Course,
): Progress {
  const { services } = snapshot;
  const waveOf = new Map(
    wavesOf(snapshot, basis).waves.flatMap((ids, index) => ids.map((id) => [id, String(index + 1)] as const)),
  );
  const groups = (common: Common): ProgressGroup[] => {
    const found = new Map<string, ProgressGroup>();
    for (const service of services) {
      const name = common(service);
      const group = found.get(name) ?? { name, services: 0, blocked: 0, phases: {} };
      found.set(name, group);
      const phase = states.get(service.id)?.phase ?? initial;
      group.services++;
      group.phases[phase] = (group.phases[phase] ?? 0) + 1;
      if (isBlocked(service.id)) group.blocked++;
    }
    return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  };
  return {
    services: services.length,
    days: daysOf(
      services.map(({ id }) => id),
      course,
    ),
    namespaces: groups(({ namespace }) => namespace),
    owners: groups(({ id }) => states.get(id)?.owner ?? ''),
    waves: groups(({ id }) => waveOf.get(id) ?? ''),
  };
}
