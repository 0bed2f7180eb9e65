import { codes } from '@isthmus/diagnostics';
import type { ServiceName } from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, type Field, flag, items, number, rootField, text } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';
import { only, Unhandled } from '../../unhandled.ts';
import { carriesTls } from '../service-entry/registry.ts';

function durationOf(context: Context, field: Field | undefined): unknown {
  if (field === undefined) return undefined;
  const value = text(field);
  if (value === undefined || !isDuration(value.value)) throw new Unhandled(field);
  return context.exact(value, value.value);
}

function countOf(context: Context, field: Field | undefined, least = 1): unknown {
  if (field === undefined) return undefined;
  const value = number(field);
  if (value === undefined || !Number.isInteger(value.value) || value.value < least) throw new Unhandled(field);
  return context.exact(value, value.value);
}

// Checked before anything is claimed: a block is translated as a whole or not at all.
function understood(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof Unhandled) return false;
    throw error;
  }
}

const silent = (context: Context): Context => ({ ...context, exact: context.derived as Context['exact'] });

function connectionLimits(context: Context, pool: Field): Record<string, unknown> {
  only(pool, 'tcp', 'http');
  const tcp = child(pool, 'tcp');
  const http = child(pool, 'http');
  if (tcp !== undefined) only(tcp, 'maxConnections');
  if (http !== undefined) only(http, 'http1MaxPendingRequests', 'http2MaxRequests', 'maxRetries');
  return {
    maxConnections: countOf(context, child(tcp, 'maxConnections')),
    maxPendingRequests: countOf(context, child(http, 'http1MaxPendingRequests')),
    maxRequests: countOf(context, child(http, 'http2MaxRequests')),
    maxRetries: countOf(context, child(http, 'maxRetries')),
  };
}

// Unset, consecutive5xxErrors is Envoy's 5 with full enforcement and the panic threshold is 0 (routing.md 3.6, verified by running).
function outlierDetection(context: Context, field: Field): Record<string, unknown> {
  only(
    field,
    'consecutive5xxErrors',
    'consecutiveGatewayErrors',
    'interval',
    'baseEjectionTime',
    'maxEjectionPercent',
    'minHealthPercent',
  );
  const gateway = child(field, 'consecutiveGatewayErrors');
  const percent = child(field, 'maxEjectionPercent');
  return {
    interval: durationOf(context, child(field, 'interval')),
    baseEjectionTime: durationOf(context, child(field, 'baseEjectionTime')),
    maxEjectionPercent: countOf(context, percent),
    healthyPanicThreshold: countOf(context, child(field, 'minHealthPercent'), 0) ?? 0,
    detectors: {
      totalFailures: { consecutive: countOf(context, child(field, 'consecutive5xxErrors')) ?? 5 },
      ...(gateway === undefined ? {} : { gatewayFailures: { consecutive: countOf(context, gateway) } }),
    },
  };
}

const balancers: Readonly<Record<string, string>> = {
  UNSPECIFIED: 'LeastRequest',
  LEAST_REQUEST: 'LeastRequest',
  LEAST_CONN: 'LeastRequest',
  ROUND_ROBIN: 'RoundRobin',
  RANDOM: 'Random',
};

interface Locality {
  readonly own: Field | undefined;
  readonly mesh: Field | undefined;
  readonly enabled: Field<boolean> | undefined;
  readonly failover: readonly { readonly field: Field; readonly from: string; readonly to: string }[];
}

/** The locality setting that holds: the rule's own in the place of the mesh's, not merged with it (routing.md 3.6). */
function readLocality(context: Context, own: Field | undefined): Locality {
  const [meshConfig] = context.ofKind('MeshConfig');
  const mesh = meshConfig && child(rootField(meshConfig), 'localityLbSetting');
  const used = own ?? mesh;
  if (used !== undefined) only(used, 'enabled', 'failover');
  const failover = items(child(used, 'failover')).map((field) => {
    only(field, 'from', 'to');
    const from = text(child(field, 'from'));
    const to = text(child(field, 'to'));
    if (from === undefined || to === undefined) throw new Unhandled(field);
    return { field, from: from.value, to: to.value };
  });
  return { own, mesh, enabled: flag(child(used, 'enabled')), failover };
}

function localityAwareness(context: Context, locality: Locality, hasOutlierDetection: boolean): unknown {
  const { enabled, failover, mesh, own } = locality;
  const on = enabled?.value !== false;
  if (!on) {
    for (const { field } of failover) context.settled(field);
    return { disabled: enabled === undefined ? true : context.exact(enabled, true) };
  }
  if (!hasOutlierDetection) {
    context.settled(enabled);
    for (const { field } of failover) context.inert(field, codes.destinationRule.failoverIdle, {});
    return { disabled: true };
  }
  // The mesh's own switch says no more than the default where the rule has a setting of its own.
  const switches = [enabled, own === undefined ? undefined : flag(child(mesh, 'enabled'))].filter(
    (field) => field !== undefined,
  );
  for (const field of switches) context.settled(field);
  const disabled = switches.length === 0 ? false : context.derived(switches, false);
  const { target: version } = context.settings;
  if (version === '3.0') {
    for (const { field, from, to } of failover)
      context.unsupported(field, codes.destinationRule.failoverNotLocal, { version, from, to });
    return { disabled };
  }
  return {
    disabled,
    ...(failover.length === 0
      ? {}
      : {
          crossZone: {
            failover: failover.map(({ field, from, to }) =>
              context.approximate(
                field,
                { from: { zones: [from] }, to: { type: 'Only', zones: [to] } },
                codes.destinationRule.failoverByZone,
                { from, to },
              ),
            ),
          },
        }),
  };
}

