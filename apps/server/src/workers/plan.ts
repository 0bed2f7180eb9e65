import type { Call, CallEvidence, Plan, PlanQuery } from '@isthmus/contract';
import {
  defaultPlanSettings,
  type PlanSettings,
  type PresentedGraph,
  planReport,
  presentGraph,
  type ReportedCall,
  type ReportedEvidence,
  type ServiceGraph,
  sentenceOfPlan,
  serviceGraph,
} from '@isthmus/migration';
import { keyOf, type Translated } from './snapshot.ts';

interface Known {
  readonly graph: ServiceGraph;
  readonly presented: PresentedGraph;
  /** Indexes of Istio resources by file, kind, namespace and name. */
  readonly indexes: ReadonlyMap<string, number>;
}

// The graph is that of the snapshot; only the waves depend on what is asked for.
const known = new WeakMap<Translated, Known>();

function graphOf(snapshot: Translated): Known {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const { estate, settings } = snapshot.translation;
  const graph = serviceGraph(estate, settings);
  const texts = new Map<string, string | undefined>();
  const presented = presentGraph(graph, (file) => {
    if (!texts.has(file)) texts.set(file, snapshot.textOf(file));
    return texts.get(file);
  });
  const indexes = new Map(estate.istio.map((resource, index) => [keyOf(resource, resource.source.file), index]));
  const made = { graph, presented, indexes };
  known.set(snapshot, made);
  return made;
}

const listed = (text = ''): string[] => text.split(',').filter((part) => part !== '');

function settingsOf({ order, most, oneNamespace, excluded, pinned, confidence }: PlanQuery): PlanSettings {
  const pins = listed(pinned).map((pin) => pin.split('=') as [string, string]);
  return {
    order: order ?? defaultPlanSettings.order,
    most,
    oneNamespace: oneNamespace ?? false,
    excluded: listed(excluded),
    pinned: Object.fromEntries(pins.map(([id, wave]) => [id, Number(wave)])),
    confidence: confidence ?? defaultPlanSettings.confidence,
  };
}

/** The plan of a snapshot's services. */
export function plan(snapshot: Translated, query: PlanQuery): Plan {
  const { graph, presented, indexes } = graphOf(snapshot);
  const report = planReport(graph, presented, settingsOf(query));
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
    waves: report.waves.map((wave) => ({
      ...wave,
      namespaces: [...wave.namespaces],
      groups: wave.groups.map(({ services, circle, workloads }) => ({
        services: [...services],
        circle: [...circle],
        workloads: [...workloads],
      })),
    })),
    unkept: report.unkept.map((one) => ({ ...one, services: [...one.services] })),
    excluded: [...report.excluded],
    replaced: [...report.replaced],
    unconnected: [...report.unconnected],
    calls: report.calls.map(present),
    entries: report.entries.map(present),
    externals: report.externals.map(present),
  };
}
