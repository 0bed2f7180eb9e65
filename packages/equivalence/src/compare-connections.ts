import type { ClusterSettings, SlowStart } from '@isthmus/behavior';
import { unlimited } from '@isthmus/kong-mesh';
import type { Compared } from './compare-decisions.ts';
import type { Difference } from './difference.ts';

/** Seconds of a duration in proto JSON; 0 and absent are none. */
const seconds = (duration: string | undefined): number => (duration === undefined ? 0 : Number(duration.slice(0, -1)));
const time = (duration: string | undefined): string => (seconds(duration) === 0 ? 'none' : `${seconds(duration)} s`);

type Settings = Readonly<Record<string, number | string | boolean>>;

// envoy/api/envoy/config/cluster/v3/outlier_detection.proto (1.40): what holds where a field is absent.
const outlierDefaults: Settings = {
  interval: '10s',
  baseEjectionTime: '30s',
  maxEjectionPercent: 10,
  splitExternalLocalOriginErrors: false,
  consecutive5xx: 5,
  enforcingConsecutive5xx: 100,
  consecutiveGatewayFailure: 5,
  enforcingConsecutiveGatewayFailure: 0,
  enforcingSuccessRate: 100,
  successRateMinimumHosts: 5,
  successRateRequestVolume: 100,
  successRateStdevFactor: 1900,
  consecutiveLocalOriginFailure: 5,
  enforcingConsecutiveLocalOriginFailure: 100,
  enforcingLocalOriginSuccessRate: 100,
  enforcingFailurePercentage: 0,
  enforcingFailurePercentageLocalOrigin: 0,
  failurePercentageThreshold: 85,
  failurePercentageMinimumHosts: 5,
  failurePercentageRequestVolume: 50,
};

/** Detectors by the field that turns them on, with what only they read. */
const detectors: Readonly<Record<string, readonly string[]>> = {
  enforcingConsecutive5xx: ['consecutive5xx'],
  enforcingConsecutiveGatewayFailure: ['consecutiveGatewayFailure'],
  enforcingConsecutiveLocalOriginFailure: ['consecutiveLocalOriginFailure'],
};
const localOrigin = [
  'enforcingConsecutiveLocalOriginFailure',
  'enforcingLocalOriginSuccessRate',
  'enforcingFailurePercentageLocalOrigin',
];
const successRate = ['successRateMinimumHosts', 'successRateRequestVolume', 'successRateStdevFactor'];
const failurePercentage = [
  'failurePercentageThreshold',
  'failurePercentageMinimumHosts',
  'failurePercentageRequestVolume',
];

/** What decides who is ejected: without the settings of detectors that are off. */
function outlierOf(written: ClusterSettings['outlierDetection']): Settings | undefined {
  if (written === undefined) return undefined;
  const all: Record<string, number | string | boolean> = { ...outlierDefaults, ...written };
  if (all.splitExternalLocalOriginErrors !== true) for (const name of localOrigin) all[name] = 0;
  for (const [enforcing, settings] of Object.entries(detectors)) {
    // Nobody fails so often in a row.
    if (settings.some((name) => Number(all[name]) >= unlimited)) all[enforcing] = 0;
    if (Number(all[enforcing]) === 0) for (const name of settings) delete all[name];
  }
  const isOff = (...names: string[]): boolean => names.every((name) => Number(all[name]) === 0);
  if (isOff('enforcingSuccessRate', 'enforcingLocalOriginSuccessRate'))
    for (const name of successRate) delete all[name];
  if (isOff('enforcingFailurePercentage', 'enforcingFailurePercentageLocalOrigin'))
    for (const name of failurePercentage) delete all[name];
  if (Object.entries(all).every(([name, value]) => !name.startsWith('enforcing') || Number(value) === 0))
    return undefined;
  return all;
}

