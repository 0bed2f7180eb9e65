import type { ClusterSettings, HashPolicy } from '@isthmus/behavior';
import type { EffectivePolicy } from '@isthmus/istio';
import { unlimited } from '@isthmus/kong-mesh';
import { parseProtoDuration } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, type Field, text } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';
import { durationText } from '../virtual-service/durations.ts';
import { hashPolicies } from '../virtual-service/hash-policies.ts';
import type { Locality } from './locality.ts';

/** What policies have to say about the connections of some clients to a Service. */
export interface Connections {
  readonly settings: ClusterSettings;
  readonly policy: EffectivePolicy;
  /** What the choice of an endpoint depends on, where no VirtualService says so. */
  readonly hash: HashPolicy | undefined;
  readonly locality: Locality;
  /**
   * Where nobody reads the bytes of the port: what the policy of the whole service says of TCP, which alone decides about times
   * there (istio/pilot/pkg/networking/core/networkfilter.go, 1.32).
   */
  readonly bytes: { readonly pool: Field | undefined } | undefined;
  /** The host of the DestinationRule that says so; undefined where none does. */
  readonly from: Field | undefined;
}

export type Conf = Readonly<Record<string, unknown>>;
/** Where a setting stands in a traffic policy. */
type Place = readonly ['connectionPool' | 'outlierDetection' | 'loadBalancer', ...(readonly string[])];

/** What weaker policies for the same clients say, which has to be taken back. */
export interface Inherited {
  /** What is written there: none of these fields may be left out. */
  readonly policies: readonly EffectivePolicy[];
  /** Names of the detectors that find outliers. */
  readonly detectors: ReadonlySet<string>;
  readonly hash: boolean;
  readonly idleTimeout: boolean;
  readonly maxConnectionDuration: boolean;
}

/** Texts that are equal for connections that are treated alike; absent and default are the same. */
export const connectionsKey = (connections: Connections): string => {
  const { settings, hash, locality } = connections;
  const { lbPolicy, leastRequestLbConfig, ringHashLbConfig, maglevLbConfig, connectTimeout, circuitBreakers } =
    settings;
  const { maxConnections, maxPendingRequests, maxRequests, maxRetries } = circuitBreakers;
  const common = settings.http?.commonHttpProtocolOptions;
  return JSON.stringify([
    // Where the address that was dialled decides nothing is balanced.
    lbPolicy === 'CLUSTER_PROVIDED' ? 'LEAST_REQUEST' : lbPolicy,
    leastRequestLbConfig?.choiceCount ?? 2,
    ringHashLbConfig ?? null,
    maglevLbConfig ?? null,
    milliseconds(connectTimeout),
    [maxConnections, maxPendingRequests, maxRequests, maxRetries],
    settings.outlierDetection ?? null,
    settings.commonLbConfig?.healthyPanicThreshold?.value ?? 0,
    milliseconds(idleTimeoutOf(connections)),
    milliseconds(common?.maxConnectionDuration ?? '0s'),
    hash ?? null,
    [locality.disabled, locality.failover.map(({ from, to }) => [from, to])],
  ]);
};

/** Where the idle timeout of connections was written. */
export const idleFieldOf = ({ policy: { connectionPool: pool }, bytes }: Connections): Field | undefined =>
  bytes === undefined
    ? (descend(pool, 'http', 'idleTimeout') ?? descend(pool, 'tcp', 'idleTimeout'))
    : child(bytes.pool, 'idleTimeout');

const idleTimeoutOf = (connections: Connections): string =>
  (connections.bytes === undefined
    ? connections.settings.http?.commonHttpProtocolOptions?.idleTimeout
    : text(idleFieldOf(connections))?.value) ?? '3600s';

const milliseconds = (duration: string): number => Number(parseProtoDuration(duration) ?? 0n) / 1_000_000;
const pretty = (duration: string): string => durationText(milliseconds(duration));

