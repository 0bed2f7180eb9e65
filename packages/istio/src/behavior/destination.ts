import type { Client, Destination, Endpoints } from '@isthmus/behavior';
import { child, descend, type Field, items, matchesLabels, rootField } from '@isthmus/kubernetes';
import type { EffectiveConfig } from '../effective/config.ts';
import type { EffectiveDestination } from '../effective/destination.ts';
import type { EffectiveDestinationRule, EffectiveSubset } from '../effective/destination-rule.ts';
import type { MeshSettings } from '../effective/mesh-settings.ts';
import type { RegistryService } from '../effective/registry.ts';
import type { PortView } from '../effective/service-view.ts';
import { effectivePolicy } from '../effective/traffic-policy.ts';
import { labelsOf } from '../effective/workloads.ts';
import type { ServicePort } from '../services.ts';

const isPassthrough = (policy: Field | undefined): boolean => child(policy, 'simple')?.value === 'PASSTHROUGH';

/**
 * Whether connections go to the address that the client dialled: headless Services, and the load balancer PASSTHROUGH of the
 * service on this port or of the subset (istio/pilot/pkg/networking/core/cluster_builder.go buildSubsetCluster, 1.32).
 */
export function isOriginal(
  service: RegistryService,
  rule: EffectiveDestinationRule | undefined,
  port: number,
  subset: EffectiveSubset | undefined,
  mesh: MeshSettings,
): boolean {
  if (service.resolution === 'original') return true;
  if (isPassthrough(effectivePolicy(rule, port, undefined, mesh).loadBalancer)) return true;
  if (subset === undefined) return false;
  return (
    isPassthrough(descend(subset.trafficPolicy, 'loadBalancer')) ||
    isPassthrough(effectivePolicy(rule, port, subset, mesh).loadBalancer)
  );
}

const isOfLocality = (key: string): boolean => /^topology\.(?:kubernetes|istio)\.io\//.test(key);

/**
 * Whether a subset names labels that none of the endpoints has which ServiceEntries of a host list; the host itself, where
 * they list none, has no labels. Labels that Istio adds by locality, and workloads that are selected, are not read here
 * (istio/pilot/pkg/serviceregistry/serviceentry/conversion.go convertServiceEntryToInstances, 1.32).
 */
export function isEmptySubset(
  { registry }: EffectiveConfig,
  { host, namespace }: RegistryService,
  subset: EffectiveSubset | undefined,
): boolean {
  if (subset === undefined || Object.keys(subset.labels).some(isOfLocality)) return false;
  const entries = registry.withHost(host).filter((service) => service.namespace === namespace);
  if (entries.some((entry) => entry.registry !== 'external' || entry.selector !== undefined)) return false;
  const listed = entries.flatMap(({ resource }) => items(descend(rootField(resource), 'spec', 'endpoints')));
  if (listed.length === 0) return Object.keys(subset.labels).length > 0;
  return !listed.some((endpoint) => matchesLabels(subset.labels, labelsOf(child(endpoint, 'labels')?.value)));
}

const none = (reason: string): Endpoints => ({ kind: 'none', reason });

function workloads(service: RegistryService, port: ServicePort, subset: EffectiveSubset | undefined): Endpoints {
  const { selector, namespace, host } = service;
  if (selector === undefined || Object.keys(selector).length === 0) return { kind: 'external', host, port: port.port };
  const labels = { ...selector, ...subset?.labels };
  const contradicts = Object.entries(selector).some(([key, value]) => labels[key] !== value);
  if (contradicts) return none(`no workload of ${host} has the labels of subset ${subset?.name}`);
  return { kind: 'workloads', namespace, labels, port: port.targetPort };
}

/** Who answers for a service, port and subset, as a client sees them. */
export function endpointsOf(
  config: EffectiveConfig,
  client: Client,
  host: string,
  number: number,
  subsetName: string | undefined,
): Endpoints {
  const service = config.scopeOf(client).service(host);
  if (service === undefined || service.resolution === 'alias') return none(`no service ${host} is known to the client`);
  const port = service.ports.find((candidate) => candidate.port === number);
  if (port === undefined || port.protocol === 'udp') return none(`${host} has no port ${number}`);
  const rule = config.destinationRules.find(client, service);
  const subset = rule?.subsets.find(({ name }) => name === subsetName);
  if (subsetName !== undefined && subset === undefined)
    return none(`no DestinationRule that the client sees has the subset ${subsetName} of ${host}`);
  if (isOriginal(service, rule, number, subset, config.mesh)) return { kind: 'original' };
  if (isEmptySubset(config, service, subset))
    return none(`no endpoint of ${host} has the labels of subset ${subsetName}`);
  return workloads(service, port, subset);
}

/**
 * The destination that a VirtualService names: on the port that it names, else on the port that the client dialled, whatever
 * ports the service has (routing.md T57), at gateways on the only port of the service where it has one ( istio/pilot/pkg/networking/core/route/route.go GetDestinationCluster, 1.32).
 * @param known services that listen on the port; of these an ExternalName stands for its target
 */
export function destinationOf(
  config: EffectiveConfig,
  client: Client,
  destination: EffectiveDestination,
  listenerPort: number,
  known: PortView,
): Destination {
  const written = destination.host.host;
  const host = known.byHost.get(written)?.service.aliasOf ?? written;
  const ports = known.ofGateway === true ? (config.scopeOf(client).service(host)?.ports ?? []) : [];
  const only = ports.length === 1 ? ports[0]?.port : undefined;
  const port = destination.port?.value ?? only ?? listenerPort;
  const subset = destination.subset?.value;
  return {
    host,
    ...(subset === undefined ? {} : { subset }),
    port,
    endpoints: endpointsOf(config, client, host, port, subset),
  };
}
