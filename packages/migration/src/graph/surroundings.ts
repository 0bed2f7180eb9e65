import { type Estate, type Trust, type Workload, workloadsOf } from '@isthmus/istio';
import { isList, isMap, type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import type { MigratingService, ServiceFinder } from '../services.ts';

/** Pods (or a workload outside of Kubernetes) behind a service. */
export interface Endpoint {
  readonly service: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What sources of evidence look things up in. */
export interface Surroundings {
  readonly estate: Estate;
  readonly services: readonly MigratingService[];
  readonly finder: ServiceFinder;
  readonly clusterDomain: string;
  readonly trust: Trust;
  readonly workloads: readonly Workload[];
  /** The services that workloads stand behind. */
  servicesOf(workload: Workload): readonly string[];
  /** The services of a namespace (of every one where it is undefined) that have pods with these labels. */
  selected(namespace: string | undefined, labels: Readonly<Record<string, string>>): readonly string[];
  /** The services whose pods run as a service account. */
  servicesOfAccount(namespace: string, account: string): readonly string[];
  /** The host as a ServiceEntry for something outside of the mesh declares it, perhaps as a wildcard. */
  external(host: string): string | undefined;
}

const specOf = (service: { resource: { object: JsonObject } }): JsonObject =>
  isMap(service.resource.object.spec) ? service.resource.object.spec : {};

/** The labels that a service asks of its pods; undefined where it asks for none. */
function selectorOf(service: MigratingService): Readonly<Record<string, string>> | undefined {
  const spec = specOf(service);
  const { workloadSelector } = spec;
  const labels =
    service.origin === 'service'
      ? spec.selector
      : service.origin === 'service-entry' && isMap(workloadSelector)
        ? workloadSelector.labels
        : undefined;
  if (!isMap(labels) || Object.keys(labels).length === 0) return undefined;
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

const unique = (ids: Iterable<string>): string[] => [...new Set(ids)].sort();

function externalHosts(estate: Estate): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const { kind, group, object } of estate.istio) {
    if (kind !== 'ServiceEntry' || group !== 'networking.istio.io' || !isMap(object.spec)) continue;
    const { hosts: written, location } = object.spec;
    if (location === 'MESH_INTERNAL' || !isList(written)) continue;
    for (const host of written) if (typeof host === 'string') hosts.add(host);
  }
  return hosts;
}

/** Joins services, the pods behind them and their accounts, each looked up in the time that what is found takes. */
export function surroundingsOf(
  estate: Estate,
  services: readonly MigratingService[],
  finder: ServiceFinder,
  clusterDomain: string,
  trust: Trust,
): Surroundings {
  const workloads = workloadsOf(estate);
  // By namespace and one label, so that a selector is compared with few workloads only.
  const byLabel = new Map<string, Workload[]>();
  for (const workload of workloads)
    for (const [key, value] of Object.entries(workload.labels))
      push(byLabel, `${workload.namespace}\n${key}\n${value}`, workload);
  const byResource = new Map(workloads.map((workload) => [workload.resource, workload]));
  const ofWorkload = new Map<Workload, string[]>();
  const byNamespace = new Map<string, Endpoint[]>();
  const byAccount = new Map<string, string[]>();
  for (const service of services) {
    const { id, namespace, origin } = service;
    const selector = selectorOf(service);
    const [first] = Object.entries(selector ?? {});
    const own = origin === 'workload-group' ? byResource.get(service.resource) : undefined;
    const found =
      selector !== undefined && first !== undefined
        ? (byLabel.get(`${namespace}\n${first[0]}\n${first[1]}`) ?? []).filter(({ labels }) =>
            matchesLabels(selector, labels),
          )
        : own === undefined
          ? []
          : [own];
    for (const workload of found) {
      push(ofWorkload, workload, id);
      push(byNamespace, namespace, { service: id, namespace, labels: workload.labels });
      push(byAccount, `${namespace}/${workload.serviceAccount}`, id);
    }
    // Of pods that the import does not hold at least the labels that the Service asks for are known.
    if (found.length === 0) push(byNamespace, namespace, { service: id, namespace, labels: selector ?? {} });
  }
  const hosts = externalHosts(estate);
  return {
    estate,
    services,
    finder,
    clusterDomain,
    trust,
    workloads,
    servicesOf: (workload) => ofWorkload.get(workload) ?? [],
    selected(namespace, labels) {
      const endpoints = namespace === undefined ? [...byNamespace.values()].flat() : (byNamespace.get(namespace) ?? []);
      return unique(endpoints.flatMap((one) => (matchesLabels(labels, one.labels) ? [one.service] : [])));
    },
    servicesOfAccount: (namespace, account) => unique(byAccount.get(`${namespace}/${account}`) ?? []),
    external(host) {
      if (hosts.has(host)) return host;
      for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1))
        if (hosts.has(`*${host.slice(dot)}`)) return `*${host.slice(dot)}`;
      return undefined;
    },
  };
}

/** What a host that Istio's configuration names from a namespace stands for. */
export function targetsOf(
  { finder, external }: Surroundings,
  host: string,
  namespace: string,
): { between: 'services' | 'external'; to: string }[] {
  const ids = finder.named(host, namespace);
  if (ids.length > 0) return ids.map((to) => ({ between: 'services', to }));
  const outside = external(host);
  return outside === undefined ? [] : [{ between: 'external', to: outside }];
}
