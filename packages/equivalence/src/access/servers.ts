import { type Estate, indexServices, readByIstio, trustOf, type Workload, workloadsOf } from '@isthmus/istio';
import { isList, isMap, matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Protocol } from './before.ts';

/** A group of Pods that may be called. */
export interface Server {
  readonly namespace: string;
  /** Of the workload, or of the Service that selects Pods which the import does not hold. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string | undefined;
  /** Names of the Services that send to it, in its namespace. */
  readonly services: readonly string[];
  /** How the ports that Services send to speak in Istio, by number; of Services that it does not read it finds out. */
  readonly protocols: ReadonlyMap<number, Protocol>;
  /** Ports that containers declare and no Service sends to. */
  readonly others: readonly number[];
}

/** A workload that is not compared, and why. */
export interface LeftOut {
  /** `<namespace>/<name>` */
  readonly workload: string;
  readonly reason: string;
}

/** A workload without a proxy: it calls in plaintext, and nothing guards it in either mesh. */
export interface Bare {
  readonly namespace: string;
  readonly name: string;
}

export interface Servers {
  readonly servers: readonly Server[];
  readonly leftOut: readonly LeftOut[];
  readonly bare: readonly Bare[];
}

const httpProtocols = new Set(['http', 'http2', 'grpc', 'grpc-web']);
const wellKnownGateways: readonly Readonly<Record<string, string>>[] = [
  { istio: 'ingressgateway' },
  { istio: 'egressgateway' },
];

function gatewaysOf(estate: Estate): readonly Readonly<Record<string, string>>[] {
  const found = estate.istio.flatMap(({ kind, group, object }) => {
    const spec = isMap(object.spec) ? object.spec : {};
    if (kind !== 'Gateway' || group !== 'networking.istio.io' || !isMap(spec.selector)) return [];
    return [Object.fromEntries(Object.entries(spec.selector).map(([key, value]) => [key, String(value)]))];
  });
  const all = [...wellKnownGateways, ...found.filter((selector) => Object.keys(selector).length > 0)];
  return [...new Map(all.map((selector) => [JSON.stringify(Object.entries(selector).sort()), selector])).values()];
}

const isOff = (value: unknown): boolean => value === 'false' || value === 'disabled';

/** Whether somebody said that a workload gets no sidecar: by itself or by its namespace (istio, sidecar injection, 1.32). */
function isBare({ resource, labels }: Workload, namespace: Resource | undefined): boolean {
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const template = isMap(spec.template) ? spec.template : {};
  const metadata = isMap(template.metadata) ? template.metadata : {};
  const annotations =
    resource.kind === 'Pod' ? resource.annotations : isMap(metadata.annotations) ? metadata.annotations : {};
  const own = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  if (own !== undefined) return isOff(own);
  return isOff(namespace?.labels['istio-injection']);
}

/** Ports of a workload's containers that are not of TCP, which neither mesh takes. */
function otherTransports({ resource: { kind, object } }: Workload): ReadonlySet<number> {
  const spec = isMap(object.spec) ? object.spec : {};
  const template = isMap(spec.template) ? spec.template : {};
  const pod = kind === 'Pod' ? spec : isMap(template.spec) ? template.spec : {};
  const ports = (isList(pod.containers) ? pod.containers : []).flatMap((container) =>
    isMap(container) && isList(container.ports) ? container.ports.filter(isMap) : [],
  );
  return new Set(
    ports.flatMap(({ containerPort, protocol = 'TCP' }) =>
      typeof containerPort === 'number' && protocol !== 'TCP' ? [containerPort] : [],
    ),
  );
}

/**
 * Each group of Pods once: a cluster holds a Deployment, its ReplicaSets and their Pods, which policies cannot tell apart. What
 * has the shortest name stands for them; a name that is taken gets its kind beside it.
 */
