import type { CoverageGroup, Overview, Service } from '@isthmus/contract';
import type { PlanBasis } from '../plan-record.ts';
import { type Acceptances, countAccepted } from './acceptances.ts';
import { isUnsettled } from './overrides.ts';
import { waveDaysOf } from './plan.ts';
import { isBlocked, type Presenter } from './services.ts';
import { addUp, noFindings, noOutcomes, type Translated } from './snapshot.ts';

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const noGroup = (): CoverageGroup => ({
  services: 0,
  blocked: 0,
  resources: 0,
  outcomes: noOutcomes(),
  findings: noFindings(),
  phases: {},
});

function countService(into: CoverageGroup, service: Service): void {
  into.services++;
  if (isBlocked(service)) into.blocked++;
  into.phases[service.phase] = (into.phases[service.phase] ?? 0) + 1;
}

/** Groups of services, with the resources that are about any of them, each counted once. */
function groupsOf<Key>(
  snapshot: Translated,
  services: readonly Service[],
  keyOf: (service: Service) => Key,
): [Key, CoverageGroup][] {
  return [...Map.groupBy(services, keyOf)].map(([key, members]) => {
    const group = noGroup();
    const about = new Set<number>();
    for (const service of members) {
      countService(group, service);
      for (const index of snapshot.concerns.get(service.id) ?? []) about.add(index);
    }
    group.resources = about.size;
    for (const index of about) {
      addUp(group.outcomes, snapshot.outcomes[index] ?? noOutcomes());
      addUp(group.findings, snapshot.findings[index] ?? noFindings());
    }
    return [key, group];
  });
}

/** What carries over and what blocks, of the whole snapshot and of what its parts have in common. */
export function overview(
  snapshot: Translated,
  present: Presenter,
  acceptances: Acceptances,
  basis: PlanBasis,
): Overview {
  const { translation, diagnostics } = snapshot;
  const { istio, skipped } = translation.estate;
  const services = snapshot.services.map(present);
  const { outcomes, findings, phases } = noGroup();
  const kinds = new Map<string, Overview['kinds'][number]>();
  const namespaces = new Map<string, Overview['namespaces'][number]>();
  const namespaceOf = (name: string): Overview['namespaces'][number] => {
    const known = namespaces.get(name) ?? { namespace: name, ...noGroup() };
    namespaces.set(name, known);
    return known;
  };
  for (const { severity } of diagnostics) findings[severity]++;
  for (const [index, { kind, namespace }] of istio.entries()) {
    const ofKind = kinds.get(kind) ?? { kind, count: 0, outcomes: noOutcomes(), findings: noFindings() };
    kinds.set(kind, ofKind);
    const ofNamespace = namespaceOf(namespace === '' ? 'default' : namespace);
    ofKind.count++;
    ofNamespace.resources++;
    const own = snapshot.outcomes[index] ?? noOutcomes();
    addUp(outcomes, own);
    for (const place of [ofKind, ofNamespace]) {
      addUp(place.outcomes, own);
      addUp(place.findings, snapshot.findings[index] ?? noFindings());
    }
  }
  for (const service of services) {
    countService(namespaceOf(service.namespace), service);
    phases[service.phase] = (phases[service.phase] ?? 0) + 1;
  }
  const days = waveDaysOf(snapshot, basis);
  const last = Number.POSITIVE_INFINITY;
  const count = (role: string): number => translation.emitted.filter((emitted) => emitted.role === role).length;
  return {
    resources: istio.length,
    carriedResources: snapshot.findings.filter(({ blocker }) => blocker === 0).length,
    outcomes,
    findings,
    phases,
    accepted: countAccepted(snapshot, acceptances).total,
    services: services.length,
    blockedServices: services.filter(isBlocked).length,
    emitted: count('resource'),
    drafts: count('draft'),
    patches: count('patch'),
    overrides: translation.overrides?.length ?? 0,
    unsettledOverrides: (translation.overrides ?? []).filter(isUnsettled).length,
    kinds: [...kinds.values()].sort((a, b) => byName(a.kind, b.kind)),
    namespaces: [...namespaces.values()].sort((a, b) => byName(a.namespace, b.namespace)),
    owners: groupsOf(snapshot, services, ({ owner }) => owner)
      .sort(([a], [b]) => byName(a, b))
      .map(([owner, group]) => ({ owner, ...group })),
    waves: groupsOf(snapshot, services, ({ wave }) => wave)
      .sort(([a], [b]) => (a ?? last) - (b ?? last))
      .map(([wave, group]) => {
        const day = wave === null ? undefined : days[wave - 1]?.day;
        return { wave, ...(day === undefined ? {} : { day }), ...group };
      }),
    skipped: skipped.slice(0, 1000),
    skippedTotal: skipped.length,
  };
}
