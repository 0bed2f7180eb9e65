import type { Diagnostic } from '@isthmus/diagnostics';
import type { Limits } from './limits.ts';
import type { Resource, Source } from './resource.ts';
import type { Hidden } from './secrets.ts';

/** A document, or an item of a List, that cannot be told apart by kind and name. */
export interface Unidentified {
  readonly source: Source;
  /** What it lacks: `it has no apiVersion`. */
  readonly reason: string;
  /** As far as they are known, for lists; `''` otherwise. */
  readonly kind: string;
  readonly name: string;
  /** The object where only its name is missing: it has fields to account for. Its name is `''`. */
  readonly resource?: Resource;
}

/** What one manifest file holds. Every document is in one of the three lists. */
export interface FileReading {
  readonly file: string;
  /** Documents that hold something, broken ones included. */
  readonly documents: number;
  /** In the file's order. */
  readonly resources: readonly Resource[];
  readonly unidentified: readonly Unidentified[];
  readonly diagnostics: readonly Diagnostic[];
  /** Parts of the text that must not be stored; `redact` applies them. */
  readonly hidden: readonly Hidden[];
}

/** What is read so far of a file. */
export interface ReadingState {
  readonly file: string;
  readonly limits: Limits;
  documents: number;
  /** Documents and items of Lists, against the limit. */
  objects: number;
  secrets: number;
  readonly resources: Resource[];
  readonly unidentified: Unidentified[];
  readonly diagnostics: Diagnostic[];
  readonly hidden: Hidden[];
}
