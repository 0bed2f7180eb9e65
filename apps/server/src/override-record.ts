import { hash } from 'node:crypto';
import type { Settings } from '@isthmus/contract';
import { type Json, parseJson, stringifyJson } from '@isthmus/kubernetes';
import type { MigrationRecord, NewOverride, OverrideRecord, Store } from '@isthmus/store';
import { type Override, type OverrideSubject, subjectKey } from '@isthmus/translation';
import { completeSettings } from './settings.ts';

/** What a snapshot is translated with. */
export interface Inputs {
  readonly settings: Settings;
  readonly overrides: readonly OverrideRecord[];
}

/** What the snapshots of a migration are translated with now. */
export const inputsOf = async (store: Store, { id, settings }: MigrationRecord): Promise<Inputs> => ({
  settings: completeSettings(settings),
  overrides: await store.overrides.list(id),
});

/** Names the override of a resource. */
export const overrideId = (subject: OverrideSubject): string => hash('sha256', subjectKey(subject)).slice(0, 32);

/** A resource in a few words. */
export function nameOfSubject({ kind, namespace, name, place }: OverrideSubject): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}${place === undefined ? '' : ` (${place})`}`;
}

/** An override as it is kept: integers keep all of their digits. */
export function recordOf({ by: _, at: __, reason, ...content }: Override): NewOverride {
  return {
    id: overrideId(content.subject),
    subject: nameOfSubject(content.subject),
    content: stringifyJson(content as unknown as Json),
    reason,
  };
}

/** An override as it was kept. */
export function overrideOf({ content, reason, by, at }: OverrideRecord): Override {
  return { ...(parseJson(content) as unknown as Override), reason, by, at };
}

/**
 * Names what a snapshot becomes with its overrides: what was approved of other ones no longer counts. The snapshot's own id
 * where there are none.
 */
export function resultId(snapshot: string, overrides: readonly OverrideRecord[]): string {
  if (overrides.length === 0) return snapshot;
  return hash('sha256', JSON.stringify([snapshot, ...overrides.map(({ id, content }) => [id, content])]));
}
