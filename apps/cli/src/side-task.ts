import type { FileReading, Limits, Violation } from '@isthmus/kubernetes';
import type { FoundPlace, Settings, WantedPlace } from '@isthmus/translation';
import type { Manifest } from './input.ts';

// What goes between the thread of the command and the one behind `side-work.ts`.

/** A document on its way: the number of one that came to be checked, or its JSON, which takes less time than to copy it. */
export type SentDocument = number | string;

/** A field whose place is sought. */
export type SoughtPlace = Pick<WantedPlace, 'source' | 'path'>;

/** A file on its way: its text or its documents. */
export type SentFile = { readonly path: string } & (
  | { readonly text: string }
  | { readonly documents: readonly SentDocument[] }
);

export type SideTask =
  | { readonly task: 'check'; readonly json: string; readonly settings: Pick<Settings, 'systemNamespace' | 'target'> }
  | { readonly task: 'files'; readonly files: readonly SentFile[] }
  | { readonly task: 'locate'; readonly wanted: readonly SoughtPlace[]; readonly texts: readonly [string, string][] }
  | { readonly task: 'read'; readonly manifest: Manifest; readonly limits: Limits };

/** One for each task, in order. */
export type SideAnswer = {
  readonly found?: readonly FoundPlace[];
  /** Of checked resources those that must not be applied, by their numbers. */
  readonly objections?: readonly (readonly [number, Violation])[];
  /** As JSON, which takes less time than to copy it, where JSON can say it. */
  readonly reading?: string | FileReading;
  readonly refused?: string;
};

/** Undefined for what JSON.stringify refuses: integers beyond 2^53. */
export function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}
