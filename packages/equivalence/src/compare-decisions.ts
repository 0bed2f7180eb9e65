import type {
  Decision,
  Destination,
  Endpoints,
  Forward,
  HeaderChanges,
  Mirror,
  PathRewrite,
  Redirect,
  Request,
  Retries,
  ServerEffects,
} from '@isthmus/behavior';
import { locationOf, rewritePath } from '@isthmus/behavior';
import { isOfBytes } from './compare-connections.ts';
import type { Aspect, Difference } from './difference.ts';
import { answerOfNobody } from './nobody.ts';
import { corsInWords, faultsInWords, hashInWords, rateLimitsInWords, retriesInWords, timeInWords } from './words.ts';

/** What is known of the path of the requests that are compared. */
export interface KnownPath {
  /** Their only path. */
  readonly exact?: string;
  /** What all of them begin with. */
  readonly prefix: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none'));

function endpointsKey(endpoints: Endpoints): string {
  const answer = answerOfNobody(endpoints);
  if (answer !== undefined) return `nobody (${answer})`;
  switch (endpoints.kind) {
    case 'workloads': {
      const labels = Object.entries(endpoints.labels).sort(([a], [b]) => (a < b ? -1 : 1));
      return `${endpoints.namespace}/${labels.map(([key, value]) => `${key}=${value}`).join(',')}:${endpoints.port}`;
    }
    case 'external':
      return `${endpoints.host}:${endpoints.port}`;
    case 'original':
      return 'the address dialled';
    case 'any':
      return endpoints.of.map(endpointsKey).sort().join(' or ');
    case 'none':
      return 'nobody';
  }
}

/** Whether the same workloads, or the same host outside, are behind two destinations. */
export const haveSameEndpoints = (one: Destination, other: Destination): boolean =>
  endpointsKey(one.endpoints) === endpointsKey(other.endpoints);

/** A name for two destinations whose connections are compared. */
export const pairOf = (before: Destination, after: Destination): string =>
  `${before.host} ${before.subset ?? ''} ${before.port} ${after.host} ${after.port}`;

/** A destination as its mesh calls it. */
export const named = ({ host, subset, port }: Destination): string =>
  `${host}${subset === undefined ? '' : ` subset ${subset}`}:${port}`;

/** What changes in sequence make of each header: whether its own values go, and which come. */
function headerEffect(sequence: readonly (HeaderChanges | undefined)[]): string {
  const effects = new Map<string, { drops: boolean; values: string[] }>();
  const effect = (name: string) => {
    const key = name.toLowerCase();
    const known = effects.get(key) ?? { drops: false, values: [] };
    effects.set(key, known);
    return known;
  };
  for (const changes of sequence) {
    if (changes === undefined) continue;
    for (const name of changes.remove) Object.assign(effect(name), { drops: true, values: [] });
    for (const [name, value] of changes.set) Object.assign(effect(name), { drops: true, values: [value] });
    for (const [name, value] of changes.add) effect(name).values.push(value);
  }
  return [...effects]
    .filter(([, { drops, values }]) => drops || values.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { drops, values }]) => `${name}${drops ? '=' : '+='}${JSON.stringify(values)}`)
    .join(', ');
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

interface Shares {
  /** What decides: relative weights by endpoints and by what these see of the request. */
  readonly key: string;
  readonly shown: string;
  /** Who gets which share, whatever they see. */
  readonly places: string;
  /** What becomes of headers on the way there, and back. */
  readonly requests: { readonly key: string; readonly shown: string };
  readonly responses: { readonly key: string; readonly shown: string };
  /** The answer of the proxy where it forwards to nobody at all. */
  readonly answer?: number;
}

/** The authorities that the destinations see, where not the client's. */
const authoritiesOf = ({ authority, destinations }: Forward): Set<string | undefined> =>
  new Set(authority === undefined ? destinations.map((one) => one.authority) : [authority]);

/** Relative weights, so that 1 to 1 is the same as 50 to 50. */
function sharesInOrder(weights: ReadonlyMap<string, number>): string {
  const common = [...weights.values()].reduce((a, b) => divisor(a, b), 0) || 1;
  return [...weights]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, weight]) => `${weight / common} × ${key}`)
    .join('; ');
}

