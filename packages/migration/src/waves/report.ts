import { locate } from '@isthmus/kubernetes';
import type { Evidence, EvidenceKind, ServiceEdge, ServiceGraph, Shared } from '../graph/edge.ts';
import type { Replaced } from '../graph/replaced.ts';
import { assessWaves } from './arrangement.ts';
import { circleOf } from './circle.ts';
import { type Plan, type PlanInput, planWaves, type Unkept } from './plan.ts';
import { type Order, type PlanSettings, reasonOf } from './settings.ts';

/** Evidence with its place in the input. */
export interface ReportedEvidence {
  readonly kind: EvidenceKind;
  readonly confidence: number;
  readonly detail: string;
  readonly resource?: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: string;
}

export interface ReportedCall {
  readonly from: string;
  readonly to: string;
  readonly confidence: number;
  /** Whether it orders the waves and counts where it crosses. */
  readonly counts: boolean;
  /** The best; `total` counts all. */
  readonly evidence: readonly ReportedEvidence[];
  readonly total: number;
}

export interface ReportedWave {
  readonly number: number;
  readonly services: number;
  readonly namespaces: readonly string[];
  readonly groups: readonly {
    readonly services: readonly string[];
    /** Calls that close a circle, which is a reason why several services move together: the first service comes last again. */
    readonly circle: readonly string[];
    /** Workloads that stand behind several of the services. */
    readonly workloads: readonly string[];
  }[];
  /** Calls that cross between the meshes once the wave has moved, by the mesh that they go to. */
  readonly crossing: { readonly toKong: number; readonly toIstio: number; readonly total: number };
}

/** In which order the services of an estate move, and why. */
export interface PlanReport {
  readonly order: Order;
  /** What the order means for traffic. */
  readonly reason: string;
  readonly summary: {
    readonly services: number;
    readonly waves: number;
    /** Groups of more than one service. */
    readonly groups: number;
    /** Calls that order the waves. */
    readonly calls: number;
    /** Calls with too little evidence to order them. */
    readonly weak: number;
    /** The most calls that cross at once. */
    readonly crossing: number;
  };
  readonly waves: readonly ReportedWave[];
  readonly unkept: readonly Unkept[];
  /** Services that stay in Istio because the settings say so, with the number of calls that therefore cross for good. */
  readonly excluded: readonly { readonly service: string; readonly calls: number }[];
  readonly replaced: readonly Replaced[];
  /** Services of which no call is known, so that nothing says when they are to move. */
  readonly unconnected: readonly string[];
  readonly calls: readonly ReportedCall[];
  readonly entries: readonly ReportedCall[];
  readonly externals: readonly ReportedCall[];
}

/** More evidence of one call adds nothing. */
const mostEvidence = 5;

type TextOf = (file: string) => string | undefined;

function present({ kind, confidence, detail, resource, path }: Evidence, textOf: TextOf): ReportedEvidence {
  if (resource === undefined) return { kind, confidence, detail };
  const { source, namespace, name } = resource;
  const text = textOf(source.file);
  const place = (text === undefined ? undefined : locate(text, source, path)) ?? { line: source.line };
  return {
    kind,
    confidence,
    detail,
    resource: { kind: resource.kind, namespace, name },
    file: source.file,
    ...place,
    path,
  };
}

/** Presents evidence file by file, because one file at a time is kept ready to be looked up in. */
function presenter(graph: ServiceGraph, textOf: TextOf): (evidence: Evidence) => ReportedEvidence {
  const all = [graph.edges, graph.entries, graph.externals]
    .flat()
    .flatMap(({ evidence }) => evidence.slice(0, mostEvidence));
  const keyOf = ({ resource }: Evidence): string => resource?.source.file ?? '';
  const known = new Map<Evidence, ReportedEvidence>();
  for (const evidence of [...new Set(all)].sort(
    (a, b) =>
      (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0) ||
      (a.resource?.source.document ?? 0) - (b.resource?.source.document ?? 0),
  ))
    known.set(evidence, present(evidence, textOf));
  return (evidence) => known.get(evidence) ?? present(evidence, textOf);
}

/** The calls of a graph with the places of their evidence; independent of how waves are planned. */
export type PresentedGraph = Readonly<
  Record<'edges' | 'entries' | 'externals', readonly Omit<ReportedCall, 'counts'>[]>
>;

