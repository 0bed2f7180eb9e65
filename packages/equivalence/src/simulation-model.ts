import type { Client, Destination, Request, RouteTable } from '@isthmus/behavior';
import { compileService, type EffectiveConfig, pathNormalization } from '@isthmus/istio';
import type { KongMeshBehavior, ServiceRef } from '@isthmus/kong-mesh';
import { type CompareDestinations, type ComparedConnections, haveSameEndpoints, pairOf } from './compare-decisions.ts';
import { connectionsOf } from './connections.ts';
import type { Difference } from './difference.ts';
import { changesOfClients, followedOfClients, notFollowed } from './proxy-changes.ts';
import { carriesGrpc, tablesOf } from './verify-estate.ts';

/** A port of a service, and who sends requests to it. */
export interface SimulatedSubject {
  readonly client: Client;
  readonly service: ServiceRef;
  readonly port: number;
}

/** A request to a port of a service, and who sends it. */
export interface SimulatedRequest extends SimulatedSubject {
  readonly request: Request;
}

/**
 * What both meshes were compiled to for one client and one port, and all else that deciding a request takes. Plain data: as
 * JSON it decides the same requests the same way wherever it is brought.
 */
export interface SimulationModel {
  readonly before: RouteTable;
  readonly after: RouteTable;
  /** The setting of Istio's mesh (`normalizedPath`); absent where it has none. */
  readonly pathNormalization?: string;
  /** Whether requests can be of gRPC; a list: those to these destinations. */
  readonly grpc: boolean | readonly string[];
  /** What there is to say of the connections to destinations that are the same, by `pairOf`; nothing where absent. */
  readonly connections: Readonly<Record<string, ComparedConnections>>;
  /** What no request tells. */
  readonly undecided: readonly string[];
  /** Of a gateway: requests come over TLS, and Kong Gateway merges slashes before it looks at paths. */
  readonly scheme?: 'https';
  readonly mergesSlashes?: true;
  /** Of resilience only these are compared; all where absent. */
  readonly only?: readonly Difference['what'][];
}

/** Why there is nothing to simulate. */
export interface NothingToSimulate {
  readonly reason: 'no such service' | 'no such port';
  /** Ports that the service has. */
  readonly ports: readonly number[];
}

const unknown =
  'Istio keeps this client from knowing the service (Sidecar, exportTo, discoverySelectors); no workload of the import has just its labels, so that nobody has written what it reaches in Kong Mesh';

function destinationsOf({ virtualHosts, otherwise }: RouteTable): Destination[] {
  const decisions = [otherwise, ...virtualHosts.flatMap(({ routes }) => routes.map(({ decision }) => decision))];
  const all = decisions.flatMap((decision) =>
    decision.kind === 'forward' ? decision.destinations.map(({ destination }) => destination) : [],
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** What there is to say about the connections to each destination that both tables have. */
export function connectionsBetween(
  before: RouteTable,
  after: RouteTable,
  compare: CompareDestinations,
): Record<string, ComparedConnections> {
  const others = destinationsOf(after);
  const connections: Record<string, ComparedConnections> = {};
  for (const destination of destinationsOf(before))
    for (const other of others) {
      if (!haveSameEndpoints(destination, other)) continue;
      const compared = compare(destination, other);
      if (compared.differences.length + compared.undecided.length > 0 || compared.hashless === true)
        connections[pairOf(destination, other)] = compared;
    }
  return connections;
}

/**
 * Compiles both meshes for one client and one port of a Service of Kubernetes. A client that Istio's configuration keeps from
 * knowing the service is treated as one that calls an unknown host.
 */
export function simulationModel(
  config: EffectiveConfig,
  after: KongMeshBehavior,
  { client, service, port }: SimulatedSubject,
): SimulationModel | NothingToSimulate {
  const registered = [...config.registry.all, ...config.leftOut].find(
    ({ registry, namespace, resource }) =>
      registry === 'kubernetes' && namespace === service.namespace && resource.name === service.name,
  );
  if (registered === undefined) return { reason: 'no such service', ports: [] };
  const ports = registered.ports.map((one) => one.port);
  if (!ports.includes(port)) return { reason: 'no such port', ports };
  const compiled = compileService(config, client, registered.host, port);
  const called = { config, client, service: registered, port, compiled };
  const changes = changesOfClients(called, {
    namespaces: [client.namespace],
    labels: client.labels,
    isWhole: true,
  });
  const asked = { changes, isFollowed: followedOfClients(called, changes) };
  const { table, target, followed, unfollowed } = tablesOf(called, asked, after);
  const setting = pathNormalization(config.mesh);
  const open = [...new Set([...unfollowed('routing'), ...unfollowed('resilience')])];
  const changed = open.length === 0 ? [] : [`${notFollowed(open)}.`];
  return {
    before: table,
    after: target,
    ...(setting === undefined ? {} : { pathNormalization: setting }),
    grpc: carriesGrpc(registered, port),
    connections: connectionsBetween(table, target, connectionsOf(config, after, client, followed)),
    undecided:
      compiled === undefined && registered.resolution !== 'alias' && !after.hasWorkload(client)
        ? [unknown, ...changed]
        : changed,
  };
}
