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
  type Rule,
  type TextMatch,
  textMatches,
  type WeightedDestination,
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

/** What is known of a request that Kong sends on, beside where it goes. */
export interface Forwarding {
  readonly sent: Sent;
  /** How long Kong waits for all of an answer, and for the next part of one; 0: for ever. */
  readonly timeout: number;
  readonly idleTimeout: number;
  /** Why Kong may do more than the model says; undefined: it does not. */
  readonly unknown: string | undefined;
}

/** What becomes of a request that Kong sends on and the mesh decides about. */
function composed({ sent, timeout, idleTimeout, unknown: more }: Forwarding, decision: Decision): Decision {
  const answer = (own: HeaderChanges | undefined): HeaderChanges | undefined =>
    together(own ?? noHeaderChanges, sent.responseHeaders);
  if (decision.kind !== 'forward' && more !== undefined) return unknown(more);
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
  const { rewrite = sent.rewrite } = decision;
  // What a destination is called by itself takes the place of what Kong sends.
  const isNamed = decision.authority === undefined && decision.destinations.some((one) => one.authority !== undefined);
  const authority = isNamed ? undefined : (decision.authority ?? sent.authority);
  const destinations = decision.destinations.map((one): WeightedDestination => {
    const own = isNamed ? (one.authority ?? sent.authority) : one.authority;
    const server = more === undefined ? one.server : { ...one.server, unknown: more };
    return {
      ...one,
      ...(own === undefined ? {} : { authority: own }),
      ...(server === undefined ? {} : { server }),
    };
  });
  const least = (...times: (number | undefined)[]): number => {
    const limits = times.flatMap((time) => time || []);
    return limits.length === 0 ? 0 : Math.min(...limits);
  };
  return {
    ...decision,
    destinations,
    ...(rewrite === undefined ? {} : { rewrite }),
    ...(authority === undefined ? {} : { authority }),
    requestHeaders,
    responseHeaders,
    timeout: least(timeout, decision.timeout),
    idleTimeout: least(idleTimeout, decision.idleTimeout),
  };
}

/** A Service that Kong sends a part of the requests to, with what its sidecar then does. */
export interface Share {
  /** More than 0; relative to the other parts. */
  readonly weight: number;
  /** `<namespace>/<name>:<port>`. */
  readonly service: string;
  readonly table: RouteTable;
}

/** What a sidecar does with the requests that no earlier step takes; without conditions with all of them. */
interface Step {
  readonly conditions?: Predicate;
  readonly decision: Decision;
  readonly rule?: Rule;
}

const takesAll = ({ path, method, headers, queryParameters, scheme, authority }: Predicate): boolean =>
  (path === undefined || (path.kind === 'prefix' && path.value === '/')) &&
  method === undefined &&
  scheme === undefined &&
  authority === undefined &&
  headers.length + queryParameters.length === 0;

/** What a sidecar does with all requests alike; undefined where its routes tell them apart. */
function always({ service, table: { virtualHosts, otherwise } }: Share): Decision | undefined {
  if (virtualHosts.length === 0) {
    if (otherwise.kind === 'forward' || otherwise.kind === 'unknown') return otherwise;
    const endpoints = { kind: 'none', reason: `Kong's sidecar has no way to ${service}` } as const;
    const [host = '', port] = service.split(':');
    return {
      kind: 'forward',
      destinations: [{ destination: { host, port: Number(port), endpoints }, weight: 1 }],
      requestHeaders: noHeaderChanges,
      responseHeaders: noHeaderChanges,
      timeout: 0,
      mirrors: [],
      hash: [],
    };
  }
  const routes = virtualHosts.flatMap((host) => host.routes);
  const forwards = routes.filter(({ decision }) => decision.kind === 'forward');
  const [first] = forwards;
  const areAlike = new Set(forwards.map(({ decision }) => JSON.stringify(decision))).size === 1;
  const others = routes.filter(({ decision }) => decision.kind !== 'forward');
  const isPlain =
    areAlike &&
    virtualHosts.every((host) =>
      host.routes.some(({ decision, predicate }) => decision.kind === 'forward' && takesAll(predicate)),
    ) &&
    others.every(({ decision }) => decision.kind === 'respond' && decision.status === 404);
  return isPlain ? first?.decision : undefined;
}

function stepsOf(share: Share, sent: Sent): Step[] {
  const decision = always(share);
  if (decision !== undefined) return [{ decision }];
  const steps: Step[] = [];
  for (const { predicate, decision: own, rule } of share.table.virtualHosts[0]?.routes ?? []) {
    const conditions = asked(predicate, sent);
    if (conditions === false) continue;
    // What comes behind may never be asked.
    if (conditions === 'unknown')
      return [...steps, { decision: unknown('which route of Kong Mesh takes what Kong rewrites cannot be told') }];
    steps.push({ conditions, decision: own, ...(rule === undefined ? {} : { rule }) });
  }
  return [...steps, { decision: { kind: 'respond', status: 404 } }];
}

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));

/** A decision about a part of the requests. */
interface Part {
  readonly weight: number;
  readonly decision: Decision;
}

/** The parts of the requests that each destination of a part gets, relative to one another over all parts. */
function weightsOf(parts: readonly { readonly weight: number; readonly forward: Forward }[]): bigint[][] {
  const shares = parts.map(({ weight, forward: { destinations } }) => {
    const [only, ...others] = destinations;
    const own = others.length === 0 && only !== undefined ? [1n] : destinations.map((one) => BigInt(one.weight));
    return { weight: BigInt(weight), own, total: own.reduce((a, b) => a + b, 0n) };
  });
  const all = shares.map(({ weight, own }, index) =>
    own.map((part) =>
      shares.reduce((product, { total }, other) => (other === index ? product : product * total), part * weight),
    ),
  );
  const common = all.flat().reduce(divisor, 0n) || 1n;
  return all.map((list) => list.map((weight) => weight / common));
}