/** A duration as it was written, where Kong Mesh reads it in that form too. */
function durationOf(field: Field | undefined, duration: string): string {
  const written = text(field)?.value;
  return written !== undefined && isDuration(written) ? written : pretty(duration);
}

/** A value as the schemas of Kong Mesh can hold it. */
const held = (value: unknown): unknown => (typeof value === 'number' ? Math.min(value, unlimited) : value);

function fieldAt(policy: EffectivePolicy, place: Place): Field | undefined {
  let field: Field | undefined = policy[place[0]];
  for (let index = 1; index < place.length && field !== undefined; index++)
    field = child(field, place[index] as string);
  return field;
}

/**
 * A value with the field that it is from; without a field it is Istio's own, which stands only where these are kept, or where
 * a weaker policy says something else.
 */
function write(
  context: Context,
  policy: EffectivePolicy,
  inherited: Inherited,
  place: Place,
  wanted: unknown,
): unknown {
  const value = held(wanted);
  const field = fieldAt(policy, place);
  if (field !== undefined) return context.derived(field, value);
  const isNeeded =
    context.settings.defaults === 'keep' || inherited.policies.some((one) => fieldAt(one, place) !== undefined);
  return isNeeded ? value : undefined;
}

/** The configuration, unless there is nothing in it. */
function given(conf: Conf): Conf | undefined {
  for (const key in conf) if (conf[key] !== undefined) return conf;
  return undefined;
}

/** Istio's fields of the settings that are written whether or not a rule has them. */
const places = {
  maxConnections: ['connectionPool', 'tcp', 'maxConnections'],
  maxPendingRequests: ['connectionPool', 'http', 'http1MaxPendingRequests'],
  maxRequests: ['connectionPool', 'http', 'http2MaxRequests'],
  maxRetries: ['connectionPool', 'http', 'maxRetries'],
  connectTimeout: ['connectionPool', 'tcp', 'connectTimeout'],
  maxConnectionDuration: ['connectionPool', 'tcp', 'maxConnectionDuration'],
  interval: ['outlierDetection', 'interval'],
  baseEjectionTime: ['outlierDetection', 'baseEjectionTime'],
  maxEjectionPercent: ['outlierDetection', 'maxEjectionPercent'],
  splitErrors: ['outlierDetection', 'splitExternalLocalOriginErrors'],
  balancer: ['loadBalancer', 'simple'],
} as const satisfies Readonly<Record<string, Place>>;

/** The limits, and who is left out for failing (routing.md 2.9, 3.6). */
export function circuitBreaker(
  context: Context,
  { settings, policy }: Connections,
  inherited: Inherited,
): Conf | undefined {
  const { maxConnections, maxPendingRequests, maxRequests, maxRetries } = settings.circuitBreakers;
  const connectionLimits = given({
    maxConnections: write(context, policy, inherited, places.maxConnections, maxConnections),
    maxPendingRequests: write(context, policy, inherited, places.maxPendingRequests, maxPendingRequests),
    maxRequests: write(context, policy, inherited, places.maxRequests, maxRequests),
    maxRetries: write(context, policy, inherited, places.maxRetries, maxRetries),
  });
  return given({
    connectionLimits,
    outlierDetection: outlierDetection(context, settings, policy, inherited),
  });
}

/** Istio's fields of the detectors' numbers. */
const countedBy = {
  totalFailures: 'consecutive5xxErrors',
  gatewayFailures: 'consecutiveGatewayErrors',
  localOriginFailures: 'consecutiveLocalOriginFailures',
} as const;
type Detector = keyof typeof countedBy;

