import { type ArchiveFormat, archive } from '@isthmus/bundle';
import type { ChangedObject, RequestPath, RequestPathQuery, ResourceForm, Stage, WaveStages } from '@isthmus/contract';
import { type JsonObject, writeYaml } from '@isthmus/kubernetes';
import {
  type BridgeDiagram,
  type BridgeFacts,
  type BundleFile,
  bridgeDiagram,
  bridgeFacts,
  type Changes,
  crossingWays,
  ownWaves,
  type Placed,
  type ProgressOf,
  pathDiagram,
  phasesAt,
  planBundle,
  planBundles,
  planFiles,
  planFilesOfParts,
  progressAt,
  progressOfPhase,
  renderRunbook,
  renderRunbookPage,
  requestPath,
  runbookOf,
  type StageName,
  stagesNamed,
  stagesOfWave,
  type WaveOf,
  type Written,
  waveOf,
  written,
  writtenIn,
  writtenRef,
} from '@isthmus/migration';
import type { ServiceState } from '@isthmus/store';
import type { PlanBasis } from '../plan-record.ts';
import { clustersOf } from './one-cluster.ts';
import { formsOf, graphOf, wavesOf } from './plan.ts';
import type { Translated } from './snapshot.ts';

interface Known {
  readonly key: string;
  readonly facts: BridgeFacts;
  readonly waves: WaveOf;
  readonly count: number;
  readonly planned: ReturnType<typeof wavesOf>;
}

const known = new WeakMap<Translated, Known>();

/**
 * What the bridge of a snapshot is computed from, by the settings of a plan.
 * @param amongZones whether it is one of several clusters
 */
export function bridgeFactsOf(snapshot: Translated, basis: PlanBasis, amongZones = false): BridgeFacts {
  const { translation, concerns } = snapshot;
  const { topology, domain, gatewayNamespace, shift, widened } = basis.settings;
  const { roots } = basis;
  return bridgeFacts({
    estate: translation.estate,
    graph: graphOf(snapshot, basis),
    emitted: translation.emitted,
    concerns,
    names: translation.settings,
    amongZones,
    settings: {
      topology,
      domain,
      gatewayNamespace,
      shift,
      widened,
      istioRoots: roots.istio.map(({ pem }) => pem).join(''),
      kongRoots: roots.kong.map(({ pem }) => pem).join(''),
    },
  });
}

/** What the bridge of a snapshot is computed from, with its waves; the last is kept. */
export function bridgeOf(snapshot: Translated, basis: PlanBasis): Known {
  const { settings, roots, observed } = basis;
  const key = JSON.stringify([settings, roots, observed]);
  const before = known.get(snapshot);
  if (before?.key === key) return before;
  const planned = wavesOf(snapshot, basis);
  const facts = bridgeFactsOf(snapshot, basis);
  const made = { key, facts, waves: waveOf(planned.waves), count: planned.waves.length, planned };
  known.set(snapshot, made);
  return made;
}

/** A cluster of a snapshot with the bridge as it is planned for it. */
export interface BridgePart {
  /** Absent where the snapshot is of one cluster. */
  readonly cluster?: string;
  readonly facts: BridgeFacts;
  /** Of its own services. */
  readonly waves: WaveOf;
  readonly snapshot: Translated;
}

const partsByWhole = new WeakMap<BridgeFacts, readonly BridgePart[]>();

/** The clusters of a snapshot: merged, what one of them restricts, permits or holds would count for the others. */
export function bridgePartsOf(snapshot: Translated, basis: PlanBasis): readonly BridgePart[] {
  const { facts, waves } = bridgeOf(snapshot, basis);
  const before = partsByWhole.get(facts);
  if (before !== undefined) return before;
  const parts = clustersOf(snapshot).map(({ zone, snapshot: own }): BridgePart => {
    if (zone === undefined) return { facts, waves, snapshot };
    const ofCluster = bridgeFactsOf(own, basis, true);
    return { cluster: zone.cluster, facts: ofCluster, waves: ownWaves(ofCluster, waves), snapshot: own };
  });
  partsByWhole.set(facts, parts);
  return parts;
}

/** How far services have come as their phases say. */
export function recordedProgress(states: readonly ServiceState[]): ProgressOf {
  const byId = new Map(states.map(({ service, phase, share }) => [service, progressOfPhase(phase, share)]));
  return (id) => byId.get(id) ?? progressOfPhase('discovered');
}

