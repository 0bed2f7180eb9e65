import {
  changeHeaders,
  type Decision,
  evaluate,
  type Forward,
  type HeaderChanges,
  locationOf,
  mergeSlashes,
  normalizePath,
  type Request,
  type RouteTable,
  type Rule,
  splitPath,
  upstreamOf,
} from '@isthmus/behavior';
import { normalizedPath } from '@isthmus/istio';
import { compareDecisions, describe, named, nothing, pairOf, settle } from './compare-decisions.ts';
import { compareWaits, waited } from './compare-waits.ts';
import type { Difference } from './difference.ts';
import { answerOfNobody } from './nobody.ts';
import type { SimulationModel } from './simulation-model.ts';
import {
  conditionsInWords,
  endpointsInWords,
  hashInWords,
  missInWords,
  rateLimitsInWords,
  retriesInWords,
  timeInWords,
} from './words.ts';

/** One route that a proxy tried; texts are for people. */
export interface SimulatedStep {
  /** The requests that it takes. */
  readonly takes: string;
  /** Why it did not take this one; absent for the one that decided. */
  readonly missed?: string;
  /** What it does with those that it takes. */
  readonly does: string;
  /** Absent for what the mesh adds by itself. */
  readonly rule?: Rule;
}

/** The request as one of the destinations gets it. */
export interface SeenRequest {
  readonly destination: string;
  readonly endpoints: string;
  /** Percent of the requests. */
  readonly share: number;
  readonly path: string;
  readonly authority: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/** What one mesh does with a request, step by step. */
export interface SimulatedSide {
  /** Whether its proxy reads requests at all, or passes bytes on. */
  readonly reads: boolean;
  /** The virtual host that took the authority; absent where none did. */
  readonly virtualHost?: { readonly name: string; readonly domains: readonly string[] };
  /** In the order in which they were tried; the last one decided, unless it says why it did not. */
  readonly steps: readonly SimulatedStep[];
  readonly decision: string;
  readonly kind: Decision['kind'];
  readonly rule?: Rule;
  readonly seen: readonly SeenRequest[];
  /** What the proxy answers itself. */
  readonly answer?: { readonly status: number; readonly location?: string; readonly body?: string };
  /** Timeout, retries and the like, for a request that goes on. */
  readonly settings: readonly { readonly what: string; readonly value: string }[];
}

/** Both meshes' decisions about one request, and what is different about them. */
export interface Simulation {
  readonly before: SimulatedSide;
  readonly after: SimulatedSide;
  readonly differences: readonly Difference[];
  /** What the comparison cannot tell. */
  readonly undecided: readonly string[];
}

const badRequest: Decision = { kind: 'respond', status: 400 };
const noRoute: Decision = { kind: 'respond', status: 404 };

function seenBy(forward: Forward, request: Request): SeenRequest[] {
  const { path, authority } = upstreamOf(forward, request);
  const { destinations, requestHeaders } = forward;
  const counted = destinations.length === 1 ? destinations : destinations.filter(({ weight }) => weight > 0);
  const total = counted.reduce((sum, { weight }) => sum + weight, 0);
  return counted.map(({ destination, weight, authority: own, requestHeaders: ownHeaders }) => {
    const changes: HeaderChanges[] = ownHeaders === undefined ? [requestHeaders] : [ownHeaders, requestHeaders];
    return {
      destination: answerOfNobody(destination.endpoints) === undefined ? named(destination) : 'nobody',
      endpoints: endpointsInWords(destination.endpoints),
      share: counted.length === 1 || total === 0 ? 100 : (weight / total) * 100,
      path,
      authority: forward.authority ?? own ?? authority,
      headers: changeHeaders(request.headers, changes),
    };
  });
}

function settingsOf(forward: Forward): SimulatedSide['settings'] {
  const { timeout, idleTimeout, retries, mirrors, fault, hash, cors } = forward;
  const delay = fault?.delay;
  const abort = fault?.abort;
  return [
    { what: 'timeout', value: timeInWords(timeout) },
    ...(idleTimeout === undefined ? [] : [{ what: 'idle timeout', value: timeInWords(idleTimeout) }]),
    { what: 'retries', value: retriesInWords(retries) },
    ...mirrors.map(({ destination, percentage }) => ({
      what: 'mirror',
      value: `${percentage} % to ${named(destination)}`,
    })),
    ...(delay === undefined
      ? []
      : [{ what: 'injected delay', value: `${timeInWords(delay.duration)} for ${delay.percentage} %` }]),
    ...(abort === undefined
      ? []
      : [{ what: 'injected abort', value: `${abort.status ?? abort.grpcStatus} for ${abort.percentage} %` }]),
    ...(forward.destinations.some(({ server }) => server?.rateLimits !== undefined)
      ? [{ what: 'rate limit', value: rateLimitsInWords(forward) }]
      : []),
    ...(hash.length === 0 ? [] : [{ what: 'hash', value: hashInWords(hash) }]),
    ...(cors === undefined ? [] : [{ what: 'CORS', value: 'answered by the proxy' }]),
  ];
}

interface Judged {
  readonly side: SimulatedSide;
  readonly decision: Decision;
}

/** @param path the path as the mesh's proxy sees it; undefined where it refuses the request */
function judge(table: RouteTable, request: Request, path: string | undefined): Judged {
  const reads = table.opaque !== true;
  if (reads && path === undefined) {
    const side: SimulatedSide = {
      reads,
      steps: [],
      decision: 'answered with 400: the proxy takes no such path',
      kind: 'respond',
      seen: [],
      answer: { status: 400 },
      settings: [],
    };
    return { side, decision: badRequest };
  }
  const received = { ...request, path: reads ? (path ?? request.path) : request.path };
  const { virtualHost, route, tried, decision: found } = evaluate(table, received);
  const decision = virtualHost !== undefined && route === undefined ? noRoute : found;
  const steps = tried.map(
    ({ route: { predicate, decision: would, rule }, miss }): SimulatedStep => ({
      takes: conditionsInWords(predicate),
      missed: missInWords(predicate, miss, received),
      does: describe(would, received),
      ...(rule === undefined ? {} : { rule }),
    }),
  );
  if (route !== undefined)
    steps.push({
      takes: conditionsInWords(route.predicate),
      does: describe(decision, received),
      ...(route.rule === undefined ? {} : { rule: route.rule }),
    });
  const settled = settle(decision, received);
  const answer =
    settled.kind === 'redirect'
      ? { status: settled.status, location: locationOf(settled, received) }
      : settled.kind === 'respond'
        ? { status: settled.status, ...(settled.body === undefined ? {} : { body: settled.body }) }
        : undefined;
  const side: SimulatedSide = {
    reads,
    ...(virtualHost === undefined ? {} : { virtualHost: { name: virtualHost.name, domains: virtualHost.domains } }),
    steps,
    decision: describe(decision, received),
    kind: decision.kind,
    ...(route?.rule === undefined ? {} : { rule: route.rule }),
    seen: settled.kind === 'forward' ? seenBy(settled, received) : [],
    ...(answer === undefined ? {} : { answer }),
    settings: settled.kind === 'forward' && reads ? settingsOf(settled) : [],
  };
  return { side, decision };
}

/**
 * The path as the routes of a proxy of Kong Mesh see it. Envoy refuses a fragment unless it is told otherwise
 * (`http_reject_path_with_fragment`), which Istio does (istio, pkg/bootstrap/config.go, 1.32) and Kuma does not.
 */
const readByMesh = (path: string): string | undefined => (path.includes('#') ? undefined : normalizePath(path));

/**
 * The path as Kong Gateway's router sees it. Where Envoy stays at the root, nginx answers 400 to a path that climbs above it
 * (nginx, src/http/ngx_http_parse.c `ngx_http_parse_complex_uri`).
 */
function readByKong(path: string): string | undefined {
  const normal = normalizePath(path);
  // A step down that no path has is there still unless something climbed above it.
  const below = normalizePath(`/\uE000${path}`);
  return normal === undefined || below?.startsWith('/%EE%80%80') !== true ? undefined : mergeSlashes(normal);
}

/** What both meshes do with one request, route by route, by what they were compiled to. */
export function simulate(model: SimulationModel, asked: Request): Simulation {
  const { before, after, pathNormalization, grpc, connections, undecided: always, scheme, mergesSlashes, only } = model;
  const request = scheme === undefined ? asked : { ...asked, scheme };
  const first = judge(before, request, normalizedPath(pathNormalization, request.path));
  const normal = normalizePath(request.path);
  const second = judge(after, request, mergesSlashes === true ? readByKong(request.path) : readByMesh(request.path));
  const { path } = splitPath(normal ?? request.path);
  const { differences, undecided } = compareDecisions(
    first.decision,
    second.decision,
    { exact: path, prefix: path },
    { ...request, path: normal ?? request.path },
    {
      destinations: (one, other) => connections[pairOf(one, other)] ?? nothing,
      unread: !first.side.reads && !second.side.reads,
      grpc,
      ...(only === undefined ? {} : { only: new Set(only) }),
    },
  );
  return {
    before: first.side,
    after: second.side,
    differences: waited(first.decision, second.decision)
      ? [...differences, ...compareWaits(before, after)]
      : differences,
    undecided: [...new Set([...always, ...undecided.map(({ reason }) => reason)])],
  };
}
