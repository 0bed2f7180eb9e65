import type { Client } from '@isthmus/behavior';
import type { EffectiveConfig, RegistryService } from '@isthmus/istio';
import type { Destination } from '@isthmus/kong-mesh';
import type { IstioCounts, KongCounts } from './formulas.ts';
import type { IstioViews, Sight } from './istio-view.ts';
import type { KongViews } from './kong-view.ts';
import type { PodCount, PodGroup } from './proxies.ts';

/** Proxies that hold the same. */
export interface ProxyGroup {
  readonly client: Client;
  readonly proxies: number;
  readonly istio: { readonly services: readonly RegistryService[]; readonly counts: IstioCounts };
  readonly kong: { readonly destinations: readonly Destination[]; readonly counts: KongCounts };
  /** The pod groups that it is made of. */
  readonly pods: readonly PodGroup[];
}

const keyOf = ({ namespace, host }: RegistryService): string => `${namespace}\n${host}`;

/** Ports of their own on which pods are called in Istio: each once, whatever number of Services sends to it (edge.md 5.2). */
function istioInbound(config: EffectiveConfig): (pods: PodGroup) => number {
  const byPair = new Map<string, RegistryService[]>();
  for (const service of config.registry.all) {
    const [first] = Object.entries(service.selector ?? {});
    if (service.registry !== 'kubernetes' || first === undefined) continue;
    const place = `${service.namespace}\n${first.join('=')}`;
    const list = byPair.get(place);
    if (list === undefined) byPair.set(place, [service]);
    else list.push(service);
  }
  return ({ namespace, labels }) => {
    const ports = new Set<number | string>();
    for (const pair of Object.entries(labels))
      for (const { selector = {}, ports: own } of byPair.get(`${namespace}\n${pair.join('=')}`) ?? [])
        if (Object.entries(selector).every(([key, value]) => labels[key] === value))
          for (const { targetPort, transport } of own) if (transport !== 'UDP') ports.add(targetPort);
    return ports.size;
  };
}

/** Sorts the proxies of an estate by what they hold. */
export function proxyGroups(config: EffectiveConfig, pods: PodCount, istio: IstioViews, kong: KongViews): ProxyGroup[] {
  const inboundOf = istioInbound(config);
  const numbers = new Map<unknown, number>();
  const numberOf = (thing: unknown): number => {
    const number = numbers.get(thing) ?? numbers.size;
    numbers.set(thing, number);
    return number;
  };
  const sights = new Map<string, Sight>();
  const outbounds = new Map<string, { destinations: readonly Destination[]; counts: Omit<KongCounts, 'inbound'> }>();
  const groups = new Map<string, { -readonly [Key in keyof ProxyGroup]: ProxyGroup[Key] } & { pods: PodGroup[] }>();
  for (const pod of pods.groups) {
    if (!pod.hasProxy || pod.pods === 0) continue;
    const client: Client = { namespace: pod.namespace, labels: pod.labels };
    const [inboundIstio, inboundKong] = [inboundOf(pod), kong.inboundOf(pod)];
    const reach = kong.within(client);
    const scope = `${pod.namespace} ${numberOf(config.scopeOf(client))}`;
    const own = `${pod.namespace} ${reach === undefined ? '' : numberOf(reach)}`;
    const key = `${scope} ${own} ${inboundIstio} ${inboundKong}`;
    const known = groups.get(key);
    if (known !== undefined) {
      known.proxies += pod.pods;
      known.pods.push(pod);
      continue;
    }
    const sight = sights.get(scope) ?? istio.scoped(client);
    sights.set(scope, sight);
    const outbound =
      outbounds.get(own) ??
      (reach === undefined
        ? { destinations: kong.everything, counts: kong.reachingAll(client) }
        : { destinations: [...reach.keys()], counts: kong.reaching(reach.keys(), client, reach) });
    outbounds.set(own, outbound);
    groups.set(key, {
      client,
      proxies: pod.pods,
      istio: { services: sight.services, counts: { ...sight.counts, inbound: inboundIstio } },
      kong: { destinations: outbound.destinations, counts: { ...outbound.counts, inbound: inboundKong } },
      pods: [pod],
    });
  }
  return [...groups.values()];
}

/** How many proxies see each of some things, asked by `name`; lists that many groups share are gone through once. */
function seers<Thing>(
  lists: readonly (readonly [readonly Thing[], number])[],
  name: (thing: Thing) => string,
): ReadonlyMap<string, number> {
  const byList = new Map<readonly Thing[], number>();
  for (const [list, proxies] of lists) byList.set(list, (byList.get(list) ?? 0) + proxies);
  const found = new Map<string, number>();
  for (const [list, proxies] of byList)
    for (const thing of list) {
      const key = name(thing);
      found.set(key, (found.get(key) ?? 0) + proxies);
    }
  return found;
}

/** Proxies of Istio that see a service. */
export function istioSeers(groups: readonly ProxyGroup[]): (service: RegistryService) => number {
  const found = seers(
    groups.map(({ istio, proxies }) => [istio.services, proxies] as const),
    keyOf,
  );
  return (service) => found.get(keyOf(service)) ?? 0;
}

const nameOf = ({ kind, namespace, name, labels }: Destination): string =>
  `${kind}\n${namespace}\n${name === '' ? `pods of ${labels['k8s.kuma.io/service-name']}` : name}`;

/** Proxies of Kong Mesh that reach a destination. */
export function kongSeers(groups: readonly ProxyGroup[]): (destination: Destination) => number {
  const found = seers(
    groups.map(({ kong, proxies }) => [kong.destinations, proxies] as const),
    nameOf,
  );
  return (destination) => found.get(nameOf(destination)) ?? 0;
}
