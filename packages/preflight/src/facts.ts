import {
  type EffectiveConfig,
  type Estate,
  effectiveConfig,
  indexServices,
  type Service,
  type ServiceIndex,
} from '@isthmus/istio';
import { effectiveNamespace, matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { PreflightSettings } from './check.ts';
import { type Joining, namespacesThatJoin, podJoins } from './joining.ts';
import { isGatewayLabels, type Pod, podsOf } from './pods.ts';

/** What the checks ask of an estate; gathered once. */
export interface Facts {
  readonly estate: Estate;
  readonly settings: PreflightSettings;
  /** What Istio makes of the estate. */
  readonly config: EffectiveConfig;
  readonly namespaces: readonly Resource[];
  namespace(name: string): Resource | undefined;
  namespaceJoins(name: string): Joining;
  /** Pods that may join Kong Mesh: not those that no injector touches today. */
  readonly pods: readonly Pod[];
  /** Of these by namespace and labels. */
  readonly select: PodSelection;
  /** Whether the import holds workloads of a namespace, or of any where it is undefined. */
  hasWorkloads(namespace: string | undefined): boolean;
  /** Whether a pod joins Kong Mesh; `unknown` where the import does not tell. */
  joining(pod: Pod): Joining;
  /** Every workload with pods, whether or not it joins. */
  readonly everyPod: readonly Pod[];
  /** Objects of kind Pod, as a cluster gives them. */
  readonly running: readonly Pod[];
  /** Services that may get a MeshService. */
  readonly services: readonly Service[];
  readonly index: ServiceIndex;
  /** Services (`<namespace>/<name>`) that select a pod. */
  servicesOf(pod: Pod): readonly string[];
  /** Pods of the estate that a Service selects. */
  podsOf(service: Service): readonly Pod[];
  /** Ids of the services of a namespace. */
  servicesIn(namespace: string): readonly string[];
  /** Objects of one kind, Istio's and others, in the estate's order. */
  ofKind(group: string, kind: string): readonly Resource[];
  /** Kong Mesh resources of a kind: those in the import, and those that the translation emits. */
  kongMesh(kind: string): readonly Resource[];
  /** Whether the import holds resources of Kong Mesh, so that it shows what is installed. */
  readonly showsKongMesh: boolean;
}

export const idOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;

/** Finds pods by labels, of a namespace or of all where it is undefined; without labels all of them. */
export type PodSelection = (namespace: string | undefined, labels: Readonly<Record<string, string>>) => readonly Pod[];

function add<Key>(into: Map<Key, Pod[]>, key: Key, pod: Pod): void {
  const others = into.get(key);
  if (others === undefined) into.set(key, [pod]);
  else others.push(pod);
}

/** Indexes pods by namespace and by each of their labels, so that a selector is compared with few of them. */
function indexPods(pods: readonly Pod[]): PodSelection {
  const ofNamespace = new Map<string, Pod[]>();
  const ofLabel = new Map<string, Pod[]>();
  for (const pod of pods) {
    add(ofNamespace, pod.namespace, pod);
    for (const [key, value] of Object.entries(pod.labels)) {
      add(ofLabel, `${pod.namespace}\n${key}\n${value}`, pod);
      add(ofLabel, `\n${key}\n${value}`, pod);
    }
  }
  return (namespace, labels) => {
    const lists = Object.entries(labels).map(
      ([key, value]) => ofLabel.get(`${namespace ?? ''}\n${key}\n${value}`) ?? [],
    );
    if (lists.length === 0) return namespace === undefined ? pods : (ofNamespace.get(namespace) ?? []);
    const shortest = lists.reduce((least, list) => (list.length < least.length ? list : least));
    return shortest.filter((pod) => matchesLabels(labels, pod.labels));
  };
}

/**
 * Gathers what the checks ask for.
 * @param planned Kong Mesh resources that the translation emits
 */
export function gatherFacts(estate: Estate, settings: PreflightSettings, planned: readonly Resource[]): Facts {
  const config = effectiveConfig(estate, {
    clusterDomain: settings.clusterDomain,
    rootNamespace: settings.rootNamespace,
  });
  const byKind = Map.groupBy([...config.estate.istio, ...estate.context], ({ group, kind }) => `${group}/${kind}`);
  const ofKind: Facts['ofKind'] = (group, kind) => byKind.get(`${group}/${kind}`) ?? [];
  const namespaces = ofKind('', 'Namespace');
  const byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  const control = new Set([config.mesh.rootNamespace, settings.rootNamespace, settings.systemNamespace]);
  const joins = namespacesThatJoin(namespaces, control);
  const { pods: everyPod, gateways, running } = podsOf(estate);
  const joiningOf = (pod: Pod): Joining => podJoins(pod.labels, pod.annotations, joins(pod.namespace));
  const pods = everyPod.filter((pod) => joiningOf(pod) !== 'no');
  const selectAny = indexPods(everyPod);
  const selectGateways = indexPods(gateways);
  /** A Service without a selector selects nothing. */
  const behind = (select: PodSelection, { namespace, selector = {} }: Service): readonly Pod[] =>
    Object.keys(selector).length === 0 ? [] : select(namespace, selector);
  const joining = new Set(pods);
  // Kong Mesh looks at Services that Istio does not read, too.
  const index = indexServices(estate, settings.clusterDomain);
  const ofPod = new Map<Pod, string[]>();
  const selected = new Map<Service, readonly Pod[]>();
  for (const service of index.all) {
    const found = behind(selectAny, service);
    selected.set(service, found);
    for (const pod of found) ofPod.set(pod, [...(ofPod.get(pod) ?? []), idOf(service)]);
  }
  const services = index.all.filter((service) => {
    if (isGatewayLabels(service.selector ?? {}) || isGatewayLabels(service.resource.labels)) return false;
    if (behind(selectGateways, service).length > 0) return false;
    const own = selected.get(service) ?? [];
    return own.length > 0 ? own.some((pod) => joining.has(pod)) : joins(service.namespace) !== 'no';
  });
  const inNamespace = Map.groupBy(services, ({ namespace }) => namespace);
  const plannedOf = Map.groupBy(planned, ({ kind }) => kind);
  return {
    estate,
    settings,
    config,
    namespaces,
    namespace: (name) => byName.get(name),
    namespaceJoins: joins,
    pods,
    select: indexPods(pods),
    hasWorkloads: (namespace) => selectAny(namespace, {}).length > 0,
    joining: joiningOf,
    everyPod,
    running,
    services,
    index,
    servicesOf: (pod) => ofPod.get(pod) ?? [],
    podsOf: (service) => selected.get(service) ?? [],
    servicesIn: (namespace) => (inNamespace.get(namespace) ?? []).map(idOf),
    ofKind,
    kongMesh: (kind) => [...ofKind('kuma.io', kind), ...(plannedOf.get(kind) ?? [])],
    showsKongMesh: estate.context.some(({ group }) => group === 'kuma.io'),
  };
}

/** The kind and name of an object as a sentence names it: `Deployment sales/seats`. */
export function called(resource: Resource): string {
  const namespace = effectiveNamespace(resource);
  return `${resource.kind} ${namespace === '' ? '' : `${namespace}/`}${resource.name}`;
}
