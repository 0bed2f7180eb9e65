import type { RegistryService } from '@isthmus/istio';
import type { Destination } from '@isthmus/kong-mesh';
import type { ServiceGraph } from '../graph/edge.ts';
import { likely } from '../graph/edge.ts';
import { type IstioCounts, istioLoad, type KongCounts, kongLoad, type Load } from './formulas.ts';
import type { IstioViews } from './istio-view.ts';
import type { KongViews } from './kong-view.ts';
import { istioKeys, kongKeys, meanOf } from './mean.ts';
import type { ProxyGroup } from './population.ts';
import type { MeanProxy } from './projection.ts';
import type { PodCount, PodGroup } from './proxies.ts';

/** A way of limiting what proxies know. */
export type ScopeName =
  /** As it is written, or translated. */
  | 'written'
  /** Nothing is limited. */
  | 'none'
  /** The services of the own namespace. */
  | 'namespace'
  /** The services that a workload is known to call. */
  | 'calls';

/** A mesh under one way of scoping. */
export interface Scoping<Counts> {
  readonly scope: ScopeName;
  readonly mean: MeanProxy<Counts>;
  readonly load: Load;
  /** Bytes of all proxies together. */
  readonly total: number;
  /** Proxies that know a service, in the mean. */
  readonly touched: number;
}

/** What is known of calls: what the pods of each group call, and the services behind ids. */
interface Calls {
  istio(pods: PodGroup): readonly RegistryService[];
  kong(pods: PodGroup): readonly Destination[];
}

export interface ScopingInput {
  readonly groups: readonly ProxyGroup[];
  readonly istio: IstioViews;
  readonly kong: KongViews;
  readonly pods: PodCount;
  readonly graph: ServiceGraph;
  /** Services (`<namespace>/<name>`) that emitted Services stand beside, by `<namespace>/<name>` of these. */
  readonly besides: ReadonlyMap<string, readonly string[]>;
  readonly mtls: boolean;
}

const push = <V>(map: Map<string, V[]>, key: string, value: V): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

const idOf = ({ kind, namespace, name, labels }: Destination): string =>
  kind === 'MeshService' ? `${namespace}/${name === '' ? labels['k8s.kuma.io/service-name'] : name}` : '';

function readCalls({ istio, kong, pods, graph, besides }: ScopingInput): Calls {
  const called = new Map<string, string[]>();
  for (const { from, to, confidence } of [...graph.edges, ...graph.externals])
    if (confidence >= likely) push(called, from, to);
  const idsOf = new Map<PodGroup, string[]>();
  const istioBy = new Map<string, RegistryService[]>();
  for (const service of istio.everything) {
    const id = `${service.namespace}/${service.resource.name}`;
    push(istioBy, id, service);
    if (service.registry === 'external') push(istioBy, service.host, service);
    if (service.selector === undefined) continue;
    for (const group of pods.select(service.namespace, service.selector))
      idsOf.set(group, [...(idsOf.get(group) ?? []), id]);
  }
  const kongBy = new Map<string, Destination[]>();
  for (const destination of kong.everything) {
    const id = idOf(destination);
    for (const name of id === '' ? [destination.address ?? ''] : [id, ...(besides.get(id) ?? [])])
      push(kongBy, name, destination);
  }
  const all = <Thing>(by: ReadonlyMap<string, readonly Thing[]>, group: PodGroup): Thing[] => [
    ...new Set((idsOf.get(group) ?? []).flatMap((id) => called.get(id) ?? []).flatMap((to) => by.get(to) ?? [])),
  ];
  return { istio: (group) => all(istioBy, group), kong: (group) => all(kongBy, group) };
}

/** What some proxies hold, and how many services they see of their own namespace and of others. */
type Part<Counts> = readonly [counts: Counts, seenOwn: number, seenOther: number, proxies: number];

function scopingOf<Key extends string>(
  scope: ScopeName,
  parts: readonly Part<Record<Key, number>>[],
  keys: readonly Key[],
  services: number,
  loadOf: (counts: Record<Key, number>) => Load,
): Scoping<Record<Key, number>> {
  const counts = meanOf(
    parts.map(([own, , , proxies]) => [own, proxies] as const),
    keys,
  );
  const { seenOwn, seenOther } = meanOf(
    parts.map(([, own, other, proxies]) => [{ seenOwn: own, seenOther: other }, proxies] as const),
    ['seenOwn', 'seenOther'],
  );
  const proxies = parts.reduce((sum, [, , , own]) => sum + own, 0);
  const load = loadOf(counts);
  return {
    scope,
    mean: { counts, seenOwn, seenOther },
    load,
    total: proxies * load.bytes,
    touched: services === 0 ? 0 : (proxies * (seenOwn + seenOther)) / services,
  };
}

