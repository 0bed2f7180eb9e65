import { identityKey, type Resource } from '@isthmus/kubernetes';
import type { Estate } from './estate.ts';

/** The names of the clusters that an import holds, sorted; none where nothing says of which cluster it is. */
export function clusterNames({ istio, context }: Pick<Estate, 'istio' | 'context'>): string[] {
  const names = new Set<string>();
  for (const { source } of [...istio, ...context]) if (source.cluster !== undefined) names.add(source.cluster);
  return [...names].sort();
}

/** Of the resources those of one cluster; what no cluster has for its own belongs to each, unless that has it itself. */
function ofCluster(resources: readonly Resource[], cluster: string): Resource[] {
  const own = new Set<string>();
  for (const resource of resources) if (resource.source.cluster === cluster) own.add(identityKey(resource));
  return resources.filter(
    (resource) =>
      resource.source.cluster === cluster || (resource.source.cluster === undefined && !own.has(identityKey(resource))),
  );
}

/** What one cluster of an import holds, together with what is of no cluster. */
export function estateOf(estate: Estate, cluster: string): Estate {
  const { unread, ...rest } = estate;
  const missing = unread?.filter((one) => one.cluster === cluster) ?? [];
  return {
    ...rest,
    istio: ofCluster(estate.istio, cluster),
    context: ofCluster(estate.context, cluster),
    superseded: estate.superseded.filter(({ loser: { source } }) => (source.cluster ?? cluster) === cluster),
    ...(missing.length === 0 ? {} : { unread: missing }),
  };
}

// What runs in a cluster is its own: two clusters of one mesh each have their part of a service's pods.
const ofOneCluster = new Set([
  'Pod',
  'Node',
  'ReplicationController',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'Rollout',
  'Endpoints',
  'EndpointSlice',
  'Secret',
  'ServiceAccount',
]);

function merged(resources: readonly Resource[]): Resource[] {
  const byKey = new Map<string, Resource>();
  for (const resource of resources) {
    const { cluster } = resource.source;
    const key = identityKey(resource);
    byKey.set(ofOneCluster.has(resource.kind) && cluster !== undefined ? `${cluster}\n${key}` : key, resource);
  }
  return [...byKey.values()];
}

/**
 * An import of several clusters as one mesh, as Istio merges it: Services and configuration of one name once, whatever runs
 * in each cluster as it is. Of versions that differ between clusters the last is taken.
 */
export function mergedEstate(estate: Estate): Estate {
  if (clusterNames(estate).length < 2) return estate;
  return { ...estate, istio: merged(estate.istio), context: merged(estate.context) };
}