function balancerOf(settings: ClusterSettings): string {
  const { lbPolicy, leastRequestLbConfig, roundRobinLbConfig, ringHashLbConfig, maglevLbConfig } = settings;
  // envoy SlowStartConfig: weights rise evenly from 10 % where nothing else is said; a window of 0 is none.
  const slowStart = (config: { slowStartConfig?: SlowStart } | undefined): string => {
    const { slowStartWindow, aggression, minWeightPercent } = config?.slowStartConfig ?? {};
    if (seconds(slowStartWindow) === 0) return '';
    return ` with slow start for ${time(slowStartWindow)} from ${minWeightPercent?.value ?? 10} %, aggression ${aggression?.defaultValue ?? 1}`;
  };
  switch (lbPolicy) {
    case 'LEAST_REQUEST':
      return `least request of ${leastRequestLbConfig?.choiceCount ?? 2}${slowStart(leastRequestLbConfig)}`;
    case 'ROUND_ROBIN':
      return `round robin${slowStart(roundRobinLbConfig)}`;
    case 'RING_HASH': {
      const {
        minimumRingSize = '1024',
        maximumRingSize = '8388608',
        hashFunction = 'XX_HASH',
      } = ringHashLbConfig ?? {};
      return `ring hash of ${minimumRingSize} to ${maximumRingSize}, ${hashFunction}`;
    }
    case 'MAGLEV':
      return `maglev with a table of ${maglevLbConfig?.tableSize ?? '65537'}`;
    case 'RANDOM':
      return 'random';
    case 'CLUSTER_PROVIDED':
      return 'the address dialled';
  }
}

/** A header with the client's tags, which Kong Mesh puts on what its own proxies ask each other. */
const isOwnHeader = (item: unknown): boolean =>
  (item as { readonly header?: { readonly key?: string } }).header?.key === 'x-kuma-tags';

