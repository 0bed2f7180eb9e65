import type { Client, RouteTable } from '@isthmus/behavior';
import {
  type CompiledService,
  clientGroups,
  compileService,
  type EffectiveConfig,
  type ProxyChange,
  type RegistryService,
  unknownService,
} from '@isthmus/istio';
import type { KongMeshBehavior, ServiceRef } from '@isthmus/kong-mesh';
import type { Resource } from '@isthmus/kubernetes';
import { type ClientPart, isInPart, partsOf } from './client-parts.ts';
import type { CompareDestinations } from './compare-decisions.ts';
import { compareRoutes, defaultBudget } from './compare-routes.ts';
import { waitsOfMesh } from './compare-waits.ts';
import { connectionsOf } from './connections.ts';
import type { Aspect, Verdict } from './difference.ts';
import { followChanges, isOpenAtServers, type OnTheWay } from './follow-changes.ts';
import type { Budget } from './intersection.ts';
import { type Called, changesOfClients, followedOfClients, proxyChangesOf, withProxyChanges } from './proxy-changes.ts';

/** A service and port, and the clients that are treated alike when they call it. */
export interface Subject {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly clients: ClientPart;
  /** Whether the clients' namespaces are all that there are. */
  readonly everywhere: boolean;
}

/** A verdict on one aspect of a subject. */
export interface Verification extends Subject {
  readonly aspect: Aspect;
  readonly verdict: Verdict;
  /** What changes proxies on the way by more than Istio's own configuration, and was compared. */
  readonly followed: readonly Resource[];
}

export interface VerifyOptions {
  /** DNS suffix of the cluster. */
  readonly clusterDomain: string;
  readonly limits?: Readonly<Budget>;
  /**
   * Told of clients that Istio keeps from knowing a service on a port (Sidecar, exportTo) and of whom the cluster has no workload
   * with just their labels: what such proxies of Kong Mesh would reach nobody has written, so that they are not compared.
   */
  readonly unknowing?: (subject: Subject) => void;
  /** Only services for which it is true; all where absent. */
  readonly only?: (namespace: string, name: string) => boolean;
}