/** A moment of the plan: after a wave, or after one of its stages. Undefined where the plan has no such. */
function stageOf(
  { facts, waves, count }: Known,
  wave: number,
  stage: string | undefined,
): { readonly stage: StageName | undefined } | undefined {
  if (wave > count) return undefined;
  if (stage === undefined || wave === 0) return { stage: undefined };
  const found = stagesNamed(facts, waves, wave).find(({ id }) => id === stage);
  return found && { stage: found };
}

interface Moment {
  readonly wave?: number | undefined;
  readonly stage?: string | undefined;
}

/** How calls cross in any cluster: of two clusters in which the same call does, one without a way for it comes last, and is drawn. */
function waysOf(snapshot: Translated, basis: PlanBasis, progress: (part: BridgePart) => ProgressOf) {
  const ways = bridgePartsOf(snapshot, basis).flatMap((part) => crossingWays(part.facts, progress(part)));
  return ways.sort((a, b) => Number(a.kind === 'closed') - Number(b.kind === 'closed'));
}

/** The architecture as a picture, as it is recorded or at a moment of the plan; undefined where the plan has no such moment. */
export function diagram(
  snapshot: Translated,
  states: readonly ServiceState[],
  { namespace, wave, stage }: Moment & { readonly namespace?: string },
  basis: PlanBasis,
): BridgeDiagram | undefined {
  const { estate, settings } = snapshot.translation;
  const { clusterDomain, rootNamespace } = settings;
  const options = { namespace, clusterDomain, rootNamespace, graph: graphOf(snapshot, basis) };
  if (wave === undefined) {
    const phases = new Map(states.map(({ service, phase }) => [service, phase]));
    const progress = recordedProgress(states);
    // As long as nothing has moved nothing crosses.
    const hasMoved = states.some(({ service }) => progress(service).at !== 'istio');
    const ways = hasMoved ? waysOf(snapshot, basis, () => progress) : [];
    return bridgeDiagram(estate, phases, { ...options, ways });
  }
  const of = bridgeOf(snapshot, basis);
  const at = stageOf(of, wave, stage);
  if (at === undefined) return undefined;
  const ways = waysOf(snapshot, basis, ({ facts, waves }) => progressAt(facts, waves, wave, at.stage));
  return bridgeDiagram(estate, phasesAt(of.facts, of.waves, wave, at.stage), { ...options, ways });
}

/**
 * The path of a request in the cluster that is chosen, or in the first that knows it; undefined where caller, callee, port or
 * moment are not known.
 */
export function path(
  snapshot: Translated,
  states: readonly ServiceState[],
  { cluster, from, to, port, wave, stage }: RequestPathQuery,
  basis: PlanBasis,
): RequestPath | undefined {
  const of = bridgeOf(snapshot, basis);
  const at = wave === undefined ? { stage: undefined } : stageOf(of, wave, stage);
  if (at === undefined) return undefined;
  for (const part of bridgePartsOf(snapshot, basis)) {
    if (cluster !== undefined && part.cluster !== cluster) continue;
    const progress = wave === undefined ? recordedProgress(states) : progressAt(part.facts, part.waves, wave, at.stage);
    const found = requestPath(part.facts, progress, { from, to, port });
    if (found === undefined) continue;
    const routes = found.routes.map((route) => ({ ...route, hops: [...route.hops] }));
    const own = part.cluster === undefined ? {} : { cluster: part.cluster };
    return { ...found, ...own, routes, mermaid: pathDiagram(found) };
  }
  return undefined;
}

/** An object as the form has it, with its text before and after. */
function object(placed: Placed, how: Written, texts: { before?: JsonObject; after?: JsonObject }): ChangedObject {
  const textOf = (one: JsonObject): string => writeYaml(written({ ...placed, object: one }, how));
  return {
    cluster: placed.cluster,
    service: placed.service,
    ...writtenRef(placed, how),
    ...(texts.before === undefined ? {} : { before: textOf(texts.before) }),
    ...(texts.after === undefined ? {} : { after: textOf(texts.after) }),
  };
}

const present = ({ added, changed, removed }: Changes, how: Written): Pick<Stage, 'added' | 'changed' | 'removed'> => ({
  added: added.map((one) => object(one, how, { after: one.object })),
  changed: changed.map(({ before, after }) => object(after, how, { before, after: after.object })),
  removed: removed.map((one) => object(one, how, {})),
});

/** What is asked of a wave. */
export interface WaveQuestion {
  readonly wave: number;
  readonly form: ResourceForm;
  /** The cluster that is looked at; the first one that takes part where absent. */
  readonly cluster?: string | undefined;
  /** Only clusters that hold it are looked at. */
  readonly service?: string | undefined;
}

