import type { Client, ClusterSettings, HashPolicy } from '@isthmus/behavior';
import { child, descend, type Field, text } from '@isthmus/kubernetes';
import type { EffectiveConfig } from '../effective/config.ts';
import type { EffectiveDestinationRule, EffectiveSubset } from '../effective/destination-rule.ts';
import type { MeshSettings } from '../effective/mesh-settings.ts';
import type { RegistryService, Resolution } from '../effective/registry.ts';
import { type EffectivePolicy, effectivePolicy } from '../effective/traffic-policy.ts';
import type { ServicePort } from '../services.ts';
import { connectionSettings, httpSettings } from './connection-pool.ts';
import { isEmptySubset, isOriginal } from './destination.ts';
import { hashOfService, hashPolicy } from './hash-policy.ts';
import { isLocalityWeighted, loadBalancing } from './load-balancer.ts';
import { outlierDetection, outlierStatusCodes, panicThreshold } from './outlier-detection.ts';
import { readServiceWorkloads, type ServiceWorkloads } from './service-workloads.ts';
import { upstreamTls } from './upstream-tls.ts';

/** One destination of a client: a service's port, or a subset on it. */
export interface Cluster {
  readonly service: RegistryService;
  readonly port: ServicePort;
  readonly rule: EffectiveDestinationRule | undefined;
  readonly subset: EffectiveSubset | undefined;
}

const types: Readonly<Record<Resolution, NonNullable<ClusterSettings['type']>>> = {
  endpoints: 'EDS',
  original: 'ORIGINAL_DST',
  dns: 'STRICT_DNS',
  'dns round robin': 'LOGICAL_DNS',
  'dynamic dns': 'EDS',
  alias: 'EDS',
};

const workloads = new WeakMap<EffectiveConfig, ServiceWorkloads>();

function workloadsOf(config: EffectiveConfig): ServiceWorkloads {
  const known = workloads.get(config);
  if (known !== undefined) return known;
  const read = readServiceWorkloads(config);
  workloads.set(config, read);
  return read;
}

/**
 * Whether mutual TLS is used where endpoints take it. A client that connects to the address dialled cannot choose by endpoint;
 * whether it does is told by the top-level policy alone, or by the subset's own (routing.md 3.6; push_context.go
 * BestEffortInferServiceMTLSMode, 1.32).
 */
function isMutualTlsAutomatic(config: EffectiveConfig, { service, rule, subset }: Cluster): boolean {
  if (service.meshExternal || !config.mesh.enableAutoMtls) return false;
  const known = workloadsOf(config);
  const policy: Field | undefined = subset === undefined ? rule?.trafficPolicy : subset.trafficPolicy;
  const passesThrough =
    service.resolution === 'original' || text(descend(policy, 'loadBalancer', 'simple'))?.value === 'PASSTHROUGH';
  if (passesThrough && !known.allHaveSidecars(service)) return false;
  return known.takesMutualTls(service);
}

/** Ways to balance that no recorded configuration shows. */
const unreadBalancing = ['zoneAwareLbSetting', 'backendUtilization'];

/** Limits, times, outliers and the choice of an endpoint: what a traffic policy says whatever protocol is spoken. */
function policySettings(
  { loadBalancer, connectionPool, retryBudget, outlierDetection: outlier }: EffectivePolicy,
  service: RegistryService,
  original: boolean,
  mesh: MeshSettings,
): Omit<ClusterSettings, 'type' | 'tls' | 'http'> {
  const isWeighted = isLocalityWeighted(loadBalancer, service, outlier !== undefined, mesh);
  return {
    ...loadBalancing(loadBalancer, original),
    ...connectionSettings(connectionPool, retryBudget, mesh),
    ...outlierDetection(outlier),
    commonLbConfig: {
      healthyPanicThreshold: panicThreshold(outlier, service),
      ...(isWeighted ? { localityWeightedLbConfig: {} } : {}),
    },
  };
}

