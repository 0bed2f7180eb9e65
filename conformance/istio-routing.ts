import {
  changeHeaders,
  type Decision,
  type Destination,
  evaluate,
  type Forward,
  locationOf,
  noHeaderChanges,
  type Request,
  type Retries,
  type RouteTable,
  upstreamOf,
} from '@isthmus/behavior';
import { compileRouteTable, type EffectiveConfig, receivedPath } from '@isthmus/istio';
import { type Json, parseProtoDuration } from '@isthmus/kubernetes';
import { canonical } from './envoy-settings.ts';
import { configOf, type RecordedCluster } from './istio-record.ts';
import type { Comparison, Suite } from './suite.ts';

interface RecordedDestination {
  readonly host: string;
  readonly subset?: string;
  readonly port: number;
}

interface RecordedDecision {
  readonly kind: string;
  readonly status?: number;
  readonly body?: string;
  readonly location?: string;
  readonly destinations?: readonly (RecordedDestination & { readonly weight: number })[];
  readonly path?: string;
  readonly authority?: string;
  readonly headersSet?: Readonly<Record<string, string>>;
  readonly headersRemoved?: readonly string[];
  readonly timeout?: string;
  readonly retries?: {
    readonly attempts: number;
    readonly on: string;
    readonly codes: readonly number[];
    readonly perTryTimeout: string | null;
  };
  readonly mirrors?: readonly (RecordedDestination & {
    readonly fraction: { readonly numerator?: number; readonly denominator?: string };
  })[];
}

interface RecordedRequest {
  readonly method: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly decision: RecordedDecision;
}

type Recorded = RecordedCluster & { readonly requests: readonly RecordedRequest[] };

/** A decision in the words of both sides; what was not recorded is left out of ours. */
type Words = Readonly<Record<string, unknown>>;

const destinationName = ({ host, subset, port }: RecordedDestination): string => `${host}|${subset ?? ''}|${port}`;

/** Shares by destination; one that is named twice counts once. */
function shares(destinations: readonly { readonly name: string; readonly weight: number }[]): Words {
  const total = destinations.reduce((sum, { weight }) => sum + weight, 0);
  const parts = new Map<string, number>();
  for (const { name, weight } of destinations) parts.set(name, (parts.get(name) ?? 0) + weight);
  return Object.fromEntries([...parts].map(([name, weight]) => [name, (weight / total).toFixed(9)]));
}

const milliseconds = (duration: string): number => Number(parseProtoDuration(duration) ?? 0n) / 1_000_000;

function recordedWords({ retries, timeout, mirrors, destinations, ...rest }: RecordedDecision): Words {
  return {
    ...rest,
    ...(destinations && {
      destinations: shares(destinations.map((one) => ({ name: destinationName(one), weight: one.weight }))),
      retries: retries && {
        ...retries,
        on: retries.on.split(',').filter((token) => token !== ''),
        perTryTimeout: retries.perTryTimeout === null ? null : milliseconds(retries.perTryTimeout),
      },
    }),
    ...(timeout === undefined ? {} : { timeout: milliseconds(timeout) }),
    ...(mirrors && {
      mirrors: mirrors.map(({ fraction: { numerator = 0, denominator }, ...mirror }) => [
        destinationName(mirror),
        denominator === 'MILLION' ? numerator / 10_000 : numerator,
      ]),
    }),
  };
}

const named = (destination: Destination): string => destinationName(destination);

function retriesInWords(retries: Retries | undefined): Words | undefined {
  if (retries === undefined) return undefined;
  const { attempts, on, statusCodes, perTryTimeout = null } = retries;
  return { attempts, on, codes: statusCodes, perTryTimeout };
}

/** Headers that are other ones after a route than before; not recorded where the destinations change different ones. */
function headersInWords({ destinations, requestHeaders }: Forward, before: Request['headers']): Words {
  const [own = noHeaderChanges, ...others] = destinations.map((one) => one.requestHeaders ?? noHeaderChanges);
  if (others.some((other) => canonical(other) !== canonical(own))) return {};
  const after = changeHeaders(before, [own, requestHeaders]);
  const set = Object.entries(after).filter(([name, values]) => before[name]?.join() !== values.join());
  const removed = Object.keys(before).filter((name) => after[name] === undefined);
  return {
    ...(set.length > 0
      ? { headersSet: Object.fromEntries(set.map(([name, values]) => [name, values.join(',')])) }
      : {}),
    ...(removed.length > 0 ? { headersRemoved: removed } : {}),
  };
}

function forwardInWords(forward: Forward, request: Request, recorded: RecordedDecision): Words {
  const { mirrors, destinations, timeout, fault } = forward;
  const abort = fault?.abort?.percentage === 100 ? fault.abort : undefined;
  const upstream = upstreamOf(forward, request);
  return {
    ...(abort === undefined ? { kind: 'forward' } : { kind: 'respond', status: abort.status }),
    destinations: shares(destinations.map(({ destination, weight }) => ({ name: named(destination), weight }))),
    timeout,
    retries: retriesInWords(forward.retries),
    ...(mirrors.length > 0 && {
      mirrors: mirrors.map(({ destination, percentage }) => [named(destination), percentage]),
    }),
    // Of answers without a body nothing was recorded of what the upstream saw.
    ...(recorded.path === undefined ? {} : { path: upstream.path }),
    ...(recorded.authority === undefined ? {} : { authority: upstream.authority }),
    ...(abort === undefined && recorded.path !== undefined ? headersInWords(forward, request.headers) : {}),
  };
}

function inWords(decision: Decision, request: Request, recorded: RecordedDecision): Words {
  switch (decision.kind) {
    case 'forward':
      return forwardInWords(decision, request, recorded);
    case 'redirect':
      return { kind: 'redirect', status: decision.status, location: locationOf(decision, request) };
    case 'respond': {
      const { status, body } = decision;
      return { kind: 'respond', status, ...(body && request.method !== 'HEAD' ? { body } : {}) };
    }
    default:
      return decision;
  }
}

function decide(
  table: RouteTable,
  { mesh }: EffectiveConfig,
  { method, host, path, headers, decision }: RecordedRequest,
): Words {
  const received = receivedPath(mesh, path);
  if (received === undefined) return { kind: 'respond', status: 400 };
  const request: Request = {
    method,
    authority: host,
    path: received,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]])),
  };
  return inWords(evaluate(table, request).decision, request, decision);
}

function* compare(record: Json): Iterable<Comparison> {
  const recorded = record as unknown as Recorded;
  const config = configOf(recorded);
  const tables = new Map<number, RouteTable>();
  for (const request of recorded.requests) {
    const { decision, ...sent } = request;
    const table = tables.get(request.port) ?? compileRouteTable(config, recorded.client, request.port);
    tables.set(request.port, table);
    const expected = canonical(recordedWords(decision));
    const actual = canonical(decide(table, config, request));
    yield { case: `${recorded.id} ${JSON.stringify(sent)}`, agrees: expected === actual, expected, actual };
  }
}

export const istioRouting: Suite = { file: 'istio-routing', compare };
