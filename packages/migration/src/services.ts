import { type Estate, indexServices, type ServiceName } from '@isthmus/istio';
import { isList, isMap, type Json, mapOf, matchesLabels, type Resource } from '@isthmus/kubernetes';

/** The unit that migrates. */
export interface MigratingService {
  /** `<namespace>/<name>` */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly origin: 'service' | 'service-entry' | 'workload-group';
  readonly resource: Resource;
}

/** Whether its name leads to its Pods themselves, each of which may have a name below it. */
export const isHeadless = ({ resource }: Pick<MigratingService, 'resource'>): boolean =>
  resource.kind === 'Service' && mapOf(resource.object.spec).clusterIP === 'None';

const namespaceOf = (resource: Resource): string => (resource.namespace === '' ? 'default' : resource.namespace);

const specOf = (resource: Resource): { readonly [key: string]: Json } =>
  isMap(resource.object.spec) ? resource.object.spec : {};

/** The texts among the items of a list. */
function texts(value: Json | undefined): string[] {
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

function originOf(resource: Resource): MigratingService['origin'] | undefined {
  if (resource.group === '' && resource.kind === 'Service') return 'service';
  if (resource.group !== 'networking.istio.io') return undefined;
  if (resource.kind === 'WorkloadGroup') return 'workload-group';
  // What is outside of the mesh does not migrate: only its callers do.
  if (resource.kind === 'ServiceEntry' && specOf(resource).location === 'MESH_INTERNAL') return 'service-entry';
  return undefined;
}

/**
 * The services of an estate by id: Kubernetes Services, and ServiceEntries (`MESH_INTERNAL`) and WorkloadGroups for what runs
 * outside Kubernetes. Of equal ids the first origin in this order stands.
 */
export function servicesOf(estate: Estate): MigratingService[] {
  const rank = { service: 0, 'service-entry': 1, 'workload-group': 2 };
  const byId = new Map<string, MigratingService>();
  for (const resource of [...estate.context, ...estate.istio]) {
    const origin = originOf(resource);
    if (origin === undefined || resource.name === '') continue;
    const namespace = namespaceOf(resource);
    const id = `${namespace}/${resource.name}`;
    const other = byId.get(id);
    if (other !== undefined && rank[other.origin] <= rank[origin]) continue;
    byId.set(id, { id, namespace, name: resource.name, origin, resource });
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

const routeKinds = ['http', 'tcp', 'tls'] as const;

/** The hosts that the routes and mirrors of a VirtualService send traffic to, as written. */
export function destinationsOf(virtualService: Resource): string[] {
  const spec = specOf(virtualService);
  const hosts = new Set<string>();
  const add = (destination: Json | undefined): void => {
    if (isMap(destination) && typeof destination.host === 'string') hosts.add(destination.host);
  };
  for (const kind of routeKinds) {
    for (const route of isList(spec[kind]) ? spec[kind] : []) {
      if (!isMap(route)) continue;
      for (const split of isList(route.route) ? route.route : []) if (isMap(split)) add(split.destination);
      add(route.mirror);
      for (const mirror of isList(route.mirrors) ? route.mirrors : []) if (isMap(mirror)) add(mirror.destination);
    }
  }
  return [...hosts];
}

/** Finds services by what host names mean. */
export interface ServiceFinder {
  /** The ids that a host names from a namespace; wildcards and unknown hosts name none. */
  named(host: string, namespace: string): readonly string[];
}

/** Indexes services by host: of Kubernetes by name and FQDN, of ServiceEntries by their hosts. */
export function findServices(
  estate: Estate,
  services: readonly MigratingService[],
  clusterDomain: string,
): ServiceFinder {
  const index = indexServices(estate, clusterDomain);
  const ids = new Set(services.map(({ id }) => id));
  const byHost = new Map<string, string[]>();
  for (const { id, origin, resource } of services) {
    if (origin !== 'service-entry') continue;
    for (const host of texts(specOf(resource).hosts)) byHost.set(host, [...(byHost.get(host) ?? []), id]);
  }
  return {
    named(host, namespace) {
      const name: ServiceName | undefined = index.named(host, namespace);
      const id = name && `${name.namespace}/${name.name}`;
      const own = byHost.get(host) ?? [];
      return id !== undefined && ids.has(id) ? [id, ...own.filter((other) => other !== id)] : own;
    },
  };
}

function selectorOf(resource: Resource): Readonly<Record<string, string>> | undefined {
  const spec = specOf(resource);
  const { selector, workloadSelector } = spec;
  const labels = isMap(selector)
    ? (selector.matchLabels ?? (resource.kind === 'Gateway' ? selector : undefined))
    : isMap(workloadSelector)
      ? (workloadSelector.labels ?? workloadSelector.matchLabels)
      : undefined;
  if (!isMap(labels) || Object.keys(labels).length === 0) return undefined;
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}

/**
 * Which Istio resources concern each service, as indexes into `estate.istio`: those that name its host, those that
 * select the labels its selector asks for, and the one that it is. Resources for a whole namespace or mesh concern none in
 * particular.
 */
export function concerns(
  estate: Estate,
  services: readonly MigratingService[],
  clusterDomain: string,
): ReadonlyMap<string, readonly number[]> {
  const finder = findServices(estate, services, clusterDomain);
  const found = new Map<string, number[]>(services.map(({ id }) => [id, []]));
  const bySubject = new Map(services.map(({ id, resource }) => [resource, id]));
  // By namespace and one label, so that a selector is compared with few services only.
  const byLabel = new Map<string, { id: string; labels: Readonly<Record<string, string>> }[]>();
  for (const { id, namespace, origin, resource } of services) {
    const spec = specOf(resource);
    const metadata = isMap(spec.metadata) ? spec.metadata : {};
    const selector = origin === 'workload-group' ? metadata.labels : origin === 'service' ? spec.selector : undefined;
    if (!isMap(selector)) continue;
    const labels = Object.fromEntries(Object.entries(selector).map(([key, value]) => [key, String(value)]));
    for (const [key, value] of Object.entries(labels)) {
      const place = `${namespace}\n${key}\n${value}`;
      const others = byLabel.get(place);
      if (others === undefined) byLabel.set(place, [{ id, labels }]);
      else others.push({ id, labels });
    }
  }
  for (const [index, resource] of estate.istio.entries()) {
    const namespace = namespaceOf(resource);
    const spec = specOf(resource);
    const ids = new Set<string>();
    const subject = bySubject.get(resource);
    if (subject !== undefined) ids.add(subject);
    const hosts = new Set<string>();
    if (resource.kind === 'VirtualService' || resource.kind === 'ServiceEntry')
      for (const host of texts(spec.hosts)) hosts.add(host);
    if (resource.kind === 'VirtualService') for (const host of destinationsOf(resource)) hosts.add(host);
    if (resource.kind === 'DestinationRule' && typeof spec.host === 'string') hosts.add(spec.host);
    for (const host of hosts) for (const id of finder.named(host, namespace)) ids.add(id);
    const wanted = selectorOf(resource);
    const [first] = Object.entries(wanted ?? {});
    if (wanted !== undefined && first !== undefined)
      for (const { id, labels } of byLabel.get(`${namespace}\n${first[0]}\n${first[1]}`) ?? [])
        if (matchesLabels(wanted, labels)) ids.add(id);
    for (const id of ids) found.get(id)?.push(index);
  }
  return found;
}

/** The same by service, as resources: what a judge wants to know to say which findings predicted a difference. */
export function resourcesConcerning(estate: Estate, clusterDomain: string): (service: string) => readonly Resource[] {
  const found = concerns(estate, servicesOf(estate), clusterDomain);
  return (service) => (found.get(service) ?? []).flatMap((index) => estate.istio[index] ?? []);
}
