import { codes, compareDiagnostics } from '@isthmus/diagnostics';
import { formatPath, type Json, type JsonObject, parsePath } from '@isthmus/kubernetes';
import type { Finished } from '../emission.ts';
import type { Emitted, EmittedObject, Stage } from '../emitted.ts';
import { inApplyOrder } from '../finish.ts';
import { heavier, type LedgerEntry, type LedgerField, type Target } from '../ledger.ts';
import { objectionTo } from '../objection.ts';
import type { Place } from '../place.ts';
import type { Settings } from '../settings.ts';
import type { Translation } from '../translation.ts';
import { mayWiden } from './access.ts';
import { findingsOf } from './findings.ts';
import { follow } from './follow.ts';
import { difference, isSame, stepsIn, valueAtSteps } from './json-patch.ts';
import { type Override, subjectKey } from './override.ts';
import { rebase } from './rebase.ts';
import { type OverrideState, placeName, subjectOf } from './state.ts';

/** Emitted resources of one control plane, after the overrides. */
interface Segment {
  readonly finished: readonly Finished[];
  /** Of each resource (by the index it had) where its fields are now. */
  readonly moves: readonly Move[];
  readonly states: readonly OverrideState[];
}

interface Move {
  readonly index: number;
  target(path: string): Omit<Target, 'resource'>;
}

const stay = (index: number): Move => ({ index, target: (path) => ({ path }) });

/** Where fields of an edited resource are now; those whose value is another one are marked, and so are those that are gone. */
function moveIn(before: EmittedObject, after: EmittedObject, index: number): Move {
  const from = before as unknown as Json;
  const to = after as unknown as Json;
  const known = new Map<string, Omit<Target, 'resource'>>();
  const find = (path: string): Omit<Target, 'resource'> => {
    const steps = parsePath(path) ?? [];
    const found = follow(from, to, steps);
    const isSameThere = found.isWhole && isSame(valueAtSteps(from, steps), valueAtSteps(to, found.steps));
    return isSameThere ? { path: formatPath(found.steps) } : { path: formatPath(found.steps), overridden: true };
  };
  return {
    index,
    target(path) {
      const target = known.get(path) ?? find(path);
      known.set(path, target);
      return target;
    },
  };
}

/** The fields of an object that are not as they were translated, as paths into it. */
function changedPaths(before: EmittedObject, after: EmittedObject): string[] {
  const paths = difference(before as unknown as Json, after as unknown as Json).map(({ path }) => {
    const steps = stepsIn(after as unknown as Json, path) ?? stepsIn(before as unknown as Json, path) ?? [];
    return formatPath(steps);
  });
  return [...new Set(paths)].sort();
}

const stageOf = (emitted: Emitted): Stage => (emitted.role === 'patch' ? 'services' : emitted.stage);

const stageOfKind = (kind: string): Stage => {
  if (kind === 'MeshTrafficPermission' || kind === 'MeshOPA') return 'access';
  if (kind === 'Mesh') return 'mesh';
  if (['MeshIdentity', 'MeshTrust', 'MeshTLS'].includes(kind)) return 'identity';
  if (kind === 'Service' || kind === 'MeshService') return 'services';
  if (['MeshExternalService', 'MeshPassthrough', 'HostnameGenerator'].includes(kind)) return 'egress';
  if (['MeshHTTPRoute', 'MeshTCPRoute'].includes(kind)) return 'routing';
  return kind.startsWith('Mesh') ? 'resilience' : 'edge';
};

const byLine = ({ by, reason }: Override): string => (by === undefined ? reason : `${by}: ${reason}`);

/** A draft that a person has finished is a resource like others. */
function finishedDraft(
  { why: _, ...draft }: Extract<Emitted, { role: 'draft' }>,
  marked: Pick<Emitted, 'object' | 'override'>,
): Emitted {
  return { ...draft, ...marked, role: 'resource' };
}

