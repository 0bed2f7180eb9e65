import type { OverrideSubject } from '@isthmus/contract';
import { useSyncExternalStore } from 'react';

/** What somebody writes about an emitted resource and has not kept yet. */
export interface Unkept {
  /** Absent where a resource is added: its text says what it is. */
  readonly subject?: OverrideSubject;
  readonly text: string;
  readonly reason: string;
  /** Why it is meant where it may let through who was kept out. */
  readonly accepts: string;
  /** What the writing began from: the override's revision, and `emitted` of the resource. Who was faster is told by it. */
  readonly seen: { readonly revision: number; readonly emitted?: string | undefined };
}

type Edits = Readonly<Record<string, Unkept>>;
type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const nothing: Edits = {};

/** Names what is written: a resource, or the one that is added where there is no subject. */
export const keyOf = (subject: OverrideSubject | undefined): string =>
  subject === undefined
    ? 'added'
    : [subject.apiVersion, subject.kind, subject.namespace, subject.name, subject.place ?? ''].join('/');

const isUnkept = (value: unknown): value is Unkept => {
  const { text, reason, accepts, seen } = (value ?? {}) as Partial<Record<keyof Unkept, unknown>>;
  return (
    [text, reason, accepts].every((one) => typeof one === 'string') &&
    typeof (seen as Partial<Unkept['seen']> | null | undefined)?.revision === 'number'
  );
};

/** What was stored; what is not of this form is left out. */
function parse(stored: string | null): Edits {
  try {
    const entries = Object.entries((JSON.parse(stored ?? '{}') ?? {}) as object);
    return Object.fromEntries(entries.filter(([, value]) => isUnkept(value)));
  } catch {
    return nothing;
  }
}

/**
 * Edits that are not kept yet, by migration and resource.
 * @param memory where they outlive a reload; undefined where the browser has no room for them, and they last as long as the page
 */
export function createUnkept(memory: () => Memory | undefined) {
  const known = new Map<string, Edits>();
  const listeners = new Set<() => void>();
  const place = (migration: string): string => `isthmus.edits.${migration}`;
  const all = (migration: string): Edits => {
    let edits = known.get(migration);
    if (edits === undefined) {
      edits = parse(memory()?.getItem(place(migration)) ?? null);
      known.set(migration, edits);
    }
    return edits;
  };
  return {
    all,
    of: (migration: string, subject: OverrideSubject | undefined): Unkept | undefined => all(migration)[keyOf(subject)],
    /** Remembers an edit, or forgets it where it was kept or given up. */
    set(migration: string, subject: OverrideSubject | undefined, edit: Unkept | undefined): void {
      const { [keyOf(subject)]: _, ...others } = all(migration);
      const edits = edit === undefined ? others : { ...others, [keyOf(subject)]: edit };
      known.set(migration, edits);
      try {
        if (Object.keys(edits).length === 0) memory()?.removeItem(place(migration));
        else memory()?.setItem(place(migration), JSON.stringify(edits));
      } catch {
        // The browser's room is full: the edit lasts as long as the page, which asks before it is left.
      }
      for (const tell of listeners) tell();
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The memory of this tab of the browser; undefined where a setting of the browser forbids it. */
function ownMemory(): Memory | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

const unkept = createUnkept(ownMemory);

export const { set: setUnkept } = unkept;

/** What is written about one resource; undefined where nothing is. */
export const useUnkept = (migration: string, subject: OverrideSubject | undefined): Unkept | undefined =>
  useSyncExternalStore(unkept.subscribe, () => unkept.of(migration, subject));

/** Everything that is written in a migration and not kept. */
export const useAllUnkept = (migration: string): readonly Unkept[] =>
  Object.values(useSyncExternalStore(unkept.subscribe, () => unkept.all(migration)));

/** Whether anything is. */
export const useHasUnkept = (migration: string): boolean =>
  useSyncExternalStore(unkept.subscribe, () => Object.keys(unkept.all(migration)).length > 0);
