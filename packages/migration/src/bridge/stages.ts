import type { JsonObject } from '@isthmus/kubernetes';
import type { BridgeFacts } from './facts.ts';
import { type Changes, changesBetween, type Overlay } from './placed.ts';
import { bridged, inIstio, joined, migrated, type Progress, type ProgressOf, retired, shifting } from './progress.ts';
import { bridgeState, importedObjects } from './state.ts';
import { crossingWays, type Way } from './way.ts';

/** A step of a wave, in the order of the list. */
export interface StageName {
  /** `bridge`, `apply`, `shift-10`, …, `cut-over`, `clean-up`; of the last wave also `end`. */
  readonly id: string;
  /** The phase that its services are in once it is done. */
  readonly phase: 'bridged' | 'shifting' | 'migrated' | 'retired';
  readonly title: string;
  readonly progress: Progress;
}

/** What a step of a wave changes, and what holds afterwards. */
export interface Stage extends StageName {
  readonly wave: number;
  readonly changes: Changes;
  /** What takes the clusters back from here to where the wave found them. */
  readonly rollback: Changes;
  /** Ways that calls take across the meshes once it is done. */
  readonly ways: readonly Way[];
}

/** The steps of every wave. */
export function stageNames(shift: readonly number[]): StageName[] {
  return [
    { id: 'bridge', phase: 'bridged', title: 'Join both meshes', progress: joined },
    { id: 'apply', phase: 'bridged', title: 'Apply the policies and start pods in Kong Mesh', progress: bridged },
    ...shift.map(
      (share): StageName => ({
        id: `shift-${share}`,
        phase: 'shifting',
        title: `Send ${share} % of the requests to Kong Mesh`,
        progress: shifting(share),
      }),
    ),
    {
      id: 'cut-over',
      phase: 'migrated',
      title: 'Move the last pods, let Kong Mesh callers go direct',
      progress: migrated,
    },
    { id: 'clean-up', phase: 'retired', title: 'Take away what nobody in Istio needs any more', progress: retired },
  ];
}

const endOfBridge: StageName = {
  id: 'end',
  phase: 'retired',
  title: 'Send external traffic to Kong Gateway and end the bridge',
  progress: retired,
};

/** Waves by service: services of no wave never move. */
export type WaveOf = ReadonlyMap<string, number>;

export const waveOf = (waves: readonly (readonly string[])[]): WaveOf =>
  new Map(waves.flatMap((services, index) => services.map((id) => [id, index + 1] as const)));

/**
 * Services that can be retired once a wave has moved: all who are known to call them have moved too. One that a Gateway of Istio
 * leads to, or that nobody is known to call, waits for the end.
 */
function retiredAfter(facts: BridgeFacts, waves: WaveOf, wave: number): ReadonlySet<string> {
  const hasMoved = (service: string): boolean => (waves.get(service) ?? Number.POSITIVE_INFINITY) <= wave;
  return new Set(
    [...facts.services.keys()].filter((id) => {
      const calls = facts.callsTo.get(id) ?? [];
      return hasMoved(id) && calls.length > 0 && calls.every(({ from, gateway }) => !gateway && hasMoved(from));
    }),
  );
}

/** Services that can be retired at the end: those that no service calls which stays in Istio. */
function retiredAtEnd(facts: BridgeFacts, waves: WaveOf): ReadonlySet<string> {
  return new Set(
    [...waves.keys()].filter((id) =>
      (facts.callsTo.get(id) ?? []).every(({ from, gateway }) => gateway || waves.has(from)),
    ),
  );
}

/** How far every service has come once a wave is at a step, with earlier waves moved and later ones not begun. */
export function progressAt(facts: BridgeFacts, waves: WaveOf, wave: number, stage: StageName | undefined): ProgressOf {
  const gone =
    stage?.id === 'end'
      ? retiredAtEnd(facts, waves)
      : retiredAfter(facts, waves, stage?.id === 'clean-up' || stage === undefined ? wave : wave - 1);
  return (service) => {
    const own = waves.get(service);
    if (own === undefined || own > wave) return inIstio;
    if (gone.has(service)) return retired;
    if (own < wave || stage === undefined || stage.phase === 'retired') return migrated;
    return stage.progress;
  };
}

/** The states of the clusters before and after each step of a wave. */
export interface WaveStages {
  readonly before: Overlay;
  readonly stages: readonly Stage[];
}

/** The steps of a wave; the last wave has one more, which ends the bridge. */
export function stagesNamed(facts: BridgeFacts, waves: WaveOf, wave: number): StageName[] {
  const last = Math.max(0, ...waves.values());
  return [...stageNames(facts.input.settings.shift), ...(wave === last ? [endOfBridge] : [])];
}

/**
 * The steps of a wave with what each adds, changes and removes. Every change is the difference of two whole states, so that what one
 * step brings a later one takes away again, and after the last wave nothing of the bridge is left.
 */
export function stagesOfWave(facts: BridgeFacts, waves: WaveOf, wave: number): WaveStages {
  const imported = importedObjects(facts);
  const find = (key: string): JsonObject | undefined => imported.get(key);
  const first = bridgeState(facts, progressAt(facts, waves, wave - 1, undefined));
  let before = first;
  const stages = stagesNamed(facts, waves, wave).map((name): Stage => {
    const progressOf = progressAt(facts, waves, wave, name);
    const after = bridgeState(facts, progressOf);
    const changes = changesBetween(before, after, find);
    before = after;
    return {
      ...name,
      wave,
      changes,
      rollback: changesBetween(after, first, find),
      ways: crossingWays(facts, progressOf),
    };
  });
  return { before: first, stages };
}

/** The phase of every service at a step of a wave, by id; what has not begun is left out. */
export function phasesAt(
  facts: BridgeFacts,
  waves: WaveOf,
  wave: number,
  stage: StageName | undefined,
): ReadonlyMap<string, StageName['phase']> {
  const progressOf = progressAt(facts, waves, wave, stage);
  return new Map(
    [...facts.services.keys()].flatMap((id) => {
      const { at } = progressOf(id);
      return at === 'istio' ? [] : [[id, at === 'joined' ? 'bridged' : at] as const];
    }),
  );
}
