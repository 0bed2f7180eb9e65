import { wildcardsOver } from '@isthmus/istio';
import { meshServiceRef } from '@isthmus/kong-mesh';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { child, descend, entries, type Field, items, number, text } from '../../field.ts';
import type { Counterpart } from './counterpart.ts';
import { duration } from './durations.ts';
import { type Patch, part, partNames } from './patch.ts';

/** A part of a cluster as a policy: its kind and configuration; undefined where the policy cannot say all of it. */
type Reading = Pick<Counterpart, 'kind' | 'conf' | 'difference'> | undefined;

const whole = (field: Field | undefined): number | undefined => {
  const found = number(field)?.value;
  return found === undefined || !Number.isInteger(found) || found < 0 ? undefined : found;
};

function connectTimeout(cluster: Field): Reading {
  const connectionTimeout = duration(part(cluster, 'connect_timeout'));
  return connectionTimeout === undefined || connectionTimeout === '0s'
    ? undefined
    : {
        kind: 'MeshTimeout',
        conf: { connectionTimeout },
        difference: 'it counts before policies of single services, as the patch does in Istio',
      };
}

type Tree = { [key: string]: Tree | string | number | boolean };

function put(tree: Tree, [step = '', ...rest]: readonly string[], value: string | number | boolean): void {
  if (rest.length === 0) tree[step] = value;
  else {
    const next = (tree[step] ?? {}) as Tree;
    tree[step] = next;
    put(next, rest, value);
  }
}

/** What is understood of `outlier_detection`, with what holds where it is absent (envoy, outlier_detection.proto, 1.40). */
const outlierDefaults: Readonly<Record<string, number>> = {
  consecutive_5xx: 5,
  consecutive_gateway_failure: 5,
  consecutive_local_origin_failure: 5,
  success_rate_minimum_hosts: 5,
  success_rate_request_volume: 100,
  success_rate_stdev_factor: 1900,
  failure_percentage_threshold: 85,
  failure_percentage_minimum_hosts: 5,
  failure_percentage_request_volume: 50,
  max_ejection_percent: 10,
  enforcing_consecutive_5xx: 100,
  enforcing_consecutive_gateway_failure: 0,
  enforcing_success_rate: 100,
  enforcing_failure_percentage: 0,
};

/**
 * Detectors that are enforced, as a MeshCircuitBreaker turns them on by being there: Envoy ejects by failures in a row and by the
 * rate of success unless told otherwise, and by the others only where told.
 */
function detectorsOf(
  numberOf: (name: string) => number | undefined,
  isOn: (name: string) => boolean,
  splits: boolean,
): Tree {
  const given = (fields: Readonly<Record<string, number | string | undefined>>): Tree =>
    Object.fromEntries(
      Object.entries(fields).filter((entry): entry is [string, number | string] => entry[1] !== undefined),
    );
  const counting = (name: string): Tree => given({ consecutive: numberOf(name) });
  const factor = numberOf('success_rate_stdev_factor');
  return {
    totalFailures: isOn('consecutive_5xx') ? counting('consecutive_5xx') : {},
    ...(isOn('consecutive_gateway_failure') ? { gatewayFailures: counting('consecutive_gateway_failure') } : {}),
    ...(splits ? { localOriginFailures: counting('consecutive_local_origin_failure') } : {}),
    ...(isOn('success_rate')
      ? {
          successRate: given({
            minimumHosts: numberOf('success_rate_minimum_hosts'),
            requestVolume: numberOf('success_rate_request_volume'),
            standardDeviationFactor: factor === undefined ? undefined : String(factor / 1000),
          }),
        }
      : {}),
    ...(isOn('failure_percentage')
      ? {
          failurePercentage: given({
            minimumHosts: numberOf('failure_percentage_minimum_hosts'),
            requestVolume: numberOf('failure_percentage_request_volume'),
            threshold: numberOf('failure_percentage_threshold'),
          }),
        }
      : {}),
  };
}

/**
 * Who is left out for failing. Where a DestinationRule detects too, this is merged into what Istio makes of it, which never looks at
 * the rate of success (istio/pilot/pkg/networking/core/cluster_traffic_policy.go applyOutlierDetection, 1.32).
 */