/** An answer of the proxy as a destination where nobody is, so that it can have a part of the requests. */
function asForward(decision: Decision): Forward | undefined {
  if (decision.kind === 'forward') return decision;
  if (decision.kind !== 'respond') return undefined;
  const { status, kind: _, ...more } = decision;
  if (Object.values(more).some((value) => value !== undefined)) return undefined;
  const endpoints = { kind: 'none', reason: `routes of Kong Mesh answer with ${status}`, status } as const;
  return {
    kind: 'forward',
    destinations: [{ destination: { host: '', port: 0, endpoints }, weight: 1 }],
    requestHeaders: noHeaderChanges,
    responseHeaders: noHeaderChanges,
    timeout: 0,
    mirrors: [],
    hash: [],
  };
}

/** What a proxy does with requests beside choosing a destination, changing headers and watching the clock. */
const handling = ({ rewrite, mirrors, retries, fault, cors, idleTimeout, maxConnectionDuration }: Forward) =>
  JSON.stringify([rewrite, mirrors, retries, fault, cors, idleTimeout, maxConnectionDuration]);

/** One decision for parts of the requests that the mesh decides about one by one: their weights multiply. */
function joined(parts: readonly Part[]): Decision {
  const [first] = parts as readonly [Part];
  if (parts.every(({ decision }) => JSON.stringify(decision) === JSON.stringify(first.decision))) return first.decision;
  const open = parts.find(({ decision }) => decision.kind === 'unknown');
  if (open !== undefined) return open.decision;
  const forwards = parts.flatMap(({ weight, decision }) => {
    const forward = asForward(decision);
    return forward === undefined ? [] : [{ weight, forward, isReal: decision.kind === 'forward' }];
  });
  const real = forwards.filter(({ isReal }) => isReal);
  const [model] = real;
  if (forwards.length < parts.length || model === undefined)
    return unknown('routes of Kong Mesh answer parts of the requests in ways that have no weight');
  if (new Set(real.map(({ forward }) => handling(forward))).size > 1)
    return unknown('routes of Kong Mesh treat parts of the requests in different ways');
  const isTimed = new Set(real.map(({ forward }) => forward.timeout)).size > 1;
  const weights = weightsOf(forwards);
  const destinations: WeightedDestination[] = [];
  for (const [index, { forward }] of forwards.entries())
    for (const [place, one] of forward.destinations.entries()) {
      const requestHeaders = together(one.requestHeaders ?? noHeaderChanges, forward.requestHeaders);
      const responseHeaders = together(one.responseHeaders ?? noHeaderChanges, forward.responseHeaders);
      const weight = Number(weights[index]?.[place]);
      if (requestHeaders === undefined || responseHeaders === undefined || !Number.isSafeInteger(weight))
        return unknown('routes of Kong Mesh change parts of the requests in ways that do not add up');
      if (isTimed && forward.timeout > 0 && one.server?.timeouts !== undefined)
        return unknown('routes of Kong Mesh and of servers both limit the time of parts of the requests');
      const authority = forward.authority ?? one.authority;
      const server =
        isTimed && forward.timeout > 0 ? { ...one.server, timeouts: [{ timeout: forward.timeout }] } : one.server;
      destinations.push({
        destination: one.destination,
        weight,
        ...(authority === undefined ? {} : { authority }),
        ...(server === undefined ? {} : { server }),
        ...(isNone(requestHeaders) ? {} : { requestHeaders }),
        ...(isNone(responseHeaders) ? {} : { responseHeaders }),
      });
    }
  const { authority: _, ...rest } = model.forward;
  return {
    ...rest,
    destinations,
    requestHeaders: noHeaderChanges,
    responseHeaders: noHeaderChanges,
    timeout: isTimed ? 0 : model.forward.timeout,
    // Which endpoint of a Service gets a request is not compared behind several that choose in different ways.
    hash: new Set(real.map(({ forward }) => JSON.stringify(forward.hash))).size > 1 ? [] : model.forward.hash,
  };
}

// Enough for several Services with dozens of routes each.
const mostRoutes = 2000;

/**
 * The routes of Kong's sidecar behind one route of Kong's, as conditions on the requests as they come to Kong: the sidecar is a
 * client of the mesh, whose MeshHTTPRoutes decide once more (edge.md 1.15). Where Kong divides the requests among Services,
 * each combination of their routes is one.
 * @param own what Kong itself asks of the requests
 */
export function routesBehind(own: Predicate, forwarding: Forwarding, shares: readonly Share[]): Route[] {
  let ways: readonly { readonly also: readonly Predicate[]; readonly parts: readonly Part[]; readonly rule?: Rule }[] =
    [{ also: [], parts: [] }];
  for (const share of shares) {
    const steps = stepsOf(share, forwarding.sent);
    if (ways.length * steps.length > mostRoutes)
      return [{ predicate: own, decision: unknown(`more than ${mostRoutes} combinations of routes of Kong Mesh`) }];
    ways = ways.flatMap((way) =>
      steps.map(({ conditions, decision, rule }) => ({
        ...(rule === undefined ? {} : { rule }),
        ...way,
        also: conditions === undefined ? way.also : [...way.also, conditions],
        parts: [...way.parts, { weight: share.weight, decision: composed(forwarding, decision) }],
      })),
    );
  }
  return ways.map(({ also, parts, rule }) => ({
    predicate: also.length === 0 ? own : { ...own, also },
    decision: joined(parts),
    ...(rule === undefined ? {} : { rule }),
  }));
}
