import { effectiveNamespace, isMap, type Resource } from '@isthmus/kubernetes';

/** When the API server created a resource; undefined in manifests that never were in a cluster. Milliseconds since 1970. */
export function createdAt(resource: Resource): number | undefined {
  const { metadata } = resource.object;
  const text = isMap(metadata) ? metadata.creationTimestamp : undefined;
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Istio's order of resources that compete: the oldest first, then by name and namespace
 * (istio/pilot/pkg/model/config.go configCompareByCreationTime, 1.32). Resources without a time come first, as in Istio, so
 * that an import without times is ordered by name: a guess, which `isOrderGuessed` tells.
 */
export function compareCreation(a: Resource, b: Resource): number {
  return (
    (createdAt(a) ?? 0) - (createdAt(b) ?? 0) ||
    byCodeUnit(a.name, b.name) ||
    byCodeUnit(effectiveNamespace(a), effectiveNamespace(b))
  );
}

/** Whether the order of these resources is a guess: several, and one of them does not say when it was created. */
export function isOrderGuessed(resources: readonly Resource[]): boolean {
  return resources.length > 1 && resources.some((resource) => createdAt(resource) === undefined);
}
