/** One HTTP request as a client sends it, before its proxy changes anything. */
export interface Request {
  readonly method: string;
  /** `http` or `https`, as the proxy sees it; plain HTTP where absent. */
  readonly scheme?: string;
  /** The Host header or `:authority`, with the port where the client wrote one. */
  readonly authority: string;
  /** Path and query as sent: `/a?b=1`. */
  readonly path: string;
  /** Values by lower-case name, in the order sent. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/** Path without the query, and the query without its question mark (undefined where there is none). */
export function splitPath(path: string): { path: string; query: string | undefined } {
  const mark = path.indexOf('?');
  return mark < 0 ? { path, query: undefined } : { path: path.slice(0, mark), query: path.slice(mark + 1) };
}

/**
 * The first value of a query parameter, without percent-decoding, as Envoy's matcher compares it: of `?q=2&q=1` it is `2`,
 * of `?q` the empty text; undefined where the parameter is absent (envoy/source/common/http/utility.cc parseParameters, 1.40).
 */
export function queryParameter(query: string | undefined, name: string): string | undefined {
  for (const part of query?.split('&') ?? []) {
    const equals = part.indexOf('=');
    if ((equals < 0 ? part : part.slice(0, equals)) === name) return equals < 0 ? '' : part.slice(equals + 1);
  }
  return undefined;
}
