import type { Json, JsonObject } from '@isthmus/kubernetes';
import { mergeConfs } from './merge.ts';
import type { Policy, ToEntry } from './policy.ts';
import { listOf, mapOf } from './value.ts';

/** A match of a MeshHTTPRoute as stored; see `canonicalMatch`. */
export interface RouteMatch {
  readonly path?: { readonly type: string; readonly value: string };
  readonly method?: string;
  readonly headers?: readonly { readonly type: string; readonly name: string; readonly value: string }[];
  readonly queryParams?: readonly { readonly type: string; readonly name: string; readonly value: string }[];
}

/** A rule of MeshHTTPRoutes after merging: what the policies say for one list of matches. */
export interface RouteRule {
  readonly matches: readonly RouteMatch[];
  /** The strongest policy that has the rule; names in the rule are read from where it stands, whoever wrote them. */
  readonly policy: Policy;
  /** Where that policy has it: `spec.to[0].rules[1]`. */
  readonly path: string;
  readonly filters: readonly JsonObject[];
  readonly backendRefs: readonly JsonObject[];
}

const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const conditions = (value: Json | undefined) =>
  listOf(value).map((item) => {
    const { type, name, value: text } = mapOf(item);
    return { type: textIn(type) || 'Exact', name: textIn(name), value: textIn(text) };
  });

/** A match with its defaults and in one spelling, so that equal ones have equal texts; an empty list is not an absent one. */
export function canonicalMatch(value: Json): RouteMatch {
  const { path, method, headers, queryParams } = mapOf(value);
  const { type, value: text } = mapOf(path);
  return {
    ...(path == null ? {} : { path: { type: textIn(type), value: textIn(text) } }),
    ...(method == null ? {} : { method: textIn(method) }),
    ...(headers == null ? {} : { headers: conditions(headers) }),
    ...(queryParams == null ? {} : { queryParams: conditions(queryParams) }),
  };
}

interface Merging {
  readonly matches: readonly RouteMatch[];
  readonly policy: Policy;
  readonly path: string;
  readonly confs: readonly JsonObject[];
}

/**
 * Merges the rules of the entries of one destination, given weakest first (routing.md 2.2): rules with the same list of
 * matches become one, `filters` and `backendRefs` each from the strongest that has them, at the place of the strongest. The
 * result has the strongest policy's rules first, each policy's in its own order.
 */
export function mergeRules(entries: readonly ToEntry[]): RouteRule[] {
  const byMatches = new Map<string, Merging>();
  for (const { policy, index, item } of entries) {
    const rules = listOf(item.rules);
    // Within an entry the first rule is the strongest.
    for (let at = rules.length - 1; at >= 0; at--) {
      const rule = mapOf(rules[at]);
      const matches = listOf(rule.matches).map(canonicalMatch);
      const key = JSON.stringify(matches);
      const before = byMatches.get(key);
      byMatches.delete(key);
      byMatches.set(key, {
        matches,
        policy,
        path: `spec.to[${index}].rules[${at}]`,
        confs: [...(before?.confs ?? []), mapOf(rule.default)],
      });
    }
  }
  return [...byMatches.values()].reverse().map(({ confs, ...rule }) => {
    const conf = mergeConfs(confs);
    return {
      ...rule,
      filters: listOf(conf.filters).map(mapOf),
      backendRefs: listOf(conf.backendRefs).map(mapOf),
    };
  });
}
