import { compileExpression } from './regular-expression.ts';
import { queryParameter, type Request, splitPath } from './request.ts';

/** A condition on one text. `regex` is RE2 and has to match the whole text; `present` holds for any text. */
export type TextMatch =
  | { readonly kind: 'exact' | 'prefix'; readonly value: string; readonly ignoreCase?: true }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'present' };

/**
 * A condition on a header. Each value of a repeated header is compared by itself, any one is enough (Envoy 1.39 and later).
 * A missing header fails any match but an inverted `present`, unless it is taken for an empty text.
 */
export interface HeaderMatch {
  /** Lower case. */
  readonly name: string;
  readonly match: TextMatch;
  /** The condition holds where the match does not. */
  readonly invert?: true;
  readonly missingIsEmpty?: true;
}

/** A condition on the first value of a query parameter; a missing one fails. */
export interface QueryMatch {
  readonly name: string;
  readonly match: TextMatch;
}

/** What a request has to be for a route: all conditions together. No condition: every request. */
export interface Predicate {
  /** On the normalised path without the query. */
  readonly path?: TextMatch;
  readonly method?: TextMatch;
  readonly authority?: TextMatch;
  readonly scheme?: TextMatch;
  readonly headers: readonly HeaderMatch[];
  readonly queryParameters: readonly QueryMatch[];
  /** What the request has to be besides. */
  readonly also?: readonly Predicate[];
}

/** Whether a text meets a condition. */
export function textMatches(match: TextMatch, text: string): boolean {
  switch (match.kind) {
    case 'present':
      return true;
    case 'regex':
      return compileExpression(match.pattern).matches(text);
    case 'exact':
      return match.ignoreCase ? text.toLowerCase() === match.value.toLowerCase() : text === match.value;
    case 'prefix':
      return match.ignoreCase ? text.toLowerCase().startsWith(match.value.toLowerCase()) : text.startsWith(match.value);
  }
}

/** The values of a header, or of what Envoy keeps under such a name: `:method`, `:path`, `:scheme`, `:authority` or `host`. */
export function headerValues(name: string, request: Request): readonly string[] | undefined {
  switch (name) {
    case ':method':
      return [request.method];
    case ':path':
      return [request.path];
    case ':scheme':
      return [request.scheme ?? 'http'];
    case ':authority':
    case 'host':
      return [request.authority];
    default:
      return Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
  }
}

/** Whether a header meets a condition. */
export function headerMatches({ name, match, invert, missingIsEmpty }: HeaderMatch, request: Request): boolean {
  const values = headerValues(name, request) ?? (missingIsEmpty ? [''] : []);
  if (values.length === 0) return match.kind === 'present' && invert === true;
  return values.some((value) => textMatches(match, value)) !== (invert === true);
}

/** One condition of a predicate that a request does not meet, for people. */
export interface Miss {
  readonly part: 'path' | 'method' | 'authority' | 'scheme' | 'header' | 'query';
  /** Of the header or the query parameter. */
  readonly name?: string;
}

/** The first condition that a request does not meet, in a fixed order; undefined where it meets all. */
export function firstMiss(predicate: Predicate, request: Request): Miss | undefined {
  const { path, query } = splitPath(request.path);
  if (predicate.path !== undefined && !textMatches(predicate.path, path)) return { part: 'path' };
  if (predicate.method !== undefined && !textMatches(predicate.method, request.method)) return { part: 'method' };
  if (predicate.authority !== undefined && !textMatches(predicate.authority, request.authority))
    return { part: 'authority' };
  if (predicate.scheme !== undefined && !textMatches(predicate.scheme, request.scheme ?? 'http'))
    return { part: 'scheme' };
  for (const header of predicate.headers)
    if (!headerMatches(header, request)) return { part: 'header', name: header.name };
  for (const { name, match } of predicate.queryParameters) {
    const value = queryParameter(query, name);
    if (value === undefined || !textMatches(match, value)) return { part: 'query', name };
  }
  for (const other of predicate.also ?? []) {
    const miss = firstMiss(other, request);
    if (miss !== undefined) return miss;
  }
  return undefined;
}
