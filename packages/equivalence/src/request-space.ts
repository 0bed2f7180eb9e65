import type { HeaderMatch, Predicate, QueryMatch, Request, TextMatch } from '@isthmus/behavior';
import { textMatches } from '@isthmus/behavior';
import { keyOf } from './automaton.ts';
import type { Budget } from './intersection.ts';
import {
  headerValues,
  methods,
  noConditions,
  paths,
  queryValues,
  statusOf,
  type TextConditions,
  textOf,
} from './text-space.ts';

/** One condition of a predicate, without the inversion of headers. */
export type Condition =
  | { readonly part: 'path'; readonly match: TextMatch }
  | { readonly part: 'method'; readonly match: TextMatch }
  | { readonly part: 'header'; readonly name: string; readonly match: TextMatch; readonly missingIsEmpty: boolean }
  | { readonly part: 'query'; readonly name: string; readonly match: TextMatch };

/** A condition that has to hold, or not to. */
export interface Literal {
  readonly condition: Condition;
  readonly holds: boolean;
}

const ofHeader = ({ name, match, invert, missingIsEmpty }: HeaderMatch): Literal => ({
  condition: { part: 'header', name, match, missingIsEmpty: missingIsEmpty === true },
  holds: invert !== true,
});
const ofQuery = ({ name, match }: QueryMatch): Literal => ({ condition: { part: 'query', name, match }, holds: true });

/** What all requests have in common that are compared together. */
export interface Common {
  readonly authority: string;
  readonly scheme: string;
}

/** What Envoy keeps under the name of a header though it is the same for all requests here (`headerValues` of the models). */
function commonText(name: string, { authority, scheme }: Common): string | undefined {
  if (name === ':scheme') return scheme;
  return name === ':authority' || name === 'host' ? authority : undefined;
}

/** What a condition on a header asks; inverted ones as Envoy has them. */
function literalsOfHeader(header: HeaderMatch): Literal[] {
  const { name, match, invert, missingIsEmpty } = header;
  if (name === ':method') return [{ condition: { part: 'method', match }, holds: invert !== true }];
  // A missing header fails an inverted match too, unless it counts as empty: then it has to be there.
  const there: Literal = {
    condition: { part: 'header', name, match: { kind: 'present' }, missingIsEmpty: false },
    holds: true,
  };
  const needsPresence = invert === true && missingIsEmpty !== true && match.kind !== 'present';
  return needsPresence ? [there, ofHeader(header)] : [ofHeader(header)];
}

/**
 * What a predicate asks of the parts of a request that differ from request to request; undefined where what they have in common
 * fails it.
 */
export function literalsOf(predicate: Predicate, common: Common): Literal[] | undefined {
  const { path, method, authority, scheme, headers, queryParameters, also = [] } = predicate;
  if (authority !== undefined && !textMatches(authority, common.authority)) return undefined;
  if (scheme !== undefined && !textMatches(scheme, common.scheme)) return undefined;
  const literals: Literal[] = [];
  if (path !== undefined) literals.push({ condition: { part: 'path', match: path }, holds: true });
  if (method !== undefined) literals.push({ condition: { part: 'method', match: method }, holds: true });
  for (const header of headers) {
    const text = commonText(header.name, common);
    if (text === undefined) literals.push(...literalsOfHeader(header));
    else if (textMatches(header.match, text) === (header.invert === true)) return undefined;
  }
  literals.push(...queryParameters.map(ofQuery));
  for (const other of also) {
    const more = literalsOf(other, common);
    if (more === undefined) return undefined;
    literals.push(...more);
  }
  return literals;
}

/** Whether a predicate looks at the authority of a request. */
export const readsAuthority = ({ authority, headers, also = [] }: Predicate): boolean =>
  authority !== undefined ||
  headers.some(({ name }) => name === ':authority' || name === 'host') ||
  also.some(readsAuthority);

/** What is known of the requests of one case. */
export interface Case {
  readonly path: TextConditions;
  readonly method: TextConditions;
  readonly headers: ReadonlyMap<string, readonly Literal[]>;
  readonly query: ReadonlyMap<string, readonly Literal[]>;
  /** Each header comes once at most. */
  readonly single?: true;
}

export const everyRequest: Case = { path: noConditions, method: noConditions, headers: new Map(), query: new Map() };

