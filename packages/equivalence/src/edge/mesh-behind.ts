import {
  type Decision,
  type Forward,
  type HeaderChanges,
  type HeaderMatch,
  headerMatches,
  noHeaderChanges,
  type PathRewrite,
  type Predicate,
  type Request,
  type Route,
  type RouteTable,
  type TextMatch,
  textMatches,
} from '@isthmus/behavior';

/** What Kong makes of a request before its sidecar gets it. */
export interface Sent {
  readonly rewrite: PathRewrite | undefined;
  /** What all paths begin with that a new prefix takes the place of. */
  readonly replaced: string;
  /** Undefined: that of the client, which is `host`. */
  readonly authority: string | undefined;
  readonly host: string;
  readonly requestHeaders: HeaderChanges;
  readonly responseHeaders: HeaderChanges;
}

/** A condition on a request as it comes to Kong, for one on the request as it is sent; true or false where it always is. */
type Asked<T> = T | boolean | 'unknown';

/** The condition on the path as it comes. */
function pathAsked(match: TextMatch, { rewrite, replaced }: Sent): Asked<TextMatch> {
  if (match.kind === 'present') return true;
  if (rewrite === undefined) return match;
  if (rewrite.kind === 'full') return rewrite.value.includes('?') ? 'unknown' : textMatches(match, rewrite.value);
  if (rewrite.kind === 'regex' || match.kind === 'regex' || match.ignoreCase === true) return 'unknown';
  const { replacement } = rewrite;
  const { kind, value } = match;
  if (kind === 'prefix' && replacement.startsWith(value)) return true;
  if (!value.startsWith(replacement)) return false;
  return { kind, value: replaced + value.slice(replacement.length) };
}

const withHeader = (name: string, values: readonly string[]): Request => ({
  method: 'GET',
  authority: '',
  path: '/',
  headers: { [name]: [...values] },
});

function headerAsked(match: HeaderMatch, { authority, requestHeaders }: Sent): Asked<HeaderMatch> {
  const { name } = match;
  if (name === ':path') return 'unknown';
  if (name === ':authority' || name === 'host')
    return authority === undefined ? match : headerMatches({ ...match, name: 'x' }, withHeader('x', [authority]));
  const isNamed = (other: string): boolean => other.toLowerCase() === name;
  if (requestHeaders.add.some(([other]) => isNamed(other))) return 'unknown';
  const set = requestHeaders.set.findLast(([other]) => isNamed(other));
  if (set !== undefined) return headerMatches(match, withHeader(name, [set[1]]));
  return requestHeaders.remove.some(isNamed) ? headerMatches(match, { ...withHeader(name, []), headers: {} }) : match;
}

/** The conditions of a route of the mesh on requests as they come to Kong; false where it takes none of them. */
function asked(predicate: Predicate, sent: Sent): Predicate | false | 'unknown' {
  const path = predicate.path === undefined ? true : pathAsked(predicate.path, sent);
  if (predicate.scheme !== undefined) return 'unknown';
  if (predicate.authority !== undefined && !textMatches(predicate.authority, sent.authority ?? sent.host)) return false;
  const headers = predicate.headers.map((match) => headerAsked(match, sent));
  if (path === false || headers.includes(false)) return false;
  if (path === 'unknown' || headers.includes('unknown')) return 'unknown';
  return {
    ...(path === true ? {} : { path }),
    ...(predicate.method === undefined ? {} : { method: predicate.method }),
    headers: headers.filter((one): one is HeaderMatch => typeof one === 'object'),
    queryParameters: predicate.queryParameters,
  };
}

const isNone = ({ set, add, remove }: HeaderChanges): boolean => set.length + add.length + remove.length === 0;
const namesOf = ({ set, add, remove }: HeaderChanges): string[] =>
  [...set.map(([name]) => name), ...add.map(([name]) => name), ...remove].map((name) => name.toLowerCase());

/** Changes by one proxy and then another; undefined where both change the same header. */
function together(first: HeaderChanges, second: HeaderChanges): HeaderChanges | undefined {
  if (isNone(second)) return first;
  if (isNone(first)) return second;
  const names = new Set(namesOf(first));
  if (namesOf(second).some((name) => names.has(name))) return undefined;
  return {
    set: [...first.set, ...second.set],
    add: [...first.add, ...second.add],
    remove: [...first.remove, ...second.remove],
  };
}

const unknown = (reason: string): Decision => ({ kind: 'unknown', reason });

/** What becomes of a request that Kong sends on and the mesh decides about. */
function composed(sent: Sent, { timeout }: Pick<Forward, 'timeout'>, decision: Decision): Decision {
  const answer = (own: HeaderChanges | undefined): HeaderChanges | undefined =>
    together(own ?? noHeaderChanges, sent.responseHeaders);
  if (decision.kind === 'respond' || decision.kind === 'redirect') {
    const responseHeaders = answer(decision.responseHeaders);
    if (responseHeaders === undefined) return unknown('Kong and its sidecar change the same header of answers');
    const isOfRequest = decision.kind === 'redirect' && (sent.rewrite !== undefined || sent.authority !== undefined);
    if (isOfRequest) return unknown('Kong Mesh redirects a request that Kong has rewritten');
    return isNone(responseHeaders) ? decision : { ...decision, responseHeaders };
  }
  if (decision.kind !== 'forward') return decision;
  const requestHeaders = together(sent.requestHeaders, decision.requestHeaders);
  const responseHeaders = answer(decision.responseHeaders);
  if (requestHeaders === undefined || responseHeaders === undefined)
    return unknown('Kong and its sidecar change the same header');
  if (sent.rewrite !== undefined && decision.rewrite !== undefined)
    return unknown('both Kong and its sidecar rewrite the path');
  const { rewrite = sent.rewrite, authority = sent.authority } = decision;
  const times = [timeout, decision.timeout].filter((time) => time > 0);
  return {
    ...decision,
    ...(rewrite === undefined ? {} : { rewrite }),
    ...(authority === undefined ? {} : { authority }),
    requestHeaders,
    responseHeaders,
    timeout: times.length === 0 ? 0 : Math.min(...times),
  };
}

/**
 * The routes of Kong's sidecar behind one route of Kong's, as conditions on the requests as they come to Kong: the sidecar is a
 * client of the mesh, whose MeshHTTPRoutes decide once more (edge.md 1.15).
 * @param own what Kong itself asks of the requests
 */
export function routesBehind(
  own: Predicate,
  sent: Sent,
  forward: Pick<Forward, 'timeout'>,
  { virtualHosts, otherwise }: RouteTable,
): Route[] {
  const [host] = virtualHosts;
  if (host === undefined) return [{ predicate: own, decision: composed(sent, forward, otherwise) }];
  const routes: Route[] = [];
  for (const { predicate, decision, rule } of host.routes) {
    const conditions = asked(predicate, sent);
    if (conditions === false) continue;
    if (conditions === 'unknown') {
      // What comes behind may never be asked.
      routes.push({
        predicate: own,
        decision: unknown('which route of Kong Mesh takes what Kong rewrites cannot be told'),
      });
      return routes;
    }
    routes.push({
      predicate: { ...own, also: [conditions] },
      decision: composed(sent, forward, decision),
      ...(rule === undefined ? {} : { rule }),
    });
  }
  return [...routes, { predicate: own, decision: composed(sent, forward, { kind: 'respond', status: 404 }) }];
}
