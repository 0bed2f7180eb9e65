import { isMap, type Resource } from '@isthmus/kubernetes';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** When an object was created, as far as the manifest says; what it does not say sorts last. */
function age({ object }: Resource): string {
  const metadata = object.metadata;
  return (isMap(metadata) ? text(metadata.creationTimestamp) : '') || '~';
}

/** Istio's order of objects: by creation time, then name and namespace (istio/pilot/pkg/model/config.go sortConfigByCreationTime, 1.32). */
export function byAge(a: Resource, b: Resource): number {
  const [left, right] = [a, b].map((one) => `${age(one)} ${one.name}.${one.namespace}`) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether manifests tell which of two objects is older. */
export function agesKnown(a: Resource, b: Resource): boolean {
  return age(a) !== '~' && age(b) !== '~';
}