/** The names by which clients of a namespace call a Service of Kubernetes (istio/pilot/pkg/networking/core/httproute.go, 1.32). */
function namesOf(namespace: string, name: string, client: Client, clusterDomain: string): string[] {
  const own = client.namespace === namespace ? [name] : [];
  return [...own, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.${clusterDomain}`];
}

/** Whether requests to a port can be of gRPC: HTTP/1.1 carries none, what is not declared at all may. */
export const carriesGrpc = ({ ports }: RegistryService, port: number): boolean =>
  ports.find((one) => one.port === port)?.protocol !== 'http';

/** The services that can be compared: those of Kubernetes, in the registry's order. */
export const comparable = (config: EffectiveConfig): RegistryService[] =>
  config.registry.all.filter(({ registry }) => registry === 'kubernetes');

/** What Istio does with the requests of a client that does not know the service. */
export const unknownTable = (config: EffectiveConfig, client: Client, port: number): RouteTable => ({
  virtualHosts: [],
  otherwise: unknownService(config, client, port),
});

/** What Kong Mesh does with the requests of a client: what the proxy has no listener for goes on or not as the mesh says. */
export function reachedTable(
  { mesh }: EffectiveConfig,
  after: KongMeshBehavior,
  client: Client,
  service: ServiceRef,
  port: number,
): RouteTable {
  const table = after.routeTable(client, service, port);
  if (table.otherwise.kind !== 'no listener') return table;
  const names = namesOf(service.namespace, service.name, client, mesh.clusterDomain);
  return { ...table, otherwise: after.unlistened(client, { port, names }) };
}

/** What Istio's own configuration does with the requests of a client. */
const tableBefore = ({ config, client, port, compiled }: Called): RouteTable =>
  compiled?.table ?? unknownTable(config, client, port);

/** What changes the proxies of clients that are treated alike. */
interface ChangesOfClients {
  readonly changes: readonly ProxyChange[];
  readonly isFollowed: (change: ProxyChange) => boolean;
}

/** What both meshes do with the requests of a client to a port of a service, and what of Istio's side is not followed. */
export function tablesOf(
  called: Called,
  { changes, isFollowed }: ChangesOfClients,
  after: KongMeshBehavior,
): OnTheWay & { readonly target: RouteTable } {
  const { config, client, service, port, compiled } = called;
  const way = followChanges(called, tableBefore(called), changes, isFollowed);
  const ref = { namespace: service.namespace, name: service.resource.name };
  const target =
    compiled === undefined ? reachedTable(config, after, client, ref, port) : after.routeTable(client, ref, port);
  const waits = waitsOfMesh(way.table.waits, after.listenerSettings(client, ref, port));
  return { ...way, target: waits === undefined ? target : { ...target, waits } };
}

/** Clients of a group on a port, with what Istio makes of it for them. */
interface Asked extends ChangesOfClients {
  readonly clients: ClientPart;
  readonly called: Called;
}

/** The clients of a group that a port treats alike, changes to their proxies counted in. */
function askedBy(config: EffectiveConfig, service: RegistryService, port: number, group: ClientPart): readonly Asked[] {
  const compile = (client: Client): CompiledService | undefined => compileService(config, client, service.host, port);
  const compiled = compile(group.client);
  const called: Called = { config, client: group.client, service, port, compiled };
  const callers = {
    namespaces: group.namespaces,
    labels: Object.assign({}, ...group.meets),
    has: (workload: Client) => isInPart(group, workload),
  };
  const changes = changesOfClients(called, callers);
  const isFollowed = followedOfClients(called, changes);
  // What is open for all of them is not told apart.
  if (changes.length > 0 && isOpenAtServers(called, tableBefore(called)))
    return [{ clients: group, changes, isFollowed: () => false, called }];
  return partsOf(group, changes, proxyChangesOf(config), isFollowed).map((part) => {
    const { client } = part.clients;
    const own = client === group.client ? called : { ...called, client, compiled: compile(client) };
    return { ...part, isFollowed, called: own };
  });
}

/** Compares what both meshes do with the requests to one service; see `verifyEstate`. */
export function* verifyService(
  config: EffectiveConfig,
  after: KongMeshBehavior,
  service: RegistryService,
  { clusterDomain, limits = defaultBudget, unknowing = () => {} }: Omit<VerifyOptions, 'only'>,
): Generator<Verification> {
  const { namespace, host } = service;
  const { name } = service.resource;
  const groups = clientGroups(config, host);
  const all = new Set(groups.flatMap(({ namespaces }) => namespaces)).size;
  for (const group of groups) {
    const known = new Map<Client, Map<string, CompareDestinations>>();
    const destinationsFor = (client: Client, changes: readonly ProxyChange[]): CompareDestinations => {
      const ofClient = known.get(client) ?? new Map<string, CompareDestinations>();
      known.set(client, ofClient);
      const key = changes.map(({ words }) => words).join();
      const found = ofClient.get(key) ?? connectionsOf(config, after, client, changes);
      ofClient.set(key, found);
      return found;
    };
    for (const { port, protocol } of service.ports) {
      if (protocol === 'udp') continue;
      for (const asked of askedBy(config, service, port, group)) {
        const { clients, called } = asked;
        const { client, compiled } = called;
        const everywhere = clients.namespaces.length === all;
        if (compiled === undefined && service.resolution === 'alias') continue;
        if (compiled === undefined && !after.hasWorkload(client)) {
          unknowing({ namespace, name, port, clients, everywhere });
          continue;
        }
        const { table, target, followed, unfollowed } = tablesOf(called, asked, after);
        const limiting = unfollowed('limits');
        const verdicts = compareRoutes(table, target, namesOf(namespace, name, client, clusterDomain), {
          limits,
          destinations: destinationsFor(client, followed),
          grpc: carriesGrpc(service, port),
          limited: limiting.length > 0,
        });
        for (const aspect of ['routing', 'resilience'] as const) {
          const verdict = withProxyChanges(
            verdicts[aspect],
            unfollowed(aspect),
            aspect === 'resilience' ? limiting : [],
          );
          const resources = followed.map(({ resource }) => resource);
          yield { namespace, name, port, clients, everywhere, aspect, verdict, followed: resources };
        }
      }
    }
  }
}

/**
 * Compares what both meshes do with the requests that clients send to the Services of an estate under the Services' own names,
 * for each port and each group of clients, group by group so that a caller can stop or report progress.
 */
export function* verifyEstate(
  config: EffectiveConfig,
  after: KongMeshBehavior,
  { only = () => true, ...options }: VerifyOptions,
): Generator<Verification> {
  for (const service of comparable(config))
    if (only(service.namespace, service.resource.name)) yield* verifyService(config, after, service, options);
}