function sharesOf(forward: Forward): Shares {
  const { destinations, requestHeaders, responseHeaders } = forward;
  const counted = destinations.length === 1 ? destinations : destinations.filter(({ weight }) => weight > 0);
  const areSeveral = authoritiesOf(forward).size > 1;
  const weights = new Map<string, number>();
  const places = new Map<string, number>();
  const [requests, responses] = [new Map<string, number>(), new Map<string, number>()];
  const [shownRequests, shownResponses] = [new Set<string>(), new Set<string>()];
  const add = (map: Map<string, number>, name: string, weight: number): void =>
    void map.set(name, (map.get(name) ?? 0) + weight);
  for (const { destination, weight, authority, requestHeaders: own, responseHeaders: ownResponse } of counted) {
    const [there, back] = [headerEffect([own, requestHeaders]), headerEffect([ownResponse, responseHeaders])];
    const place = `${endpointsKey(destination.endpoints)}${areSeveral && authority !== undefined ? ` as ${authority}` : ''}`;
    const key = `${place} [${there} / ${back}]`;
    const part = counted.length === 1 ? 1 : weight;
    add(weights, key, part);
    add(places, place, part);
    add(requests, `${place} [${there}]`, part);
    add(responses, `${place} [${back}]`, part);
    const of = counted.length === 1 ? '' : `${named(destination)}: `;
    shownRequests.add(`${of}${there || 'as they are'}`);
    shownResponses.add(`${of}${back || 'as they are'}`);
  }
  const answers = new Set(counted.map(({ destination: { endpoints } }) => answerOfNobody(endpoints)));
  const [answer] = answers.size === 1 ? answers : [];
  return {
    key: sharesInOrder(weights),
    places: sharesInOrder(places),
    requests: { key: sharesInOrder(requests), shown: [...shownRequests].join('; ') },
    responses: { key: sharesInOrder(responses), shown: [...shownResponses].join('; ') },
    shown: counted
      .map(({ destination, weight }) =>
        counted.length === 1 ? named(destination) : `${named(destination)} (${weight})`,
      )
      .join(', '),
    ...(answer === undefined ? {} : { answer }),
  };
}

const unescaped = (substitution: string): string => substitution.replaceAll('\\\\', '\\');

/** A substitution of the whole path as what it comes to: a path, or something in front of the old one (`\\0`). */
function plainly(rewrite: PathRewrite | undefined): PathRewrite | undefined {
  if (rewrite?.kind !== 'regex' || rewrite.pattern !== '.+') return rewrite;
  const { substitution } = rewrite;
  const [, front, old] = /^((?:[^\\]|\\\\)*)(\\0)?$/.exec(substitution) ?? [];
  if (front === undefined) return rewrite;
  return old === undefined
    ? { kind: 'full', value: unescaped(front) }
    : { kind: 'prefix', length: 0, replacement: unescaped(front) };
}

/** Whether two rewrites lead to the same paths; undefined where that cannot be told. */
function sameRewrite(
  a: PathRewrite | undefined,
  b: PathRewrite | undefined,
  known: KnownPath,
  request: Request,
): boolean | undefined {
  if (rewritePath(a, request.path) !== rewritePath(b, request.path)) return false;
  const asPrefix = (rewrite: PathRewrite | undefined) =>
    plainly(rewrite) ?? ({ kind: 'prefix', length: 0, replacement: '' } as const);
  const [first, second] = [asPrefix(a), asPrefix(b)];
  if (known.exact !== undefined || JSON.stringify(first) === JSON.stringify(second)) return true;
  if (first.kind !== 'prefix' || second.kind !== 'prefix') return undefined;
  const [short, long] = first.length <= second.length ? [first, second] : [second, first];
  if (known.prefix.length < long.length) return undefined;
  const rest = known.prefix.slice(short.length, long.length);
  return short.replacement + rest === long.replacement ? true : undefined;
}

const grpcConditions = new Set(['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable']);