/** The clusters in which something moves in a wave, and the one of them that is asked for; undefined where there is none such. */
function partOf(
  snapshot: Translated,
  { wave: number, form, cluster, service }: WaveQuestion,
  basis: PlanBasis,
): { readonly part: BridgePart; readonly clusters: string[] } | undefined {
  if (!formsOf(snapshot, basis).includes(form)) return undefined;
  const moving = bridgePartsOf(snapshot, basis).filter(
    ({ facts, waves }) =>
      [...waves.values()].includes(number) && (service === undefined || facts.services.has(service)),
  );
  const part = cluster === undefined ? moving[0] : moving.find((one) => one.cluster === cluster);
  return part && { part, clusters: moving.flatMap((one) => one.cluster ?? []) };
}

/** A wave stage by stage; undefined where the plan has no such wave, or the cluster no part in it. */
export function wave(snapshot: Translated, question: WaveQuestion, basis: PlanBasis): WaveStages | undefined {
  const { wave: number, form } = question;
  const found = partOf(snapshot, question, basis);
  if (found === undefined) return undefined;
  const { clusters, part } = found;
  const { facts, waves, cluster } = part;
  const { count, planned } = bridgeOf(snapshot, basis);
  const stages = stagesOfWave(facts, waves, number);
  const day = planned.days[number - 1];
  const how = writtenIn(facts, form);
  const runbook = runbookOf(facts, waves, number, day, form, stages);
  return {
    wave: number,
    waves: count,
    clusters,
    ...(cluster === undefined ? {} : { cluster }),
    services: [...runbook.services],
    day: day === undefined ? null : { day: day.day, behind: [...day.behind] },
    forms: formsOf(snapshot, basis),
    stages: stages.map((stage, index): Stage => {
      const own = runbook.stages[index];
      return {
        id: stage.id,
        title: stage.title,
        phase: stage.phase,
        folder: own?.folder ?? '',
        share: stage.progress.share,
        affected: [...(own?.affected ?? [])],
        safeToStop: own?.safeToStop ?? false,
        stop: own?.stop ?? '',
        steps: (own?.steps ?? []).map((step) => ({
          ...step,
          commands: [...step.commands],
          verify: [...step.verify],
          rollback: [...step.rollback],
        })),
        ways: (own?.ways ?? []).map((way) => ({ ...way, hosts: [...way.hosts], cautions: [...way.cautions] })),
        ...present(stage.changes, how),
      };
    }),
  };
}

/** The runbook of a wave; undefined where the plan has no such wave, or the cluster no part in it. */
export function runbook(
  snapshot: Translated,
  { format, ...question }: WaveQuestion & { readonly format: 'md' | 'html' },
  basis: PlanBasis,
): Uint8Array | undefined {
  const found = partOf(snapshot, question, basis);
  if (found === undefined) return undefined;
  const { wave: number, form } = question;
  const { facts, waves } = found.part;
  const day = bridgeOf(snapshot, basis).planned.days[number - 1];
  const made = runbookOf(facts, waves, number, day, form);
  return new TextEncoder().encode(format === 'html' ? renderRunbookPage(made) : renderRunbook(made));
}

/** The bundle of the plan, or of one wave; undefined where the plan has no such wave. */
export async function bundleOfPlan(
  snapshot: Translated,
  {
    format,
    form,
    wave: number,
  }: { readonly format: ArchiveFormat; readonly form: ResourceForm; readonly wave?: number | undefined },
  basis: PlanBasis,
): Promise<Uint8Array | undefined> {
  if (!formsOf(snapshot, basis).includes(form)) return undefined;
  const { facts, waves, count, planned } = bridgeOf(snapshot, basis);
  if (number !== undefined && number > count) return undefined;
  const { days, sentence } = planned;
  const parts = bridgePartsOf(snapshot, basis).flatMap(({ cluster, facts: own }) =>
    cluster === undefined ? [] : [{ cluster, facts: own }],
  );
  const filesOf = (): Iterable<BundleFile> => {
    if (number === undefined)
      return parts.length === 0
        ? planBundle(facts, waves, days, sentence, form)
        : planBundles(parts, waves, days, sentence, form);
    const day = days[number - 1];
    return parts.length === 0
      ? planFiles(facts, waves, number, day, form)
      : planFilesOfParts(parts, waves, number, day, form);
  };
  return archive(
    [...filesOf()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    format,
  );
}
