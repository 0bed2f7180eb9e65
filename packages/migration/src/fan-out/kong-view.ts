import type { Client, Endpoints } from '@isthmus/behavior';
import type { Destination, DestinationPort, KongMeshBehavior } from '@isthmus/kong-mesh';
import { isList, isMap, type JsonObject } from '@isthmus/kubernetes';
import type { KongCounts } from './formulas.ts';
import type { PodCount, PodGroup } from './proxies.ts';

type Labels = Readonly<Record<string, string>>;
type Outbound = Omit<KongCounts, 'inbound'>;
type Reach = ReadonlyMap<Destination, readonly DestinationPort[]>;

/** Counts what proxies of Kong Mesh hold, by what they reach. */
export interface KongViews {
  readonly everything: readonly Destination[];
  /** What a client reaches as things are written; undefined: everything. */
  within(client: Client): Reach | undefined;
  /** What a client holds that reaches just these destinations, on all of their ports unless others are named. */
  reaching(destinations: Iterable<Destination>, client: Client, ports?: Reach): Outbound;
  /** What a client holds whom nobody limits. */
  reachingAll(client: Client): Outbound;
  /** Ports of pods on which a proxy takes connections: one for each port of each Service that selects them. */
  inboundOf(pods: Pick<PodGroup, 'namespace' | 'labels'>): number;
}

/** The labels that Services select by, by `<namespace>/<name>`. */
function selectorsOf(objects: readonly JsonObject[]): ReadonlyMap<string, Labels> {
  const found = new Map<string, Labels>();
  for (const { kind, apiVersion, metadata, spec } of objects) {
    if (kind !== 'Service' || apiVersion !== 'v1' || !isMap(metadata)) continue;
    if (!isMap(spec) || !isMap(spec.selector) || spec.type === 'ExternalName') continue;
    const selector = Object.fromEntries(Object.entries(spec.selector).map(([key, value]) => [key, String(value)]));
    found.set(`${String(metadata.namespace ?? 'default')}/${String(metadata.name)}`, selector);
  }
  return found;
}

interface SelectingPort {
  readonly selector: Labels;
  readonly target: number | string;
}

/** Ports of Services by the namespace and first label of their selector. */
function selectingPorts(
  objects: readonly JsonObject[],
  selectors: ReadonlyMap<string, Labels>,
): (namespace: string, labels: Labels) => SelectingPort[] {
  const found = new Map<string, SelectingPort[]>();
  for (const { kind, apiVersion, metadata, spec } of objects) {
    if (kind !== 'Service' || apiVersion !== 'v1' || !isMap(spec) || !isMap(metadata)) continue;
    const namespace = String(metadata.namespace ?? 'default');
    const selector = selectors.get(`${namespace}/${String(metadata.name)}`);
    const [first] = Object.entries(selector ?? {});
    if (selector === undefined || first === undefined) continue;
    const place = `${namespace}\n${first.join('=')}`;
    for (const item of isList(spec.ports) ? spec.ports : []) {
      if (!isMap(item) || (item.protocol ?? 'TCP') !== 'TCP') continue;
      const target = item.targetPort ?? item.port;
      if (typeof target !== 'number' && typeof target !== 'string') continue;
      const list = found.get(place);
      if (list === undefined) found.set(place, [{ selector, target }]);
      else list.push({ selector, target });
    }
  }
  return (namespace, labels) =>
    Object.entries(labels)
      .flatMap((pair) => found.get(`${namespace}\n${pair.join('=')}`) ?? [])
      .filter(({ selector }) => Object.entries(selector).every(([key, value]) => labels[key] === value));
}

interface Weight {
  readonly http: boolean;
  /** Listeners and clusters: one, or one for each pod of a headless Service. */
  readonly times: number;
  readonly extraRoutes: number;
  readonly endpoints: number;
}

const spoken: ReadonlySet<string> = new Set(['http', 'http2', 'grpc']);

/** Names of the destinations whose routes depend on who calls: those that routes for some Dataplanes only are about. */
function dependsOnClient(objects: readonly JsonObject[]): { names: ReadonlySet<string>; all: boolean } {
  const names = new Set<string>();
  let all = false;
  for (const { kind, spec } of objects) {
    if (kind !== 'MeshHTTPRoute' || !isMap(spec)) continue;
    const top = isMap(spec.targetRef) ? spec.targetRef : {};
    if (top.kind === undefined || top.kind === 'Mesh') continue;
    for (const entry of isList(spec.to) ? spec.to : []) {
      const target = isMap(entry) && isMap(entry.targetRef) ? entry.targetRef : {};
      const labels = isMap(target.labels) ? target.labels : {};
      const name = target.name ?? labels['kuma.io/display-name'] ?? labels['k8s.kuma.io/service-name'];
      if (typeof name === 'string') names.add(name);
      else all = true;
    }
  }
  return { names, all };
}

