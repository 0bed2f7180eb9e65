import type { EffectiveConfig, EffectiveVirtualService, RegistryService, VirtualServiceList } from '@isthmus/istio';
import { listenerFor } from '@isthmus/istio';
import type { IstioCounts } from './formulas.ts';

/** What the services in sight of a proxy add up to. */
export interface Sight {
  /** Services in sight, one for each host. */
  readonly services: readonly RegistryService[];
  readonly counts: Omit<IstioCounts, 'inbound'>;
}

/** What one service adds to a proxy that sees it. */
interface Weight {
  readonly clusters: number;
  readonly subsets: number;
  readonly hosts: number;
  readonly extraRoutes: number;
  readonly tcpListeners: number;
  readonly sniffed: number;
  readonly assignments: number;
  readonly endpoints: number;
  readonly httpPorts: readonly number[];
  /** Ports whose listener takes every address, so that all services share it. */
  readonly sharedPorts: readonly number[];
}

type Sums = { -readonly [Key in Exclude<keyof Weight, 'httpPorts' | 'sharedPorts'>]: number } & {
  readonly httpPorts: Map<number, number>;
  readonly sharedPorts: Map<number, number>;
};

const zeros = () => ({
  clusters: 0,
  subsets: 0,
  hosts: 0,
  extraRoutes: 0,
  tcpListeners: 0,
  sniffed: 0,
  assignments: 0,
  endpoints: 0,
});

const nothing = (): Sums => ({ ...zeros(), httpPorts: new Map(), sharedPorts: new Map() });

function add(sums: Sums, weight: Weight, times: 1 | -1): void {
  sums.clusters += times * weight.clusters;
  sums.subsets += times * weight.subsets;
  sums.hosts += times * weight.hosts;
  sums.extraRoutes += times * weight.extraRoutes;
  sums.tcpListeners += times * weight.tcpListeners;
  sums.sniffed += times * weight.sniffed;
  sums.assignments += times * weight.assignments;
  sums.endpoints += times * weight.endpoints;
  for (const port of weight.httpPorts) sums.httpPorts.set(port, (sums.httpPorts.get(port) ?? 0) + times);
  for (const port of weight.sharedPorts) sums.sharedPorts.set(port, (sums.sharedPorts.get(port) ?? 0) + times);
}

const distinct = (ports: ReadonlyMap<number, number>): number =>
  [...ports.values()].filter((count) => count > 0).length;

const httpProtocols: ReadonlySet<string> = new Set(['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']);

/** Routes that a VirtualService makes on a port, up to the rule that takes everything (edge.md 5.2: 1 or its matches). */
function routesOf({ http }: EffectiveVirtualService, port: number, namespace: string): number {
  let count = 0;
  for (const { matches } of http) {
    if (matches.length === 0) return count + 1;
    for (const match of matches) {
      if (match.port !== undefined && match.port.value !== port) continue;
      if (match.sourceNamespace !== undefined && match.sourceNamespace.value !== namespace) continue;
      if (match.gateways.length > 0 && !match.gateways.some(({ value }) => value === 'mesh')) continue;
      count++;
    }
  }
  return count;
}

/** How many endpoints a service has, of those with some labels. */
export type EndpointsOf = (service: RegistryService, labels?: Readonly<Record<string, string>>) => number;

/** Counts what proxies of Istio hold, by what they see. */
export interface IstioViews {
  /** Every service of the mesh, one for each host, whoever may see it. */
  readonly everything: readonly RegistryService[];
  /** What a client sees today. */
  scoped(client: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }): Sight;
  /** What a client of a namespace would hold if it saw just these services, of each host one. */
  seeing(services: readonly RegistryService[], namespace: string): Sight['counts'];
}

/** Of each host the first, a Service before ServiceEntries; without what is exported to nobody. */
function allHosts({ registry }: EffectiveConfig): RegistryService[] {
  const chosen = new Map<string, RegistryService>();
  for (const service of registry.all) {
    if (service.exportTo.has('~')) continue;
    const before = chosen.get(service.host);
    if (before === undefined || (before.registry === 'external' && service.registry === 'kubernetes'))
      chosen.set(service.host, service);
  }
  return [...chosen.values()];
}

