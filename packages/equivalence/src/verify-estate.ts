import type { Client, RouteTable } from '@isthmus/behavior';
import {
  type ClientGroup,
  clientGroups,
  compileService,
  type EffectiveConfig,
  type RegistryService,
  unknownService,
} from '@isthmus/istio';
import type { KongMeshBehavior, ServiceRef } from '@isthmus/kong-mesh';
import { compareRoutes, defaultBudget } from './compare-routes.ts';
import { connectionsOf } from './connections.ts';
import type { Aspect, Verdict } from './difference.ts';
import type { Budget } from './intersection.ts';
import { callersIn, changesOnTheWay, withProxyChanges } from './proxy-changes.ts';

/** A service and port, and the clients that are treated alike when they call it. */
export interface Subject {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly clients: ClientGroup;
  /** Whether the clients' namespaces are all that there are. */
  readonly everywhere: boolean;
}

/** A verdict on one aspect of a subject. */
export interface Verification extends Subject {
  readonly aspect: Aspect;
  readonly verdict: Verdict;
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
  const names = namesOf(service.namespace, service.name, client, mesh.clusterDomain);
  return table.otherwise.kind === 'no listener'
    ? { ...table, otherwise: after.unlistened(client, { port, names }) }
    : table;
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
  for (const clients of groups) {
    const { client, namespaces } = clients;
    const everywhere = namespaces.length === all;
    const destinations = connectionsOf(config, after, client);
    const callers = callersIn(clients);
    for (const { port, protocol } of service.ports) {
      if (protocol === 'udp') continue;
      const known = compileService(config, client, host, port);
      if (known === undefined && service.resolution === 'alias') continue;
      if (known === undefined && !after.hasWorkload(client)) {
        unknowing({ namespace, name, port, clients, everywhere });
        continue;
      }
      const before = known ?? { table: unknownTable(config, client, port) };
      const table =
        known === undefined
          ? reachedTable(config, after, client, { namespace, name }, port)
          : after.routeTable(client, { namespace, name }, port);
      const names = namesOf(namespace, name, client, clusterDomain);
      const grpc = carriesGrpc(service, port);
      const changes = changesOnTheWay({ config, client, callers, service, port, compiled: known });
      const limiting = changes('limits');
      const limited = limiting.length > 0;
      const verdicts = compareRoutes(before.table, table, names, { limits, destinations, grpc, limited });
      for (const aspect of ['routing', 'resilience'] as const) {
        const verdict = withProxyChanges(verdicts[aspect], changes(aspect), aspect === 'resilience' ? limiting : []);
        yield { namespace, name, port, clients, everywhere, aspect, verdict };
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
