import type { ClusterSettings } from '@isthmus/behavior';
import { camelCase, isMap, type Json, type JsonObject, mapOf, parseProtoDuration } from '@isthmus/kubernetes';
import { namesIn, objectsIn, type PatchShape } from './patch-effects.ts';

/** What a merge sets of the clusters of what a proxy calls. */
export interface ClusterIdiom {
  readonly kind: 'cluster';
  /** The clusters: of one service, port or subset (`''`: of none); all where absent. */
  readonly host?: string;
  readonly port?: number;
  readonly subset?: string;
  /** A balancer takes the place of the one before with all that it has; the rest is merged setting by setting. */
  readonly settings: Pick<
    ClusterSettings,
    | 'ringHashLbConfig'
    | 'maglevLbConfig'
    | 'leastRequestLbConfig'
    | 'outlierDetection'
    | 'tcpKeepalive'
    | 'healthChecks'
  > & { readonly lbPolicy?: ClusterSettings['lbPolicy']; readonly connectTimeout?: string };
}

/** A field of Envoy's API, which has two spellings. */
const part = (value: Json | undefined, name: string): Json | undefined =>
  mapOf(value)[name] ?? mapOf(value)[camelCase(name)];

/** A duration of more than nothing: less is refused, or merged into nothing. */
const isTime = (value: Json | undefined): value is string =>
  typeof value === 'string' && (parseProtoDuration(value) ?? 0n) > 0n;

/** A number whose merge counts: of a wrapped 0 the value before is left (protobuf merges what is set, which 0 is not). */
const isCount = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0;

/** The settings of a message that has these and no others; undefined where it has one that is not understood. */
function settingsIn<Value>(
  message: Json | undefined,
  known: Readonly<Record<string, (value: Json | undefined) => Value | undefined>>,
): Readonly<Record<string, Value>> | undefined {
  const found: Record<string, Value> = {};
  for (const name of namesIn(message)) {
    const value = known[name]?.(part(message, name));
    if (value === undefined) return undefined;
    found[camelCase(name)] = value;
  }
  return found;
}

const count = (value: Json | undefined): number | undefined => (isCount(value) ? value : undefined);
const time = (value: Json | undefined): string | undefined => (isTime(value) ? value : undefined);
// 64 bits are texts in JSON.
const long = (value: Json | undefined): string | undefined => (isCount(value) ? String(value) : undefined);

const detection: Readonly<Record<string, (value: Json | undefined) => number | string | undefined>> = {
  interval: time,
  base_ejection_time: time,
  ...Object.fromEntries(
    [
      'consecutive_5xx',
      'consecutive_gateway_failure',
      'consecutive_local_origin_failure',
      'enforcing_consecutive_5xx',
      'enforcing_consecutive_gateway_failure',
      'success_rate_minimum_hosts',
      'success_rate_request_volume',
      'success_rate_stdev_factor',
      'failure_percentage_threshold',
      'failure_percentage_minimum_hosts',
      'failure_percentage_request_volume',
      'enforcing_failure_percentage',
      'max_ejection_percent',
    ].map((name) => [name, count] as const),
  ),
};

const keepalive = { keepalive_probes: count, keepalive_time: count, keepalive_interval: count };

const balancers: Readonly<Record<string, ClusterSettings['lbPolicy']>> = {
  LEAST_REQUEST: 'LEAST_REQUEST',
  RANDOM: 'RANDOM',
  RING_HASH: 'RING_HASH',
  MAGLEV: 'MAGLEV',
};

type Settings = ClusterIdiom['settings'];

/** One setting by its name, where it is understood. */
const setting = <Name extends keyof Settings>(name: Name, value: Settings[Name] | undefined): Settings | undefined =>
  value === undefined ? undefined : { [name]: value };

const plainPath = (value: Json | undefined): { readonly path: string } | undefined => {
  const { path, ...others } = mapOf(value);
  return typeof path === 'string' && path !== '' && Object.keys(others).length === 0 ? { path } : undefined;
};
const nothing = (value: Json | undefined): Readonly<Record<string, never>> | undefined =>
  isMap(value) && Object.keys(value).length === 0 ? {} : undefined;

