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
  type ClusterPart,
  crossingWays,
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

/** What the bridge of a snapshot is computed from, by the settings of a plan. */
export function bridgeFactsOf(snapshot: Translated, basis: PlanBasis): BridgeFacts {
  const { translation, concerns } = snapshot;
  const { topology, domain, gatewayNamespace, shift, widened } = basis.settings;
  const { roots } = basis;
  return bridgeFacts({
    estate: translation.estate,
    graph: graphOf(snapshot, basis),
    emitted: translation.emitted,
    concerns,
    names: translation.settings,
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
    const ways = hasMoved ? crossingWays(bridgeOf(snapshot, basis).facts, progress) : [];
    return bridgeDiagram(estate, phases, { ...options, ways });
  }
  const of = bridgeOf(snapshot, basis);
  const at = stageOf(of, wave, stage);
  if (at === undefined) return undefined;
  const ways = crossingWays(of.facts, progressAt(of.facts, of.waves, wave, at.stage));
  return bridgeDiagram(estate, phasesAt(of.facts, of.waves, wave, at.stage), { ...options, ways });
}

/** The path of a request; undefined where caller, callee, port or moment are not known. */
export function path(
  snapshot: Translated,
  states: readonly ServiceState[],
  { from, to, port, wave, stage }: RequestPathQuery,
  basis: PlanBasis,
): RequestPath | undefined {
  const of = bridgeOf(snapshot, basis);
  const at = wave === undefined ? { stage: undefined } : stageOf(of, wave, stage);
  if (at === undefined) return undefined;
  const progress = wave === undefined ? recordedProgress(states) : progressAt(of.facts, of.waves, wave, at.stage);
  const found = requestPath(of.facts, progress, { from, to, port });
  if (found === undefined) return undefined;
  const routes = found.routes.map((route) => ({ ...route, hops: [...route.hops] }));
  return { ...found, routes, mermaid: pathDiagram(found) };
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

/** A wave stage by stage; undefined where the plan has no such wave. */
export function wave(
  snapshot: Translated,
  { wave: number, form }: { readonly wave: number; readonly form: ResourceForm },
  basis: PlanBasis,
): WaveStages | undefined {
  const forms = formsOf(snapshot);
  if (!forms.includes(form)) return undefined;
  const { facts, waves, count, planned } = bridgeOf(snapshot, basis);
  if (number < 1 || number > count) return undefined;
  const stages = stagesOfWave(facts, waves, number);
  const day = planned.days[number - 1];
  const runbook = runbookOf(facts, waves, number, day, form, stages);
  return {
    wave: number,
    waves: count,
    services: [...runbook.services],
    day: day === undefined ? null : { day: day.day, behind: [...day.behind] },
    forms,
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
        ...present(stage.changes, { form, names: facts.input.names }),
      };
    }),
  };
}

/** The runbook of a wave; undefined where the plan has no such wave. */
export function runbook(
  snapshot: Translated,
  {
    wave: number,
    format,
    form,
  }: { readonly wave: number; readonly format: 'md' | 'html'; readonly form: ResourceForm },
  basis: PlanBasis,
): Uint8Array | undefined {
  if (!formsOf(snapshot).includes(form)) return undefined;
  const { facts, waves, count, planned } = bridgeOf(snapshot, basis);
  if (number < 1 || number > count) return undefined;
  const made = runbookOf(facts, waves, number, planned.days[number - 1], form);
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
  if (!formsOf(snapshot).includes(form)) return undefined;
  const { facts, waves, count, planned } = bridgeOf(snapshot, basis);
  if (number !== undefined && number > count) return undefined;
  const { days, sentence } = planned;
  const parts = clustersOf(snapshot).flatMap(({ zone, snapshot: own }): ClusterPart[] =>
    zone === undefined ? [] : [{ cluster: zone.cluster, facts: bridgeFactsOf(own, basis) }],
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
