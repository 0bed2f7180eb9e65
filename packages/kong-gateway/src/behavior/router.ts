import { compileExpression } from '@isthmus/behavior';
import type { RouterFlavor } from './cluster.ts';
import { type EdgeRequest, headerValues, hostOf, normalisePath, splitTarget } from './edge-request.ts';
import type { Condition, KongRoute, NamedCondition, Origin } from './kong-entities.ts';

/** The route that takes a request. */
export interface Winner {
  readonly route: KongRoute;
  /** What a prefix or an expression took of the path, for `strip_path`; undefined where it was compared as a whole. */
  readonly taken: string | undefined;
  /** Groups of the expressions that matched, from 0; undefined where they have none. */
  readonly captures: readonly (string | undefined)[] | undefined;
  /** Another route that takes the request has the same priority: ids decide. */
  readonly tie: boolean;
  /** The matches of the winner's object that take the request, in order. */
  readonly origins: readonly Origin[];
}

interface Seen {
  readonly request: EdgeRequest;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What expressions have captured so far: groups of one that holds replace those of one before, whatever they are about. */
type Captures = (string | undefined)[];

/** What a condition takes of a text; undefined where it does not hold. */
function takes({ op, value }: Condition, subject: string, captures: Captures): string | undefined {
  switch (op) {
    case '==':
      return subject === value ? value : undefined;
    case '^=':
      return subject.startsWith(value) ? value : undefined;
    case '=^':
      return subject.endsWith(value) ? value : undefined;
    case '~': {
      const groups = compileExpression(value).find(subject);
      for (const [index, group] of (groups ?? []).entries()) if (group !== undefined) captures[index] = group;
      return groups?.[0];
    }
  }
}

const holds = (condition: Condition, subject: string, captures: Captures = []): boolean =>
  takes(condition, subject, captures) !== undefined;

const anyHolds = (conditions: readonly Condition[], subject: string): boolean =>
  conditions.length === 0 || conditions.some((condition) => holds(condition, subject));

/** Of a repeated header or parameter an expression wants all values to match, the traditional_compatible router one, in lower case. */
function valuesHold(
  { any }: NamedCondition,
  values: readonly string[],
  flavor: RouterFlavor,
  captures: Captures,
): boolean {
  if (values.length === 0) return false;
  if (flavor === 'expressions')
    return any.some((condition) => values.every((value) => holds(condition, value, captures)));
  return any.some((condition) => values.some((value) => holds(condition, value.toLowerCase(), captures)));
}

const protocolOf: Readonly<Record<string, string>> = { grpc: 'http', grpcs: 'https' };

/** A route for https alone has no condition on the protocol: plain requests get its redirect status (kong/router/expressions.lua). */
function protocolHolds({ protocols }: KongRoute, scheme: string, flavor: RouterFlavor): boolean {
  if (flavor !== 'expressions' || (protocols.length === 1 && protocols[0] === 'https')) return true;
  return protocols.some((protocol) => (protocolOf[protocol] ?? protocol) === scheme);
}

function sniHolds({ snis }: KongRoute, { scheme, sni = '' }: EdgeRequest, flavor: RouterFlavor): boolean {
  if (snis.length === 0 || (flavor !== 'expressions' && scheme !== 'https')) return true;
  return snis.includes(sni);
}

interface Taking {
  readonly taken: string | undefined;
  readonly captures: Captures;
}

function take(route: KongRoute, { request, host, path, query }: Seen, flavor: RouterFlavor): Taking | undefined {
  if (!sniHolds(route, request, flavor)) return undefined;
  if (route.methods.length > 0 && !route.methods.includes(request.method)) return undefined;
  if (!anyHolds(route.hosts, host) || !protocolHolds(route, request.scheme, flavor)) return undefined;
  const captures: Captures = [];
  let taken: string | undefined;
  for (const condition of route.paths) {
    taken = takes(condition, path, captures);
    if (taken !== undefined) break;
  }
  if (route.paths.length > 0 && taken === undefined) return undefined;
  const rest =
    route.headers.every((one) => valuesHold(one, headerValues(request, one.name), flavor, captures)) &&
    route.queries.every((one) => valuesHold(one, query.getAll(one.name), flavor, captures));
  return rest ? { taken, captures } : undefined;
}

const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Positive: a is tried first. */
export function comparePlace(a: KongRoute, b: KongRoute): number {
  const difference = a.priority - b.priority;
  return difference > 0n ? 1 : difference < 0n ? -1 : compareIds(a.id, b.id);
}

/** Why a route is not in the router, by route: an expression that is none, or the place and id of another route. */
export function unloadable(routes: readonly KongRoute[]): Map<KongRoute, string> {
  const problems = new Map<KongRoute, string>();
  const taken = new Set<string>();
  for (const route of routes) {
    const key = `${route.priority} ${route.id}`;
    const problem = taken.has(key) ? 'UUID already exists' : expressionProblem(route);
    if (problem === undefined) taken.add(key);
    else problems.set(route, problem);
  }
  return problems;
}

/** Why the router cannot read a route (edge.md K-4 for names of parameters). */
function expressionProblem({ paths, headers, queries }: KongRoute): string | undefined {
  const query = queries.find(({ name }) => !/^[A-Za-z0-9_.]+$/.test(name));
  if (query !== undefined) return `the parameter ${query.name} is no field`;
  for (const { op, value } of [...paths, ...headers.flatMap(({ any }) => any), ...queries.flatMap(({ any }) => any)]) {
    if (op !== '~') continue;
    try {
      compileExpression(value);
    } catch {
      return `${value} is no regular expression`;
    }
  }
  return undefined;
}

/** Finds the route that takes a request among those that a router has loaded, which are in no order. */
export function findRoute(
  routes: readonly KongRoute[],
  request: EdgeRequest,
  flavor: RouterFlavor,
): Winner | undefined {
  const { path, query } = splitTarget(request.path);
  const seen: Seen = {
    request,
    host: hostOf(request.host),
    path: normalisePath(path),
    query: new URLSearchParams(query ?? ''),
  };
  let best: { readonly route: KongRoute; readonly found: Taking } | undefined;
  let tie = false;
  for (const route of routes) {
    if (best !== undefined && route.priority < best.route.priority) continue;
    const found = take(route, seen, flavor);
    if (found === undefined) continue;
    tie = best !== undefined && best.route.priority === route.priority;
    if (best === undefined || comparePlace(route, best.route) > 0) best = { route, found };
  }
  if (best === undefined) return undefined;
  const { route, found } = best;
  const origins = route.origins.filter(({ paths }) => paths === undefined || anyHolds(paths, seen.path));
  const { taken, captures } = found;
  return { route, taken, captures: captures.length > 1 ? captures : undefined, tie, origins };
}
