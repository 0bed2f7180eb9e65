import type { ClusterShape, Estate } from '@isthmus/istio';
import { dnsLabel } from './names.ts';

/** Where a resource is to be applied: the global control plane, or that of a zone. Of one cluster nothing is said. */
export type Place = { readonly kind: 'global' } | { readonly kind: 'zone'; readonly zone: string };

/** A cluster of an import that holds several, as the zone that it becomes. */
export interface Zone {
  readonly zone: string;
  readonly cluster: ClusterShape;
  /** What is translated for it. */
  readonly estate: Estate;
}

/** Names of zones for clusters, in order; a name that two clusters would get is numbered. */
export function zoneNames(clusters: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const cluster of clusters) {
    let name = dnsLabel(cluster);
    for (let again = 2; taken.has(name); again++) name = dnsLabel(`${cluster}-${again}`);
    taken.add(name);
    names.set(cluster, name);
  }
  return names;
}