/** A part of a check, its fields in an order of their own; durations as what they last. */
function partOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isOwnHeader(item)).map(partOf);
  if (typeof value === 'string' && /^\d+(?:\.\d+)?s$/.test(value)) return time(value);
  if (typeof value !== 'object' || value === null) return value;
  const found = Object.entries(value).map(([name, part]): [string, unknown] => [name, partOf(part)]);
  return Object.fromEntries(
    found.filter(([, part]) => !(Array.isArray(part) && part.length === 0)).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const checksOf = ({ healthChecks = [] }: ClusterSettings): string => JSON.stringify(healthChecks.map(partOf));

/** Settings by name, for people and for comparison. */
const listed = (settings: Settings): string =>
  Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const limit = (number: number): string => (number >= unlimited ? 'no limit' : String(number));

type RetryBudget = NonNullable<ClusterSettings['circuitBreakers']['retryBudget']>;

/** A budget counts instead of the limit (envoy circuit_breaker.proto, 1.40: retry_budget). */
const retriesAtOnce = ({ retryBudget, maxRetries }: ClusterSettings['circuitBreakers']): string =>
  retryBudget === undefined ? limit(maxRetries ?? 3) : budget(retryBudget);

const budget = ({ budgetPercent, budgetInterval, minRetryConcurrency }: RetryBudget): string =>
  `${budgetPercent.value} % of the requests${seconds(budgetInterval) === 0 ? '' : ` of ${time(budgetInterval)}`}, at least ${minRetryConcurrency}`;

/** What HTTP/2 connections have of their own; nothing where they are none. */
function http2Of(http: ClusterSettings['http']): { streams: string; pings: string } {
  const options =
    http?.explicitHttpConfig?.http2ProtocolOptions ?? http?.useDownstreamProtocolConfig?.http2ProtocolOptions;
  const { interval, timeout } = options?.connectionKeepalive ?? {};
  return {
    streams: limit(options?.maxConcurrentStreams ?? unlimited),
    pings: seconds(interval) === 0 ? 'none' : `every ${time(interval)}, waiting ${time(timeout)}`,
  };
}

/** The settings that clients feel, each as a text; equal texts, equal behaviour. */
function features(settings: ClusterSettings): Record<string, string> {
  const { circuitBreakers, commonLbConfig, http, tcpKeepalive } = settings;
  const panic = commonLbConfig?.healthyPanicThreshold;
  const common = http?.commonHttpProtocolOptions;
  const idle = common?.idleTimeout;
  const outlier = outlierOf(settings.outlierDetection);
  const http2 = http2Of(http);
  return {
    'load balancing': balancerOf(settings),
    'connect timeout': time(settings.connectTimeout),
    // envoy circuit_breaker.proto: 1024 each, 3 retries, where nothing is said.
    'most connections': limit(circuitBreakers.maxConnections ?? 1024),
    'most pending requests': limit(circuitBreakers.maxPendingRequests ?? 1024),
    'most requests': limit(circuitBreakers.maxRequests ?? 1024),
    'most retries at once': retriesAtOnce(circuitBreakers),
    'most connection pools': limit(circuitBreakers.maxConnectionPools ?? unlimited),
    'outlier detection': outlier === undefined ? 'none' : listed(outlier),
    'panic threshold': `${panic === undefined ? 50 : (panic.value ?? 0)} %`,
    'locality weights': commonLbConfig?.localityWeightedLbConfig === undefined ? 'none' : 'used',
    'health checks': checksOf(settings),
    keepalive: tcpKeepalive === undefined ? 'none' : listed(tcpKeepalive),
    // envoy HttpProtocolOptions.idle_timeout: one hour where nothing is said.
    'idle timeout of connections': idle === undefined ? '3600 s' : time(idle),
    'most time of a connection': time(common?.maxConnectionDuration),
    'most time of a stream': time(common?.maxStreamDuration),
    // 0 is no limit here (envoy HttpProtocolOptions.max_requests_per_connection).
    'most requests of a connection': limit(common?.maxRequestsPerConnection || unlimited),
    'most streams of a connection': http2.streams,
    'pings on connections': http2.pings,
  };
}

/** What only proxies feel that read requests. */
const ofRequests: readonly string[] = [
  'idle timeout of connections',
  'most time of a connection',
  'most time of a stream',
  'most requests of a connection',
  'most streams of a connection',
  'pings on connections',
];

/** Whether a difference of connections is one for bytes that nobody reads, too. */
export const isOfBytes = ({ what, before }: Difference): boolean =>
  what !== 'connections' || !ofRequests.some((name) => before.startsWith(`${name}: `));

/** A proxy that refuses the cluster answers 503 whatever its settings say. */
function compareRefusals({ refused: before }: ClusterSettings, { refused: after }: ClusterSettings): Difference[] {
  if ((before === undefined) === (after === undefined)) return [];
  const shown = (refused: string | undefined): string =>
    refused === undefined ? 'reached' : `answered with 503: ${refused}`;
  return [{ aspect: 'routing', what: 'connections', before: shown(before), after: shown(after) }];
}

/**
 * TLS of its own that a client starts in Istio towards a workload (a DestinationRule with SIMPLE or MUTUAL): Kong Mesh encrypts
 * between its proxies and starts no other, so that the server gets plain text (routing.md 3.6).
 */
export function compareOrigination({ tls }: ClusterSettings): Difference[] {
  if (tls?.mode !== 'SIMPLE' && tls?.mode !== 'MUTUAL') return [];
  const before = `the server gets TLS (${tls.mode}${tls.sni === undefined ? '' : `, for ${tls.sni}`})`;
  return [{ aspect: 'routing', what: 'connections', before, after: 'the server gets plain text' }];
}

/**
 * What two meshes do differently with the connections to one destination, Envoy's defaults filled in. The HTTP version and the
 * TLS between the proxies are the mesh's own and not compared here.
 */
export function compareConnections(before: ClusterSettings, after: ClusterSettings): Compared {
  if (before.refused !== undefined || after.refused !== undefined)
    return { differences: compareRefusals(before, after), undecided: [] };
  const unknown = before.unknown ?? after.unknown;
  if (unknown !== undefined) return { differences: [], undecided: [{ aspect: 'resilience', reason: unknown }] };
  const [a, b] = [features(before), features(after)];
  const differences = Object.keys(a).flatMap((name): Difference[] =>
    a[name] === b[name]
      ? []
      : [{ aspect: 'resilience', what: 'connections', before: `${name}: ${a[name]}`, after: `${name}: ${b[name]}` }],
  );
  return { differences, undecided: [] };
}
