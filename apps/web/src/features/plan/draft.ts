import type { PlanSettings, StoredPlan } from '@isthmus/contract';
import { useSyncExternalStore } from 'react';

/** Changes of a plan that nobody else sees yet. */
export interface Draft {
  /** The plan as it was when the first change was made: keeping is refused where it is another by then. */
  readonly base: StoredPlan;
  /** Its waves. */
  readonly baseWaves: readonly (readonly string[])[];
  readonly settings: Partial<PlanSettings>;
  /** Drafts before this one, the newest last. */
  readonly before: readonly Partial<PlanSettings>[];
}

const mostUndone = 100;

// Kept beside the pages: who looks something up elsewhere finds the draft again.
const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Changes in which a draft differs from what it is based on. */
const withoutSame = (settings: Partial<PlanSettings>, base: PlanSettings): Partial<PlanSettings> =>
  Object.fromEntries(
    (Object.keys(settings) as (keyof PlanSettings)[])
      .filter((key) => !isSame(settings[key], base[key]))
      .map((key) => [key, settings[key]]),
  );

/** A draft with further changes; undefined where it would change nothing. */
export function drafted(
  draft: Draft | undefined,
  stored: StoredPlan,
  waves: Draft['baseWaves'],
  change: Partial<PlanSettings>,
): Draft | undefined {
  const base = draft?.base ?? stored;
  const before = draft?.settings ?? {};
  const settings = withoutSame({ ...before, ...change }, base.settings);
  if (Object.keys(settings).length === 0) return undefined;
  return {
    base,
    baseWaves: draft?.baseWaves ?? waves,
    settings,
    before: [...(draft?.before ?? []), before].slice(-mostUndone),
  };
}

/** A draft without its last change. */
export function undone({ base, baseWaves, before }: Draft): Draft | undefined {
  const settings = before.at(-1) ?? {};
  if (Object.keys(settings).length === 0) return undefined;
  return { base, baseWaves, settings, before: before.slice(0, -1) };
}

export function setDraft(migration: string, draft: Draft | undefined): void {
  if (draft === undefined) drafts.delete(migration);
  else drafts.set(migration, draft);
  for (const tell of listeners) tell();
}

export const draftOf = (migration: string): Draft | undefined => drafts.get(migration);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The draft of a migration's plan; it lasts as long as the app is open. */
export const useDraft = (migration: string): Draft | undefined =>
  useSyncExternalStore(subscribe, () => drafts.get(migration));
