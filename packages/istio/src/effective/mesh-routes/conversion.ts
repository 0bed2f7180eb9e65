import type { Field } from '@isthmus/kubernetes';
import type { Derivable } from '../derived.ts';

/** Why Istio makes nothing of a route: it leaves out all of its rules for one of them. */
export class RouteRefused extends Error {
  readonly field: Field;
  constructor(field: Field, reason: string) {
    super(reason);
    this.field = field;
  }
}

/** A rule in the words of a VirtualService, with what decides about its place among the others. */
export interface DerivedRule {
  /** Matches that share the rule's place, as fields of an HTTPMatchRequest; none: every request. */
  readonly matches: readonly Readonly<Record<string, Derivable | undefined>>[];
  /** Everything besides the matches, for the match of that index. */
  readonly settings: (match: number) => Readonly<Record<string, Derivable | undefined>>;
  readonly rank: Rank;
  /** The rule that it is of. */
  readonly rule: Field;
  /** The match that it is of; undefined where the rule has none. */
  readonly match: Field | undefined;
}

/** What Istio sorts rules by: the greater goes first, one after the other. */
export interface Rank {
  readonly path: 'exact' | 'prefix' | 'regex' | 'none';
  readonly length: number;
  readonly method: boolean;
  readonly headers: number;
  readonly queryParameters: number;
  /** Rules without any match go last. */
  readonly isLast: boolean;
}

const pathRanks = { exact: 3, prefix: 2, regex: 1, none: -1 } as const;

/** Istio's order of rules: a stable sort (istio/pilot/pkg/config/kube/gateway/conversion.go sortHTTPRoutes, 1.32). */
export function compareRank(a: Rank, b: Rank): number {
  if (a.isLast || b.isLast) return Number(a.isLast) - Number(b.isLast);
  return (
    pathRanks[b.path] - pathRanks[a.path] ||
    b.length - a.length ||
    Number(b.method) - Number(a.method) ||
    b.headers - a.headers ||
    b.queryParameters - a.queryParameters
  );
}
