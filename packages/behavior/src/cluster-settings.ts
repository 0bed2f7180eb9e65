/**
 * How a client's proxy treats the connections to one destination: the neutral ground on which both meshes stand is Envoy's
 * Cluster, so that names and durations (`1.5s`) are spelled as in its API (proto JSON); what is absent has Envoy's default.
 */
export interface ClusterSettings {
  readonly type?: 'EDS' | 'ORIGINAL_DST' | 'STRICT_DNS' | 'LOGICAL_DNS' | 'STATIC';
  readonly lbPolicy: 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM' | 'RING_HASH' | 'MAGLEV' | 'CLUSTER_PROVIDED';
  readonly leastRequestLbConfig?: {
    readonly choiceCount?: number;
    readonly activeRequestBias?: number;
    readonly slowStartConfig?: SlowStart;
  };
  readonly roundRobinLbConfig?: { readonly slowStartConfig?: SlowStart };
  readonly ringHashLbConfig?: {
    readonly minimumRingSize?: string;
    readonly maximumRingSize?: string;
    readonly hashFunction?: string;
  };
  readonly maglevLbConfig?: { readonly tableSize?: string };
  /** Why the proxy refuses the cluster, so that requests to it get 503; absent: it takes it. */
  readonly refused?: string;
  /** Why these settings may be others than they are here; absent: they are these. */
  readonly unknown?: string;
  readonly connectTimeout: string;
  readonly circuitBreakers: {
    readonly maxConnections?: number;
    readonly maxPendingRequests?: number;
    readonly maxRequests?: number;
    readonly maxRetries?: number;
    readonly maxConnectionPools?: number;
    readonly trackRemaining?: boolean;
    /** Parallel retries as a part of the active requests, instead of `maxRetries`. */
    readonly retryBudget?: {
      readonly budgetPercent: { readonly value: number };
      readonly budgetInterval?: string;
      readonly minRetryConcurrency: number;
    };
  };
  readonly outlierDetection?: Readonly<Record<string, number | string | boolean>>;
  readonly commonLbConfig?: {
    readonly healthyPanicThreshold?: { readonly value?: number };
    readonly localityWeightedLbConfig?: Readonly<Record<string, never>>;
    readonly zoneAwareLbConfig?: { readonly failTrafficOnPanic?: boolean };
  };
  readonly healthChecks?: readonly Readonly<Record<string, unknown>>[];
  readonly tcpKeepalive?: {
    readonly keepaliveProbes?: number;
    readonly keepaliveTime?: number;
    readonly keepaliveInterval?: number;
  };
  readonly tls?: {
    readonly mode: string;
    readonly sni?: string;
    readonly validation?: string;
    readonly subjectAltNames?: readonly string[];
  };
  readonly http?: {
    readonly commonHttpProtocolOptions?: {
      readonly idleTimeout?: string;
      readonly maxConnectionDuration?: string;
      readonly maxStreamDuration?: string;
      readonly maxRequestsPerConnection?: number;
    };
    readonly upstreamHttpProtocolOptions?: { readonly autoSni?: boolean; readonly autoSanValidation?: boolean };
    readonly explicitHttpConfig?: HttpConfig;
    readonly useDownstreamProtocolConfig?: HttpConfig;
    /** Status codes that count as failures for outlier detection, instead of 5xx. */
    readonly outlierStatusCodes?: readonly number[];
  };
  /** Version of the PROXY protocol that connections begin with: `V1`, `V2`. */
  readonly proxyProtocol?: string;
}

/** Slow start of an endpoint that is new. */
export interface SlowStart {
  readonly slowStartWindow?: string;
  readonly aggression?: { readonly defaultValue: number; readonly runtimeKey: string };
  readonly minWeightPercent?: { readonly value: number };
}

/** Which HTTP versions the proxy speaks to the destination. */
export interface HttpConfig {
  readonly httpProtocolOptions?: Readonly<Record<string, never>>;
  readonly http2ProtocolOptions?: {
    readonly maxConcurrentStreams?: number;
    readonly connectionKeepalive?: { readonly interval?: string; readonly timeout?: string };
  };
}
