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
  const paths = matches.map(
    ({ form, capture }): RoutePath =>
      capture ? { type: 'RegularExpression', value: asExpression(form, true) } : asPath(form),
  );
  const expression = (index: number): string =>
    asExpression((matches[index] as Placed).form, (matches[index] as Placed).capture);
  // Nothing comes before an exact path, so that one behind another form of an overlapping match cannot stay exact.
  for (const [later, match] of matches.entries()) {
    if ((paths[later] as RoutePath).type !== 'Exact') continue;
    const before = matches.slice(0, later);
    if (before.some((other, index) => (paths[index] as RoutePath).type !== 'Exact' && overlap(other, match)))
      paths[later] = { type: 'RegularExpression', value: expression(later) };
  }
  for (let index = matches.length - 1; index >= 0; index--) {
    const match = matches[index] as Placed;
    const rivals: { readonly other: Placed; readonly path: RoutePath }[] = [];
    for (let later = index + 1; later < matches.length; later++) {
      const other = matches[later] as Placed;
      if (overlap(match, other)) rivals.push({ other, path: paths[later] as RoutePath });
    }
    const comesFirst = (path: RoutePath): boolean =>
      rivals.every((rival) => {
        const order = comparePriority(traitsOf(match, path), traitsOf(rival.other, rival.path));
        return order > 0 || (order === 0 && rival.other.group === match.group);
      });
    let path = paths[index] as RoutePath;
    if (!comesFirst(path)) {
      let value = path.type === 'RegularExpression' ? path.value : expression(index);
      // As long as the longest of those that it must come before, then longer than that if the other traits do not do.
      const longest = rivals.reduce((size, rival) => Math.max(size, expressionSize(rival.path)), 0);
      while (byteSize(value) < longest) value += padding;
      path = { type: 'RegularExpression', value };
      if (!comesFirst(path)) path = { type: 'RegularExpression', value: value + padding };
      if (path.value.length > longestPath) return undefined;
    }
    paths[index] = path;
  }
  return paths;
}
