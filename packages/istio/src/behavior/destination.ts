import type { Destination, Endpoints } from '@isthmus/behavior';
import { child, descend, type Field, items, matchesLabels, rootField } from '@isthmus/kubernetes';
import type { EffectiveConfig } from '../effective/config.ts';
import type { EffectiveDestination } from '../effective/destination.ts';
import type { EffectiveDestinationRule, EffectiveSubset } from '../effective/destination-rule.ts';
import type { MeshSettings } from '../effective/mesh-settings.ts';
import type { RegistryService } from '../effective/registry.ts';
import { effectivePolicy } from '../effective/traffic-policy.ts';
import { labelsOf } from '../effective/workloads.ts';
import type { ServicePort } from '../services.ts';
import type { Place } from './forward.ts';

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
  { host, namespace, registry: kind, selector }: RegistryService,
  subset: EffectiveSubset | undefined,
): boolean {
  // The service is one of its host's entries itself.
  if (subset === undefined || kind !== 'external' || selector !== undefined) return false;
  if (Object.keys(subset.labels).some(isOfLocality)) return false;
  const entries = registry.withHost(host).filter((service) => service.namespace === namespace);
  if (entries.some((entry) => entry.registry !== 'external' || entry.selector !== undefined)) return false;
  const listed = entries.flatMap(({ resource }) => items(descend(rootField(resource), 'spec', 'endpoints')));
  if (listed.length === 0) return Object.keys(subset.labels).length > 0;
  return !listed.some((endpoint) => matchesLabels(subset.labels, labelsOf(child(endpoint, 'labels')?.value)));
}

const none = (reason: string): Endpoints => ({ kind: 'none', reason });

function workloads(service: RegistryService, port: ServicePort, subset: EffectiveSubset | undefined): Endpoints {
  const { selector = {}, namespace, host } = service;
  let isSelected = false;
  for (const key in selector) {
    isSelected = true;
    if (subset !== undefined && Object.hasOwn(subset.labels, key) && subset.labels[key] !== selector[key])
      return none(`no workload of ${host} has the labels of subset ${subset.name}`);
  }
  if (!isSelected) return { kind: 'external', host, port: port.port };
  const labels = subset === undefined ? selector : { ...selector, ...subset.labels };
  return { kind: 'workloads', namespace, labels, port: port.targetPort };
}

/** A client with what it knows. */
type Asking = Pick<Place, 'config' | 'client' | 'scope'>;

/** A service as a client knows it, with the rule for the client's connections to it; neither where it knows none of the host. */
interface Reached {
  readonly service: RegistryService | undefined;
  readonly rule: EffectiveDestinationRule | undefined;
}

function reach({ config, client, scope }: Asking, host: string): Reached {
  const service = scope.service(host);
  return { service, rule: service && config.destinationRules.find(client, service) };
}

/** Who answers for a service, port and subset, as a client sees them. */
export const endpointsOf = (client: Asking, host: string, number: number, subsetName: string | undefined): Endpoints =>
  endpointsIn(client.config, reach(client, host), host, number, subsetName);

function endpointsIn(
  config: EffectiveConfig,
  { service, rule }: Reached,
  host: string,
  number: number,
  subsetName: string | undefined,
): Endpoints {
  if (service === undefined || service.resolution === 'alias') return none(`no service ${host} is known to the client`);
  const port = service.ports.find((candidate) => candidate.port === number);
  if (port === undefined || port.protocol === 'udp') return none(`${host} has no port ${number}`);
  const subset = rule?.subsets.find(({ name }) => name === subsetName);
  if (subsetName !== undefined && subset === undefined)
    return none(`no DestinationRule that the client sees has the subset ${subsetName} of ${host}`);
  if (isOriginal(service, rule, number, subset, config.mesh)) return { kind: 'original' };
  if (isEmptySubset(config, service, subset))
    return none(`no endpoint of ${host} has the labels of subset ${subsetName}`);
  return workloads(service, port, subset);
}

/** A destination, with the rule for the client's connections to the host that was written. */
export interface ResolvedDestination {
  readonly destination: Destination;
  readonly rule: EffectiveDestinationRule | undefined;
}

/**
 * The destination that a VirtualService names: on the port that it names, else on the port that the client dialled, whatever
 * ports the service has (routing.md T57), at gateways on the only port of the service where it has one (istio/pilot/pkg/networking/core/route/route.go GetDestinationCluster, 1.32).
 * Of the services that listen on the port dialled, an ExternalName stands for its target.
 */
export function resolveDestination(place: Place, written: EffectiveDestination): ResolvedDestination {
  const { known } = place;
  const name = written.host.host;
  const host = known.byHost.get(name)?.service.aliasOf ?? name;
  const reached = reach(place, host);
  const ports = reached.service?.ports;
  const only = known.ofGateway === true && ports?.length === 1 ? ports[0]?.port : undefined;
  const port = written.port?.value ?? only ?? place.port;
  const subset = written.subset?.value;
  const endpoints = endpointsIn(place.config, reached, host, port, subset);
  return {
    destination: subset === undefined ? { host, port, endpoints } : { host, subset, port, endpoints },
    rule: host === name ? reached.rule : reach(place, name).rule,
  };
}
