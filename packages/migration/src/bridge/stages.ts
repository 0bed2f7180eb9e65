import { isList, type JsonObject, mapOf } from '@isthmus/kubernetes';
import type { BridgedCall, BridgedService, BridgeFacts } from './facts.ts';
import { type Changes, changesBetween } from './placed.ts';
import { bridged, inIstio, joined, migrated, type Progress, type ProgressOf, retired, shifting } from './progress.ts';
import { remembered } from './remembered.ts';
import { type Scope, scopeOf } from './scope.ts';
import { bridgeState, importedObjects, stateOfMeshes } from './state.ts';
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
  /**
   * What takes the clusters back from here to where the wave found them: where one half of its services is gone, first to where
   * both are there, so that nobody is without pods on the way.
   */
  readonly rollback: readonly Changes[];
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

const never = Number.POSITIVE_INFINITY;

const hostsOf = (object: JsonObject): readonly string[] => {
  const { hosts } = mapOf(object.spec);
  return isList(hosts) ? hosts.filter((host): host is string => typeof host === 'string') : [];
};

/** When services of a plan are retired. */
interface Retirement {
  /**
   * The wave behind which a service can be retired: all who are known to call it have moved too. One that a Gateway of Istio
   * leads to, or that nobody is known to call, waits for the end.
   */
  readonly wave: ReadonlyMap<string, number>;
  /** Services that can be retired at the end: those that no service calls which stays in Istio. */
  readonly end: ReadonlySet<string>;
  /** Services by the wave behind which they are retired. */
  readonly byWave: ReadonlyMap<number, readonly string[]>;
}

/** The services whose requests the routes of a service's own VirtualServices, and of others', send to it. */
const sentFrom = (facts: BridgeFacts): ReadonlyMap<string, readonly string[]> =>
  remembered(facts, 'sent from', () => {
    const found = new Map<string, string[]>();
    for (const [id, routes] of facts.routes) {
      const hosts = routes.flatMap(({ object, namespace }) =>
        hostsOf(object).flatMap((host) => facts.finder.named(host, namespace === '' ? 'default' : namespace)),
      );
      const others = [...new Set(hosts)].filter((other) => other !== id);
      if (others.length > 0) found.set(id, others);
    }
    return found;
  });

/** Keeps services for as long as those whose routes lead to them: their callers come too, without being known to call. */
function lateByRoutes(facts: BridgeFacts, wave: Map<string, number>): void {
  const sent = sentFrom(facts);
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (const [id, own] of wave) {
      const latest = Math.max(own, ...(sent.get(id) ?? []).map((other) => wave.get(other) ?? never));
      if (latest === own) continue;
      wave.set(id, latest);
      isDone = false;
    }
  }
}

const retirements = new WeakMap<BridgeFacts, WeakMap<WaveOf, Retirement>>();

function retirementOf(facts: BridgeFacts, waves: WaveOf): Retirement {
  const ofFacts = retirements.get(facts) ?? new WeakMap<WaveOf, Retirement>();
  retirements.set(facts, ofFacts);
  const known = ofFacts.get(waves);
  if (known !== undefined) return known;
  const wave = new Map<string, number>();
  const end = new Set<string>();
  for (const [id, own] of waves) {
    const calls = facts.callsTo.get(id) ?? [];
    const moved = calls.map(({ from, gateway }) => (gateway ? never : (waves.get(from) ?? never)));
    wave.set(id, calls.length === 0 || !facts.services.has(id) ? never : Math.max(own, ...moved));
    if (calls.every(({ from, gateway }) => gateway || waves.has(from))) end.add(id);
  }
  lateByRoutes(facts, wave);
  const byWave = Map.groupBy(wave.keys(), (id) => wave.get(id) as number);
  const made = { wave, end, byWave };
  ofFacts.set(waves, made);
  return made;
}

/** How far every service has come once a wave is at a step, with earlier waves moved and later ones not begun. */
export function progressAt(facts: BridgeFacts, waves: WaveOf, wave: number, stage: StageName | undefined): ProgressOf {
  const retirement = retirementOf(facts, waves);
  const last = stage?.id === 'clean-up' || stage === undefined ? wave : wave - 1;
  const isGone = (service: string): boolean =>
    stage?.id === 'end' ? retirement.end.has(service) : (retirement.wave.get(service) ?? never) <= last;
  return (service) => {
    const own = waves.get(service);
    if (own === undefined || own > wave) return inIstio;
    if (isGone(service)) return retired;
    if (own < wave || stage === undefined || stage.phase === 'retired') return migrated;
    return stage.progress;
  };
}

const lastOf = (waves: WaveOf): number => Math.max(0, ...waves.values());

/** The steps of a wave; the last wave has one more, which ends the bridge. */
export function stagesNamed(facts: BridgeFacts, waves: WaveOf, wave: number): StageName[] {
  return [...stageNames(facts.input.settings.shift), ...(wave === lastOf(waves) ? [endOfBridge] : [])];
}

/** The services that the steps of a wave can change anything of; all of them where a step changes what holds for all together. */
function concernedBy(
  facts: BridgeFacts,
  waves: WaveOf,
  wave: number,
  moments: readonly ProgressOf[],
): readonly BridgedService[] {
  const states = new Set(moments.map((progressOf) => JSON.stringify(stateOfMeshes(facts, progressOf))));
  const isLast = wave === lastOf(waves);
  if (isLast || states.size > 1) return [...facts.services.values()];
  const moving = [...waves].flatMap(([id, own]) => (own === wave ? [id] : []));
  return scopeOf(facts, [...moving, ...(retirementOf(facts, waves).byWave.get(wave) ?? [])]);
}

/** The likely calls that can cross while a wave moves: those of which one end moves no later, and the other no earlier. */
const callsAcross = (facts: BridgeFacts, waves: WaveOf, wave: number): BridgedCall[] =>
  facts.calls.filter(({ from, to, gateway }) => {
    const [caller, callee] = [gateway ? never : (waves.get(from) ?? never), waves.get(to) ?? never];
    return Math.min(caller, callee) <= wave && Math.max(caller, callee) >= wave;
  });

/**
 * The steps of a wave with what each adds, changes and removes. Every change is the difference of two whole states, so that what one
 * step brings a later one takes away again, and after the last wave nothing of the bridge is left; of both states only that is made
 * which the wave can change.
 */
export function stagesOfWave(facts: BridgeFacts, waves: WaveOf, wave: number): Stage[] {
  const imported = importedObjects(facts);
  const find = (key: string): JsonObject | undefined => imported.get(key);
  const names = stagesNamed(facts, waves, wave).map((name) => ({
    name,
    progressOf: progressAt(facts, waves, wave, name),
  }));
  const start = progressAt(facts, waves, wave - 1, undefined);
  const calls = callsAcross(facts, waves, wave);
  const services = concernedBy(facts, waves, wave, [start, ...names.map(({ progressOf }) => progressOf)]);
  const scope: Scope = { services, calls };
  const first = bridgeState(facts, start, scope);
  let before = first;
  let shared = first;
  return names.map(({ name, progressOf }): Stage => {
    const after = bridgeState(facts, progressOf, scope);
    const changes = changesBetween(before, after, find);
    before = after;
    const isShared = name.phase === 'bridged' || name.phase === 'shifting';
    if (isShared) shared = after;
    return {
      ...name,
      wave,
      changes,
      rollback: [...(isShared ? [] : [changesBetween(after, shared, find)]), changesBetween(shared, first, find)],
      ways: crossingWays(facts, progressOf, calls),
    };
  });
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
