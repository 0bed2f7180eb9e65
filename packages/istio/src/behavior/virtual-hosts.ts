import type { Client, Route, VirtualHost } from '@isthmus/behavior';
import { child } from '@isthmus/kubernetes';
import type { ClientScope, EgressListener } from '../effective/client-scope.ts';
import type { EffectiveConfig } from '../effective/config.ts';
import { hostsOverlap, isWildcard } from '../effective/host.ts';
import type { RegistryService } from '../effective/registry.ts';
import { domainsOf, type ServiceDomains } from '../effective/service-domains.ts';
import type { PortView, ServiceOnPort } from '../effective/service-view.ts';
import type { EffectiveVirtualService } from '../effective/virtual-service.ts';
import type { VirtualServiceList } from '../effective/virtual-service-list.ts';
import { endpointsOf } from './destination.ts';
import type { Place } from './forward.ts';
import { hashOfService, hashPolicy } from './hash-policy.ts';
import { isHttp } from './protocol.ts';
import { retriesOf } from './retries.ts';
import { type CompiledRoute, compileRoutes } from './routes.ts';

/** A virtual host with the routes as they were compiled; none for the default route of a service without VirtualService. */
export interface CompiledVirtualHost {
  readonly virtualHost: VirtualHost;
  /** The service that it is for; undefined for a host that no service of the port has. */
  readonly service: RegistryService | undefined;
  readonly virtualService: EffectiveVirtualService | undefined;
  readonly routes: readonly CompiledRoute[];
}

/** What a service without VirtualService gets (istio/pilot/pkg/networking/core/route/route.go buildSidecarVirtualHostForService, 1.32). */
function defaultRoute(service: RegistryService, place: Place): Route {
  const { config, client, port } = place;
  const { host } = service;
  const hash = hashPolicy(hashOfService(config.destinationRule(client, host), port));
  const retries = retriesOf(child(config.mesh.config, 'defaultHttpRetryPolicy'), false);
  return {
    predicate: { headers: [], queryParameters: [] },
    decision: {
      kind: 'forward',
      destinations: [{ destination: { host, port, endpoints: endpointsOf(place, host, port, undefined) }, weight: 1 }],
      requestHeaders: { remove: [], set: [], add: [] },
      responseHeaders: { remove: [], set: [], add: [] },
      timeout: 0,
      ...(retries && { retries }),
      mirrors: [],
      hash: hash === undefined ? [] : [hash],
    },
  };
}

interface Hosts {
  /** Services of the port that have it for HTTP. */
  readonly services: readonly RegistryService[];
  /** Hosts that no service of the port has, lower case. */
  readonly others: readonly string[];
}

/**
 * The services of the port that a VirtualService is for, and its other hosts (route.go separateVSHostsAndServices): a wildcard
 * is for the services of which no other VirtualService has a more specific host.
 */
function separateHosts(virtualService: EffectiveVirtualService, listener: EgressListener, known: PortView): Hosts {
  const services: RegistryService[] = [];
  const add = ({ service, port }: ServiceOnPort): void => void (isHttp(port) && services.push(service));
  const others: string[] = [];
  for (const { host } of virtualService.hosts) {
    const lower = host.toLowerCase();
    if (isWildcard(lower)) continue;
    const own = known.byHost.get(lower);
    if (own === undefined) others.push(lower);
    else add(own);
  }
  for (const { host } of virtualService.hosts) {
    const lower = host.toLowerCase();
    if (!isWildcard(lower)) continue;
    const matching = known.all.filter(({ service }) => hostsOverlap(service.host.toLowerCase(), lower));
    if (matching.length === 0) others.push(lower);
    for (const one of matching)
      if (listener.virtualServices.mostSpecific(one.service.host) === virtualService) add(one);
  }
  return { services, others };
}

const separated = new WeakMap<PortView, WeakMap<VirtualServiceList, Map<EffectiveVirtualService, Hosts>>>();

/** The same for every client that sees the same services and VirtualServices, so that wildcards are looked up once. */
function hostsOf(virtualService: EffectiveVirtualService, listener: EgressListener, known: PortView): Hosts {
  const before = separated.get(known)?.get(listener.virtualServices)?.get(virtualService);
  if (before !== undefined) return before;
  const ofPort = separated.get(known) ?? new WeakMap<VirtualServiceList, Map<EffectiveVirtualService, Hosts>>();
  separated.set(known, ofPort);
  const ofList = ofPort.get(listener.virtualServices) ?? new Map<EffectiveVirtualService, Hosts>();
  ofPort.set(listener.virtualServices, ofList);
  const hosts = separateHosts(virtualService, listener, known);
  ofList.set(virtualService, hosts);
  return hosts;
}

