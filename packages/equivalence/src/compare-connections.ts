import type { ClusterSettings } from '@isthmus/behavior';
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
  for (const [enforcing, settings] of Object.entries(detectors))
    if (Number(all[enforcing]) === 0) for (const name of settings) delete all[name];
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
  const slowStart = (config: { slowStartConfig?: unknown } | undefined): string =>
    config?.slowStartConfig === undefined ? '' : ` with slow start ${JSON.stringify(config.slowStartConfig)}`;
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

/** Settings by name, for people and for comparison. */
const listed = (settings: Settings): string =>
  Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const largest = 4_294_967_295;
const limit = (number: number): string => (number >= largest ? 'no limit' : String(number));

/** The settings that clients feel, each as a text; equal texts, equal behaviour. */
function features(settings: ClusterSettings): Record<string, string> {
  const { circuitBreakers, commonLbConfig, http, tcpKeepalive } = settings;
  const panic = commonLbConfig?.healthyPanicThreshold;
  const common = http?.commonHttpProtocolOptions;
  const idle = common?.idleTimeout;
  const outlier = outlierOf(settings.outlierDetection);
  return {
    'load balancing': balancerOf(settings),
    'connect timeout': time(settings.connectTimeout),
    // envoy circuit_breaker.proto: 1024 each, 3 retries, where nothing is said.
    'most connections': limit(circuitBreakers.maxConnections ?? 1024),
    'most pending requests': limit(circuitBreakers.maxPendingRequests ?? 1024),
    'most requests': limit(circuitBreakers.maxRequests ?? 1024),
    'most retries at once': limit(circuitBreakers.maxRetries ?? 3),
    'most connection pools': limit(circuitBreakers.maxConnectionPools ?? largest),
    'outlier detection': outlier === undefined ? 'none' : listed(outlier),
    'panic threshold': `${panic === undefined ? 50 : (panic.value ?? 0)} %`,
    'locality weights': commonLbConfig?.localityWeightedLbConfig === undefined ? 'none' : 'used',
    'health checks': JSON.stringify(settings.healthChecks ?? []),
    keepalive: tcpKeepalive === undefined ? 'none' : listed(tcpKeepalive),
    // envoy HttpProtocolOptions.idle_timeout: one hour where nothing is said.
    'idle timeout of connections': idle === undefined ? '3600 s' : time(idle),
    'most time of a connection': time(common?.maxConnectionDuration),
    'most time of a stream': time(common?.maxStreamDuration),
    // 0 is no limit here (envoy HttpProtocolOptions.max_requests_per_connection).
    'most requests of a connection': limit(common?.maxRequestsPerConnection || largest),
  };
}

/** A proxy that refuses the cluster answers 503 whatever its settings say. */
function compareRefusals({ refused: before }: ClusterSettings, { refused: after }: ClusterSettings): Difference[] {
  if ((before === undefined) === (after === undefined)) return [];
  const shown = (refused: string | undefined): string =>
    refused === undefined ? 'reached' : `answered with 503: ${refused}`;
  return [{ aspect: 'routing', what: 'connections', before: shown(before), after: shown(after) }];
}

/**
 * What two meshes do differently with the connections to one destination, Envoy's defaults filled in. The HTTP version and the
 * TLS between the proxies are the mesh's own and not compared here.
 */
export function compareConnections(before: ClusterSettings, after: ClusterSettings): Difference[] {
  if (before.refused !== undefined || after.refused !== undefined) return compareRefusals(before, after);
  const [a, b] = [features(before), features(after)];
  return Object.keys(a).flatMap((name): Difference[] =>
    a[name] === b[name]
      ? []
      : [{ aspect: 'resilience', what: 'connections', before: `${name}: ${a[name]}`, after: `${name}: ${b[name]}` }],
  );
}
