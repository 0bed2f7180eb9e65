import { hash } from 'node:crypto';
import type { OverrideDraft, OverrideSubject, OverrideVersions, ResourceOverride } from '@isthmus/contract';
import { type Json, type JsonObject, stringifyJson, writeYaml } from '@isthmus/kubernetes';
import type { OverrideRecord } from '@isthmus/store';
import {
  difference,
  type Emitted,
  type EmittedObject,
  intended,
  mayWiden,
  type Override,
  type OverrideConflict,
  type OverrideState,
  readEdit,
  rebase,
  subjectKey,
  subjectOf,
  subjectOfEmitted,
  type Translation,
} from '@isthmus/translation';
import { overrideId } from '../override-record.ts';
import type { Translated } from './snapshot.ts';

const json = (object: EmittedObject | JsonObject): JsonObject => object as unknown as JsonObject;
const yaml = (value: unknown): string => writeYaml(value as Json);

/** Tells one version of an emitted resource from another. */
export const digestOf = (object: EmittedObject): string =>
  hash('sha256', stringifyJson(json(object), { sortKeys: true })).slice(0, 32);

/** What the translation emits of a name, with overrides and without. */
export interface Emission {
  readonly state?: OverrideState;
  /** By itself; absent where it emits nothing of this name. */
  readonly object?: EmittedObject;
  readonly emitted?: Emitted;
}

/** Finds resources by their subjects. Of a draft and a resource of one name the resource is meant. */
export function emissions({ emitted, overrides = [] }: Translation): (subject: OverrideSubject) => Emission {
  const states = new Map(overrides.map((one) => [subjectKey(one.override.subject), one]));
  const byKey = new Map<string, Emitted>();
  for (const one of emitted) {
    const key = subjectKey(subjectOfEmitted(one));
    if (byKey.get(key)?.role !== 'resource') byKey.set(key, one);
  }
  return (subject) => {
    const key = subjectKey(subject);
    const state = states.get(key);
    const found = byKey.get(key);
    const object = state === undefined ? found?.object : state.emitted;
    return {
      ...(state === undefined ? {} : { state }),
      ...(object === undefined ? {} : { object }),
      ...(found === undefined ? {} : { emitted: found }),
    };
  };
}

/** Which overrides concern what, by their ids. */
export interface Overridden {
  /** By the index of the Istio resource whose fields went to what was overridden. */
  readonly resources: ReadonlyMap<number, readonly string[]>;
  readonly services: ReadonlyMap<string, readonly string[]>;
}

const nothing: Overridden = { resources: new Map(), services: new Map() };
const overridden = new WeakMap<Translated, Overridden>();

function findOverridden({ translation, services, concerns, entryOf }: Translated): Overridden {
  const { emitted, estate, overrides = [] } = translation;
  if (overrides.length === 0) return nothing;
  const emissionOf = emissions(translation);
  // Also those that are not applied: what people decided waits there to be decided again.
  const idOf = new Map<Emitted, string>();
  for (const { override } of overrides) {
    const found = emissionOf(override.subject).emitted;
    if (found !== undefined) idOf.set(found, overrideId(override.subject));
  }
  const resources = new Map<number, readonly string[]>();
  for (const [index, resource] of estate.istio.entries()) {
    const ids = new Set<string>();
    for (const { targets } of entryOf.get(resource)?.fields ?? [])
      for (const target of targets) {
        const id = idOf.get(emitted[target.resource] as Emitted);
        if (id !== undefined) ids.add(id);
      }
    if (ids.size > 0) resources.set(index, [...ids].sort());
  }
  const byService = new Map<string, Set<string>>();
  for (const [one, id] of idOf)
    for (const service of one.services) byService.set(service, (byService.get(service) ?? new Set()).add(id));
  for (const { id: service } of services)
    for (const index of concerns.get(service) ?? [])
      for (const id of resources.get(index) ?? [])
        byService.set(service, (byService.get(service) ?? new Set()).add(id));
  return { resources, services: new Map([...byService].map(([service, ids]) => [service, [...ids].sort()])) };
}

/** Which overrides concern which Istio resources and services: those that the workbench shows beside them. */
export function overriddenIn(snapshot: Translated): Overridden {
  const found = overridden.get(snapshot) ?? findOverridden(snapshot);
  overridden.set(snapshot, found);
  return found;
}

/** Whether somebody has to decide again. */
export const isUnsettled = ({ state }: OverrideState): boolean => state !== 'applied' && state !== 'idle';

/** An override as the API shows it. */
export function presentOverride(record: OverrideRecord, state: OverrideState): ResourceOverride {
  const { override } = state;
  const paths =
    state.state === 'applied'
      ? [...state.paths]
      : state.state === 'conflict'
        ? state.conflicts.map(({ path }) => path)
        : state.state === 'refused'
          ? [state.path]
          : [];
  return {
    id: record.id,
    subject: override.subject,
    change: override.change,
    reason: override.reason,
    ...(override.acceptsWidening === undefined ? {} : { acceptsWidening: override.acceptsWidening }),
    by: record.by,
    at: record.at,
    revision: record.revision,
    state: state.state,
    paths,
    widens: state.state === 'applied' && state.widens,
    ...(state.state === 'refused' ? { refusal: state.message } : {}),
  };
}

