import type { Client, MeshClient } from '@isthmus/behavior';
import { type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import { type FindByLabels, indexLabels } from './label-index.ts';
import { annotation, label } from './labels.ts';
import { metaOf } from './object.ts';
import type { MeshOptions } from './options.ts';
import { filledOf, listOf, mapOf, numberOf, textsOf } from './value.ts';

type Tags = Readonly<Record<string, string>>;

/** A group of workloads as policies see it: what the Dataplanes of its Pods have in common. */
export interface ClientView {
  readonly namespace: string;
  readonly zone: string;
  /** Labels of the Dataplanes. */
  readonly labels: Readonly<Record<string, string>>;
  /** Tags of each inbound, which the older kinds of `targetRef` select by. */
  readonly inbounds: readonly Tags[];
  readonly proxyType: 'Sidecar' | 'Gateway';
  /** Tells one group from another. */
  readonly key: string;
}

/** Finds how policies see a group of workloads. */
export type ViewOf = (client: MeshClient) => ClientView;

interface SelectedPort {
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
  readonly selector: Tags;
  /** Place among all. */
  readonly order: number;
}

const knownProtocols = new Set(['http', 'http2', 'grpc', 'tcp', 'kafka', 'tls', 'mysql']);

/** Finds the ports whose Services select a Pod with these labels, in order. */
type SelectedPorts = (namespace: string, labels: Tags) => readonly SelectedPort[];

/** Ports are found by the first pair of their selector, as a namespace may have thousands. */
function selectedPorts(objects: readonly JsonObject[]): SelectedPorts {
  const result = new Map<string, SelectedPort[]>();
  let order = 0;
  for (const object of objects) {
    if (object.kind !== 'Service' || object.apiVersion !== 'v1') continue;
    const { namespace, name } = metaOf(object);
    const spec = mapOf(object.spec);
    const selector = textsOf(spec.selector) ?? {};
    const [first] = Object.entries(selector);
    if (spec.type === 'ExternalName' || first === undefined) continue;
    const place = `${namespace}|${first.join('=')}`;
    const ports = result.get(place) ?? [];
    result.set(place, ports);
    for (const item of listOf(spec.ports)) {
      const { port, protocol = 'TCP', appProtocol } = mapOf(item);
      const number = numberOf(port);
      if (number === undefined || protocol !== 'TCP') continue;
      const spoken = (filledOf(appProtocol) ?? 'tcp').toLowerCase();
      ports.push({
        service: name,
        port: number,
        protocol: knownProtocols.has(spoken) ? spoken : 'tcp',
        selector,
        order: order++,
      });
    }
  }
  return (namespace, labels) =>
    Object.entries(labels)
      .flatMap(([key, value]) => result.get(`${namespace}|${key}=${value}`) ?? [])
      .filter(({ selector }) => matchesLabels(selector, labels))
      .sort((a, b) => a.order - b.order);
}

interface NamedPod {
  readonly name: string;
  readonly labels: Tags;
  readonly account: string;
}

function podsByNamespace(objects: readonly JsonObject[]): Map<string, FindByLabels<NamedPod>> {
  const result = new Map<string, NamedPod[]>();
  for (const object of objects) {
    if (object.kind !== 'Pod' || object.apiVersion !== 'v1') continue;
    const { namespace, name, labels, annotations } = metaOf(object);
    if (annotations[annotation.gateway] !== undefined) continue;
    const pods = result.get(namespace) ?? [];
    result.set(namespace, pods);
    // The API server gives a Pod that names no account the namespace's own.
    pods.push({ name, labels, account: filledOf(mapOf(object.spec).serviceAccountName) ?? 'default' });
  }
  return new Map(
    [...result].map(([namespace, list]) => {
      const find = indexLabels(list);
      return [namespace, (labels) => (Object.keys(labels).length === 0 ? list : find(labels))];
    }),
  );
}

const filled = (tags: Tags): Tags => Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ''));