const checking = {
  timeout: time,
  interval: time,
  no_traffic_interval: time,
  unhealthy_threshold: count,
  healthy_threshold: count,
  http_health_check: plainPath,
  tcp_health_check: nothing,
  grpc_health_check: nothing,
};
const checkers = ['httpHealthCheck', 'tcpHealthCheck', 'grpcHealthCheck'];
/** Without these Envoy refuses the cluster (envoy, config/core/v3/health_check.proto, 1.40). */
const required = ['timeout', 'interval', 'unhealthyThreshold', 'healthyThreshold'];

/** Checks that a merge adds, since Istio makes none; undefined where one is not understood. */
function healthChecksIn(value: Json | undefined): NonNullable<Settings['healthChecks']> | undefined {
  const found = objectsIn(value).map((check) => settingsIn<unknown>(check, checking));
  const isWhole = found.every(
    (check) =>
      check !== undefined &&
      required.every((name) => name in check) &&
      checkers.filter((name) => name in check).length === 1,
  );
  return isWhole && found.length > 0 ? (found as NonNullable<Settings['healthChecks']>) : undefined;
}

/** What one field of a cluster sets; undefined where it is not understood. */
function settingOf(name: string, value: Json | undefined): Settings | undefined {
  switch (name) {
    case 'connect_timeout':
      return setting('connectTimeout', time(value));
    case 'lb_policy':
      // The first value of an enumeration is none to a merge.
      return value === 'ROUND_ROBIN' ? {} : setting('lbPolicy', balancers[String(value)]);
    case 'ring_hash_lb_config':
      return setting('ringHashLbConfig', settingsIn(value, { minimum_ring_size: long, maximum_ring_size: long }));
    case 'maglev_lb_config':
      return setting('maglevLbConfig', settingsIn(value, { table_size: long }));
    case 'least_request_lb_config':
      return setting('leastRequestLbConfig', settingsIn(value, { choice_count: count }));
    case 'outlier_detection':
      return setting('outlierDetection', settingsIn(value, detection));
    case 'upstream_connection_options': {
      const found = settingsIn(value, { tcp_keepalive: (own) => settingsIn(own, keepalive) });
      return setting('tcpKeepalive', found?.tcpKeepalive);
    }
    case 'health_checks':
      return setting('healthChecks', healthChecksIn(value));
    case 'circuit_breakers':
      // Thresholds that are merged stand behind those of Istio, and Envoy uses the first (edge.md 3.9, verified by running).
      return namesIn(value).join() === 'thresholds' ? {} : undefined;
    default:
      return undefined;
  }
}

/** The clusters that a match is for; undefined where it tells them apart by something else. */
function clustersOf(cluster: JsonObject): Pick<ClusterIdiom, 'host' | 'port' | 'subset'> | undefined {
  const { name, service, subset, portNumber, ...others } = cluster;
  if (Object.keys(others).length > 0) return undefined;
  if (name !== undefined) {
    // The name alone decides (istio/pilot/pkg/networking/core/envoyfilter/cluster_patch.go clusterMatch, 1.32).
    const [, port, own = '', host] = /^outbound\|(\d+)\|([^|]*)\|(.+)$/.exec(String(name)) ?? [];
    return port === undefined || host === undefined
      ? undefined
      : { host: host.toLowerCase(), port: Number(port), subset: own };
  }
  return {
    ...(typeof service === 'string' && service !== '' ? { host: service.toLowerCase() } : {}),
    ...(typeof portNumber === 'number' && portNumber !== 0 ? { port: portNumber } : {}),
    ...(typeof subset === 'string' && subset !== '' ? { subset } : {}),
  };
}

/** What a merge of clusters sets, where all of it is understood; a balancer's settings only beside its name. */
export function clusterIdiomOf({ operation, value }: PatchShape, match: JsonObject): ClusterIdiom | undefined {
  const { context: _, cluster, ...others } = match;
  const clusters = clustersOf(mapOf(cluster));
  if (operation !== 'MERGE' || clusters === undefined || Object.keys(others).length > 0) return undefined;
  const read = namesIn(value).map((name) => settingOf(name, part(value, name)));
  if (read.includes(undefined)) return undefined;
  const settings: Settings = Object.assign({}, ...read);
  const { lbPolicy, ringHashLbConfig, maglevLbConfig, leastRequestLbConfig } = settings;
  const configs = { RING_HASH: ringHashLbConfig, MAGLEV: maglevLbConfig, LEAST_REQUEST: leastRequestLbConfig };
  for (const [policy, config] of Object.entries(configs))
    if (config !== undefined && policy !== lbPolicy) return undefined;
  return { kind: 'cluster', ...clusters, settings };
}