function distinct(workloads: readonly Workload[]): Workload[] {
  const keyOf = ({ namespace, name, resource }: Workload): string => `${namespace}/${name} ${resource.kind}`;
  const sorted = [...workloads].sort((a, b) => a.name.length - b.name.length || (keyOf(a) < keyOf(b) ? -1 : 1));
  const known = new Map<string, Workload>();
  for (const workload of sorted) {
    const { namespace, labels, serviceAccount, containerPorts, inCluster } = workload;
    const ports = containerPorts.map(({ name, port }) => `${name} ${port}`).sort();
    const key = JSON.stringify([namespace, Object.entries(labels).sort(), serviceAccount, ports, inCluster]);
    if (!known.has(key)) known.set(key, workload);
  }
  const taken = new Set<string>();
  return [...known.values()].map((workload) => {
    const place = `${workload.namespace}/${workload.name}`;
    const isTaken = taken.has(place);
    taken.add(place);
    return isTaken ? { ...workload, name: `${workload.name} (${workload.resource.kind})` } : workload;
  });
}

/**
 * The workloads of an estate that can be called, with the ports on which they are: Pods and their templates, and what Services
 * select where the import does not hold the Pods.
 */
export function readServers(estate: Estate, options: { rootNamespace: string; clusterDomain: string }): Servers {
  const { rootNamespace } = trustOf(estate, { ...options, trustDomain: options.clusterDomain });
  const namespaces = new Map(
    estate.context.filter(({ kind, group }) => kind === 'Namespace' && group === '').map((one) => [one.name, one]),
  );
  const read = readByIstio(estate, options.rootNamespace);
  const known = new Set(read.context);
  const gateways = gatewaysOf(read);
  const services = Map.groupBy(
    indexServices(estate, options.clusterDomain).all.filter(
      ({ selector, externalName }) => selector !== undefined && Object.keys(selector).length > 0 && !externalName,
    ),
    ({ namespace }) => namespace,
  );
  const servers: Server[] = [];
  const leftOut: LeftOut[] = [];
  const bare: Bare[] = [];
  const workloads = distinct(workloadsOf(estate));
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  const asWorkloads: Workload[] = [...services.values()].flatMap((all) =>
    all.flatMap(({ namespace, name, selector = {}, resource }): Workload[] =>
      (byNamespace.get(namespace) ?? []).some(({ labels }) => matchesLabels(selector, labels))
        ? []
        : [{ namespace, name, labels: selector, serviceAccount: '', containerPorts: [], inCluster: true, resource }],
    ),
  );
  for (const workload of [...workloads, ...asWorkloads]) {
    const { namespace, name, labels, containerPorts } = workload;
    const leave = (reason: string): void => void leftOut.push({ workload: `${namespace}/${name}`, reason });
    if (gateways.some((selector) => matchesLabels(selector, labels))) leave('a gateway: Kong Gateway takes its place');
    else if (namespace === rootNamespace) leave("it is in Istio's own namespace");
    else if (!workload.inCluster) leave('it runs outside the cluster');
    else if (isBare(workload, namespaces.get(namespace))) {
      bare.push({ namespace, name });
      leave('it has no sidecar, so that nothing guards it in either mesh');
    } else {
      const selecting = (services.get(namespace) ?? []).filter(({ selector = {} }) => matchesLabels(selector, labels));
      const protocols = new Map<number, Protocol>();
      for (const { ports, resource } of selecting)
        for (const { targetPort, protocol, transport } of ports) {
          const target =
            typeof targetPort === 'number' ? targetPort : containerPorts.find((one) => one.name === targetPort)?.port;
          if (target === undefined || transport !== 'TCP' || protocols.has(target)) continue;
          const isDetected = protocol === undefined || !known.has(resource);
          protocols.set(target, isDetected ? 'detected' : httpProtocols.has(protocol) ? 'http' : 'tcp');
        }
      const foreign = otherTransports(workload);
      const declared = new Set(containerPorts.map(({ port }) => port).filter((port) => !foreign.has(port)));
      if (protocols.size === 0)
        leave(selecting.length === 0 ? 'no Service sends to it' : 'the ports of its Pods are not in the import');
      else
        servers.push({
          namespace,
          name,
          labels,
          serviceAccount: workload.serviceAccount || undefined,
          services: selecting.map((service) => service.name),
          protocols,
          others: [...declared].filter((port) => !protocols.has(port)).sort((a, b) => a - b),
        });
    }
  }
  const place = ({ namespace, name }: Bare): string => `${namespace}/${name}`;
  return {
    servers: servers.sort((a, b) => (place(a) < place(b) ? -1 : 1)),
    leftOut: leftOut.sort((a, b) => (a.workload < b.workload ? -1 : 1)),
    bare: bare.sort((a, b) => (place(a) < place(b) ? -1 : 1)),
  };
}