/** Looks up where the evidence of a graph stands. */
export function presentGraph(graph: ServiceGraph, textOf: TextOf): PresentedGraph {
  const presented = presenter(graph, textOf);
  const of = (edges: readonly ServiceEdge[]) =>
    edges.map(({ from, to, confidence, evidence }) => ({
      from,
      to,
      confidence,
      evidence: evidence.slice(0, mostEvidence).map(presented),
      total: evidence.length,
    }));
  return { edges: of(graph.edges), entries: of(graph.entries), externals: of(graph.externals) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Waves as a person arranged them; services that would have moved together stand together. */
function arranged(input: PlanInput, arrangement: readonly (readonly string[])[], settings: PlanSettings): Plan {
  const { waves, unkept } = assessWaves(input, arrangement, settings);
  const unlimited = { ...settings, most: undefined, oneNamespace: false, pinned: {} };
  const groups = planWaves(input, unlimited).waves.flatMap((wave) => wave.groups);
  const groupOf = new Map(groups.flatMap((group, index) => group.map((id) => [id, index] as const)));
  return {
    order: settings.order,
    waves: waves.map(({ number, services, crossing }) => ({
      number,
      groups: [...Map.groupBy(services, (id) => groupOf.get(id) ?? id).values()],
      crossing,
    })),
    excluded: settings.excluded.filter((id) => input.services.some((service) => service.id === id)).toSorted(compare),
    unkept,
  };
}

/**
 * Plans the waves of a graph and says why.
 * @param arrangement waves as a person arranged them, in the place of planned ones
 */
export function planReport(
  graph: ServiceGraph,
  presented: PresentedGraph,
  settings: PlanSettings,
  arrangement?: readonly (readonly string[])[],
): PlanReport {
  const input = planInput(graph, settings);
  const { services, calls } = input;
  const ids = new Set(services.map(({ id }) => id));
  const isBetween = ({ from, to }: { from: string; to: string }): boolean => ids.has(from) && ids.has(to);
  const counts = (call: { from: string; to: string; confidence: number }): boolean =>
    call.confidence >= settings.confidence && isBetween(call);
  const plan = arrangement === undefined ? planWaves(input, settings) : arranged(input, arrangement, settings);
  const next = new Map<string, string[]>();
  const connected = new Set<string>();
  for (const { from, to } of calls) {
    const known = next.get(from);
    if (known === undefined) next.set(from, [to]);
    else known.push(to);
    connected.add(from).add(to);
  }
  const moved = new Set(plan.waves.flatMap(({ groups }) => groups.flat()));
  const namespaceOf = new Map(services.map(({ id, namespace }) => [id, namespace]));
  const waves = plan.waves.map(({ number, groups, crossing }): ReportedWave => {
    const all = groups.flat();
    return {
      number,
      services: all.length,
      namespaces: [...new Set(all.map((id) => namespaceOf.get(id) ?? ''))].sort(compare),
      groups: groups.map((group) => ({
        services: group,
        circle: circleOf(group, next),
        workloads: group.length > 1 ? workloadsBehind(new Set(group), graph.shared) : [],
      })),
      crossing: { ...crossing, total: crossing.toKong + crossing.toIstio },
    };
  });
  return {
    order: plan.order,
    reason: reasonOf[plan.order],
    summary: {
      services: moved.size,
      waves: waves.length,
      groups: waves.flatMap(({ groups }) => groups).filter((group) => group.services.length > 1).length,
      calls: calls.length,
      weak: graph.edges.filter((call) => isBetween(call) && !counts(call)).length,
      crossing: waves.reduce((most, { crossing }) => Math.max(most, crossing.total), 0),
    },
    waves,
    unkept: plan.unkept,
    excluded: plan.excluded.map((service) => ({
      service,
      calls: calls.filter(({ from, to }) => (from === service && moved.has(to)) || (to === service && moved.has(from)))
        .length,
    })),
    replaced: graph.replaced,
    unconnected: [...moved].filter((id) => !connected.has(id)).sort(compare),
    calls: presented.edges.map((call) => ({ ...call, counts: counts(call) })),
    entries: presented.entries.map((call) => ({ ...call, counts: false })),
    externals: presented.externals.map((call) => ({ ...call, counts: false })),
  };
}

/** What planning looks at of a graph: services that move, calls with enough evidence, and what cannot be apart. */
export function planInput(graph: ServiceGraph, { confidence }: Pick<PlanSettings, 'confidence'>): PlanInput {
  const replaced = new Set(graph.replaced.map(({ service }) => service));
  const services = graph.services.filter(({ id }) => !replaced.has(id));
  const ids = new Set(services.map(({ id }) => id));
  return {
    services,
    calls: graph.edges.filter((call) => call.confidence >= confidence && ids.has(call.from) && ids.has(call.to)),
    together: graph.shared.map((shared) => shared.services),
  };
}

/** Workloads that stand behind several services of a group. */
const workloadsBehind = (group: ReadonlySet<string>, shared: readonly Shared[]): string[] =>
  shared.flatMap(({ services, workload }) => (services.filter((id) => group.has(id)).length > 1 ? [workload] : []));

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** The answer in a sentence. */
export function sentenceOfPlan({
  summary,
  unkept,
  excluded,
}: Pick<PlanReport, 'summary' | 'unkept' | 'excluded'>): string {
  const { services, waves, groups, crossing } = summary;
  if (services === 0)
    return excluded.length > 0
      ? 'Every service is excluded: nothing moves.'
      : 'No service was found: nothing is to be moved.';
  return `${[
    `${counted(services, 'service')} ${services === 1 ? 'moves' : 'move'} in ${counted(waves, 'wave')}`,
    ...(groups === 0 ? [] : [`${counted(groups, 'group')} ${groups === 1 ? 'moves' : 'move'} together`]),
    crossing === 0
      ? 'no known call crosses between the meshes after any wave'
      : `at most ${counted(crossing, 'call')} ${crossing === 1 ? 'crosses' : 'cross'} between the meshes at once`,
    ...(excluded.length === 0
      ? []
      : [`${counted(excluded.length, 'service')} ${excluded.length === 1 ? 'stays' : 'stay'} in Istio`]),
    ...(unkept.length === 0 ? [] : [`${counted(unkept.length, 'constraint')} could not be kept`]),
  ].join('; ')}.`;
}
