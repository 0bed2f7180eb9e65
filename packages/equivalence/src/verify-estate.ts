import type { Client, Destination, RouteTable } from '@isthmus/behavior';
import { type ClientGroup, clientGroups, compileService, type EffectiveConfig, settingsOf } from '@isthmus/istio';
import type { KongMeshBehavior } from '@isthmus/kong-mesh';
import { compareConnections } from './compare-connections.ts';
import { compareRoutes, defaultBudget } from './compare-routes.ts';
import type { Aspect, Difference, Verdict } from './difference.ts';
import type { Budget } from './intersection.ts';

/** A service and port, and the clients that are treated alike when they call it. */
export interface Subject {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly clients: ClientGroup;
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
  /** Only services for which it is true; all where absent. */
  readonly only?: (namespace: string, name: string) => boolean;
}

/** The names by which clients of a namespace call a Service of Kubernetes (istio/pilot/pkg/networking/core/httproute.go, 1.32). */
function namesOf(namespace: string, name: string, client: Client, clusterDomain: string): string[] {
  const own = client.namespace === namespace ? [name] : [];
  return [...own, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.${clusterDomain}`];
}

/** Compares the connections to one destination as both meshes set them up; each pair is looked at once for a client. */
function connectionsOf(
  config: EffectiveConfig,
  after: KongMeshBehavior,
  client: Client,
): (before: Destination, other: Destination) => readonly Difference[] {
  const known = new Map<string, readonly Difference[]>();
  return (destination, other) => {
    const key = JSON.stringify([destination.host, destination.subset, destination.port, other.host, other.port]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const service = config.scopeOf(client).service(destination.host);
    const port = service?.ports.find((one) => one.port === destination.port);
    const rule = config.destinationRule(client, destination.host);
    const subset = rule?.subsets.find((one) => one.name === destination.subset);
    const [name = '', namespace = ''] = other.host.split('.');
    const settings = after.clusterSettings(client, { namespace, name }, other.port);
    const differences =
      service === undefined || port === undefined || settings === undefined
        ? []
        : compareConnections(settingsOf(config, { service, port, rule, subset }), settings);
    known.set(key, differences);
    return differences;
  };
}

/**
 * Compares what both meshes do with the requests that clients send to the Services of an estate under the Services' own names,
 * for each port and each group of clients, group by group so that a caller can stop or report progress.
 */
export function* verifyEstate(
  config: EffectiveConfig,
  after: KongMeshBehavior,
  { clusterDomain, limits = defaultBudget, only = () => true }: VerifyOptions,
): Generator<Verification> {
  for (const service of config.registry.all) {
    if (service.registry !== 'kubernetes') continue;
    const { namespace, host } = service;
    const { name } = service.resource;
    if (!only(namespace, name)) continue;
    for (const clients of clientGroups(config, host)) {
      const { client } = clients;
      const destinations = connectionsOf(config, after, client);
      for (const { port, protocol } of service.ports) {
        if (protocol === 'udp') continue;
        const before = compileService(config, client, host, port);
        if (before === undefined) continue;
        const table: RouteTable = after.routeTable(client, { namespace, name }, port);
        const names = namesOf(namespace, name, client, clusterDomain);
        // HTTP/1.1 carries no gRPC; what is not declared at all may.
        const grpc = protocol !== 'http';
        const verdicts = compareRoutes(before.table, table, names, { limits, destinations, grpc });
        for (const aspect of ['routing', 'resilience'] as const)
          yield { namespace, name, port, clients, aspect, verdict: verdicts[aspect] };
      }
    }
  }
}
