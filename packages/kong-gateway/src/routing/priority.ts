/** The path condition of an HTTPRoute's match. */
export interface RoutePath {
  readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly value: string;
}

/** What decides which of two matches of one hostname Kong tries first. */
export interface Traits {
  readonly path: RoutePath;
  readonly method: boolean;
  readonly headers: number;
  readonly queryParams: number;
}

const kinds = { PathPrefix: 0, RegularExpression: 1, Exact: 2 };
const size = (text: string): number => new TextEncoder().encode(text).length;

/**
 * The order of two matches of one hostname in the expressions router; positive: a is tried first, 0: creation time and
 * names decide (kic/internal/dataplane/translator/subtranslator/httproute_atc.go EncodeToPriority, 3.5; verified by running).
 */
export function comparePriority(a: Traits, b: Traits): number {
  return (
    kinds[a.path.type] - kinds[b.path.type] ||
    size(a.path.value) - size(b.path.value) ||
    Number(a.method) - Number(b.method) ||
    a.headers - b.headers ||
    a.queryParams - b.queryParams
  );
}

/** The longest path that a match can have: Gateway API's limit; Kong's router counts no further either. */
export const longestPath = 1024;
