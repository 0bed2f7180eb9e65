import type {
  Arrangement,
  Call,
  CallEvidence,
  Plan,
  PlanAssessment,
  PlanQuery,
  ResourceForm,
  PlanSettings as Stored,
} from '@isthmus/contract';
import type { Estate } from '@isthmus/istio';
import {
  assessWaves,
  hasUniversal,
  type PlanReport,
  type PlanSettings,
  type PresentedGraph,
  planInput,
  planReport,
  planWaves,
  presentGraph,
  type ReportedCall,
  type ReportedEvidence,
  type Schedule,
  type ServiceGraph,
  sentenceOfPlan,
  serviceGraph,
  type WaveDay,
  waveDays,
} from '@isthmus/migration';
import type { PlanBasis } from '../plan-record.ts';
import { choiceOf } from './one-cluster.ts';
import { keyOf, type Translated } from './snapshot.ts';

interface Known {
  /** The observed traffic that it was made with. */
  readonly observed: string;
  readonly graph: ServiceGraph;
  readonly presented: PresentedGraph;
  /** Indexes of Istio resources by file, kind, namespace and name. */
  readonly indexes: ReadonlyMap<string, number>;
  /** The plan as it was kept last. */
  kept?: { readonly settings: string; readonly report: PlanReport; readonly waveOf: ReadonlyMap<string, number> };
}

// The graph is that of the estate, whatever was overridden, and of the traffic; only the waves depend on what is asked for.
const known = new WeakMap<Estate, Known>();

function knownOf(snapshot: Translated, { observed }: Pick<PlanBasis, 'observed'>): Known {
  const key = JSON.stringify(observed);
  const { estate, settings } = snapshot.translation;
  const before = known.get(estate);
  if (before?.observed === key) return before;
  const graph = serviceGraph(estate, { ...settings, observed });
  const texts = new Map<string, string | undefined>();
  const presented = presentGraph(graph, (file) => {
    if (!texts.has(file)) texts.set(file, snapshot.textOf(file));
    return texts.get(file);
  });
  const indexes = new Map(estate.istio.map((resource, index) => [keyOf(resource, resource.source.file), index]));
  const made = { observed: key, graph, presented, indexes };
  known.set(estate, made);
  return made;
}

/** Who calls whom in a snapshot, with the traffic that was seen. */
export const graphOf = (snapshot: Translated, basis: PlanBasis): ServiceGraph => knownOf(snapshot, basis).graph;

const listed = (text: string): string[] => text.split(',').filter((part) => part !== '');

const kept = ({ order, most, oneNamespace, excluded, pinned, confidence }: Stored): PlanSettings => ({
  order,
  most: most ?? undefined,
  oneNamespace,
  excluded,
  pinned,
  confidence,
});

function asked(settings: PlanSettings, query: PlanQuery): PlanSettings {
  const { order, most, oneNamespace, excluded, pinned, confidence } = query;
  const pins = pinned === undefined ? undefined : listed(pinned).map((pin) => pin.split('=') as [string, string]);
  return {
    order: order ?? settings.order,
    most: most ?? settings.most,
    oneNamespace: oneNamespace ?? settings.oneNamespace,
    excluded: excluded === undefined ? settings.excluded : listed(excluded),
    pinned: pins === undefined ? settings.pinned : Object.fromEntries(pins.map(([id, wave]) => [id, Number(wave)])),
    confidence: confidence ?? settings.confidence,
  };
}

const scheduleOf = ({ start, everyDays, freezes }: Stored): Schedule => ({
  start: start ?? undefined,
  everyDays,
  freezes,
});

/** The plan of a snapshot as it is kept, worked out once for each change of what it has to keep to. */
function keptPlan(snapshot: Translated, basis: PlanBasis): NonNullable<Known['kept']> {
  const of = knownOf(snapshot, basis);
  const { arrangement } = basis.settings;
  const settings = kept(basis.settings);
  const key = JSON.stringify([settings, arrangement]);
  if (of.kept?.settings === key) return of.kept;
  const report = planReport(of.graph, of.presented, settings, arrangement ?? undefined);
  const waveOf = new Map(
    report.waves.flatMap(({ number, groups }) =>
      groups.flatMap(({ services }) => services.map((id) => [id, number] as const)),
    ),
  );
  of.kept = { settings: key, report, waveOf };
  return of.kept;
}

