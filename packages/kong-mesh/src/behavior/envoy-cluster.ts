import type { ClusterSettings } from '@isthmus/behavior';
import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import { UnfollowedPatch } from './json-patch.ts';
import { mapOf } from './value.ts';

/** The key of the options for HTTP in a cluster's `typedExtensionProtocolOptions`. */
const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

type Shape = '*' | { readonly [key: string]: Shape };

const slowStart: Shape = {
  slowStartWindow: '*',
  minWeightPercent: { value: '*' },
  aggression: { defaultValue: '*', runtimeKey: '*' },
};

/** What of Envoy's Cluster the model has; `*`: all that stands there is compared as it is. */
const known: Shape = {
  lbPolicy: '*',
  leastRequestLbConfig: { choiceCount: '*', activeRequestBias: '*', slowStartConfig: slowStart },
  roundRobinLbConfig: { slowStartConfig: slowStart },
  ringHashLbConfig: { minimumRingSize: '*', maximumRingSize: '*', hashFunction: '*' },
  maglevLbConfig: { tableSize: '*' },
  connectTimeout: '*',
  circuitBreakers: {
    thresholds: {
      maxConnections: '*',
      maxPendingRequests: '*',
      maxRequests: '*',
      maxRetries: '*',
      maxConnectionPools: '*',
      trackRemaining: '*',
      retryBudget: { budgetPercent: { value: '*' }, budgetInterval: '*', minRetryConcurrency: '*' },
    },
  },
  outlierDetection: '*',
  commonLbConfig: '*',
  healthChecks: '*',
  upstreamConnectionOptions: { tcpKeepalive: { keepaliveProbes: '*', keepaliveTime: '*', keepaliveInterval: '*' } },
  typedExtensionProtocolOptions: {
    [httpOptions]: {
      commonHttpProtocolOptions: {
        idleTimeout: '*',
        maxConnectionDuration: '*',
        maxStreamDuration: '*',
        maxRequestsPerConnection: '*',
      },
      explicitHttpConfig: {
        httpProtocolOptions: {},
        http2ProtocolOptions: { maxConcurrentStreams: '*', connectionKeepalive: { interval: '*', timeout: '*' } },
      },
    },
  },
};

/** The first field that the model has not; undefined where it has all. */
function unknownIn(json: Json, shape: Shape, path: string): string | undefined {
  if (shape === '*') return undefined;
  if (isList(json)) return json.map((item) => unknownIn(item, shape, path)).find((found) => found !== undefined);
  if (!isMap(json)) return path;
  for (const [key, item] of Object.entries(json)) {
    const own = shape[key];
    const found = own === undefined ? `${path}/${key}` : unknownIn(item, own, `${path}/${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A cluster as Kuma writes it, in proto JSON, as far as the model has it. */
export function asEnvoyCluster({ circuitBreakers, tcpKeepalive, http, ...rest }: ClusterSettings): JsonObject {
  return {
    ...rest,
    circuitBreakers: { thresholds: [circuitBreakers] },
    ...(tcpKeepalive === undefined ? {} : { upstreamConnectionOptions: { tcpKeepalive } }),
    ...(http === undefined ? {} : { typedExtensionProtocolOptions: { [httpOptions]: http } }),
  } as unknown as JsonObject;
}

/** The settings that a cluster of Envoy holds. Throws an UnfollowedPatch where it holds what the model has not. */
export function fromEnvoyCluster(cluster: JsonObject): ClusterSettings {
  const unknown = unknownIn(cluster, known, '');
  if (unknown !== undefined) throw new UnfollowedPatch(`${unknown} is not modelled`);
  const { circuitBreakers, upstreamConnectionOptions, typedExtensionProtocolOptions, ...rest } = cluster;
  const { thresholds } = mapOf(circuitBreakers);
  const [first, second] = isList(thresholds) ? thresholds : [];
  if (first === undefined || second !== undefined) throw new UnfollowedPatch('not one list of thresholds');
  const { tcpKeepalive } = mapOf(upstreamConnectionOptions);
  const http = mapOf(typedExtensionProtocolOptions)[httpOptions];
  return {
    ...rest,
    circuitBreakers: first,
    ...(tcpKeepalive === undefined ? {} : { tcpKeepalive }),
    ...(http === undefined ? {} : { http }),
  } as unknown as ClusterSettings;
}