/** What becomes of one override: its state, and the resource as it is emitted with it. */
function settle(
  override: Override,
  found: Finished | undefined,
  settings: Settings,
): { state: OverrideState; next?: Finished } {
  const emitted = found?.emitted;
  const now = emitted?.object;
  const role = emitted?.role === 'resource' ? undefined : emitted?.role;
  const base = { override, ...(now === undefined ? {} : { emitted: now }), ...(role === undefined ? {} : { role }) };
  // A draft and a patch of somebody's object are not applied by themselves.
  const applied = emitted?.role === 'draft' ? undefined : now;
  const admit = (object: EmittedObject, next: Finished, paths: readonly string[]) => {
    const { place: _, ...subject } = override.subject;
    const isOther = subjectKey(subjectOf(object)) !== subjectKey(subject);
    const objection = isOther
      ? { path: 'metadata.name', message: 'an override keeps apiVersion, kind, namespace and name' }
      : next.emitted.role === 'resource'
        ? objectionTo(object, settings)
        : undefined;
    return objection === undefined
      ? { state: { ...base, state: 'applied' as const, paths, widens: mayWiden(applied, object) }, next }
      : { state: { ...base, state: 'refused' as const, ...objection } };
  };
  if (override.change === 'add') {
    const object = override.object as unknown as EmittedObject;
    if (now !== undefined)
      return {
        state: isSame(now as unknown as Json, override.object)
          ? { ...base, state: 'idle' }
          : { ...base, state: 'conflict', conflicts: [{ path: '', now, edit: override.object }] },
      };
    const applies = { role: 'resource' as const, stage: stageOfKind(object.kind) };
    const added = { override: { ...override, paths: [''] } };
    const next: Finished = { emitted: { ...applies, object, services: [], ...added }, origins: [] };
    return admit(object, next, ['']);
  }
  if (emitted === undefined || now === undefined || found === undefined)
    return { state: { ...base, state: override.change === 'leave-out' ? 'idle' : 'gone' } };
  if (override.change === 'leave-out') {
    if (!isSame(override.ground, now as unknown as Json))
      return { state: { ...base, state: 'conflict', conflicts: [{ path: '', ground: override.ground, now }] } };
    if (emitted.role === 'draft') return { state: { ...base, state: 'idle' } };
    const { role: _, ...rest } = emitted;
    const why = `Left out of what is applied. ${byLine(override)}`;
    const left: Emitted = {
      ...rest,
      role: 'draft',
      stage: stageOf(emitted),
      why,
      override: { ...override, paths: [''] },
    };
    return {
      state: { ...base, state: 'applied', paths: [''], widens: mayWiden(applied, undefined) },
      next: { ...found, emitted: left },
    };
  }
  const rebased = rebase(override.ground, now as unknown as JsonObject, override.patch);
  if (!rebased.fits) return { state: { ...base, state: 'conflict', conflicts: rebased.conflicts } };
  const object = rebased.object as unknown as EmittedObject;
  const isFinished = emitted.role === 'draft';
  if (rebased.patch.length === 0 && !isFinished) return { state: { ...base, state: 'idle' } };
  const paths = changedPaths(now, object);
  const marked = { object, override: { ...override, paths } };
  const next = emitted.role === 'draft' ? finishedDraft(emitted, marked) : ({ ...emitted, ...marked } as Emitted);
  return admit(object, { emitted: next, origins: found.origins }, paths);
}

/** The overrides of one control plane's resources. A subject whose name several have (a draft beside a resource) is the one that is applied. */
function overrideSegment(finished: readonly Finished[], overrides: readonly Override[], settings: Settings): Segment {
  if (overrides.length === 0) return { finished, moves: finished.map((_, index) => stay(index)), states: [] };
  const indexOf = new Map<string, number>();
  for (const [index, { emitted }] of finished.entries()) {
    const key = subjectKey(subjectOf(emitted.object));
    const known = indexOf.get(key);
    if (known === undefined || (finished[known]?.emitted.role !== 'resource' && emitted.role === 'resource'))
      indexOf.set(key, index);
  }
  const states: OverrideState[] = [];
  const changed = new Map<number, Finished>();
  const added: Finished[] = [];
  for (const override of overrides) {
    const { place: _, ...subject } = override.subject;
    const index = indexOf.get(subjectKey(subject));
    const { state, next } = settle(override, index === undefined ? undefined : finished[index], settings);
    states.push(state);
    if (next === undefined) continue;
    if (index === undefined) added.push(next);
    else changed.set(index, next);
  }
  const before = finished.map((one, index) => ({ one: changed.get(index) ?? one, index }));
  const entries = [...before.map(({ one }) => one), ...added];
  const sorted = inApplyOrder(entries);
  const positions = new Map(sorted.map((one, position) => [one, position]));
  const moves = before.map(({ one, index }) => {
    const position = positions.get(one) as number;
    const from = finished[index]?.emitted.object as EmittedObject;
    return from === one.emitted.object ? stay(position) : moveIn(from, one.emitted.object, position);
  });
  const indexBefore = new Map(before.map(({ one, index }) => [one, index]));
  const moved = sorted.map((one): Finished => {
    const index = indexBefore.get(one);
    const move = index === undefined ? undefined : moves[index];
    const isEdited = index !== undefined && changed.has(index);
    return !isEdited || move === undefined
      ? one
      : { ...one, origins: one.origins.map(({ path, origin }) => ({ path: move.target(path).path, origin })) };
  });
  return { finished: moved, moves, states };
}

