import type { Progress, ProgressGroup, Service } from '@isthmus/contract';
import type { PhaseStep } from '@isthmus/store';
import type { PlanBasis } from '../plan-record.ts';
import { isBlocked, type Presenter } from './services.ts';
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
export function progress(snapshot: Translated, present: Presenter, course: Omit<Course, 'basis'>): Progress {
  const services = snapshot.services.map(present);
  const groups = (commonOf: (service: Service) => string): ProgressGroup[] => {
    const found = new Map<string, ProgressGroup>();
    for (const service of services) {
      const name = commonOf(service);
      const group = found.get(name) ?? { name, services: 0, blocked: 0, phases: {} };
      found.set(name, group);
      group.services++;
      group.phases[service.phase] = (group.phases[service.phase] ?? 0) + 1;
      if (isBlocked(service)) group.blocked++;
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
    owners: groups(({ owner }) => owner),
    waves: groups(({ wave }) => (wave === null ? '' : String(wave))),
  };
}