const split = (things: readonly { readonly namespace: string }[], namespace: string): readonly [number, number] => {
  let own = 0;
  for (const thing of things) if (thing.namespace === namespace) own++;
  return [own, things.length - own];
};

/** Shared lists are counted once for each namespace. */
function splitter(): (
  things: readonly { readonly namespace: string }[],
  namespace: string,
) => readonly [number, number] {
  const known = new WeakMap<object, Map<string, number>>();
  return (things, namespace) => {
    if (things.length < 100) return split(things, namespace);
    let counts = known.get(things);
    if (counts === undefined) {
      counts = new Map();
      for (const one of things) counts.set(one.namespace, (counts.get(one.namespace) ?? 0) + 1);
      known.set(things, counts);
    }
    const own = counts.get(namespace) ?? 0;
    return [own, things.length - own];
  };
}

/** The four ways of scoping in Istio and in Kong Mesh. */
export function scopings(input: ScopingInput): {
  istio: Scoping<IstioCounts>[];
  kong: Scoping<KongCounts>[];
} {
  const { groups, istio, kong, mtls } = input;
  const calls = readCalls(input);
  const services = Map.groupBy(istio.everything, ({ namespace }) => namespace);
  const destinations = Map.groupBy(kong.everything, ({ namespace }) => namespace);
  const count = splitter();
  const istioOf = (
    scope: ScopeName,
    of: (group: ProxyGroup) => readonly (readonly [readonly RegistryService[], Omit<IstioCounts, 'inbound'>, number])[],
  ): Scoping<IstioCounts> =>
    scopingOf(
      scope,
      groups.flatMap((group) =>
        of(group).map(
          ([seen, counts, proxies]): Part<IstioCounts> => [
            { ...counts, inbound: group.istio.counts.inbound },
            ...count(seen, group.client.namespace),
            proxies,
          ],
        ),
      ),
      istioKeys,
      istio.everything.length,
      istioLoad,
    );
  const kongOf = (
    scope: ScopeName,
    of: (group: ProxyGroup) => readonly (readonly [readonly Destination[], Omit<KongCounts, 'inbound'>, number])[],
  ): Scoping<KongCounts> =>
    scopingOf(
      scope,
      groups.flatMap((group) =>
        of(group).map(
          ([seen, counts, proxies]): Part<KongCounts> => [
            { ...counts, inbound: group.kong.counts.inbound },
            ...count(seen, group.client.namespace),
            proxies,
          ],
        ),
      ),
      kongKeys,
      kong.everything.length,
      (counts) => kongLoad(counts, mtls),
    );
  // Groups of one namespace see the same where only the namespace counts.
  const once = <Value>(make: (group: ProxyGroup) => Value): ((group: ProxyGroup) => Value) => {
    const known = new Map<string, Value>();
    return (group) => {
      const { namespace } = group.client;
      const value = known.get(namespace) ?? make(group);
      known.set(namespace, value);
      return value;
    };
  };
  const allOfIstio = once(({ client }) => istio.seeing(istio.everything, client.namespace));
  const allOfKong = once(({ client }) => kong.reachingAll(client));
  const ownOfIstio = once(({ client }) => istio.seeing(services.get(client.namespace) ?? [], client.namespace));
  const ownOfKong = once(({ client }) => kong.reaching(destinations.get(client.namespace) ?? [], client));
  return {
    istio: [
      istioOf('written', (group) => [[group.istio.services, group.istio.counts, group.proxies]]),
      istioOf('none', (group) => [[istio.everything, allOfIstio(group), group.proxies]]),
      istioOf('namespace', (group) => [[services.get(group.client.namespace) ?? [], ownOfIstio(group), group.proxies]]),
      istioOf('calls', ({ client, pods }) =>
        pods.map((pod) => {
          const seen = calls.istio(pod);
          return [seen, istio.seeing(seen, client.namespace), pod.pods];
        }),
      ),
    ],
    kong: [
      kongOf('written', (group) => [[group.kong.destinations, group.kong.counts, group.proxies]]),
      kongOf('none', (group) => [[kong.everything, allOfKong(group), group.proxies]]),
      kongOf('namespace', (group) => [
        [destinations.get(group.client.namespace) ?? [], ownOfKong(group), group.proxies],
      ]),
      kongOf('calls', ({ client, pods }) =>
        pods.map((pod) => {
          const seen = calls.kong(pod);
          return [seen, kong.reaching(seen, client), pod.pods];
        }),
      ),
    ],
  };
}