function translateOne(context: Context, resource: Resource, host: Field<string>, service: ServiceName): void {
  const policy = descend(rootField(resource), 'spec', 'trafficPolicy');
  if (policy === undefined || child(policy, 'portLevelSettings') !== undefined) return;
  const target =
    context.settings.target === '3.0'
      ? {
          kind: 'MeshService',
          labels: { 'k8s.kuma.io/namespace': service.namespace, 'kuma.io/display-name': service.name },
        }
      : { kind: 'MeshService', name: service.name };
  const emit = (kind: string, content: Record<string, unknown>): void =>
    context.emit({
      role: 'resource',
      stage: 'resilience',
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind,
        metadata: {
          name: service.name,
          namespace: service.namespace,
          labels: { 'kuma.io/mesh': context.settings.mesh },
        },
        spec: { targetRef: { kind: 'Mesh' }, to: [{ targetRef: context.exact(host, target), default: content }] },
      },
      services: [`${service.namespace}/${service.name}`],
    });
  const quiet = silent(context);
  const pool = child(policy, 'connectionPool');
  const outlier = child(policy, 'outlierDetection');
  const hasPool = pool !== undefined && understood(() => connectionLimits(quiet, pool));
  const hasOutlier = outlier !== undefined && understood(() => outlierDetection(quiet, outlier));
  if (hasPool || hasOutlier) {
    emit('MeshCircuitBreaker', {
      ...(hasPool ? { connectionLimits: connectionLimits(context, pool) } : {}),
      ...(hasOutlier ? { outlierDetection: outlierDetection(context, outlier) } : {}),
    });
  }
  const balancer = child(policy, 'loadBalancer');
  const simple = text(child(balancer, 'simple'));
  const type = simple === undefined ? undefined : balancers[simple.value];
  let locality: Locality | undefined;
  const hasBalancer = understood(() => {
    if (balancer !== undefined) only(balancer, 'simple', 'localityLbSetting');
    if (child(balancer, 'simple') !== undefined && type === undefined)
      throw new Unhandled(child(balancer, 'simple') as Field);
    locality = readLocality(context, child(balancer, 'localityLbSetting'));
  });
  if (!hasBalancer || locality === undefined || (balancer === undefined && outlier === undefined)) return;
  const awareness = localityAwareness(context, locality, outlier !== undefined);
  // Outlier detection alone turns locality failover on in Istio, since the mesh's setting is on unless it says otherwise.
  if (outlier !== undefined && locality.enabled?.value !== false)
    context.report(codes.destinationRule.localityApproximate, {}, outlier);
  emit('MeshLoadBalancingStrategy', {
    localityAwareness: awareness,
    ...(simple === undefined ? {} : { loadBalancer: { type: context.exact(simple, type) } }),
  });
}

/**
 * DestinationRules in the namespace of their Service, for everyone: limits and outlier detection to a MeshCircuitBreaker,
 * balancer and locality to a MeshLoadBalancingStrategy. A block with a field that is not understood is left out whole.
 */
export function translateDestinationRules(context: Context): void {
  const rules = context.ofKind('DestinationRule').flatMap((resource) => {
    const spec = child(rootField(resource), 'spec');
    const host = text(child(spec, 'host'));
    if (host === undefined) return [];
    const encrypts = JSON.stringify(descend(spec, 'trafficPolicy')?.value ?? null).includes('"tls":');
    if (encrypts && !carriesTls(context, resource, host.value))
      context.report(codes.destinationRule.tls, { host: host.value }, descend(spec, 'trafficPolicy', 'tls') ?? host);
    const service = context.services.named(host.value.toLowerCase(), resource.namespace);
    const own =
      service !== undefined && service.namespace === (resource.namespace === '' ? 'default' : resource.namespace);
    const shared = items(child(spec, 'exportTo')).every(({ value }) => value === '*');
    const narrowed = child(spec, 'workloadSelector') !== undefined;
    return own && shared && !narrowed ? [{ resource, host, service }] : [];
  });
  const byService = Map.groupBy(rules, ({ service }) => `${service.namespace}/${service.name}`);
  for (const { resource, host, service } of rules) {
    // Istio merges several rules of one host by rules of its own; none of them is translated yet.
    if (byService.get(`${service.namespace}/${service.name}`)?.length !== 1) continue;
    for (const exported of items(descend(rootField(resource), 'spec', 'exportTo'))) context.settled(exported);
    translateOne(context, resource, host, service);
  }
}
