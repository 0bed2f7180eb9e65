import type { Client, ClusterSettings, Destination } from '@isthmus/behavior';
import { type EffectiveConfig, type ProxyChange, settingsOf } from '@isthmus/istio';
import type { DestinationKind, KongMeshBehavior } from '@isthmus/kong-mesh';
import { compareConnections, compareOrigination } from './compare-connections.ts';
import {
  type CompareDestinations,
  type Compared,
  type ComparedConnections,
  nothing,
  pairOf,
} from './compare-decisions.ts';
import { patchedCluster } from './patched-cluster.ts';

const kinds: readonly DestinationKind[] = ['MeshService', 'MeshExternalService', 'MeshMultiZoneService'];

function settingsAfter(after: KongMeshBehavior, client: Client, { host, port }: Destination) {
  // The name of a destination may hold dots, its namespace may not.
  const dot = host.lastIndexOf('.');
  const ref = { name: host.slice(0, Math.max(dot, 0)), namespace: host.slice(dot + 1) };
  for (const kind of kinds) {
    const settings = after.clusterSettings(client, { ...ref, kind }, port);
    if (settings !== undefined) return settings;
  }
  return undefined;
}

const isHashed = ({ lbPolicy }: ClusterSettings): boolean => lbPolicy === 'RING_HASH' || lbPolicy === 'MAGLEV';

/**
 * Compares the connections of a client to destinations as both meshes set them up; each pair is looked at once.
 * @param changes what is followed of the changes to the client's proxy
 */
export function connectionsOf(
  config: EffectiveConfig,
  after: KongMeshBehavior,
  client: Client,
  changes: readonly ProxyChange[],
): CompareDestinations {
  const known = new Map<string, ComparedConnections>();
  return (destination, other) => {
    const key = pairOf(destination, other);
    const before = known.get(key);
    if (before !== undefined) return before;
    const service = config.scopeOf(client).service(destination.host);
    const port = service?.ports.find((one) => one.port === destination.port);
    const rule = config.destinationRule(client, destination.host);
    const subset = rule?.subsets.find((one) => one.name === destination.subset);
    const settings = settingsAfter(after, client, other);
    const own =
      service && port && patchedCluster(settingsOf(config, { service, port, rule, subset }), destination, changes);
    const inMesh = other.endpoints.kind === 'workloads' && own !== undefined ? compareOrigination(own) : [];
    const { differences, undecided }: Compared =
      own === undefined || settings === undefined ? nothing : compareConnections(own, settings);
    const isHashless = own !== undefined && settings !== undefined && !isHashed(own) && !isHashed(settings);
    const compared: ComparedConnections = {
      differences: [...inMesh, ...differences],
      undecided,
      ...(isHashless ? { hashless: true } : {}),
    };
    known.set(key, compared);
    return compared;
  };
}

/** Compares, of the connections of a gateway to destinations, only whether the servers get TLS of their own. */
export const originationsOf =
  (config: EffectiveConfig, client: Client): CompareDestinations =>
  (destination, other) => {
    const service = config.registry.withHost(destination.host).find(({ registry }) => registry === 'kubernetes');
    const port = service?.ports.find((one) => one.port === destination.port);
    if (service === undefined || port === undefined || other.endpoints.kind !== 'workloads') return nothing;
    const rule = config.destinationRules.find(client, service);
    const subset = rule?.subsets.find((one) => one.name === destination.subset);
    return { differences: compareOrigination(settingsOf(config, { service, port, rule, subset })), undecided: [] };
  };