/** The plan as it is kept, or as it would be with what a query says: an arrangement holds only as long as nothing else is asked for. */
function reportOf(snapshot: Translated, basis: PlanBasis, query: PlanQuery): PlanReport {
  const isAsked = Object.values(query).some((value) => value !== undefined);
  if (!isAsked) return keptPlan(snapshot, basis).report;
  const { graph, presented } = knownOf(snapshot, basis);
  return planReport(graph, presented, asked(kept(basis.settings), query));
}

/** The services of each wave of the plan as it is kept, and their days. */
export function wavesOf(
  snapshot: Translated,
  basis: PlanBasis,
): { waves: string[][]; days: WaveDay[]; sentence: string } {
  const { report } = keptPlan(snapshot, basis);
  const waves = report.waves.map(({ groups }) => groups.flatMap(({ services }) => [...services]));
  return { waves, days: waveDaysOf(snapshot, basis), sentence: sentenceOfPlan(report) };
}

/** In which wave of the plan as it is kept each service moves; those that stay in Istio are absent. */
export const waveNumbers = (snapshot: Translated, basis: PlanBasis): ReadonlyMap<string, number> =>
  keptPlan(snapshot, basis).waveOf;

/** The days of the waves of the plan as it is kept; none where it has no start. */
export const waveDaysOf = (snapshot: Translated, basis: PlanBasis): WaveDay[] =>
  waveDays(keptPlan(snapshot, basis).report.waves.length, scheduleOf(basis.settings));

/** The forms that bundles of a plan come in. */
export const formsOf = ({ translation }: Translated, { settings }: PlanBasis): ResourceForm[] =>
  hasUniversal(translation.zones?.length ?? 1, settings.topology) ? ['kubernetes', 'universal'] : ['kubernetes'];

/** The plan of a snapshot's services. */
export function plan(snapshot: Translated, query: PlanQuery, basis: PlanBasis): Plan {
  const { indexes } = knownOf(snapshot, basis);
  const report = reportOf(snapshot, basis, query);
  const days = waveDays(report.waves.length, scheduleOf(basis.settings));
  const withIndex = (evidence: ReportedEvidence): CallEvidence => {
    const index = evidence.resource && indexes.get(keyOf(evidence.resource, evidence.file));
    return index === undefined ? evidence : { ...evidence, index };
  };
  const present = (call: ReportedCall): Call => ({ ...call, evidence: call.evidence.map(withIndex) });
  return {
    sentence: sentenceOfPlan(report),
    order: report.order,
    reason: report.reason,
    summary: report.summary,
    waves: report.waves.map((wave, index) => {
      const day = days[index];
      return {
        ...wave,
        namespaces: [...wave.namespaces],
        groups: wave.groups.map(({ services, circle, workloads }) => ({
          services: [...services],
          circle: [...circle],
          workloads: [...workloads],
        })),
        ...(day === undefined ? {} : { day: { day: day.day, behind: [...day.behind] } }),
      };
    }),
    forms: formsOf(snapshot, basis),
    clusters: choiceOf(snapshot),
    unkept: report.unkept.map((one) => ({ ...one, services: [...one.services] })),
    excluded: [...report.excluded],
    replaced: [...report.replaced],
    unconnected: [...report.unconnected],
    calls: report.calls.map(present),
    entries: report.entries.map(present),
    externals: report.externals.map(present),
  };
}

/** What follows from settings other than those that are kept, and from waves as somebody would arrange them. */
export function assessment(
  snapshot: Translated,
  { waves, settings: other }: Arrangement,
  basis: PlanBasis,
): PlanAssessment {
  const stored = { ...basis.settings, ...other };
  const settings = kept(stored);
  const graph = graphOf(snapshot, basis);
  const input = planInput(graph, settings);
  const arrangement = waves ?? stored.arrangement;
  const planned = arrangement === null ? planWaves(input, settings) : undefined;
  const found = assessWaves(input, planned?.waves.map(({ groups }) => groups.flat()) ?? arrangement ?? [], settings);
  const days = waveDays(found.waves.length, scheduleOf(stored));
  return {
    waves: found.waves.map((wave, index) => {
      const day = days[index];
      return {
        ...wave,
        services: [...wave.services],
        namespaces: [...wave.namespaces],
        ...(day === undefined ? {} : { day: { day: day.day, behind: [...day.behind] } }),
      };
    }),
    crossing: found.crossing,
    unkept: (planned ?? found).unkept.map((one) => ({ ...one, services: [...one.services] })),
  };
}