/** What a person changed is exact no longer: nobody has translated it. */
function fieldAfter(field: LedgerField, moves: readonly Move[]): LedgerField {
  if (field.targets.length === 0) return field;
  const targets = field.targets.map(({ resource, path }): Target => {
    const move = moves[resource] as Move;
    return { resource: move.index, ...move.target(path) };
  });
  if (!targets.some(({ overridden }) => overridden)) return { ...field, targets };
  const { code } = codes.override.applied;
  return { ...heavier(field, { ...field, outcome: 'approximate', code }), targets };
}

const ledgerAfter = (ledger: readonly LedgerEntry[], moves: readonly Move[]): LedgerEntry[] =>
  ledger.map(({ resource, fields }) => ({ resource, fields: fields.map((field) => fieldAfter(field, moves)) }));

const finishedOf = ({ emitted, origins }: Translation, from = 0, to = emitted.length): Finished[] =>
  emitted.slice(from, to).map((one, index) => ({ emitted: one, origins: origins[from + index] ?? [] }));

const compare = (a: Override, b: Override): number => {
  const [one, other] = [subjectKey(a.subject), subjectKey(b.subject)];
  return one < other ? -1 : one > other ? 1 : 0;
};

/** A translation of one control plane with its overrides. */
function overrideOne(translation: Translation, segment: Segment): Translation {
  const { finished, moves, states } = segment;
  return {
    ...translation,
    emitted: finished.map(({ emitted }) => emitted),
    origins: finished.map(({ origins }) => origins),
    ledger: ledgerAfter(translation.ledger, moves),
    context: ledgerAfter(translation.context, moves),
    overrides: states,
    diagnostics: [...translation.diagnostics, ...findingsOf(states, translation.settings)].sort(compareDiagnostics),
  };
}

/**
 * Applies to a translation what people decided about what it emits. The provenance of fields stays, and follows them where an edit
 * moves them; what is overridden is marked. An override whose ground has changed, or whose result the target would refuse,
 * is left out with a blocker. Of two for one resource the last counts.
 */
export function applyOverrides(translation: Translation, given: readonly Override[]): Translation {
  if (given.length === 0) return translation;
  const overrides = [...new Map(given.map((one) => [subjectKey(one.subject), one])).values()].sort(compare);
  const { zones, settings, emitted } = translation;
  const of = (place: string | undefined): Override[] => overrides.filter(({ subject }) => subject.place === place);
  const placed = new Set(zones === undefined ? [undefined] : ['global', ...zones.map(({ zone }) => `zone/${zone}`)]);
  const lost = overrides
    .filter(({ subject }) => !placed.has(subject.place))
    .map((override): OverrideState => ({ override, state: override.change === 'leave-out' ? 'idle' : 'gone' }));
  if (zones === undefined) {
    const segment = overrideSegment(finishedOf(translation), of(undefined), settings);
    return overrideOne(translation, { ...segment, states: [...segment.states, ...lost] });
  }
  const globals = emitted.filter(({ place }) => place?.kind === 'global').length;
  const parts = [{ place: { kind: 'global' } as Place, from: 0, to: globals, settings }];
  for (const { zone, translation: own } of zones) {
    const from = parts.at(-1)?.to ?? 0;
    parts.push({ place: { kind: 'zone', zone }, from, to: from + own.emitted.length, settings: own.settings });
  }
  const segments = parts.map((part) => {
    const list = finishedOf(translation, part.from, part.to);
    const segment = overrideSegment(list, of(placeName(part.place)), part.settings);
    return { ...part, segment };
  });
  let offset = 0;
  const finished: Finished[] = [];
  const moves: Move[] = [];
  for (const { segment, place } of segments) {
    const start = offset;
    moves.push(...segment.moves.map((move): Move => ({ index: move.index + start, target: move.target })));
    finished.push(...segment.finished.map((one) => ({ ...one, emitted: { ...one.emitted, place } })));
    offset += segment.finished.length;
  }
  const states = [...segments.flatMap(({ segment }) => segment.states), ...lost];
  const whole = overrideOne(translation, { finished, moves, states });
  return {
    ...whole,
    zones: zones.map((zone, index) => {
      const { segment } = segments[index + 1] as (typeof segments)[number];
      const own = segment.finished.map((one) => {
        const { place: _, ...rest } = one.emitted;
        return { ...one, emitted: rest as Emitted };
      });
      return { ...zone, translation: overrideOne(zone.translation, { ...segment, finished: own }) };
    }),
  };
}