/**
 * Reads what destinations add to proxies (edge.md 5.3), once for each destination unless its routes depend on who calls.
 * @param objects what the cluster holds once everything that was emitted is applied
 */
export function kongViews(behavior: KongMeshBehavior, objects: readonly JsonObject[], pods: PodCount): KongViews {
  const { destinations: everything } = behavior;
  const selectors = selectorsOf(objects);
  const portsOf = selectingPorts(objects, selectors);
  const inbounds = new Map<PodGroup, readonly SelectingPort[]>();
  const inboundsOf = (group: PodGroup): readonly SelectingPort[] => {
    const before = inbounds.get(group);
    if (before !== undefined) return before;
    const found = portsOf(group.namespace, group.labels);
    inbounds.set(group, found);
    return found;
  };
  const endpointsOf = (endpoints: Endpoints): number => {
    switch (endpoints.kind) {
      case 'workloads': {
        const { namespace, labels, port } = endpoints;
        // Kuma makes an endpoint of each inbound with the port, and each Service that selects the pod makes an inbound (edge.md 1.10).
        return pods
          .select(namespace, labels)
          .reduce(
            (sum, group) => sum + group.pods * inboundsOf(group).filter(({ target }) => target === port).length,
            0,
          );
      }
      case 'external':
      case 'original':
        return 1;
      case 'any':
        return endpoints.of.reduce((sum, one) => sum + endpointsOf(one), 0);
      case 'none':
        return 0;
    }
  };
  const podsOfHeadless = ({ namespace, labels }: Destination): number =>
    pods
      .select(namespace, selectors.get(`${namespace}/${labels['k8s.kuma.io/service-name']}`) ?? {})
      .reduce((sum, group) => sum + group.pods, 0);
  const weigh = (destination: Destination, { port, protocol, endpoints }: DestinationPort, client: Client): Weight => {
    const { kind, namespace, name, labels } = destination;
    const http = spoken.has(protocol.toLowerCase());
    const times = name === '' ? podsOfHeadless(destination) : 1;
    const ref = { kind, namespace, name: name === '' ? (labels['k8s.kuma.io/service-name'] ?? '') : name };
    const routes = http ? behavior.routeCount(client, ref, port) : 0;
    return { http, times, extraRoutes: Math.max(0, routes - 1), endpoints: endpointsOf(endpoints) };
  };
  const { names, all } = dependsOnClient(objects);
  const isOwn = ({ name, labels }: Destination): boolean =>
    all || names.has(name) || names.has(labels['k8s.kuma.io/service-name'] ?? '');
  // A client of a namespace of its own: what is written for all clients.
  const nobody: Client = { namespace: '', labels: {} };
  const known = new Map<DestinationPort, Weight>();
  const weightOf = (destination: Destination, port: DestinationPort, client: Client): Weight => {
    if (client !== nobody && isOwn(destination)) return weigh(destination, port, client);
    const before = known.get(port);
    if (before !== undefined) return before;
    const weight = weigh(destination, port, nobody);
    known.set(port, weight);
    return weight;
  };

  const sumOver = (
    pairs: Iterable<readonly [Destination, readonly DestinationPort[]]>,
    client: Client,
  ): { -readonly [Key in keyof Outbound]: number } => {
    const sums = { destinations: 0, http: 0, extraRoutes: 0, endpoints: 0 };
    for (const [destination, ports] of pairs)
      for (const port of ports) {
        const { http, times, extraRoutes, endpoints } = weightOf(destination, port, client);
        sums.destinations += times;
        if (http) sums.http += times;
        sums.extraRoutes += times * extraRoutes;
        sums.endpoints += times * endpoints;
      }
    return sums;
  };

  const own = everything.filter(isOwn);
  let common: Outbound | undefined;
  return {
    everything,
    within: (client) => behavior.within(client),
    reaching: (destinations, client, reach) =>
      sumOver(
        [...destinations].map((one) => [one, reach?.get(one) ?? one.ports] as const),
        client,
      ),
    reachingAll(client) {
      common ??= sumOver(
        everything.filter((one) => !isOwn(one)).map((one) => [one, one.ports] as const),
        nobody,
      );
      const sums = sumOver(
        own.map((one) => [one, one.ports] as const),
        client,
      );
      return {
        destinations: common.destinations + sums.destinations,
        http: common.http + sums.http,
        extraRoutes: common.extraRoutes + sums.extraRoutes,
        endpoints: common.endpoints + sums.endpoints,
      };
    },
    inboundOf: ({ namespace, labels }) => portsOf(namespace, labels).length,
  };
}
