/** A JSON value as the API server would store it; integers beyond 2^53 are bigint, so that none loses a digit. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Where a resource was read. Lines count from 1; offsets are UTF-16 code units into the file's text. */
export interface Source {
  /** Path relative to the argument, archive or upload it came from, with `/`; `-` for standard input. */
  readonly file: string;
  /** First line of the document's content. */
  readonly line: number;
  /** Index of the document in the file, from 0. */
  readonly document: number;
  /** Path of the object within the document where that is not the root: `items[3]` of a List. */
  readonly within?: string;
  /** Name of the cluster that it is of, in an import that holds several. */
  readonly cluster?: string;
}

/** One Kubernetes object with its source position. */
export interface Resource {
  readonly apiVersion: string;
  /** API group of `apiVersion`; `''` for the core group. */
  readonly group: string;
  readonly kind: string;
  /** As written; `''` where none is. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The whole object. Secrets have lost their values. */
  readonly object: JsonObject;
  readonly source: Source;
}
