import type { Progress, ProgressGroup, ProgressQuery, Service } from '@isthmus/contract';
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
  readonly query: ProgressQuery;
}

const initial = 'discovered';

type Days = Pick<Course, 'steps' | 'first' | 'today'>;

/** What services have in common, as a name. */
const commons: Readonly<Record<NonNullable<ProgressQuery['by']>, (service: Service) => string>> = {
  namespace: ({ namespace }) => namespace,
  owner: ({ owner }) => owner,
  wave: ({ wave }) => (wave === null ? '' : String(wave)),
};

/** At the end of each day on which something changed: how many of these services were in which phase. */
export function daysOf(services: readonly string[], { steps, first, today }: Days): Progress['days'] {
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
  present: Presenter,
  { query, ...course }: Days & Pick<Course, 'query'>,
): Progress {
  const services = snapshot.services.map(present);
  const { by, name: wanted = '' } = query;
  const asked = by === undefined ? services : services.filter((service) => commons[by](service) === wanted);
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
    services: asked.length,
    days: daysOf(
      asked.map(({ id }) => id),
      course,
    ),
    namespaces: groups(commons.namespace),
    owners: groups(commons.owner),
    waves: groups(commons.wave),
  };
}
