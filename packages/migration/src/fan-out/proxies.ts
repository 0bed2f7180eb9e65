import { type Estate, type Workload, workloadsOf } from '@isthmus/istio';
import { effectiveNamespace, isList, mapOf, matchesLabels, type Resource } from '@isthmus/kubernetes';

type Labels = Readonly<Record<string, string>>;

/** Pods that are alike: a workload of the import, or what is assumed to stand behind a Service. */
export interface PodGroup {
  readonly namespace: string;
  readonly labels: Labels;
  readonly pods: number;
  /** Whether they have a proxy of Istio beside them, and so get one of Kong Mesh. */
  readonly hasProxy: boolean;
}

/** The pods of an estate, counted. */
export interface PodCount {
  readonly groups: readonly PodGroup[];
  /** Workloads of which the import does not say how many pods they have, so that they are taken for one. */
  readonly unsized: number;
  /** Services of namespaces without any workload in the import: one pod is assumed for each. */
  readonly assumed: number;
  /** Whether a namespace's proxies are assumed because nothing says who is injected. */
  readonly injectionAssumed: boolean;
  /** The groups that a selector has, which is not empty. */
  select(namespace: string, selector: Labels): readonly PodGroup[];
}

const isOn = (value: string | undefined): boolean => value === 'true' || value === 'enabled';

/** Kinds whose pods come and go: they count neither as proxies nor as endpoints. */
const passing: ReadonlySet<string> = new Set(['Job', 'CronJob']);

/** What an autoscaler keeps at least, by `<kind>/<namespace>/<name>` of its target. */
function leastOf(estate: Estate): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const resource of estate.context) {
    if (resource.kind !== 'HorizontalPodAutoscaler') continue;
    const { scaleTargetRef, minReplicas } = mapOf(resource.object.spec);
    const { kind, name } = mapOf(scaleTargetRef);
    found.set(
      `${String(kind)}/${effectiveNamespace(resource)}/${String(name)}`,
      typeof minReplicas === 'number' ? minReplicas : 1,
    );
  }
  return found;
}

const isGateway = (labels: Labels): boolean =>
  labels['gateway.networking.k8s.io/gateway-name'] !== undefined ||
  /(?:ingress|egress|eastwest)-?gateway$/.test(labels.istio ?? '');

const isOwned = ({ object }: Resource): boolean => {
  const { ownerReferences } = mapOf(object.metadata);
  return isList(ownerReferences) && ownerReferences.some((owner) => mapOf(owner).controller === true);
};

// Istio's injector never touches these (istio/pkg/kube/inject/inject.go IgnoredNamespaces, 1.32).
const ofTheCluster: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);

interface Injection {
  asks(pods: Pick<Workload, 'namespace' | 'labels'>): boolean;
  /** Whether nothing in the import decides about a namespace. */
  assumed(namespace: string): boolean;
}

/** Who gets a sidecar: by the label of the pod, else of the namespace; where no namespace of the import says so, everybody. */
function injection(estate: Estate, rootNamespace: string): Injection {
  const namespaces = new Map(
    estate.context
      .filter(({ kind, group }) => kind === 'Namespace' && group === '')
      .map((one) => [one.name, one.labels]),
  );
  const asksFor = (labels: Labels): boolean => isOn(labels['istio-injection']) || labels['istio.io/rev'] !== undefined;
  const someSay = [...namespaces.values()].some(
    (labels) => asksFor(labels) || labels['istio.io/dataplane-mode'] === 'ambient',
  );
  const assumed = (namespace: string): boolean => {
    if (namespace === rootNamespace || ofTheCluster.has(namespace)) return false;
    const labels = namespaces.get(namespace);
    return labels === undefined || (!someSay && labels['istio-injection'] !== 'disabled');
  };
  return {
    assumed,
    asks({ namespace, labels }) {
      // Running pods say what was injected (istio, pkg/kube/inject, 1.32).
      if (labels['security.istio.io/tlsMode'] === 'istio') return true;
      const own = labels['sidecar.istio.io/inject'];
      if (own !== undefined) return isOn(own);
      if (labels['istio.io/dataplane-mode'] === 'ambient') return false;
      const around = namespaces.get(namespace) ?? {};
      return asksFor(around) || (around['istio.io/dataplane-mode'] === undefined && assumed(namespace));
    },
  };
}

