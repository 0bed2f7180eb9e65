import type { HeaderMatch, Predicate, QueryMatch, TextMatch } from '@isthmus/behavior';
import { type Field, isMap } from '@isthmus/kubernetes';
import type { EffectiveMatch } from '../effective/http-rule.ts';

const any: Predicate = { headers: [], queryParameters: [] };

/** A StringMatch; the regular expression `*`, which RE2 knows not, and a match without any kind hold for any text. */
export function textMatch(field: Field): TextMatch {
  const value = isMap(field.value) ? field.value : {};
  if (typeof value.exact === 'string') return { kind: 'exact', value: value.exact };
  if (typeof value.prefix === 'string') return { kind: 'prefix', value: value.prefix };
  if (typeof value.regex === 'string' && value.regex !== '*') return { kind: 'regex', pattern: value.regex };
  return { kind: 'present' };
}

const isEmpty = (conditions: Readonly<Record<string, Field>>): boolean => {
  for (const _ in conditions) return false;
  return true;
};

/** Matches on JWT claims look at metadata that sidecars do not set on the way out: they never hold, their opposites always. */
const isClaim = (name: string): boolean => name.startsWith('@request.auth.claims');

/** Whether a match asks for a claim of a token, which only a gateway can know of. */
export function asksForClaims({ named }: EffectiveMatch): boolean {
  for (const name in named.headers) if (isClaim(name)) return true;
  return false;
}

/** Holds for no request: no path is empty. */
export const never: Predicate = { path: { kind: 'exact', value: '' }, headers: [], queryParameters: [] };

/** Headers that stand for parts of the request, by the names that Envoy keeps these under. */
const parts: ReadonlyMap<string, 'method' | 'authority' | 'scheme'> = new Map([
  [':method', 'method'],
  [':authority', 'authority'],
  ['host', 'authority'],
  [':scheme', 'scheme'],
]);

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

function headerMatches({ named: { headers, withoutHeaders } }: EffectiveMatch): HeaderMatch[] {
  const found: HeaderMatch[] = [];
  for (const name in headers) found.push({ name: name.toLowerCase(), match: textMatch(headers[name] as Field) });
  for (const name in withoutHeaders) {
    if (isClaim(name)) continue;
    const condition = textMatch(withoutHeaders[name] as Field);
    const missingIsEmpty = condition.kind === 'present' ? {} : ({ missingIsEmpty: true } as const);
    found.push({ name: name.toLowerCase(), match: condition, invert: true, ...missingIsEmpty });
  }
  return found.sort(byName);
}

function queryMatches({ named: { queryParams } }: EffectiveMatch): QueryMatch[] {
  const found: QueryMatch[] = [];
  for (const name in queryParams) found.push({ name, match: textMatch(queryParams[name] as Field) });
  return found.sort(byName);
}

function pathMatch(match: EffectiveMatch): TextMatch | undefined {
  if (match.text.uri === undefined) return undefined;
  const uri = isMap(match.text.uri.value) && match.text.uri.value.regex === '*' ? undefined : textMatch(match.text.uri);
  if (uri === undefined) return { kind: 'regex', pattern: '*' };
  if (uri.kind === 'present') return undefined;
  return match.ignoreUriCase?.value === true && uri.kind !== 'regex' ? { ...uri, ignoreCase: true } : uri;
}

/**
 * What a request has to be for a match (istio/pilot/pkg/networking/core/route/route.go TranslateRouteMatch, 1.32); every
 * request where a rule has none. Ports, gateways and sources are decided before.
 */
export function predicateOf(match: EffectiveMatch | undefined): Predicate {
  if (match === undefined) return any;
  const path = pathMatch(match);
  const found: { path?: TextMatch; method?: TextMatch; authority?: TextMatch; scheme?: TextMatch } = {};
  if (path !== undefined) found.path = path;
  const { method, authority, scheme } = match.text;
  if (method !== undefined) found.method = textMatch(method);
  if (authority !== undefined) found.authority = textMatch(authority);
  if (scheme !== undefined) found.scheme = textMatch(scheme);
  const headers: HeaderMatch[] = [];
  for (const one of headerMatches(match)) {
    const part = parts.get(one.name);
    // No request is without these.
    if (part !== undefined && one.invert && one.match.kind === 'present') return never;
    if (part === undefined || one.invert || found[part] !== undefined) headers.push(one);
    else found[part] = one.match;
  }
  return { ...found, headers, queryParameters: queryMatches(match) };
}

/**
 * Whether Istio emits nothing behind a match: any path, and no condition on anything else, not even one that always holds
 * (route.go IsCatchAllRoute).
 * @param predicate that of the match
 */
export function isCatchAll(match: EffectiveMatch | undefined, { path }: Predicate): boolean {
  if (match === undefined) return true;
  const anyPath =
    path === undefined ||
    (path.kind === 'prefix' && path.value === '/') ||
    (path.kind === 'regex' && path.pattern === '.*');
  if (!anyPath) return false;
  const { method, authority, scheme } = match.text;
  if (method !== undefined || authority !== undefined || scheme !== undefined) return false;
  const { headers, withoutHeaders, queryParams } = match.named;
  return isEmpty(headers) && isEmpty(withoutHeaders) && isEmpty(queryParams);
}