/** All overrides of a snapshot, by what they are about. */
export function listOverrides({ translation }: Translated, records: readonly OverrideRecord[]): ResourceOverride[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  return (translation.overrides ?? []).flatMap((state) => {
    const record = byId.get(overrideId(state.override.subject));
    return record === undefined ? [] : [presentOverride(record, state)];
  });
}

const asText = ({ path, ground, now, edit }: OverrideConflict): OverrideVersions['conflicts'][number] => ({
  path,
  ...(ground === undefined ? {} : { ground: yaml(ground) }),
  ...(now === undefined ? {} : { now: yaml(now) }),
  ...(edit === undefined ? {} : { edit: yaml(edit) }),
});

/** What a person needs to decide about an override: undefined where there is none of this id. */
export function overrideVersions(
  { translation }: Translated,
  records: readonly OverrideRecord[],
  id: string,
): OverrideVersions | undefined {
  const record = records.find((one) => one.id === id);
  const state = translation.overrides?.find(({ override }) => overrideId(override.subject) === id);
  if (record === undefined || state === undefined) return undefined;
  const { override, emitted } = state;
  const edit = intended(override);
  const merged =
    override.change === 'edit' && emitted !== undefined
      ? rebase(override.ground, json(emitted), override.patch)
      : undefined;
  const whole = merged === undefined ? edit : merged.fits ? merged.object : merged.merged;
  return {
    override: presentOverride(record, state),
    ...(override.change === 'add' ? {} : { ground: yaml(override.ground) }),
    ...(emitted === undefined ? {} : { now: yaml(emitted), emitted: digestOf(emitted) }),
    ...(edit === undefined ? {} : { edit: yaml(edit) }),
    ...(whole === undefined ? {} : { merged: yaml(whole) }),
    conflicts: state.state === 'conflict' ? state.conflicts.map(asText) : [],
  };
}

/** What somebody wrote, as it is to be kept; without `override` it cannot be. */
export interface Drafted {
  readonly problems: ReturnType<typeof readEdit>['problems'];
  readonly paths: readonly string[];
  readonly widens: boolean;
  /** Of what is emitted now, and its text; absent where nothing is. */
  readonly emitted?: string;
  readonly now?: string;
  /** JSON, without reason and author. */
  readonly override?: string;
  /** `missing`: nothing of this name is emitted; `there`: a resource of the name to add is; `same`: nothing was changed. */
  readonly against?: 'missing' | 'there' | 'same';
}

const changed = (before: EmittedObject, after: EmittedObject): string[] =>
  difference(json(before), json(after)).map(({ path }) => path);

/** Looks at what somebody writes about an emitted resource, or as one of their own. */
export function draft({ translation }: Translated, { subject, change, text = '' }: OverrideDraft): Drafted {
  const { settings } = translation;
  const none = { problems: [], paths: [], widens: false };
  const found = subject === undefined ? undefined : emissions(translation)(subject);
  const kept = (override: unknown): string => stringifyJson(override as Json);
  if (change === 'add') {
    // The text of an added resource says itself what it is; one that is added already keeps its name.
    const { object, problems } = readEdit(text, subject, settings);
    if (object === undefined) return { ...none, problems };
    const { place } = subject ?? {};
    const own = subjectOf(object, place ?? (translation.zones === undefined ? undefined : 'global'));
    if (emissions(translation)(own).object !== undefined) return { ...none, problems, against: 'there' };
    return {
      problems,
      paths: [''],
      widens: mayWiden(undefined, object),
      ...(problems.length === 0 ? { override: kept({ subject: own, change, object }) } : {}),
    };
  }
  const now = found?.object;
  if (subject === undefined || now === undefined) return { ...none, against: 'missing' };
  const role = found?.state === undefined ? found?.emitted?.role : found.state.role;
  const isDraft = role === 'draft';
  const applied = isDraft ? undefined : now;
  const about = { emitted: digestOf(now), now: yaml(now) };
  if (change === 'leave-out')
    return {
      ...none,
      paths: [''],
      widens: mayWiden(applied, undefined),
      ...about,
      override: kept({ subject, change, ground: now }),
    };
  const { object, problems } = readEdit(text, subject, settings, role !== 'patch');
  if (object === undefined) return { ...none, problems, ...about };
  const patch = difference(json(now), json(object));
  // A draft is finished by saving it, also as it is.
  if (patch.length === 0 && !isDraft) return { ...none, problems, ...about, against: 'same' };
  const override: Omit<Extract<Override, { change: 'edit' }>, 'reason'> = { subject, change, ground: json(now), patch };
  return {
    problems,
    paths: changed(now, object),
    widens: mayWiden(applied, object),
    ...about,
    ...(problems.length === 0 ? { override: kept(override) } : {}),
  };
}