/** Tags of a Pod that Services select: one inbound a port (kuma, inbound_converter.go `InboundTagsForService`, 2.14). */
function tagsForPort(client: Client, zone: string, { service, port, protocol }: SelectedPort): Tags {
  const own = Object.entries(filled(client.labels)).filter(([key]) => !key.includes('kuma.io/'));
  return {
    ...Object.fromEntries(own),
    [label.namespace]: client.namespace,
    [label.serviceName]: service,
    [label.servicePort]: String(port),
    [label.service]: `${service}_${client.namespace}_svc_${port}`,
    [label.zone]: zone,
    [label.protocol]: protocol,
  };
}

/** Tags of a Pod that no Service selects (`InboundTagsForPod`); its name is known where the group is one Pod. */
function tagsWithoutService(client: Client, { mesh, zone }: MeshOptions, pod: string | undefined): Tags {
  return {
    [label.mesh]: mesh,
    ...filled(client.labels),
    [label.namespace]: client.namespace,
    [label.zone]: zone,
    [label.protocol]: 'tcp',
    ...(pod === undefined ? {} : { [label.service]: `${pod}_${client.namespace}_svc`, [label.instance]: pod }),
  };
}

/** The account that all have in common. */
const commonAccount = (members: readonly NamedPod[]): string | undefined =>
  members.every(({ account }) => account === members[0]?.account) ? members[0]?.account : undefined;

/**
 * The labels of a Dataplane by its Pod's account, which also names its workload unless the control plane is told to take a label
 * for that (kuma, pkg/plugins/runtime/k8s/controllers/pod_converter.go `computeWorkloadName`, 2.14).
 */
const labelsOfAccount = (account: string | undefined): Tags =>
  account === undefined ? {} : { [label.serviceAccount]: account, [label.workload]: account };

/**
 * Reads the Services and Pods that say how Kuma sees groups of workloads. A group's labels may hold its account
 * (`k8s.kuma.io/service-account`), which its Dataplanes have and its Pods have not.
 */
export function readClients(objects: readonly JsonObject[], options: MeshOptions): ViewOf {
  const ports = selectedPorts(objects);
  const pods = podsByNamespace(objects);
  const known = new Map<string, ClientView>();
  return (client) => {
    const { namespace, isGateway = false } = client;
    const { [label.serviceAccount]: account, ...labels } = client.labels;
    const key = `${isGateway ? 'gateway ' : ''}${namespace}|${JSON.stringify(Object.entries(client.labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const members = pods.get(namespace)?.(labels) ?? [];
    const selected = ports(namespace, labels);
    const pod = members.length === 1 ? members[0]?.name : undefined;
    const view: ClientView = {
      namespace,
      zone: options.zone,
      labels: {
        [label.namespace]: namespace,
        [label.zone]: options.zone,
        [label.origin]: 'zone',
        [label.environment]: 'kubernetes',
        [label.mesh]: options.mesh,
        ...labels,
        ...labelsOfAccount(account ?? commonAccount(members)),
        ...(pod === undefined ? {} : { [label.displayName]: pod }),
        ...(options.version === '3.0' ? {} : { [label.proxyType]: isGateway ? 'gateway' : 'dataplane' }),
      },
      inbounds:
        selected.length > 0
          ? selected.map((port) => tagsForPort({ ...client, labels }, options.zone, port))
          : [tagsWithoutService({ ...client, labels }, options, pod)],
      proxyType: isGateway ? 'Gateway' : 'Sidecar',
      key,
    };
    known.set(key, view);
    return view;
  };
}

/**
 * All tags of a group as the header that Kuma adds to health checks writes them (kuma, pkg/xds/envoy/tags/serialize.go).
 */
export function writeTags({ inbounds }: ClientView): string {
  const values = new Map<string, Set<string>>();
  for (const tags of inbounds)
    for (const [key, value] of Object.entries(tags)) values.set(key, (values.get(key) ?? new Set()).add(value));
  return [...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, set]) => `&${key}=${[...set].sort().join(',')}&`)
    .join('');
}
