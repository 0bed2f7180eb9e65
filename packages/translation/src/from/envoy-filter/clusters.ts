import { meshServiceRef } from '@isthmus/kong-mesh';
import type { Context } from '../../context.ts';
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
        difference: 'policies for a single service, which are more specific, outdo it',
      };
}

/** Fields of `outlier_detection` and where a MeshCircuitBreaker has them. */
const detectors: Readonly<Record<string, readonly string[]>> = {
  consecutive_5xx: ['detectors', 'totalFailures', 'consecutive'],
  consecutive_gateway_failure: ['detectors', 'gatewayFailures', 'consecutive'],
  consecutive_local_origin_failure: ['detectors', 'localOriginFailures', 'consecutive'],
  success_rate_minimum_hosts: ['detectors', 'successRate', 'minimumHosts'],
  success_rate_request_volume: ['detectors', 'successRate', 'requestVolume'],
  failure_percentage_threshold: ['detectors', 'failurePercentage', 'threshold'],
  failure_percentage_minimum_hosts: ['detectors', 'failurePercentage', 'minimumHosts'],
  failure_percentage_request_volume: ['detectors', 'failurePercentage', 'requestVolume'],
  max_ejection_percent: ['maxEjectionPercent'],
};

type Tree = { [key: string]: Tree | string | number | boolean };

function put(tree: Tree, [step = '', ...rest]: readonly string[], value: string | number | boolean): void {
  if (rest.length === 0) tree[step] = value;
  else {
    const next = (tree[step] ?? {}) as Tree;
    tree[step] = next;
    put(next, rest, value);
  }
}

function outlierDetection(cluster: Field): Reading {
  const field = part(cluster, 'outlier_detection');
  const conf: Tree = {};
  for (const name of partNames(field)) {
    const at = part(field, name);
    const path = detectors[name];
    const time = name === 'interval' ? 'interval' : name === 'base_ejection_time' ? 'baseEjectionTime' : undefined;
    const found = time === undefined ? whole(at) : duration(at);
    if (found === undefined || (path === undefined && time === undefined)) return undefined;
    put(conf, path ?? [time as string], found);
  }
  return Object.keys(conf).length === 0
    ? undefined
    : {
        kind: 'MeshCircuitBreaker',
        conf: { outlierDetection: conf },
        difference: 'policies for a single service, which are more specific, outdo it',
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
        : 'policies for a single service, which are more specific, outdo it',
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

const readings: Readonly<Record<string, (cluster: Field) => Reading>> = {
  connect_timeout: connectTimeout,
  outlier_detection: outlierDetection,
  lb_policy: loadBalancer,
  health_checks: healthChecks,
};

/** The destination that a patch of clusters is for; `other` where Kong Mesh cannot tell it from others. */
export function destinationOf(
  context: Context,
  { match, resource }: Patch,
): { readonly to?: Counterpart['to']; readonly services?: readonly string[] } | 'other' {
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
  const settings = new Set(Object.keys(balancerSettings));
  const names = partNames(value);
  const found: Counterpart[] = [];
  for (const name of names) {
    if (name === 'lb_policy' && isUnset(value)) continue;
    const reading = readings[name]?.(value);
    if (reading !== undefined)
      found.push({ ...reading, ...destination, side: 'outbound', from: part(value, name) as Field });
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
