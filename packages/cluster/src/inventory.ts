import { isList, type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import { isIstio, meshGroups } from './kinds.ts';
import type { LiveState } from './live-cluster.ts';
import { type Claim, injectedInto, namespaceClaim, podClaim, proxiesOf, tagOf } from './meshes.ts';
import { at, byText, idOf, labelsOf, mapsAt, nameOf, namespaceOf, numberAt, textAt, textsAt } from './objects.ts';

/** How many pods each mesh injected. */
export type ByMesh = Readonly<Record<Claim, number>>;

export interface PodRow {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly ready: boolean;
  /** Name of the controller that made it; `''` for a pod by itself. */
  readonly workload: string;
  /** What its labels and those of its namespace ask for. */
  readonly claim: Claim;
  readonly injected: Claim;
  /** `Istio 1.29.1 (default)` and so on, in the order of the meshes. */
  readonly proxies: readonly { readonly mesh: string; readonly version: string; readonly revision: string }[];
}

export interface NamespaceRow {
  readonly name: string;
  readonly claim: Claim;
  readonly revision: string;
  readonly services: number;
  readonly workloads: number;
  readonly pods: number;
  readonly injected: ByMesh;
}

export interface WorkloadRow {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly ready: number;
  readonly injected: ByMesh;
}

export interface ServiceRow {
  readonly namespace: string;
  readonly name: string;
  readonly endpoints: number;
  /** Endpoints that are ready, by the mesh of their pod; those that are no pods count as `none`. */
  readonly ready: ByMesh;
}

export interface ControlPlane {
  readonly mesh: 'istio' | 'kong-mesh';
  /** `istiod`, `zone`, `global`, `standalone`, `ztunnel` or `ingress`. */
  readonly role: string;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly revision: string;
  readonly replicas: number;
  readonly ready: number;
}

export interface GatewayRow {
  readonly kind: 'istio' | 'gateway-api' | 'kong';
  readonly namespace: string;
  readonly name: string;
  /** GatewayClass, or the version of a proxy. */
  readonly detail: string;
  readonly addresses: readonly string[];
}

export interface Alarm {
  readonly namespace: string;
  readonly pod: string;
  readonly message: string;
}

/** What a cluster shows of both meshes. */
export interface LiveInventory {
  readonly namespaces: readonly NamespaceRow[];
  readonly workloads: readonly WorkloadRow[];
  readonly services: readonly ServiceRow[];
  readonly pods: readonly PodRow[];
  /** Kinds of both meshes and of the Gateway API, with their versions. */
  readonly kinds: readonly {
    readonly group: string;
    readonly kind: string;
    readonly version: string;
    readonly versions: readonly string[];
    readonly count: number;
  }[];
  readonly controlPlanes: readonly ControlPlane[];
  readonly gateways: readonly GatewayRow[];
  readonly alarms: readonly Alarm[];
}

const noPods = (): Record<Claim, number> => ({ istio: 0, ambient: 0, 'kong-mesh': 0, both: 0, none: 0 });

/** The controller that made a pod: of a ReplicaSet the Deployment or Rollout behind it. */
function ownerOf(pod: JsonObject, replicaSets: ReadonlyMap<string, JsonObject>): string {
  const [owner] = mapsAt(pod, 'metadata', 'ownerReferences');
  if (owner === undefined) return '';
  if (owner.kind !== 'ReplicaSet') return `${owner.kind}/${textAt(owner, 'name')}`;
  const set = replicaSets.get(`${namespaceOf(pod)}/${textAt(owner, 'name')}`);
  const [above] = set === undefined ? [] : mapsAt(set, 'metadata', 'ownerReferences');
  return above === undefined ? `ReplicaSet/${textAt(owner, 'name')}` : `${above.kind}/${textAt(above, 'name')}`;
}

/** The pods of a cluster with the meshes that claim and injected them, ordered by namespace and name. */
export function podRows(state: LiveState): PodRow[] {
  const namespaces = new Map([...state.objects('', 'Namespace')].map((one) => [nameOf(one), labelsOf(one)]));
  const sets = new Map([...state.objects('apps', 'ReplicaSet')].map((one) => [idOf(one), one]));
  return [...state.objects('', 'Pod')]
    .map(
      (pod): PodRow => ({
        namespace: namespaceOf(pod),
        name: nameOf(pod),
        phase: textAt(pod, 'status', 'phase'),
        ready: (pod.status as JsonObject | undefined)?.ready === true,
        workload: ownerOf(pod, sets),
        claim: podClaim(pod, namespaces.get(namespaceOf(pod)) ?? {}),
        injected: injectedInto(pod),
        proxies: proxiesOf(pod),
      }),
    )
    .sort((a, b) => byText(a.namespace, b.namespace) || byText(a.name, b.name));
}

const workloadKinds = [
  ['apps', 'Deployment'],
  ['apps', 'StatefulSet'],
  ['apps', 'DaemonSet'],
  ['argoproj.io', 'Rollout'],
  ['batch', 'CronJob'],
  ['batch', 'Job'],
] as const;

function* workloadsOf(state: LiveState): Generator<JsonObject> {
  for (const [group, kind] of workloadKinds)
    for (const object of state.objects(group, kind))
      if (kind !== 'Job' || mapsAt(object, 'metadata', 'ownerReferences').length === 0) yield object;
}

/** Endpoints of each Service as the cluster's controllers wrote them; by the selector where no slices can be read. */
export function endpointsOf(
  state: LiveState,
): ReadonlyMap<string, readonly { readonly pod: string; readonly ready: boolean }[]> {
  const found = new Map<string, { pod: string; ready: boolean }[]>();
  const isKnown = state.kinds.some(({ kind, state: now }) => kind.resource === 'endpointslices' && now === 'read');
  if (isKnown) {
    for (const slice of state.objects('discovery.k8s.io', 'EndpointSlice')) {
      const service = labelsOf(slice)['kubernetes.io/service-name'];
      if (service === undefined) continue;
      const id = `${namespaceOf(slice)}/${service}`;
      const own = found.get(id) ?? [];
      for (const endpoint of mapsAt(slice, 'endpoints'))
        own.push({ pod: textAt(endpoint, 'pod'), ready: endpoint.ready === true });
      found.set(id, own);
    }
    return found;
  }
  const pods = Map.groupBy(state.objects('', 'Pod'), namespaceOf);
  for (const service of state.objects('', 'Service')) {
    const selector = textsAt(service, 'spec', 'selector');
    if (Object.keys(selector).length === 0) continue;
    const own = (pods.get(namespaceOf(service)) ?? []).filter((pod) => matchesLabels(selector, labelsOf(pod)));
    found.set(
      idOf(service),
      own.map((pod) => ({ pod: nameOf(pod), ready: (pod.status as JsonObject | undefined)?.ready === true })),
    );
  }
  return found;
}

/** The Services of a cluster with their ready endpoints by mesh, ordered by namespace and name. */
export function serviceRows(state: LiveState, pods: readonly PodRow[]): ServiceRow[] {
  const meshOf = new Map(pods.map(({ namespace, name, injected }) => [`${namespace}/${name}`, injected]));
  const endpoints = endpointsOf(state);
  return [...state.objects('', 'Service')]
    .map((service): ServiceRow => {
      const own = endpoints.get(idOf(service)) ?? [];
      const ready = noPods();
      for (const { pod, ready: isReady } of own)
        if (isReady) ready[meshOf.get(`${namespaceOf(service)}/${pod}`) ?? 'none']++;
      return { namespace: namespaceOf(service), name: nameOf(service), endpoints: own.length, ready };
    })
    .sort((a, b) => byText(a.namespace, b.namespace) || byText(a.name, b.name));
}

const environmentOf = (workload: JsonObject): ReadonlyMap<string, string> =>
  new Map(
    mapsAt(workload, 'spec', 'template', 'spec', 'containers')
      .flatMap((container) => mapsAt(container, 'env'))
      .map((entry) => [textAt(entry, 'name'), textAt(entry, 'value')]),
  );

function controlPlaneOf(workload: JsonObject): ControlPlane | undefined {
  const labels = labelsOf(workload);
  const [container] = mapsAt(workload, 'spec', 'template', 'spec', 'containers');
  const common = {
    namespace: namespaceOf(workload),
    name: nameOf(workload),
    version: container === undefined ? '' : tagOf(textAt(container, 'image')),
    replicas: numberAt(workload, 'status', 'replicas'),
    ready: numberAt(workload, 'status', 'readyReplicas'),
  };
  // istio/manifests/charts/istio-control/istio-discovery and ztunnel, 1.32.
  if (labels.app === 'istiod')
    return { mesh: 'istio', role: 'istiod', revision: labels['istio.io/rev'] ?? 'default', ...common };
  if (labels.app === 'ztunnel' || (workload.kind === 'DaemonSet' && common.name === 'ztunnel'))
    return { mesh: 'istio', role: 'ztunnel', revision: labels['istio.io/rev'] ?? '', ...common };
  // kuma/deployments/charts/kuma/templates/cp-deployment.yaml, 2.14: the mode stands in the environment.
  const app = labels.app ?? labels['app.kubernetes.io/name'] ?? '';
  const environment = environmentOf(workload);
  if (/(?:kuma|kong-mesh)-control-plane$/.test(app) || environment.has('KUMA_MODE'))
    return { mesh: 'kong-mesh', role: environment.get('KUMA_MODE') || 'zone', revision: '', ...common };
  return undefined;
}

const addressesOf = (service: JsonObject | undefined): string[] => {
  const addresses = service === undefined ? undefined : at(service, 'status', 'addresses');
  return isList(addresses) ? addresses.map(String) : [];
};

function gatewaysOf(state: LiveState, pods: readonly PodRow[]): GatewayRow[] {
  const services = new Map([...state.objects('', 'Service')].map((one) => [idOf(one), one]));
  const rows: GatewayRow[] = [];
  for (const workload of workloadsOf(state)) {
    const template = textsAt(workload, 'spec', 'template', 'metadata', 'labels');
    const annotations = textsAt(workload, 'spec', 'template', 'metadata', 'annotations');
    const images = mapsAt(workload, 'spec', 'template', 'spec', 'containers').map((one) => textAt(one, 'image'));
    const own = pods.find(
      (pod) => pod.namespace === namespaceOf(workload) && pod.workload.endsWith(`/${nameOf(workload)}`),
    );
    const common = {
      namespace: namespaceOf(workload),
      name: nameOf(workload),
      addresses: addressesOf(services.get(idOf(workload))),
    };
    // istio/manifests/charts/gateway, 1.32.
    if (
      annotations['inject.istio.io/templates'] === 'gateway' ||
      /(?:ingress|egress|eastwest)-?gateway$/.test(template.istio ?? '')
    )
      rows.push({ kind: 'istio', detail: own?.proxies[0]?.version ?? '', ...common });
    else if (images.some((image) => /(?:^|\/)kong(?:-gateway)?(?::|@|$)/.test(image)))
      rows.push({ kind: 'kong', detail: tagOf(images.find((image) => image.includes('kong')) ?? ''), ...common });
  }
  for (const gateway of state.objects('gateway.networking.k8s.io', 'Gateway'))
    rows.push({
      kind: 'gateway-api',
      namespace: namespaceOf(gateway),
      name: nameOf(gateway),
      detail: textAt(gateway, 'spec', 'gatewayClassName'),
      addresses: mapsAt(gateway, 'status', 'addresses').map((address) => textAt(address, 'value')),
    });
  return rows.sort((a, b) => byText(a.namespace, b.namespace) || byText(a.name, b.name));
}

const alarmOf = ({ namespace, name, injected }: PodRow): Alarm[] =>
  injected === 'both'
    ? [
        {
          namespace,
          pod: name,
          message:
            'Both meshes injected this pod: two proxies take the same traffic on the same ports. Remove one of the labels that ask for it and restart the workload.',
        },
      ]
    : [];

/** What a cluster shows of both meshes, from what is known of it; the same for the same objects in whatever order. */
export function inventoryOf(state: LiveState): LiveInventory {
  const pods = podRows(state);
  const services = serviceRows(state, pods);
  const perNamespace = Map.groupBy(pods, ({ namespace }) => namespace);
  const count = (rows: readonly PodRow[]): ByMesh => {
    const counts = noPods();
    for (const { injected } of rows) counts[injected]++;
    return counts;
  };
  const workloads = [...workloadsOf(state)];
  const workloadsIn = Map.groupBy(workloads, namespaceOf);
  const servicesIn = Map.groupBy(services, ({ namespace }) => namespace);
  const podsOf = Map.groupBy(pods, ({ namespace, workload }) => `${namespace}/${workload}`);
  return {
    namespaces: [...state.objects('', 'Namespace')]
      .map((namespace): NamespaceRow => {
        const name = nameOf(namespace);
        const own = perNamespace.get(name) ?? [];
        return {
          name,
          ...namespaceClaim(labelsOf(namespace)),
          services: servicesIn.get(name)?.length ?? 0,
          workloads: workloadsIn.get(name)?.length ?? 0,
          pods: own.length,
          injected: count(own),
        };
      })
      .sort((a, b) => byText(a.name, b.name)),
    workloads: workloads
      .map(
        (workload): WorkloadRow => ({
          kind: textAt(workload, 'kind'),
          namespace: namespaceOf(workload),
          name: nameOf(workload),
          replicas: numberAt(workload, 'status', 'replicas'),
          ready: numberAt(workload, 'status', 'readyReplicas'),
          injected: count(podsOf.get(`${namespaceOf(workload)}/${textAt(workload, 'kind')}/${nameOf(workload)}`) ?? []),
        }),
      )
      .sort((a, b) => byText(a.namespace, b.namespace) || byText(a.name, b.name) || byText(a.kind, b.kind)),
    services,
    pods,
    kinds: state.kinds
      .filter(({ kind, state: now }) => now === 'read' && (isIstio(kind.group) || meshGroups.includes(kind.group)))
      .map(({ kind: { group, kind, version, versions }, read }) => ({ group, kind, version, versions, count: read })),
    controlPlanes: workloads
      .flatMap((workload) => controlPlaneOf(workload) ?? [])
      .sort((a, b) => byText(a.mesh, b.mesh) || byText(a.namespace, b.namespace) || byText(a.name, b.name)),
    gateways: gatewaysOf(state, pods),
    alarms: pods.flatMap(alarmOf),
  };
}