function outlierDetection(cluster: Field, isDetectedBefore: boolean): Reading {
  const field = part(cluster, 'outlier_detection');
  const numbers = new Map<string, number>();
  const times: Tree = {};
  let splits = false;
  for (const name of partNames(field)) {
    const at = part(field, name);
    const time = name === 'interval' ? 'interval' : name === 'base_ejection_time' ? 'baseEjectionTime' : undefined;
    const found = time === undefined ? whole(at) : duration(at);
    if (name === 'split_external_local_origin_errors' && typeof at?.value === 'boolean') splits = at.value;
    else if (found === undefined) return undefined;
    else if (time !== undefined) times[time] = found;
    else if (!Object.hasOwn(outlierDefaults, name) || typeof found !== 'number') return undefined;
    else numbers.set(name, found);
  }
  // A share of the ejections is nothing that a policy says.
  if ([...numbers].some(([name, value]) => name.startsWith('enforcing_') && value !== 0 && value !== 100))
    return undefined;
  if (numbers.size + Object.keys(times).length === 0) return undefined;
  // Beside a DestinationRule what is not set is left to its policy.
  const numberOf = (name: string): number | undefined =>
    numbers.get(name) ?? (isDetectedBefore ? undefined : outlierDefaults[name]);
  const isOn = (name: string): boolean =>
    isDetectedBefore && name === 'success_rate'
      ? numbers.get('enforcing_success_rate') === 100
      : (numbers.get(`enforcing_${name}`) ?? outlierDefaults[`enforcing_${name}`] ?? 0) > 0;
  const percent = numbers.get('max_ejection_percent');
  return {
    kind: 'MeshCircuitBreaker',
    conf: {
      outlierDetection: {
        ...times,
        ...(percent === undefined ? {} : { maxEjectionPercent: percent }),
        ...(splits ? { splitExternalAndLocalErrors: true } : {}),
        // Istio has no panic threshold unless a DestinationRule sets one (routing.md T73).
        ...(isDetectedBefore ? {} : { healthyPanicThreshold: 0 }),
        detectors: detectorsOf(numberOf, isOn, splits),
      },
    },
    difference: isDetectedBefore
      ? 'what it leaves out is left to the policy of the DestinationRule'
      : 'it counts before policies of single services, as the patch does in Istio',
  };
}

const balancers: Readonly<Record<string, string>> = {
  LEAST_REQUEST: 'LeastRequest',
  RANDOM: 'Random',
  RING_HASH: 'RingHash',
  MAGLEV: 'Maglev',
};

/** Settings of a balancer beside its name, by the name that a MeshLoadBalancingStrategy has for them. */
const balancerSettings: Readonly<Record<string, Readonly<Record<string, readonly [section: string, field: string]>>>> =
  {
    ring_hash_lb_config: {
      minimum_ring_size: ['ringHash', 'minRingSize'],
      maximum_ring_size: ['ringHash', 'maxRingSize'],
    },
    maglev_lb_config: { table_size: ['maglev', 'tableSize'] },
    least_request_lb_config: { choice_count: ['leastRequest', 'choiceCount'] },
  };

/**
 * Whether a balancer is the first of its enumeration, which counts as not set: a merge leaves the one that Istio chose
 * (istio/pkg/proto/merge/merge.go, 1.32: what is set is merged).
 */
const isUnset = (cluster: Field | undefined): boolean => text(part(cluster, 'lb_policy'))?.value === 'ROUND_ROBIN';

function loadBalancer(cluster: Field): Reading {
  const type = balancers[text(part(cluster, 'lb_policy'))?.value ?? ''];
  if (type === undefined) return undefined;
  const conf: Tree = { type };
  for (const [name, settings] of Object.entries(balancerSettings)) {
    const field = part(cluster, name);
    for (const setting of partNames(field)) {
      const path = settings[setting];
      const found = whole(part(field, setting));
      if (path === undefined || found === undefined) return undefined;
      put(conf, path, found);
    }
  }
  return {
    kind: 'MeshLoadBalancingStrategy',
    conf: { loadBalancer: conf },
    difference:
      type === 'RingHash' || type === 'Maglev'
        ? 'what is hashed follows from the routes, as before'
        : 'it counts before policies of single services, as the patch does in Istio',
  };
}

function checkOf(check: Field): Record<string, unknown> | undefined {
  const conf: Record<string, unknown> = {};
  for (const name of partNames(check)) {
    const at = part(check, name) as Field;
    if (name === 'timeout' || name === 'interval' || name === 'no_traffic_interval') {
      const found = duration(at);
      if (found === undefined || found === '0s') return undefined;
      conf[name === 'no_traffic_interval' ? 'noTrafficInterval' : name] = found;
    } else if (name === 'unhealthy_threshold' || name === 'healthy_threshold') {
      const found = whole(at);
      if (found === undefined || found === 0) return undefined;
      conf[name === 'unhealthy_threshold' ? 'unhealthyThreshold' : 'healthyThreshold'] = found;
    } else if (name === 'http_health_check') {
      const path = text(child(at, 'path'))?.value;
      if (path === undefined || partNames(at).some((one) => one !== 'path')) return undefined;
      conf.http = { path };
    } else if (name === 'tcp_health_check' && entries(at).length === 0) conf.tcp = {};
    else if (name === 'grpc_health_check' && entries(at).length === 0) conf.grpc = {};
    else return undefined;
  }
  return 'http' in conf || 'tcp' in conf || 'grpc' in conf ? conf : undefined;
}

