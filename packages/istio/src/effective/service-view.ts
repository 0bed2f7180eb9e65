import type { ServicePort } from '../services.ts';
import { isExportedTo } from './export-to.ts';
import type { Registry, RegistryService } from './registry.ts';

/** A service with one of its ports. */
export interface ServiceOnPort {
  readonly service: RegistryService;
  readonly port: ServicePort;
}

/** Services that have one port. */
export interface PortView {
  readonly all: readonly ServiceOnPort[];
  /** By host in lower case. */
  readonly byHost: ReadonlyMap<string, ServiceOnPort>;
  /** At gateways: every service is known, and where a route names no port, the only one that its service has counts. */
  readonly ofGateway?: true;
}

/** The services that a client's proxy knows: one for each host. */
export interface ServiceView {
  readonly all: readonly RegistryService[];
  get(host: string): RegistryService | undefined;
  onPort(port: number): PortView;
}

/**
 * One service for each host: the client namespace's own, else the first Service of Kubernetes, else the first
 * (istio/pilot/pkg/model/sidecar.go selectServices, appendSidecarServices, 1.32).
 */
function oneForEachHost(services: readonly RegistryService[], namespace: string): RegistryService[] {
  const better = (a: RegistryService, b: RegistryService): boolean => {
    if ((a.namespace === namespace) !== (b.namespace === namespace)) return a.namespace === namespace;
    return a.registry === 'kubernetes' && b.registry !== 'kubernetes';
  };
  const chosen = new Map<string, RegistryService>();
  for (const service of services) {
    const before = chosen.get(service.host);
    if (before === undefined || better(service, before)) chosen.set(service.host, service);
  }
  return [...chosen.values()];
}

/** What a client in a namespace knows of these services. */
export function viewServices(services: readonly RegistryService[], namespace: string): ServiceView {
  const all = oneForEachHost(services, namespace);
  const hosts = new Map(all.map((service) => [service.host, service]));
  const ports = new Map<number, PortView>();
  return {
    all,
    get: (host) => hosts.get(host),
    onPort(number) {
      const known = ports.get(number);
      if (known !== undefined) return known;
      const found = all.flatMap((service): ServiceOnPort[] => {
        const port = service.ports.find((candidate) => candidate.port === number);
        return port === undefined ? [] : [{ service, port }];
      });
      const byHost = new Map(found.map((one) => [one.service.host.toLowerCase(), one]));
      const view: PortView = { all: found, byHost };
      ports.set(number, view);
      return view;
    },
  };
}

/** The services of a registry by who may see them. */
export interface ServiceVisibility {
  /** All that a namespace may see, several of one host included: those exported to it first. */
  visibleFrom(namespace: string): readonly RegistryService[];
  /** Without a Sidecar; the same object for all namespaces that see the same. */
  viewFrom(namespace: string): ServiceView;
}

/** Sorts services by who may see them (istio/pilot/pkg/model/push_context.go servicesExportedToNamespace, 1.32). */
export function sortByVisibility(registry: Registry): ServiceVisibility {
  const everybody = registry.all.filter(({ exportTo }) => exportTo.has('*'));
  const limited = registry.all.filter(({ exportTo }) => !exportTo.has('*') && !exportTo.has('~'));
  const special = new Set<string>();
  for (const { exportTo, namespace } of limited)
    for (const name of exportTo) special.add(name === '.' ? namespace : name);
  for (const { host, namespace } of registry.all) if (registry.withHost(host).length > 1) special.add(namespace);
  const shared = viewServices(everybody, '');
  const views = new Map<string, ServiceView>();
  const visibleFrom = (namespace: string): readonly RegistryService[] =>
    special.has(namespace)
      ? [...limited.filter(({ exportTo, namespace: owner }) => isExportedTo(exportTo, owner, namespace)), ...everybody]
      : everybody;
  return {
    visibleFrom,
    viewFrom(namespace) {
      if (!special.has(namespace)) return shared;
      const known = views.get(namespace);
      if (known !== undefined) return known;
      const view = viewServices(visibleFrom(namespace), namespace);
      views.set(namespace, view);
      return view;
    },
  };
}