/**
 * The conditions of retries that can come true: `canceled` is no condition of Envoy's (routing.md 3.4; verified by running 1.40),
 * nobody is spoken to in HTTP/3, and codes and headers of answers count where some are listed.
 */
const effective = ({ on, statusCodes, responseHeaders = [] }: Retries, grpc: boolean): string[] =>
  on
    .filter(
      (condition) =>
        !['canceled', 'http3-post-connect-failure'].includes(condition) &&
        (condition !== 'retriable-status-codes' || statusCodes.length > 0) &&
        (condition !== 'retriable-headers' || responseHeaders.length > 0),
    )
    .filter((condition) => grpc || !grpcConditions.has(condition))
    .sort();

function retriesKey(retries: Retries | undefined, grpc: boolean): string {
  if (retries === undefined || retries.attempts <= 0) return 'none';
  const { on: _, statusCodes, perTryTimeout, backOff, methods, previousHosts, ...others } = retries;
  // Envoy tries any endpoint again unless it is told otherwise.
  const avoided = previousHosts === 'omit' ? { previousHosts } : {};
  const rest = Object.entries({ ...others, ...avoided }).sort(([a], [b]) => (a < b ? -1 : 1));
  return text({
    on: effective(retries, grpc),
    statusCodes: [...statusCodes].sort((a, b) => a - b),
    perTryTimeout: perTryTimeout ?? 0,
    // Envoy's defaults (retry_back_off): 25 ms, at most ten times that.
    backOff: backOff ?? { base: 25, max: 250 },
    ...(methods === undefined ? {} : { methods: [...methods].sort() }),
    ...Object.fromEntries(rest),
  });
}

/** Copies that anybody gets: nobody sees the answer to one, so that a copy to nobody is none. */
const mirrorsKey = (mirrors: readonly Mirror[]): string =>
  mirrors
    .filter(({ percentage, destination }) => percentage > 0 && answerOfNobody(destination.endpoints) === undefined)
    .map(
      ({ destination, percentage, hostSuffix }) =>
        `${percentage} % to ${endpointsKey(destination.endpoints)}${hostSuffix === undefined ? '' : ` as <host>${hostSuffix}`}`,
    )
    .sort()
    .join(', ') || 'none';

/** How long a request may take: the client's proxy and the server's both watch the clock. */
function timeoutsOf({ timeout, destinations }: Forward): string {
  const texts = destinations.map(({ server }) => {
    const forAll = server?.timeouts?.find(({ identity }) => identity === undefined)?.timeout ?? 0;
    const forSome = server?.timeouts?.filter(({ identity }) => identity !== undefined) ?? [];
    const limits = [timeout, forAll].filter((limit) => limit > 0);
    const own = forSome.length === 0 ? '' : `, for some clients ${text(forSome)}`;
    return `${limits.length === 0 ? 'none' : timeInWords(Math.min(...limits))}${own}`;
  });
  return [...new Set(texts)].sort().join(' or ');
}

/** What of a fault ever comes true. */
function realFault({ abort, delay }: NonNullable<Forward['fault']>): Forward['fault'] {
  const parts = {
    ...(delay === undefined || delay.percentage === 0 ? {} : { delay }),
    ...(abort === undefined || abort.percentage === 0 ? {} : { abort }),
  };
  return Object.keys(parts).length === 0 ? undefined : parts;
}

/** What servers do by themselves, each with where they are: elsewhere it is something else. */
const atServers = ({ destinations }: Forward, of: (server: ServerEffects) => readonly unknown[]): string[] =>
  destinations
    .flatMap(({ destination, server }) =>
      (server === undefined ? [] : of(server)).map((one) => `${endpointsKey(destination.endpoints)} ${text(one)}`),
    )
    .sort();

const faultsOf = (forward: Forward): string => {
  const ofServers = atServers(forward, ({ faults = [] }) => faults);
  const own = forward.fault && realFault(forward.fault);
  return text(ofServers.length === 0 ? own : { ...own, ofServers });
};