/**
 * Reads what services add to proxies: once for a client of no namespace, and again for the few services that a namespace's
 * own configuration treats in another way, so that ten thousand services are added up for each namespace in no time.
 */
export function istioViews(config: EffectiveConfig, endpointsOf: EndpointsOf): IstioViews {
  const { mesh, registry, virtualServices, destinationRules } = config;
  const everything = allHosts(config);

  function weigh(service: RegistryService, namespace: string, list: VirtualServiceList): Weight {
    const httpPorts: number[] = [];
    const sharedPorts: number[] = [];
    const { resolution, registry: from, addresses } = service;
    const result = { ...zeros(), httpPorts, sharedPorts };
    // An alias is another name of a service, which is counted itself.
    if (resolution === 'alias') return result;
    const subsets = destinationRules.find({ namespace, labels: {} }, service)?.subsets ?? [];
    const isAssigned = resolution === 'endpoints';
    const endpoints = isAssigned
      ? endpointsOf(service) + subsets.reduce((sum, { labels }) => sum + endpointsOf(service, labels), 0)
      : 0;
    let found: EffectiveVirtualService | undefined | null = null;
    for (const { port, protocol, transport } of service.ports) {
      if (transport === 'UDP') continue;
      result.clusters++;
      result.subsets += subsets.length;
      if (isAssigned) result.assignments += 1 + subsets.length;
      result.endpoints += endpoints;
      if (protocol === undefined) result.sniffed++;
      else if (httpProtocols.has(protocol)) {
        if (found === null) found = list.mostSpecific(service.host);
        httpPorts.push(port);
        result.hosts++;
        result.extraRoutes += Math.max(0, found === undefined ? 0 : routesOf(found, port, namespace) - 1);
      } else if (from === 'external' && addresses.length === 0) sharedPorts.push(port);
      else result.tcpListeners++;
    }
    return result;
  }

  const common = virtualServices.visibleFrom('');
  const known = new Map<RegistryService, Weight>();
  const plain = (service: RegistryService): Weight => {
    const before = known.get(service);
    if (before !== undefined) return before;
    const weight = weigh(service, '', common);
    known.set(service, weight);
    return weight;
  };

  // Hosts that what is written in a namespace, or for it alone, may weigh differently there.
  const special = new Map<string, { readonly hosts: Set<string>; isWide: boolean }>();
  const mark = (namespace: string, host: string): void => {
    const known = special.get(namespace) ?? { hosts: new Set<string>(), isWide: false };
    special.set(namespace, known);
    known.hosts.add(host);
    if (host.startsWith('*')) known.isWide = true;
  };
  for (const { namespace, host, exportTo } of destinationRules.all) {
    const isPublic = exportTo.size === 0 ? mesh.destinationRuleExportTo.has('*') : exportTo.has('*');
    const owners = registry.withHost(host.host);
    // Of a service's own namespace, and for everybody: all clients find the same.
    if (isPublic && owners.length > 0 && owners.every((owner) => owner.namespace === namespace)) continue;
    mark(namespace, host.host);
    for (const name of exportTo) if (name !== '*' && name !== '.') mark(name, host.host);
  }
  for (const { hosts, exportTo, http, inMesh } of virtualServices.all) {
    if (!inMesh) continue;
    const sources = http.flatMap(({ matches }) => matches.flatMap((match) => match.sourceNamespace?.value ?? []));
    for (const name of [...exportTo, ...sources])
      if (name !== '*' && name !== '~') for (const { host } of hosts) mark(name, host);
  }
  const noHosts: ReadonlySet<string> = new Set();

  function sumOver(
    services: readonly RegistryService[],
    namespace: string,
    list: VirtualServiceList,
    isCommon: boolean,
  ): Sums {
    const sums = nothing();
    const { hosts = noHosts, isWide = false } = special.get(namespace) ?? {};
    for (const service of services) {
      const isPlain = isCommon && !isWide && !hosts.has(service.host);
      add(sums, isPlain ? plain(service) : weigh(service, namespace, list), 1);
    }
    return sums;
  }

  /** Virtual hosts on port 80 of VirtualServices for what has no port 80 (edge.md 5.2). */
  function addOthersOnPort80(
    sums: Sums,
    list: VirtualServiceList,
    namespace: string,
    get: (host: string) => RegistryService | undefined,
  ): void {
    if ((sums.httpPorts.get(80) ?? 0) <= 0) return;
    for (const one of list.all) {
      if (one.http.length === 0) continue;
      for (const { host } of one.hosts) {
        if (host.startsWith('*') || get(host)?.ports.some(({ port }) => port === 80)) continue;
        sums.hosts++;
        sums.extraRoutes += Math.max(0, routesOf(one, 80, namespace) - 1);
      }
    }
  }

  const countsOf = (sums: Sums): Sight['counts'] => ({
    clusters: sums.clusters,
    subsets: sums.subsets,
    httpPorts: distinct(sums.httpPorts),
    hosts: sums.hosts,
    extraRoutes: sums.extraRoutes,
    tcpListeners: sums.tcpListeners + distinct(sums.sharedPorts),
    sniffed: sums.sniffed,
    assignments: sums.assignments,
    endpoints: sums.endpoints,
  });

  /** Clusters of services that nobody imported but that an imported VirtualService sends to (edge.md C1): no virtual host. */
  function addRoutedTo(
    sums: Sums,
    list: VirtualServiceList,
    namespace: string,
    seen: Map<string, RegistryService>,
    service: (host: string) => RegistryService | undefined,
  ): void {
    const wanted = new Set<string>();
    for (const { http, tcp, tls } of list.all) {
      for (const { route, mirrors } of http)
        for (const { destination } of [...route, ...mirrors]) wanted.add(destination.host.host);
      for (const { route } of [...tcp, ...tls]) for (const { destination } of route) wanted.add(destination.host.host);
    }
    for (const host of wanted) {
      const found = seen.has(host) ? undefined : service(host);
      if (found === undefined) continue;
      seen.set(host, found);
      const { clusters, subsets, assignments, endpoints } = weigh(found, namespace, list);
      sums.clusters += clusters;
      sums.subsets += subsets;
      sums.assignments += assignments;
      sums.endpoints += endpoints;
    }
  }

  return {
    everything,
    seeing(services, namespace) {
      const list = virtualServices.visibleFrom(namespace);
      const sums = sumOver(services, namespace, list, true);
      const hosts = new Map(services.map((service) => [service.host, service]));
      // Only VirtualServices for what is seen come with it.
      if (services.length === everything.length) addOthersOnPort80(sums, list, namespace, (host) => hosts.get(host));
      return countsOf(sums);
    },
    scoped(client) {
      const { namespace } = client;
      const scope = config.scopeOf(client);
      const [first, ...others] = scope.listeners;
      if (first === undefined) return { services: [], counts: countsOf(nothing()) };
      if (others.length === 0 && first.importsEverything) {
        const { services, virtualServices: list } = first;
        const sums = sumOver(services.all, namespace, list, true);
        addOthersOnPort80(sums, list, namespace, services.get);
        return { services: services.all, counts: countsOf(sums) };
      }
      const seen = new Map<string, RegistryService>();
      for (const { services } of scope.listeners)
        for (const service of services.all) {
          const before = seen.get(service.host);
          const ports = before === undefined ? service.ports : [...before.ports, ...service.ports];
          const unique = [...new Map(ports.map((port) => [port.port, port])).values()];
          seen.set(service.host, unique.length === service.ports.length ? service : { ...service, ports: unique });
        }
      const list = (listenerFor(scope, 80) ?? first).virtualServices;
      const sums = sumOver([...seen.values()], namespace, list, false);
      addOthersOnPort80(sums, list, namespace, (host) => seen.get(host));
      for (const listener of scope.listeners)
        addRoutedTo(sums, listener.virtualServices, namespace, seen, scope.service);
      return { services: [...seen.values()], counts: countsOf(sums) };
    },
  };
}