/** The detectors that find anybody, with the failures in a row that they wait for. */
export function detectorsOf(detection: ClusterSettings['outlierDetection']): Partial<Record<Detector, number>> {
  if (detection === undefined) return {};
  const consecutive = (count: unknown, enforcing: unknown): number | undefined => {
    if (enforcing === 0) return undefined;
    return typeof count === 'number' ? count : 5;
  };
  const total = consecutive(detection.consecutive5xx, detection.enforcingConsecutive5xx);
  const gateway = consecutive(detection.consecutiveGatewayFailure, detection.enforcingConsecutiveGatewayFailure ?? 0);
  const local =
    detection.splitExternalLocalOriginErrors === true
      ? consecutive(detection.consecutiveLocalOriginFailure, detection.enforcingConsecutiveLocalOriginFailure)
      : undefined;
  const detectors: Partial<Record<Detector, number>> = {};
  if (total !== undefined) detectors.totalFailures = total;
  if (gateway !== undefined) detectors.gatewayFailures = gateway;
  if (local !== undefined) detectors.localOriginFailures = local;
  return detectors;
}

function outlierDetection(
  context: Context,
  settings: ClusterSettings,
  policy: EffectivePolicy,
  inherited: Inherited,
): Conf | undefined {
  const outlier = policy.outlierDetection;
  const detection = settings.outlierDetection;
  const panic = settings.commonLbConfig?.healthyPanicThreshold?.value ?? 0;
  const isNeeded = context.settings.defaults === 'keep' || inherited.detectors.size > 0;
  // A detector without a number finds nothing; without any Kong Mesh refuses the whole.
  const detectors: Record<string, object> = { totalFailures: {} };
  // A detector of a weaker policy can only be given another number, not be taken back; nobody fails so often in a row.
  for (const name of inherited.detectors) detectors[name] = { consecutive: unlimited };
  if (detection === undefined || outlier === undefined)
    return isNeeded ? { healthyPanicThreshold: panic, detectors } : undefined;
  const traced = (key: string, value: unknown): unknown => {
    const field = child(outlier, key);
    return field === undefined ? value : context.derived(field, value);
  };
  const splits = detection.splitExternalLocalOriginErrors === true;
  const own = detectorsOf(detection);
  for (const name in own)
    detectors[name] = { consecutive: traced(countedBy[name as Detector], held(own[name as Detector])) };
  const interval = durationOf(child(outlier, 'interval'), String(detection.interval ?? '10s'));
  const ejection = durationOf(child(outlier, 'baseEjectionTime'), String(detection.baseEjectionTime ?? '30s'));
  const percent = detection.maxEjectionPercent ?? 10;
  return {
    interval: write(context, policy, inherited, places.interval, interval),
    baseEjectionTime: write(context, policy, inherited, places.baseEjectionTime, ejection),
    maxEjectionPercent: write(context, policy, inherited, places.maxEjectionPercent, percent),
    splitExternalAndLocalErrors: splits
      ? traced('splitExternalLocalOriginErrors', true)
      : write(context, policy, inherited, places.splitErrors, false),
    // Istio has no panic threshold unless the rule sets one (routing.md T73).
    healthyPanicThreshold: traced('minHealthPercent', panic),
    detectors,
  };
}

function loadBalancer(
  context: Context,
  settings: ClusterSettings,
  policy: EffectivePolicy,
  inherited: Inherited,
): Conf | undefined {
  const balancer = policy.loadBalancer;
  const { lbPolicy, ringHashLbConfig, maglevLbConfig } = settings;
  const simple = child(balancer, 'simple');
  const hash = child(balancer, 'consistentHash');
  const size = (value: string | undefined, key: string, section: string): Conf => {
    if (value === undefined) return {};
    const field = descend(hash, section, key) ?? child(hash, key);
    return {
      [section === 'maglev' ? 'tableSize' : 'minRingSize']:
        field === undefined ? Number(value) : context.derived(field, Number(value)),
    };
  };
  switch (lbPolicy) {
    case 'RING_HASH':
      return {
        type: hash === undefined ? 'RingHash' : context.derived(hash, 'RingHash'),
        ringHash: size(ringHashLbConfig?.minimumRingSize, 'minimumRingSize', 'ringHash'),
      };
    case 'MAGLEV':
      return {
        type: hash === undefined ? 'Maglev' : context.derived(hash, 'Maglev'),
        maglev: size(maglevLbConfig?.tableSize, 'tableSize', 'maglev'),
      };
    case 'RANDOM':
      return { type: simple === undefined ? 'Random' : context.derived(simple, 'Random') };
    case 'ROUND_ROBIN':
      return { type: simple === undefined ? 'RoundRobin' : context.derived(simple, 'RoundRobin') };
    default: {
      const isBalanced = inherited.policies.some((one) => one.loadBalancer !== undefined);
      const type =
        isBalanced && simple === undefined
          ? 'LeastRequest'
          : write(context, policy, inherited, places.balancer, 'LeastRequest');
      return type === undefined ? undefined : { type };
    }
  }
}