/** An answer of the proxy's own has no headers yet, so that to set one is to add it. */
const rateLimitsOf = (forward: Forward): string =>
  text(
    atServers(forward, ({ rateLimits = [] }) =>
      rateLimits.map(({ identity, sni, requests, interval, most = requests, status, headers, partly }) => [
        { identity, sni, partly },
        [requests, interval, most, status],
        headerEffect([headers && { remove: [], set: [], add: [...headers.set, ...headers.add] }]),
      ]),
    ),
  );

/** What a comparison of the connections to one destination found. */
export interface ComparedConnections extends Compared {
  /** In neither mesh a hash chooses the endpoint, whatever routes make one of. */
  readonly hashless?: true;
}

/** What two meshes do with the connections to destinations that are the same. */
export type CompareDestinations = (before: Destination, after: Destination) => ComparedConnections;

/** What a comparison may be told beside the decisions. */
export interface DecisionOptions {
  /** Compares the connections to destinations that are the same; nothing where absent. */
  readonly destinations?: CompareDestinations;
  /** Neither proxy reads requests: of what they do with them only the destinations count. */
  readonly unread?: boolean;
  /**
   * Whether requests can be of gRPC, so that conditions on its statuses matter; a list: those to these destinations,
   * `<host>:<port>`. They can where nothing is said.
   */
  readonly grpc?: boolean | readonly string[];
  /** Patches of Istio's proxies limit rates, which is no part of the comparison: limits are left out of it on either side. */
  readonly limited?: boolean;
  /** Of resilience only these; all where absent. */
  readonly only?: ReadonlySet<Difference['what']>;
}

const bothAspects = ['routing', 'resilience'] as const;

/** Subsets of one service mostly differ in the same way. */
const distinct = (differences: readonly Difference[]): Difference[] => [
  ...new Map(differences.map((one) => [JSON.stringify(one), one])).values(),
];

/** The connections, and what of the servers' proxies cannot be told. */
function compareUpstreams(before: Forward, after: Forward, compare: CompareDestinations): ComparedConnections {
  const others = new Map(
    after.destinations.map(({ destination }) => [endpointsKey(destination.endpoints), destination]),
  );
  const found = before.destinations.flatMap(({ destination }) => {
    const other = others.get(endpointsKey(destination.endpoints));
    return other === undefined || answerOfNobody(destination.endpoints) !== undefined
      ? []
      : [compare(destination, other)];
  });
  const unknown = after.destinations.flatMap(({ server }) => server?.unknown ?? []);
  const isHashless = found.length > 0 && found.every(({ hashless }) => hashless === true);
  return {
    ...(isHashless ? { hashless: true } : {}),
    differences: distinct(found.flatMap(({ differences }) => differences)),
    undecided: [
      ...found.flatMap(({ undecided }) => undecided),
      ...unknown.flatMap((reason) => bothAspects.map((aspect) => ({ aspect, reason }))),
    ],
  };
}

/** What a comparison of two decisions found: the differences, and what could not be told. */
export interface Compared {
  readonly differences: readonly Difference[];
  readonly undecided: readonly { readonly aspect: Aspect; readonly reason: string }[];
}

/** Nothing is different and nothing open. */
export const nothing: Compared = { differences: [], undecided: [] };

/** Names of headers in any case are the same. */
const hashKey = (policies: Forward['hash']): string =>
  text(policies.map((policy) => (policy.kind === 'header' ? { ...policy, name: policy.name.toLowerCase() } : policy)));

