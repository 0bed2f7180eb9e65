import type { Resource } from '@isthmus/kubernetes';
import { type Estate, ofKind } from '../estate.ts';
import { compareCreation } from './creation-order.ts';
import { mergeDelegates } from './delegate.ts';
import { isDerived } from './derived.ts';
import type { MeshSettings } from './mesh-settings.ts';
import { type EffectiveVirtualService, readVirtualService } from './virtual-service.ts';
import { listVirtualServices, type VirtualServiceList } from './virtual-service-list.ts';

/** All VirtualServices of an estate, by who sees them. */
export interface VirtualServiceIndex {
  /** Those with hosts, the oldest first. */
  readonly all: readonly EffectiveVirtualService[];
  /** Those for sidecars with exactly this host (lower case), the oldest first. */
  withHost(host: string): readonly EffectiveVirtualService[];
  /** Those without hosts, as written: they count where another delegates to them. */
  readonly delegates: readonly EffectiveVirtualService[];
  /**
   * What a namespace sees: its private ones, those exported to it, those of its own that come of routes of the Gateway API,
   * the public ones; each part the oldest first.
   */
  visibleFrom(namespace: string): VirtualServiceList;
}

const add = <V>(map: Map<string, V[]>, key: string, value: V): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

/**
 * Reads, merges and sorts the VirtualServices of an estate; only those that concern sidecars are visible anywhere
 * (istio/pilot/pkg/model/push_context.go initVirtualServices, VirtualServicesForGateway, 1.32).
 * @param derived those that Istio makes of routes of the Gateway API
 */
export function indexVirtualServices(
  estate: Estate,
  mesh: MeshSettings,
  derived: readonly Resource[] = [],
): VirtualServiceIndex {
  const read = ofKind(estate.istio, 'VirtualService')
    .filter(({ group }) => group === 'networking.istio.io')
    .concat(derived)
    .sort(compareCreation)
    .map((resource) => readVirtualService(resource, mesh));
  const delegates = new Map(
    read
      .filter(({ hosts }) => hosts.length === 0)
      .map((delegate) => [`${delegate.namespace}/${delegate.resource.name}`, delegate]),
  );
  const all = read
    .filter(({ hosts }) => hosts.length > 0)
    .map((root) => mergeDelegates(root, (namespace, name) => delegates.get(`${namespace}/${name}`), mesh));
  const everybody: EffectiveVirtualService[] = [];
  const own = new Map<string, EffectiveVirtualService[]>();
  const exported = new Map<string, EffectiveVirtualService[]>();
  const routes = new Map<string, EffectiveVirtualService[]>();
  for (const virtualService of all) {
    if (!virtualService.inMesh) continue;
    const { exportTo, namespace } = virtualService;
    if (isDerived(virtualService.resource) && (exportTo.has('*') || exportTo.has(namespace)))
      add(routes, namespace, virtualService);
    if (exportTo.has('*')) everybody.push(virtualService);
    else if (!exportTo.has('~'))
      for (const client of exportTo)
        if (client !== namespace) add(exported, client, virtualService);
        else if (!isDerived(virtualService.resource)) add(own, client, virtualService);
  }
  const shared = listVirtualServices(everybody);
  const lists = new Map<string, VirtualServiceList>();
  for (const namespace of new Set([...own.keys(), ...exported.keys(), ...routes.keys()]))
    lists.set(namespace, shared.behind([own, exported, routes].flatMap((part) => part.get(namespace) ?? [])));
  const byHost = new Map<string, EffectiveVirtualService[]>();
  for (const virtualService of all)
    if (virtualService.inMesh)
      for (const host of new Set(virtualService.hosts.map((field) => field.host.toLowerCase())))
        add(byHost, host, virtualService);
  return {
    all,
    withHost: (host) => byHost.get(host) ?? [],
    delegates: [...delegates.values()],
    visibleFrom: (namespace) => lists.get(namespace) ?? shared.list,
  };
}