/** One host's virtual host before it is known which of its domains are free. */
interface Candidate {
  readonly host: string;
  readonly service: RegistryService | undefined;
  readonly virtualService: EffectiveVirtualService | undefined;
  readonly routes: readonly CompiledRoute[];
}

/** One service of a port, where no other matters. */
export interface Interest {
  readonly service: RegistryService;
  readonly domains: ServiceDomains;
}

/** VirtualServices that can have a say about the domains of a service, in order. */
function concerning({ virtualServices }: EgressListener, { domains }: Interest): EffectiveVirtualService[] {
  const found = new Set<EffectiveVirtualService>();
  for (const name of domains.all) for (const one of virtualServices.matching(name)) found.add(one);
  return virtualServices.inOrder(found);
}

function candidates(place: Place, listener: EgressListener, interest: Interest | undefined): Candidate[] {
  const { port, known } = place;
  const found: Candidate[] = [];
  const served = new Set<RegistryService>();
  for (const virtualService of interest === undefined ? listener.virtualServices.all : concerning(listener, interest)) {
    const hosts = hostsOf(virtualService, listener, known);
    // Hosts that no service has count on port 80 alone, unless the VirtualService names a service of the port too.
    if (port !== 80 && hosts.services.length === 0) continue;
    const routes = compileRoutes(virtualService, place);
    if (routes.length === 0) continue;
    for (const host of hosts.others)
      if (interest === undefined || interest.domains.all.includes(host))
        found.push({ host, service: undefined, virtualService, routes });
    for (const service of hosts.services) {
      if (interest !== undefined && service !== interest.service) continue;
      served.add(service);
      found.push({ host: service.host.toLowerCase(), service, virtualService, routes });
    }
  }
  const addUnserved = ({ service, port: own }: ServiceOnPort): void => {
    if (!served.has(service) && service.resolution !== 'alias' && isHttp(own))
      found.push({ host: service.host.toLowerCase(), service, virtualService: undefined, routes: [] });
  };
  if (interest === undefined) known.all.forEach(addUnserved);
  else {
    const sought = known.byHost.get(interest.service.host.toLowerCase());
    if (sought?.service === interest.service) addUnserved(sought);
  }
  return found;
}

/**
 * The virtual hosts of a port, each with the domains that no earlier one has
 * (istio/pilot/pkg/networking/core/httproute.go BuildSidecarOutboundVirtualHosts, 1.32).
 * @param interest one service whose virtual host, and those that take domains of it, are enough
 */
export function compileVirtualHosts(
  place: Place,
  listener: EgressListener,
  interest?: Interest,
): CompiledVirtualHost[] {
  const { config, client, port, known } = place;
  const { clusterDomain } = config.mesh;
  const names = new Set<string>();
  const taken = new Set<string>();
  const compiled: CompiledVirtualHost[] = [];
  const isServed = (domain: string): boolean => {
    const other = known.byHost.get(domain);
    return other !== undefined && isHttp(other.port);
  };
  for (const { host, service, virtualService, routes } of candidates(place, listener, interest)) {
    const name = `${host}:${port}`;
    if (names.has(name)) continue;
    names.add(name);
    const { all, derived } =
      service === undefined
        ? { all: [host], derived: new Set<string>() }
        : service === interest?.service
          ? interest.domains
          : domainsOf(service, client, config.registry, clusterDomain);
    const domains = all.filter((domain) => {
      const lower = domain.toLowerCase();
      if (taken.has(lower) || (derived.has(domain) && isServed(domain))) return false;
      taken.add(lower);
      return true;
    });
    if (domains.length === 0) continue;
    const own =
      service !== undefined && routes.length === 0 ? [defaultRoute(service, place)] : routes.map(({ route }) => route);
    compiled.push({ virtualHost: { name, domains, routes: own }, service, virtualService, routes });
  }
  return compiled;
}

/** Who asks on a port, with what they know and the services that listen there. */
export function placeOf(
  config: EffectiveConfig,
  client: Client,
  scope: ClientScope,
  listener: EgressListener,
  port: number,
): Place {
  return { config, client, scope, port, known: listener.services.onPort(port) };
}