/** How endpoints are chosen (routing.md 2.6, 3.6). */
export function loadBalancing(
  context: Context,
  { settings, policy, hash, locality }: Connections,
  inherited: Inherited,
): Conf | undefined {
  const balancer = policy.loadBalancer;
  const keeps = context.settings.defaults === 'keep';
  const { failover, from, disabled } = locality;
  const isSaid = keeps || balancer !== undefined || policy.outlierDetection !== undefined || from.length > 0;
  const crossZone = failover.map(({ field, from: near, to }) =>
    context.derived(field, { from: { zones: [near] }, to: { type: 'Only', zones: [to] } }),
  );
  return given({
    loadBalancer: loadBalancer(context, settings, policy, inherited),
    hashPolicies: hash === undefined ? (inherited.hash ? [] : undefined) : hashPolicies([hash]),
    localityAwareness: isSaid
      ? {
          disabled: from.length === 0 ? disabled : context.derived(from, disabled),
          ...(crossZone.length === 0 ? {} : { crossZone: { failover: crossZone } }),
        }
      : undefined,
  });
}

/** How long connections may take to come about, stay idle and stay open (routing.md 2.7, 3.6). */
export function timeouts(context: Context, connections: Connections, inherited: Inherited): Conf | undefined {
  const { settings, policy } = connections;
  const common = settings.http?.commonHttpProtocolOptions;
  const most = fieldAt(policy, places.maxConnectionDuration);
  const connect = durationOf(fieldAt(policy, places.connectTimeout), settings.connectTimeout);
  const own = (field: Field | undefined, duration: string, isInherited: boolean): unknown =>
    field === undefined ? (isInherited ? duration : undefined) : context.derived(field, durationOf(field, duration));
  const longest = own(most, common?.maxConnectionDuration ?? '0s', inherited.maxConnectionDuration);
  return given({
    connectionTimeout: write(context, policy, inherited, places.connectTimeout, connect),
    idleTimeout: own(idleFieldOf(connections), idleTimeoutOf(connections), inherited.idleTimeout),
    http: longest === undefined ? undefined : { maxConnectionDuration: longest },
  });
}

const limits = [places.maxConnections, places.maxPendingRequests, places.maxRequests, places.maxRetries];
const times = [places.connectTimeout, places.maxConnectionDuration];

/** Whether connections have something of their own that a policy of a kind says; all else is what the whole mesh has. */
export function isSpecial(kind: string, connections: Connections): boolean {
  const { policy, hash, locality } = connections;
  const { outlierDetection, loadBalancer } = policy;
  const has = (some: readonly Place[]): boolean => some.some((place) => fieldAt(policy, place) !== undefined);
  if (kind === 'MeshCircuitBreaker') return outlierDetection !== undefined || has(limits);
  if (kind === 'MeshTimeout') return has(times) || idleFieldOf(connections) !== undefined;
  return loadBalancer !== undefined || hash !== undefined || !locality.disabled || locality.from.length > 0;
}
