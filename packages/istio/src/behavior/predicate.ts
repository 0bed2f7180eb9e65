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

/** Matches on JWT claims look at metadata that sidecars do not set on the way out: they never hold, their opposites always. */
const isClaim = (name: string): boolean => name.startsWith('@request.auth.claims');

/** Whether a match asks for a claim of a token, which only a gateway can know of. */
export const asksForClaims = (match: EffectiveMatch): boolean => Object.keys(match.named.headers).some(isClaim);

/** Holds for no request: no path is empty. */
export const never: Predicate = { path: { kind: 'exact', value: '' }, headers: [], queryParameters: [] };

/** Headers that stand for parts of the request, by the names that Envoy keeps these under. */
const parts: Readonly<Record<string, 'method' | 'authority' | 'scheme'>> = {
  ':method': 'method',
  ':authority': 'authority',
  host: 'authority',
  ':scheme': 'scheme',
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

function headerMatches(match: EffectiveMatch): HeaderMatch[] {
  const positive = Object.entries(match.named.headers).map(
    ([name, field]): HeaderMatch => ({ name: name.toLowerCase(), match: textMatch(field) }),
  );
  const negative = Object.entries(match.named.withoutHeaders)
    .filter(([name]) => !isClaim(name))
    .map(([name, field]): HeaderMatch => {
      const condition = textMatch(field);
      const missingIsEmpty = condition.kind === 'present' ? {} : ({ missingIsEmpty: true } as const);
      return { name: name.toLowerCase(), match: condition, invert: true, ...missingIsEmpty };
    });
  return [...positive, ...negative].sort(byName);
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
  const found: Partial<Record<'method' | 'authority' | 'scheme', TextMatch>> = {};
  for (const part of ['method', 'authority', 'scheme'] as const) {
    const field = match.text[part];
    if (field !== undefined) found[part] = textMatch(field);
  }
  const all = headerMatches(match);
  // No request is without these.
  if (all.some(({ name, match: { kind }, invert }) => invert === true && kind === 'present' && name in parts))
    return never;
  const headers = all.filter(({ name, match: condition, invert }) => {
    const part = parts[name];
    if (part === undefined || invert || found[part] !== undefined) return true;
    found[part] = condition;
    return false;
  });
  return {
    ...(path && { path }),
    ...found,
    headers,
    queryParameters: Object.entries(match.named.queryParams)
      .map(([name, field]): QueryMatch => ({ name, match: textMatch(field) }))
      .sort(byName),
  };
}

/**
 * Whether Istio emits nothing behind a match: any path, and no condition on anything else, not even one that always holds
 * (route.go IsCatchAllRoute).
 */
export function isCatchAll(match: EffectiveMatch | undefined): boolean {
  if (match === undefined) return true;
  const { path } = predicateOf(match);
  const anyPath =
    path === undefined ||
    (path.kind === 'prefix' && path.value === '/') ||
    (path.kind === 'regex' && path.pattern === '.*');
  const { headers, withoutHeaders, queryParams } = match.named;
  return (
    anyPath &&
    match.text.method === undefined &&
    match.text.authority === undefined &&
    match.text.scheme === undefined &&
    [headers, withoutHeaders, queryParams].every((conditions) => Object.keys(conditions).length === 0)
  );
}
