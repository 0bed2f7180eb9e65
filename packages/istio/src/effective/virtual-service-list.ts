import { createHostMap, everyMatch, type HostMap, partFor, wildcardsOver } from './host.ts';
import type { EffectiveVirtualService } from './virtual-service.ts';

/** VirtualServices in the order in which they compete. */
export interface VirtualServiceList {
  readonly all: readonly EffectiveVirtualService[];
  /** Those with a host that is this one or a wildcard over it, in the list's order. The host is no wildcard. */
  matching(host: string): readonly EffectiveVirtualService[];
  /**
   * The first of those with the host itself, else with the longest wildcard over it: a wildcard of another VirtualService has
   * no say about the host (istio/pilot/pkg/model/sidecar.go computeWildcardHostVirtualServiceIndex, 1.32).
   */
  mostSpecific(host: string): EffectiveVirtualService | undefined;
  /** Some of the list, in its order. */
  inOrder(some: ReadonlySet<EffectiveVirtualService>): EffectiveVirtualService[];
}

interface Layer {
  readonly all: readonly EffectiveVirtualService[];
  readonly rank: ReadonlyMap<EffectiveVirtualService, number>;
  /** Lower case, as routes are looked up. */
  readonly byHost: HostMap<EffectiveVirtualService[]>;
  /** As written, as the most specific one is looked up. */
  readonly first: HostMap<EffectiveVirtualService>;
}

function layerOf(all: readonly EffectiveVirtualService[]): Layer {
  const byHost = createHostMap<EffectiveVirtualService[]>();
  const first = createHostMap<EffectiveVirtualService>();
  for (const virtualService of all)
    for (const { host } of virtualService.hosts) {
      const firsts = partFor(first, host);
      if (!firsts.has(host)) firsts.set(host, virtualService);
      const lower = host.toLowerCase();
      const lists = partFor(byHost, lower);
      const list = lists.get(lower);
      if (list === undefined) lists.set(lower, [virtualService]);
      else if (list.at(-1) !== virtualService) list.push(virtualService);
    }
  return { all, byHost, first, rank: new Map(all.map((virtualService, index) => [virtualService, index])) };
}

const none: readonly EffectiveVirtualService[] = [];

/** The list that these layers make one after the other; a VirtualService of two layers counts in the first. */
function listOf(layers: readonly Layer[]): VirtualServiceList {
  let all: readonly EffectiveVirtualService[] | undefined;
  const inOrder = (some: ReadonlySet<EffectiveVirtualService>): EffectiveVirtualService[] => {
    if (some.size < 2) return [...some];
    const found = new Set<EffectiveVirtualService>();
    for (const { rank } of layers) {
      const own = [...some].filter((virtualService) => rank.has(virtualService));
      own.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
      for (const virtualService of own) found.add(virtualService);
    }
    return [...found];
  };
  return {
    get all() {
      all ??= layers.length === 1 ? (layers[0] as Layer).all : [...new Set(layers.flatMap((layer) => layer.all))];
      return all;
    },
    inOrder,
    matching(host) {
      const lower = host.toLowerCase();
      const [first] = layers;
      // Most estates have no wildcards, and nothing that one namespace alone sees.
      if (layers.length === 1 && first?.byHost.wildcard.size === 0) return first.byHost.exact.get(lower) ?? none;
      const lists = layers.flatMap(({ byHost }) => everyMatch(byHost, lower));
      // That of one host is in order already.
      return lists.length < 2 ? (lists[0] ?? none) : inOrder(new Set(lists.flat()));
    },
    mostSpecific(host) {
      for (const { first } of layers) {
        const own = partFor(first, host).get(host);
        if (own !== undefined) return own;
      }
      for (const wildcard of wildcardsOver(host))
        for (const { first } of layers) {
          const own = first.wildcard.get(wildcard);
          if (own !== undefined) return own;
        }
      return undefined;
    },
  };
}

/**
 * A list of VirtualServices that are in order already.
 * @returns the list, and what makes lists of it in which a namespace's own ones stand in front
 */
export function listVirtualServices(all: readonly EffectiveVirtualService[]): {
  list: VirtualServiceList;
  behind(others: readonly EffectiveVirtualService[]): VirtualServiceList;
} {
  const layer = layerOf(all);
  return { list: listOf([layer]), behind: (others) => listOf([layerOf(others), layer]) };
}
