import type { TargetVersion } from '@isthmus/kong-mesh';
import { istioBytes, kongBytes } from './formulas.ts';
import type { ProxyGroup } from './population.ts';

/** What a kind of change sets in motion. */
export interface Change {
  readonly mesh: 'istio' | 'kong';
  readonly change: string;
  /** Proxies that something is sent to, for a service in the mean, … */
  readonly proxies: number;
  /** … and for the one that most proxies know. */
  readonly most: number;
  /** Proxies whose configuration the control plane makes anew. */
  readonly regenerated: number;
  /** Bytes that one of them gets, in the mean. */
  readonly bytes: number;
  readonly sent: string;
}

interface Population {
  readonly groups: readonly ProxyGroup[];
  readonly proxies: number;
  /** Proxies that know a service: in the mean, and of the best known one. */
  readonly istio: { readonly mean: number; readonly most: number };
  readonly kong: { readonly mean: number; readonly most: number };
  /** Proxies of a namespace, in the mean and at most. */
  readonly namespace: { readonly mean: number; readonly most: number };
  readonly version: TargetVersion;
  readonly mtls: boolean;
}

const mean = (groups: readonly ProxyGroup[], of: (group: ProxyGroup) => number): number => {
  const proxies = groups.reduce((sum, group) => sum + group.proxies, 0);
  return proxies === 0 ? 0 : groups.reduce((sum, group) => sum + group.proxies * of(group), 0) / proxies;
};

/** Four clusters that Istio sends with every change of clusters. */
const constantClusters = 1400;

/** Who gets what in Istio, as it was seen on streams of a 1.32 control plane (edge.md 5.2). */
function ofIstio({ groups, istio, namespace }: Population): Change[] {
  const listeners = mean(groups, (group) => istioBytes(group.istio.counts).listeners);
  // The whole route configuration of a port is sent, of which there are as many as ports.
  const routes = mean(groups, ({ istio: { counts } }) => istioBytes(counts).routes / Math.max(1, counts.httpPorts));
  const perService = (of: (group: ProxyGroup) => number): number =>
    mean(groups, (group) => of(group) / Math.max(1, group.istio.services.length));
  const clusters = perService(({ istio: { counts } }) => istioBytes(counts).clusters - 990);
  const endpoints = perService(({ istio: { counts } }) => istioBytes(counts).endpoints);
  const known = (bytes: number) => ({
    mesh: 'istio' as const,
    proxies: istio.mean,
    most: istio.most,
    regenerated: istio.mean,
    bytes,
  });
  const local = {
    mesh: 'istio' as const,
    proxies: namespace.mean,
    most: namespace.most,
    regenerated: namespace.mean,
    bytes: listeners,
  };
  return [
    { ...known(endpoints), change: 'Endpoints of a service', sent: 'its assignments, one for each subset too' },
    {
      ...known(routes + listeners + constantClusters),
      change: 'VirtualService of a service',
      sent: 'the whole route configuration of the port, all listeners, four clusters',
    },
    {
      ...known(clusters + constantClusters + endpoints + listeners + routes),
      change: 'DestinationRule or Service, a new one too',
      sent: 'its clusters and endpoints, all listeners, the whole route configuration of the port',
    },
    { ...local, change: 'AuthorizationPolicy or Telemetry of a namespace', sent: 'all listeners' },
  ];
}

/**
 * Who gets what in Kong Mesh, as it was seen on streams of a 2.14 control plane (edge.md 5.3). Every proxy is made anew within
 * a second of any change. Before 3.0 a stream sends whole types unless KUMA_EXPERIMENTAL_DELTA_XDS is set.
 */
function ofKong({ groups, proxies, kong, version, mtls, namespace }: Population): Change[] {
  const isDelta = version === '3.0';
  const all = (type: 'clusters' | 'listeners' | 'endpoints'): number =>
    mean(groups, (group) => kongBytes(group.kong.counts, mtls)[type]);
  const perDestination = (of: (group: ProxyGroup) => number): number =>
    mean(groups, (group) => of(group) / Math.max(1, group.kong.counts.destinations));
  const one = {
    clusters: mtls ? 544 : 236,
    listeners: 855 + perDestination(({ kong: { counts } }) => 195 * counts.extraRoutes),
    endpoints: perDestination(({ kong: { counts } }) => 970 * counts.endpoints),
  };
  const size = (type: 'clusters' | 'listeners' | 'endpoints'): number => (isDelta ? one[type] : all(type));
  const known = (bytes: number) => ({
    mesh: 'kong' as const,
    proxies: kong.mean,
    most: kong.most,
    regenerated: proxies,
    bytes,
  });
  const inbound = mean(groups, (group) => 890 * group.kong.counts.inbound);
  return [
    {
      ...known(size('endpoints')),
      change: 'Endpoints of a destination',
      sent: isDelta ? 'one assignment' : 'all assignments',
    },
    {
      ...known(size('listeners')),
      change: 'MeshHTTPRoute or MeshTimeout of a destination',
      sent: isDelta ? 'one listener' : 'all listeners, which hold the routes',
    },
    {
      ...known(size('clusters') + size('endpoints') + size('listeners')),
      change: 'New destination',
      sent: isDelta ? 'one cluster, assignment and listener' : 'all clusters, assignments and listeners',
    },
    {
      mesh: 'kong',
      change: 'MeshTrafficPermission for the pods of a namespace',
      proxies: namespace.mean,
      most: namespace.most,
      regenerated: proxies,
      bytes: isDelta ? inbound : all('listeners'),
      sent: isDelta ? 'the inbound listeners' : 'all listeners',
    },
  ];
}

/** What kinds of changes set in motion, in whole proxies and bytes. */
export const changesOf = (population: Population): Change[] =>
  [...ofIstio(population), ...ofKong(population)].map((change) => ({
    ...change,
    proxies: Math.round(change.proxies * 10) / 10,
    regenerated: Math.round(change.regenerated * 10) / 10,
    bytes: population.proxies === 0 ? 0 : Math.round(change.bytes),
  }));
