import type { Json } from '@isthmus/kubernetes';

/** One decision of a record beside ours. */
export interface Comparison {
  /** What was decided about: a resource, or a request and what it met; one line of text. */
  readonly case: string;
  readonly agrees: boolean;
  /** The recorded decision, and ours. */
  readonly expected: string;
  readonly actual: string;
}

/** How the records of one file are compared with what Isthmus makes of the same input. */
export interface Suite {
  /** Name of the file without `.jsonl` or `.jsonl.gz`. */
  readonly file: string;
  /** The comparisons of one line; a record can hold many decisions. */
  readonly compare: (record: Json) => Iterable<Comparison>;
}
