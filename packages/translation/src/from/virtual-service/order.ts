import { alike } from './alike.ts';
import { isEveryPath, type Match, overlap, type Path, quote } from './match.ts';

/** The path of a match as Kong Mesh has it. */
export interface PathMatch {
  readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly value: string;
}

/** What decides the order of a match in Kong Mesh. */
export interface Rank {
  readonly path: PathMatch;
  /** Of the path's text in bytes, which Kong Mesh compares. */
  readonly length: number;
  readonly method: boolean;
  readonly headers: number;
  readonly queryParams: number;
}

const classes = { Exact: 0, PathPrefix: 1, RegularExpression: 2 };

/** Kong Mesh's order of matches; negative: a is tried first (kuma, meshhttproute/api/v1alpha1/compare.go, 2.14; verified by running). */
export function compareMatch(a: Rank, b: Rank): number {
  return (
    classes[a.path.type] - classes[b.path.type] ||
    (a.path.type === 'Exact' ? 0 : b.length - a.length) ||
    Number(b.method) - Number(a.method) ||
    b.headers - a.headers ||
    b.queryParams - a.queryParams
  );
}

const encoder = new TextEncoder();
const ascii = /^[\0-\x7f]*$/;
/** The length of a text in bytes, which is what Kong Mesh compares. */
export const byteLength = (text: string): number => (ascii.test(text) ? text.length : encoder.encode(text).length);

/** A path in the form that Kong Mesh reads most easily. */
export function plainForm(path: Path): PathMatch {
  switch (path.kind) {
    case 'exact':
      return { type: 'Exact', value: path.value };
    case 'segment':
      return { type: 'PathPrefix', value: path.value };
    case 'prefix':
      return isEveryPath(path)
        ? { type: 'PathPrefix', value: '/' }
        : { type: 'RegularExpression', value: `${quote(path.value)}.*` };
    case 'regex':
      return { type: 'RegularExpression', value: path.pattern };
  }
}

/** A path as a regular expression. */
export function expressionForm(path: Path): string {
  switch (path.kind) {
    case 'exact':
      return quote(path.value);
    case 'segment':
      return `${quote(path.value)}(?:/.*)?`;
    case 'prefix':
      return `${quote(path.value)}.*`;
    case 'regex':
      return path.pattern;
  }
}

/** A step of a list whose order counts. */
export interface Ordered {
  readonly match: Match;
  /** What becomes of its requests: the order of steps alike does not matter. */
  readonly action: unknown;
  /** The path has to stay a prefix of segments, as it is rewritten. */
  readonly keepsPrefix: boolean;
}

/**
 * The paths of a list, or the first step whose place in the list cannot be kept: with these paths at best Kong Mesh would try it
 * in front of its rival, which Istio tries first.
 */
export type Kept =
  | { readonly paths: readonly PathMatch[] }
  | { readonly lost: number; readonly rival: number; readonly best: readonly PathMatch[] };

/** What decides the order of a match with this path. */
export const rankOf = ({ method, headers, queryParams }: Match, path: PathMatch): Rank => ({
  path,
  length: byteLength(path.value),
  method: method !== undefined,
  headers: headers.length,
  queryParams: queryParams.length,
});

/** The steps that Kong Mesh would try after one that Istio tries later, though some request meets both and it matters. */
function inversions(list: readonly Ordered[], paths: readonly PathMatch[]): { first: number; later: number }[] {
  if (list.length < 2) return [];
  const found: { first: number; later: number }[] = [];
  const ranks = list.map((one, index) => rankOf(one.match, paths[index] as PathMatch));
  for (let later = 1; later < list.length; later++)
    for (let first = 0; first < later; first++) {
      if (compareMatch(ranks[later] as Rank, ranks[first] as Rank) >= 0) continue;
      const a = list[first] as Ordered;
      const b = list[later] as Ordered;
      if (overlap(a.match, b.match) && !alike(a.action, b.action)) found.push({ first, later });
    }
  return found;
}

// Takes nothing, and makes an expression longer.
const padding = '(?:)';

/** Expressions from a place on, each longer than the next, as a longer one is tried first (routing.md T4, T12). */
function asExpressions(
  list: readonly Ordered[],
  plain: readonly PathMatch[],
  from: number,
  floor: number,
): PathMatch[] {
  const paths = [...plain];
  let shortest = floor;
  for (let index = list.length - 1; index >= from; index--) {
    const { match, keepsPrefix } = list[index] as Ordered;
    if (keepsPrefix) continue;
    const own = plain[index] as PathMatch;
    let value = own.type === 'RegularExpression' ? own.value : expressionForm(match.path);
    let length = byteLength(value);
    for (; length <= shortest; length += padding.length) value += padding;
    shortest = length;
    paths[index] = { type: 'RegularExpression', value };
  }
  return paths;
}

/**
 * Paths that make Kong Mesh treat requests in the order of the list, as Istio does (routing.md 5.3). As they are where its own
 * order does the same; otherwise as regular expressions from the first step on that needs it.
 * @param floor all of them as expressions longer than this many bytes; where absent, only what needs it
 */
export function keepOrder(list: readonly Ordered[], floor?: number): Kept {
  const plain = list.map(({ match }) => plainForm(match.path));
  if (floor === undefined) {
    const found = inversions(list, plain);
    if (found.length === 0) return { paths: plain };
    const partly = asExpressions(list, plain, Math.min(...found.map(({ first }) => first)), -1);
    if (inversions(list, partly).length === 0) return { paths: partly };
  }
  const all = asExpressions(list, plain, 0, floor ?? -1);
  const [lost] = inversions(list, all).map(({ first, later }) =>
    (list[later] as Ordered).keepsPrefix ? { lost: later, rival: first } : { lost: first, rival: later },
  );
  return lost === undefined ? { paths: all } : { ...lost, best: all };
}