const withText = ({ inside, outside }: TextConditions, match: TextMatch, holds: boolean): TextConditions =>
  holds ? { inside: [...inside, match], outside } : { inside, outside: [...outside, match] };

const withLiteral = (
  before: ReadonlyMap<string, readonly Literal[]>,
  name: string,
  literal: Literal,
): ReadonlyMap<string, readonly Literal[]> => new Map(before).set(name, [...(before.get(name) ?? []), literal]);

/** The requests of a case for which a condition holds, or does not. */
export function narrow(of: Case, { condition, holds }: Literal): Case {
  switch (condition.part) {
    case 'path':
      return { ...of, path: withText(of.path, condition.match, holds) };
    case 'method':
      return { ...of, method: withText(of.method, condition.match, holds) };
    case 'header':
      return { ...of, headers: withLiteral(of.headers, condition.name, { condition, holds }) };
    case 'query':
      return { ...of, query: withLiteral(of.query, condition.name, { condition, holds }) };
  }
}

const matchesOf = (literals: readonly Literal[], holds: boolean): TextMatch[] =>
  literals.filter((literal) => literal.holds === holds).map(({ condition }) => condition.match);

/** Values of a header that meet the literals; `[]`: it has to be missing; undefined where there are none. */
function headerValuesOf(literals: readonly Literal[], budget: Budget, single: boolean): string[] | undefined {
  const missing = literals.every(({ condition, holds }) => {
    const counts = condition.part === 'header' && condition.missingIsEmpty;
    return (counts && textMatches(condition.match, '')) === holds;
  });
  if (missing) return [];
  const inside = matchesOf(literals, true);
  const outside = matchesOf(literals, false);
  const one = textOf(headerValues, { inside, outside }, budget);
  if (one !== undefined) return [one];
  // Each of several values may meet one of the conditions.
  if (single || inside.length < 2) return undefined;
  const values = inside.map((match) => textOf(headerValues, { inside: [match], outside }, budget));
  return values.every((value) => value !== undefined) ? [...new Set(values)] : undefined;
}

/** The value of a query parameter that meets the literals; null: it has to be missing; undefined where there is none. */
function queryValueOf(literals: readonly Literal[], budget: Budget): string | null | undefined {
  if (literals.every(({ holds }) => !holds)) return null;
  return textOf(queryValues, { inside: matchesOf(literals, true), outside: matchesOf(literals, false) }, budget);
}

/** What a case says of a condition: it holds for all of its requests, for none, or for some. Throws a BudgetExceeded. */
export function statusIn(of: Case, condition: Condition, budget: Budget): boolean | undefined {
  if (condition.part === 'path') return statusOf(paths, of.path, condition.match, budget);
  if (condition.part === 'method') return statusOf(methods, of.method, condition.match, budget);
  const before =
    condition.part === 'header' ? (of.headers.get(condition.name) ?? []) : (of.query.get(condition.name) ?? []);
  const key = keyOf(condition.match);
  const empty = condition.part === 'header' && condition.missingIsEmpty;
  const same = before.find(
    (one) =>
      keyOf(one.condition.match) === key && (one.condition.part === 'header' && one.condition.missingIsEmpty) === empty,
  );
  if (same !== undefined) return same.holds;
  const can = (holds: boolean): boolean => {
    const literals = [...before, { condition, holds }];
    return condition.part === 'header'
      ? headerValuesOf(literals, budget, of.single === true) !== undefined
      : queryValueOf(literals, budget) !== undefined;
  };
  if (!can(true)) return false;
  return can(false) ? undefined : true;
}

/** A request of a case, as short as can be; the case is known to have one. */
export function requestOf(of: Case, authority: string, budget: Budget): Request {
  const path = textOf(paths, of.path, budget) ?? '/';
  const method = textOf(methods, of.method, budget) ?? 'GET';
  const headers: Record<string, string[]> = {};
  for (const [name, literals] of of.headers) {
    const values = headerValuesOf(literals, budget, of.single === true);
    if (values !== undefined && values.length > 0) headers[name] = values;
  }
  const parameters: string[] = [];
  for (const [name, literals] of of.query) {
    const value = queryValueOf(literals, budget);
    if (typeof value === 'string') parameters.push(`${name}=${value}`);
  }
  return {
    method,
    authority,
    path: parameters.length === 0 ? path : `${path}?${parameters.join('&')}`,
    headers,
  };
}
