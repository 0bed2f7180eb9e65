import type { JsonObject } from '@isthmus/kubernetes';
import type { Emitted, EmittedObject } from '../emitted.ts';
import type { Place } from '../place.ts';
import { patched } from './json-patch.ts';
import type { Override, OverrideSubject } from './override.ts';

/** A place where the ground of an edit is not what it was. Absent values are fields that are not there. */
export interface OverrideConflict {
  /** In the version that the path is of: the ground. */
  readonly path: string;
  readonly ground?: unknown;
  readonly now?: unknown;
  readonly edit?: unknown;
}

/**
 * What became of an override. `applied`: it is in the translation; `idle`: the translation emits by itself what it asks for, or
 * nothing that it could be left out of; `gone`: what was edited is not emitted any more; `conflict`: its ground has changed;
 * `refused`: the target would not admit the result. Of the last three nothing is in the translation.
 */
export type OverrideState = {
  readonly override: Override;
  /** What the translation emits by itself; absent where it emits nothing of this name. */
  readonly emitted?: EmittedObject;
  /** Whether that is a draft or a patch. */
  readonly role?: 'draft' | 'patch';
} & (
  | { readonly state: 'applied'; readonly paths: readonly string[]; readonly widens: boolean }
  | { readonly state: 'idle' | 'gone' }
  | { readonly state: 'conflict'; readonly conflicts: readonly OverrideConflict[] }
  | { readonly state: 'refused'; readonly path: string; readonly message: string }
);

/** How a place is named where overrides are kept. */
export const placeName = (place: Place | undefined): string | undefined =>
  place === undefined ? undefined : place.kind === 'global' ? 'global' : `zone/${place.zone}`;

/** Names an object as the subject of an override. */
export function subjectOf({ apiVersion, kind, metadata }: EmittedObject, place?: string): OverrideSubject {
  const { name, namespace = '' } = metadata;
  return { apiVersion, kind, namespace, name, ...(place === undefined ? {} : { place }) };
}

/** Names an emitted resource as the subject of an override. */
export const subjectOfEmitted = ({ object, place }: Emitted): OverrideSubject => subjectOf(object, placeName(place));

/** What an override makes of its own ground; undefined where it leaves the resource out, or its patch does not fit. */
export function intended(override: Override): JsonObject | undefined {
  if (override.change === 'add') return override.object;
  return override.change === 'edit' ? (patched(override.ground, override.patch) as JsonObject | undefined) : undefined;
}