function healthChecks(cluster: Field): Reading {
  const [check, another] = items(part(cluster, 'health_checks'));
  const conf = check === undefined || another !== undefined ? undefined : checkOf(check);
  return conf === undefined
    ? undefined
    : {
        kind: 'MeshHealthCheck',
        conf,
        difference: 'every client checks every endpoint through its sidecar',
      };
}

/** Whether a DestinationRule detects outliers among the endpoints of a host; of any host where none is named. */
const detectsOutliers = (context: Context, host: string | undefined): boolean =>
  configOf(context).destinationRules.all.some(
    ({ host: own, trafficPolicy, subsets }) =>
      (host === undefined || own.host === host || [...wildcardsOver(host)].includes(own.host)) &&
      [trafficPolicy, ...subsets.map((subset) => child(subset.field, 'trafficPolicy'))]
        .flatMap((policy) => [policy, ...items(child(policy, 'portLevelSettings'))])
        .some((policy) => child(policy, 'outlierDetection') !== undefined),
  );

const readings: Readonly<Record<string, (cluster: Field, isDetectedBefore: boolean) => Reading>> = {
  connect_timeout: connectTimeout,
  outlier_detection: outlierDetection,
  lb_policy: loadBalancer,
  health_checks: healthChecks,
};

/** The destination that a patch of clusters is for; `other` where Kong Mesh cannot tell it from others. */
export function destinationOf(
  context: Context,
  { match, resource }: Patch,
): { readonly to?: Counterpart['to']; readonly services?: readonly string[]; readonly host?: string } | 'other' {
  const cluster = child(match, 'cluster');
  if (entries(cluster).some(([name]) => name !== 'service')) return 'other';
  const host = text(child(cluster, 'service'));
  if (host === undefined) return {};
  const service = context.services.named(host.value.toLowerCase(), resource.namespace || 'default');
  if (service === undefined) return 'other';
  const { target, systemNamespace } = context.settings;
  return {
    to: meshServiceRef(target, service, systemNamespace),
    services: [`${service.namespace}/${service.name}`],
    host: host.value.toLowerCase(),
  };
}

/**
 * The policies for a patch that changes the clusters of what a proxy calls, one for each of its fields; undefined where a
 * field has none, or the patch is for clusters that Kong Mesh cannot tell from others.
 */
export function clusterPoliciesOf(context: Context, patch: Patch): Counterpart[] | undefined {
  const { applyTo, operation, place, value } = patch;
  if (applyTo !== 'CLUSTER' || operation !== 'MERGE' || value === undefined) return undefined;
  // Context ANY reaches the clusters of a workload's own ports too, which none of these settings matters for.
  if (place !== 'SIDECAR_OUTBOUND' && place !== 'ANY') return undefined;
  const destination = destinationOf(context, patch);
  if (destination === 'other') return undefined;
  const isDetectedBefore = part(value, 'outlier_detection') !== undefined && detectsOutliers(context, destination.host);
  const settings = new Set(Object.keys(balancerSettings));
  const names = partNames(value);
  const found: Counterpart[] = [];
  for (const name of names) {
    if (name === 'lb_policy' && isUnset(value)) continue;
    const reading = readings[name]?.(value, isDetectedBefore);
    if (reading !== undefined)
      found.push({
        ...reading,
        to: destination.to,
        services: destination.services,
        side: 'outbound',
        from: part(value, name) as Field,
      });
    else if (!settings.has(name) || !names.includes('lb_policy') || isUnset(value)) return undefined;
  }
  return found.length === 0 ? undefined : found;
}

/** Thresholds that are merged stand behind those of Istio, and Envoy uses the first (edge.md 3.9, verified by running). */
export const isDeadThreshold = ({ applyTo, operation, value }: Patch): boolean =>
  applyTo === 'CLUSTER' &&
  operation === 'MERGE' &&
  partNames(value).join() === 'circuit_breakers' &&
  partNames(descend(value, 'circuit_breakers') ?? descend(value, 'circuitBreakers')).join() === 'thresholds';

/** Whether a merge of clusters only names the balancer that is none to a merge. */
export const isDeadBalancer = ({ applyTo, operation, value }: Patch): boolean =>
  applyTo === 'CLUSTER' && operation === 'MERGE' && partNames(value).join() === 'lb_policy' && isUnset(value);