function compareForwards(
  before: Forward,
  after: Forward,
  known: KnownPath,
  request: Request,
  { destinations = () => nothing, grpc = true, unread = false, limited = false, only }: DecisionOptions,
): Compared {
  const differences: Difference[] = [];
  const undecided: { aspect: Aspect; reason: string }[] = [];
  const isGrpc =
    typeof grpc === 'boolean'
      ? grpc
      : before.destinations.some(({ destination: { host, port } }) => grpc.includes(`${host}:${port}`));
  const compare = (
    aspect: Aspect,
    what: Difference['what'],
    a: string,
    b: string,
    shown: [string, string] = [a, b],
  ) => {
    // Words may leave out the very thing that differs.
    const [first, second] = shown[0] === shown[1] ? [a, b] : shown;
    if (aspect === 'resilience' && only?.has(what) === false) return;
    if (a !== b) differences.push({ aspect, what, before: first, after: second });
  };
  const [sharesBefore, sharesAfter] = [sharesOf(before), sharesOf(after)];
  const shared = (what: 'request headers' | 'response headers', of: 'requests' | 'responses'): void =>
    compare('routing', what, sharesBefore[of].key, sharesAfter[of].key, [
      sharesBefore[of].shown,
      sharesAfter[of].shown,
    ]);
  if (sharesBefore.places === sharesAfter.places) {
    shared('request headers', 'requests');
    shared('response headers', 'responses');
  }
  // Where each part alone is the same, it is who gets which of them together.
  if (differences.length === 0)
    compare('routing', 'destinations', sharesBefore.key, sharesAfter.key, [sharesBefore.shown, sharesAfter.shown]);
  const upstreams = compareUpstreams(before, after, destinations);
  undecided.push(...upstreams.undecided);
  if (unread) {
    compare('resilience', 'idle timeout', timeInWords(before.idleTimeout), timeInWords(after.idleTimeout));
    const most = (forward: Forward): string =>
      `most time of a connection: ${timeInWords(forward.maxConnectionDuration)}`;
    compare('resilience', 'connections', most(before), most(after));
    return { differences: [...differences, ...upstreams.differences.filter(isOfBytes)], undecided };
  }
  const rewritten = sameRewrite(before.rewrite, after.rewrite, known, request);
  if (rewritten === false)
    compare('routing', 'path', rewritePath(before.rewrite, request.path), rewritePath(after.rewrite, request.path));
  else if (rewritten === undefined)
    undecided.push({ aspect: 'routing', reason: 'the paths are rewritten in ways that cannot be compared' });
  const [authority, authorityAfter] = [before, after].map((one) =>
    [...authoritiesOf(one)].map((each) => each ?? request.authority).join(', '),
  ) as [string, string];
  compare('routing', 'authority', authority, authorityAfter);
  compare('routing', 'mirrors', mirrorsKey(before.mirrors), mirrorsKey(after.mirrors));
  compare('resilience', 'timeout', timeoutsOf(before), timeoutsOf(after));
  compare('resilience', 'idle timeout', timeInWords(before.idleTimeout), timeInWords(after.idleTimeout));
  compare('resilience', 'retries', retriesKey(before.retries, isGrpc), retriesKey(after.retries, isGrpc), [
    retriesInWords(before.retries),
    retriesInWords(after.retries),
  ]);
  compare('resilience', 'fault', faultsOf(before), faultsOf(after), [faultsInWords(before), faultsInWords(after)]);
  if (!limited)
    compare('resilience', 'rate limit', rateLimitsOf(before), rateLimitsOf(after), [
      rateLimitsInWords(before),
      rateLimitsInWords(after),
    ]);
  // Envoy asks a route for its hash only where the balancer is a ring or Maglev's (envoy, thread_aware_lb_impl.cc, 1.34).
  if (upstreams.hashless !== true)
    compare('resilience', 'hash', hashKey(before.hash), hashKey(after.hash), [
      hashInWords(before.hash),
      hashInWords(after.hash),
    ]);
  differences.push(...upstreams.differences);
  return { differences, undecided };
}

function compareRedirects(before: Redirect, after: Redirect, known: KnownPath, request: Request): Compared {
  const [a, b] = [before, after].map((one) => `${one.status} ${locationOf(one, request)}`) as [string, string];
  if (a !== b) return { differences: [{ aspect: 'routing', what: 'redirect', before: a, after: b }], undecided: [] };
  const same = sameRewrite(before.path, after.path, known, request);
  const reason = 'the redirects build their paths in ways that cannot be compared';
  return { differences: [], undecided: same === true ? [] : [{ aspect: 'routing', reason }] };
}

