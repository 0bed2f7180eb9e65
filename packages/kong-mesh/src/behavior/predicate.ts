import type { HeaderMatch, Predicate, QueryMatch, TextMatch } from '@isthmus/behavior';
import type { RouteMatch } from './route-rule.ts';

/** How a route of the proxy came out of a match: its length is that of the path that a prefix rewrite replaces. */
export interface RouteVariant {
  readonly predicate: Predicate;
  /** `exact` and `prefix` are the two routes of a PathPrefix; undefined: the match has another kind of path. */
  readonly prefix?: { readonly kind: 'exact' | 'prefix'; readonly length: number };
}

/** Only the first condition on a name counts (kuma, meshhttproute/xds/match.go). */
function firstOfEach<T extends { readonly name: string }>(list: readonly T[]): T[] {
  const seen = new Set<string>();
  return list.filter(({ name }) => !seen.has(name) && seen.add(name) !== undefined);
}

/** The condition on a header that a policy writes. */
export function headerMatch({ type, name, value }: { type: string; name: string; value: string }): HeaderMatch {
  switch (type) {
    case 'Present':
      return { name, match: { kind: 'present' } };
    case 'Absent':
      return { name, match: { kind: 'present' }, invert: true };
    case 'RegularExpression':
      return { name, match: { kind: 'regex', pattern: value } };
    case 'Prefix':
      return { name, match: value === '' ? { kind: 'present' } : { kind: 'prefix', value } };
    default:
      return { name, match: { kind: 'exact', value } };
  }
}

const queryCondition = ({ type, name, value }: { type: string; name: string; value: string }): QueryMatch => ({
  name,
  match: type === 'RegularExpression' ? { kind: 'regex', pattern: value } : { kind: 'exact', value },
});

/**
 * The routes that the proxy gets for a match, in order (kuma, meshhttproute/xds/configurer.go `routePathMatch`): a prefix
 * other than `/` becomes two, because it ends at a slash or at the end of the path.
 */
export function variantsOf({ path, method, headers = [], queryParams = [] }: RouteMatch): RouteVariant[] {
  const rest = {
    ...(method === undefined ? {} : { method: { kind: 'exact', value: method } as TextMatch }),
    headers: firstOfEach(headers).map(headerMatch),
    queryParameters: firstOfEach(queryParams).map(queryCondition),
  };
  const { type, value } = path ?? { type: 'PathPrefix', value: '/' };
  if (type === 'RegularExpression') return [{ predicate: { path: { kind: 'regex', pattern: value }, ...rest } }];
  if (type === 'Exact') return [{ predicate: { path: { kind: 'exact', value }, ...rest } }];
  if (value === '/')
    return [{ predicate: { path: { kind: 'prefix', value }, ...rest }, prefix: { kind: 'prefix', length: 1 } }];
  const trimmed = value.endsWith('/') ? value.slice(0, -1) : value;
  return [
    {
      predicate: { path: { kind: 'exact', value: trimmed }, ...rest },
      prefix: { kind: 'exact', length: trimmed.length },
    },
    {
      predicate: { path: { kind: 'prefix', value: `${trimmed}/` }, ...rest },
      prefix: { kind: 'prefix', length: trimmed.length + 1 },
    },
  ];
}
