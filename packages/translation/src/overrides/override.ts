import type { JsonObject } from '@isthmus/kubernetes';
import type { Operation } from './json-patch.ts';

/** Which emitted resource is meant. `place` is absent in an import of one cluster, else `global` or `zone/<name>`. */
export interface OverrideSubject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly place?: string;
}

interface Decision {
  readonly subject: OverrideSubject;
  readonly reason: string;
  /** Why it is meant where it may let through who was kept out; such an override blocks without. */
  readonly acceptsWidening?: string;
  readonly by?: string;
  /** ISO 8601. */
  readonly at?: string;
}

/**
 * What a person decided about an emitted resource. `edit`: the change relative to `ground`, which is what the translation emitted
 * when the edit was made. `leave-out`: it is not applied; `ground` as before. `add`: one of their own.
 */
export type Override = Decision &
  (
    | { readonly change: 'edit'; readonly ground: JsonObject; readonly patch: readonly Operation[] }
    | { readonly change: 'leave-out'; readonly ground: JsonObject }
    | { readonly change: 'add'; readonly object: JsonObject }
  );

/** An override in the translation, with the fields of the resource that are not as they were translated. */
export type AppliedOverride = Override & { readonly paths: readonly string[] };

/** Tells subjects apart. A resource has at most one override. */
export const subjectKey = ({ apiVersion, kind, namespace, name, place = '' }: OverrideSubject): string =>
  [place, apiVersion, kind, namespace, name].join('\n');