/** What two proxies write into answers: for browsers of other origins, and into answers of their own. */
function answerDifferences(before: Decision, after: Decision): Difference[] {
  const corsOf = (decision: Decision): string =>
    'cors' in decision && decision.cors !== undefined ? corsInWords(decision.cors) : 'none';
  const headersOf = (decision: Decision): string =>
    decision.kind === 'redirect' || decision.kind === 'respond' ? headerEffect([decision.responseHeaders]) : '';
  return (
    [
      ['cors', corsOf],
      ['response headers', headersOf],
    ] as const
  ).flatMap(([what, of]): Difference[] => {
    const [first, second] = [of(before), of(after)];
    return first === second ? [] : [{ aspect: 'routing', what, before: first, after: second }];
  });
}

/** A decision for people: what happens to the request, in a few words. */
export function describe(decision: Decision, request: Request): string {
  switch (decision.kind) {
    case 'forward': {
      const { answer, shown } = sharesOf(decision);
      if (answer === undefined && isRefused(decision, request))
        return 'answered with 400: the new path begins with no slash';
      return answer === undefined ? shown : `answered with ${answer}: nobody is behind ${shown}`;
    }
    case 'redirect':
      return `${decision.status} to ${locationOf(decision, request)}`;
    case 'respond':
      return `answered with ${decision.status}`;
    case 'passthrough':
      return 'passed through to the address dialled';
    case 'no listener':
      return 'not taken by the proxy';
    case 'closed':
      return `closed: ${decision.reason}`;
    case 'broken':
      return `decided by an older configuration: ${decision.reason}`;
    case 'unknown':
      return `not known: ${decision.reason}`;
  }
}

/**
 * Who is routed to nobody gets an answer from the proxy, as if it had been told to answer; so does a request whose new path has
 * no slash in front: 400 (routing.md T25; verified by running envoy 1.40).
 */
export function settle(decision: Decision, request: Request): Decision {
  if (decision.kind !== 'forward') return decision;
  const { answer } = sharesOf(decision);
  if (answer !== undefined) return { kind: 'respond', status: answer };
  return isRefused(decision, request) ? { kind: 'respond', status: 400 } : decision;
}

const isRefused = ({ rewrite }: Forward, request: Request): boolean =>
  rewrite !== undefined && !rewritePath(rewrite, request.path).startsWith('/');

/** Compares what two meshes do with the requests of a case, of which `request` is one. */
export function compareDecisions(
  before: Decision,
  after: Decision,
  known: KnownPath,
  request: Request,
  options: DecisionOptions = {},
): Compared {
  const compared = compareOutcomes(before, after, known, request, options);
  if (before.kind !== after.kind) return compared;
  return { ...compared, differences: [...compared.differences, ...answerDifferences(before, after)] };
}

function compareOutcomes(
  before: Decision,
  after: Decision,
  known: KnownPath,
  request: Request,
  options: DecisionOptions,
): Compared {
  const [a, b] = [settle(before, request), settle(after, request)];
  for (const one of [a, b]) {
    if (one.kind !== 'broken' && one.kind !== 'unknown') continue;
    const reason =
      one.kind === 'unknown'
        ? one.reason
        : `a proxy refuses the configuration and keeps what it had before: ${one.reason}`;
    return { differences: [], undecided: bothAspects.map((aspect) => ({ aspect, reason })) };
  }
  if (a.kind === 'forward' && b.kind === 'forward') return compareForwards(a, b, known, request, options);
  if (a.kind === 'redirect' && b.kind === 'redirect') return compareRedirects(a, b, known, request);
  if (a.kind === 'respond' && b.kind === 'respond') {
    const [first, second] = [a, b].map(({ status, body }) => `${status}${body === undefined ? '' : ` ${body}`}`);
    return {
      differences:
        first === second ? [] : [{ aspect: 'routing', what: 'response', before: text(first), after: text(second) }],
      undecided: [],
    };
  }
  if (a.kind === b.kind) return { differences: [], undecided: [] };
  const [first, second] = [describe(before, request), describe(after, request)];
  return { differences: [{ aspect: 'routing', what: 'kind', before: first, after: second }], undecided: [] };
}