function sizeOf({ resource }: Workload, least: ReadonlyMap<string, number>): number | undefined {
  if (passing.has(resource.kind)) return 0;
  if (resource.kind === 'Pod' || resource.kind === 'WorkloadEntry') return 1;
  // A group holds what registers with it; its members are WorkloadEntries.
  if (resource.kind === 'WorkloadGroup') return 0;
  const { replicas } = mapOf(resource.object.spec);
  const kept = least.get(`${resource.kind}/${effectiveNamespace(resource)}/${resource.name}`);
  return typeof replicas === 'number' ? Math.max(replicas, kept ?? 0) : kept;
}

/** Finds out whether a template of the import makes a Pod: one whose labels the Pod has. */
function makers(all: readonly Workload[]): (pod: Workload) => boolean {
  const byPair = new Map<string, Workload[]>();
  for (const template of all) {
    const [first] = Object.entries(template.labels);
    if (!template.inCluster || template.resource.kind === 'Pod' || first === undefined) continue;
    const place = `${template.namespace}\n${first.join('=')}`;
    const list = byPair.get(place);
    if (list === undefined) byPair.set(place, [template]);
    else list.push(template);
  }
  return ({ namespace, labels, resource }) =>
    resource.kind === 'Pod' &&
    isOwned(resource) &&
    Object.entries(labels).some((pair) =>
      byPair.get(`${namespace}\n${pair.join('=')}`)?.some((template) => matchesLabels(template.labels, labels)),
    );
}

/** Places of groups by one of their labels, so that a selector is compared with few of them. */
function indexed(groups: readonly PodGroup[]): PodCount['select'] {
  const byPair = new Map<string, PodGroup[]>();
  for (const group of groups)
    for (const [key, value] of Object.entries(group.labels)) {
      const place = `${group.namespace}\n${key}=${value}`;
      const list = byPair.get(place);
      if (list === undefined) byPair.set(place, [group]);
      else list.push(group);
    }
  return (namespace, selector) => {
    const [first] = Object.entries(selector);
    if (first === undefined) return [];
    return (byPair.get(`${namespace}\n${first[0]}=${first[1]}`) ?? []).filter(({ labels }) =>
      matchesLabels(selector, labels),
    );
  };
}

/**
 * Counts the pods of an estate and who of them has a proxy: templates by their replicas (at least what an autoscaler keeps),
 * Pods that no template of the import makes one by one. Gateways are left out.
 * @param services Kubernetes Services with the labels that they select by, for which pods are assumed where the import holds none at all
 */
export function countPods(
  estate: Estate,
  services: readonly { readonly namespace: string; readonly selector: Labels | undefined }[],
  rootNamespace: string,
): PodCount {
  const least = leastOf(estate);
  const { asks, assumed } = injection(estate, rootNamespace);
  const all = workloadsOf(estate);
  const isMade = makers(all);
  let unsized = 0;
  let injectionAssumed = false;
  const groups: PodGroup[] = [];
  const add = (group: PodGroup): void => {
    if (group.hasProxy && assumed(group.namespace)) injectionAssumed = true;
    groups.push(group);
  };
  for (const workload of all) {
    const { namespace, labels, inCluster } = workload;
    if (isMade(workload) || isGateway(labels)) continue;
    const size = sizeOf(workload, least);
    if (size === undefined) unsized++;
    add({ namespace, labels, pods: size ?? 1, hasProxy: inCluster && size !== 0 && asks(workload) });
  }
  const inhabited = new Set(all.filter(({ inCluster }) => inCluster).map(({ namespace }) => namespace));
  const imagined = new Map<string, PodGroup>();
  let count = 0;
  for (const { namespace, selector } of services) {
    if (inhabited.has(namespace) || selector === undefined || Object.keys(selector).length === 0) continue;
    if (isGateway(selector)) continue;
    count++;
    const group: PodGroup = {
      namespace,
      labels: selector,
      pods: 1,
      hasProxy: asks({ namespace, labels: selector }),
    };
    imagined.set(`${namespace}\n${JSON.stringify(Object.entries(selector).sort())}`, group);
  }
  for (const group of imagined.values()) add(group);
  return { groups, unsized, assumed: count, injectionAssumed, select: indexed(groups) };
}
