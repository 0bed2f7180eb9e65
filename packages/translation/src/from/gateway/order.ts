import { comparePriority, longestPath, type RoutePath, type Traits } from '@isthmus/kong-gateway';
import { asExpression, asPath, type PathForm } from './path-form.ts';

/** A match in Istio's order, with what decides its place in Kong's. */
export interface Placed {
  readonly form: PathForm;
  readonly methods: ReadonlySet<string> | undefined;
  /** Exact values by header. */
  readonly exactHeaders: ReadonlyMap<string, string>;
  readonly headers: number;
  readonly queryParams: number;
  /** Whether its path must be an expression that captures what follows the match. */
  readonly capture: boolean;
  /** Matches of one group keep their order in Kong where nothing else decides. */
  readonly group: string;
}

function pathsOverlap(a: PathForm, b: PathForm): boolean {
  if (a.kind === 'all' || b.kind === 'all' || a.kind === 'regex' || b.kind === 'regex') return true;
  const fold = a.ignoreCase || b.ignoreCase ? (text: string) => text.toLowerCase() : (text: string) => text;
  const [left, right] = [fold(a.value), fold(b.value)];
  if (a.kind === 'exact' && b.kind === 'exact') return left === right;
  if (a.kind === 'exact') return left.startsWith(right);
  if (b.kind === 'exact') return right.startsWith(left);
  return left.startsWith(right) || right.startsWith(left);
}

/** Whether two sets have nothing in common. */
const disjoint = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => ![...a].some((one) => b.has(one));

/** Whether one request can satisfy both matches; true where that is not ruled out. */
export function overlap(a: Placed, b: Placed): boolean {
  if (a.methods !== undefined && b.methods !== undefined && disjoint(a.methods, b.methods)) return false;
  for (const [name, value] of a.exactHeaders) {
    const other = b.exactHeaders.get(name);
    if (other !== undefined && other !== value) return false;
  }
  return pathsOverlap(a.form, b.form);
}

const padding = '(?:)';
const byteSize = (text: string): number => new TextEncoder().encode(text).length;
const expressionSize = ({ type, value }: RoutePath): number => (type === 'RegularExpression' ? byteSize(value) : 0);

const traitsOf = ({ methods, headers, queryParams }: Placed, path: RoutePath): Traits => ({
  path,
  method: methods !== undefined,
  headers,
  queryParams,
});

/**
 * Paths that make Kong's expressions router try overlapping matches in the order of the list. Plain paths stay where Kong's
 * own order is Istio's; where it is not, the earlier match becomes an expression, padded with empty groups until it is
 * longer than every later one that it must come before (edge.md 2.3, verified by running). Undefined where no path is long
 * enough.
 */
export function keepOrder(matches: readonly Placed[]): RoutePath[] | undefined {
  const plain = matches.map(
    ({ form, capture }): RoutePath =>
      capture ? { type: 'RegularExpression', value: asExpression(form, true) } : asPath(form),
  );
  // Nothing comes before an exact path: one that is behind a match which it would overtake has to give way.
  const yielding = new Set<number>();
  for (;;) {
    const start = plain.map((path, index) => (yielding.has(index) ? expressionOf(matches[index] as Placed) : path));
    const found = raise(matches, start);
    if (found === undefined || Array.isArray(found)) return found;
    for (const index of found.overtaking) yielding.add(index);
  }
}

const expressionOf = ({ form, capture }: Placed): RoutePath => ({
  type: 'RegularExpression',
  value: asExpression(form, capture),
});

/** Lengthens paths from the last match to the first; or says which exact paths are in the way. */
function raise(
  matches: readonly Placed[],
  start: readonly RoutePath[],
): RoutePath[] | { readonly overtaking: readonly number[] } | undefined {
  const paths = [...start];
  for (let index = matches.length - 1; index >= 0; index--) {
    const match = matches[index] as Placed;
    const rivals: number[] = [];
    for (let later = index + 1; later < matches.length; later++)
      if (overlap(match, matches[later] as Placed)) rivals.push(later);
    const overtaking = (path: RoutePath): number[] =>
      rivals.filter((later) => {
        const rival = matches[later] as Placed;
        const order = comparePriority(traitsOf(match, path), traitsOf(rival, paths[later] as RoutePath));
        return order < 0 || (order === 0 && rival.group !== match.group);
      });
    const path = paths[index] as RoutePath;
    if (overtaking(path).length === 0) continue;
    const exact = rivals.filter((later) => paths[later]?.type === 'Exact');
    if (exact.length > 0) return { overtaking: exact };
    // As long as the longest of those that it must come before, and longer if the other traits do not do.
    let value = path.type === 'RegularExpression' ? path.value : expressionOf(match).value;
    const longest = rivals.reduce((size, later) => Math.max(size, expressionSize(paths[later] as RoutePath)), 0);
    while (byteSize(value) < longest) value += padding;
    if (overtaking({ type: 'RegularExpression', value }).length > 0) value += padding;
    if (value.length > longestPath) return undefined;
    paths[index] = { type: 'RegularExpression', value };
  }
  return paths;
}