/** The settings of a client's connections to one destination that do not depend on TLS and on who answers there. */
export function trafficSettings(mesh: MeshSettings, { service, port, rule, subset }: Cluster): ClusterSettings {
  const policy = effectivePolicy(rule, port.port, subset, mesh);
  const original = isOriginal(service, rule, port.port, subset, mesh);
  return {
    ...policySettings(policy, service, original, mesh),
    ...httpSettings(policy.connectionPool, port, mesh, {}),
  };
}

/** The settings of a client's connections to one destination, with all defaults filled in. */
export function settingsOf(config: EffectiveConfig, cluster: Cluster): ClusterSettings {
  const { mesh } = config;
  const { service, port, rule, subset } = cluster;
  const policy = effectivePolicy(rule, port.port, subset, mesh);
  const original = isOriginal(service, rule, port.port, subset, mesh);
  const identities = workloadsOf(config).identities(service);
  const { tls, ...options } = upstreamTls(policy.tls, {
    subjectAltNames: identities,
    sni: `outbound_.${port.port}_.${subset?.name ?? ''}_.${service.host}`,
    automatic: isMutualTlsAutomatic(config, cluster),
    isOriginal: original,
    hasSelector: rule?.workloadSelector !== undefined,
    entrySubjectAltNames: service.registry === 'external' ? identities : [],
  });
  const proxyProtocol =
    policy.proxyProtocol === undefined ? undefined : (text(child(policy.proxyProtocol, 'version'))?.value ?? 'V1');
  const unread = unreadBalancing.find((key) => child(policy.loadBalancer, key) !== undefined);
  return {
    ...(unread === undefined ? {} : { unknown: `the model does not follow loadBalancer.${unread} of Istio` }),
    type: original ? 'ORIGINAL_DST' : types[service.resolution],
    ...policySettings(policy, service, original, mesh),
    tls,
    ...httpSettings(policy.connectionPool, port, mesh, {
      ...options,
      ...outlierStatusCodes(policy.outlierDetection),
    }),
    ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
  };
}

/** A subset of a service that is resolved, none of whose endpoints it has (cluster_builder.go buildCluster, 1.32). */
function isLeftOut(config: EffectiveConfig, { service, port, rule, subset }: Cluster): boolean {
  if (service.resolution !== 'dns' && service.resolution !== 'dns round robin') return false;
  if (!isEmptySubset(config, service, subset) || isOriginal(service, rule, port.port, undefined, config.mesh))
    return false;
  return text(descend(subset?.trafficPolicy, 'loadBalancer', 'simple'))?.value !== 'PASSTHROUGH';
}

/** The destinations that a client has for a service: each port, and each subset on it (cluster_builder.go applyDestinationRule). */
export function clustersOf(config: EffectiveConfig, client: Client, host: string): Cluster[] {
  const service = config.scopeOf(client).service(host);
  if (service === undefined || service.resolution === 'alias') return [];
  const rule = config.destinationRules.find(client, service);
  return service.ports
    .filter(({ protocol }) => protocol !== 'udp')
    .flatMap((port) =>
      [undefined, ...(rule?.subsets ?? [])].map((subset): Cluster => ({ service, port, rule, subset })),
    )
    .filter((cluster) => !isLeftOut(config, cluster));
}

/** The settings of a service's destinations for a client, by `port|subset|host` as in the names of Envoy's clusters. */
export function compileClusterSettings(
  config: EffectiveConfig,
  client: Client,
  host: string,
): ReadonlyMap<string, ClusterSettings> {
  return new Map(
    clustersOf(config, client, host).map((cluster) => [
      `${cluster.port.port}|${cluster.subset?.name ?? ''}|${cluster.service.host}`,
      settingsOf(config, cluster),
    ]),
  );
}

/** What the choice of an endpoint depends on where a service has no VirtualService. */
export function defaultHashPolicy(
  config: EffectiveConfig,
  client: Client,
  host: string,
  port: number,
): HashPolicy | undefined {
  return hashOfRule(config.destinationRule(client, host), port);
}

/** The same of the rule that is in force for the client. */
export const hashOfRule = (rule: EffectiveDestinationRule | undefined, port: number): HashPolicy | undefined =>
  hashPolicy(hashOfService(rule, port));
