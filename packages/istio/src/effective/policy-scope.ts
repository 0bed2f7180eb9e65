import { effectiveNamespace, isMap, matchesLabels, type Resource } from '@isthmus/kubernetes';
import { labelsOf, type Workload } from './workloads.ts';

/** The workloads that a policy is for: those of a namespace (of every namespace where it is undefined) with these labels. */
export interface PolicyScope {
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The scope of a policy by its namespace and `spec.selector.matchLabels`. In the root namespace it is the whole mesh
 * (istio-api, security/v1beta1/authorization_policy.proto; verified by running Istio 1.32).
 */
export function scopeOf(resource: Resource, rootNamespace: string): PolicyScope {
  const namespace = effectiveNamespace(resource);
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const selector = isMap(spec.selector) ? spec.selector : {};
  return { namespace: namespace === rootNamespace ? undefined : namespace, labels: labelsOf(selector.matchLabels) };
}

/** Whether a scope holds a workload. */
export function selects({ namespace, labels }: PolicyScope, workload: Pick<Workload, 'namespace' | 'labels'>): boolean {
  return (namespace === undefined || namespace === workload.namespace) && matchesLabels(labels, workload.labels);
}

/** Whether the outer scope holds every workload that the inner one can hold. */
export function contains(outer: PolicyScope, inner: PolicyScope): boolean {
  return (
    (outer.namespace === undefined || outer.namespace === inner.namespace) && matchesLabels(outer.labels, inner.labels)
  );
}

/** Whether a workload can be in both scopes: no namespace and no label contradicts. */
export function overlaps(a: PolicyScope, b: PolicyScope): boolean {
  if (a.namespace !== undefined && b.namespace !== undefined && a.namespace !== b.namespace) return false;
  return Object.entries(a.labels).every(([key, value]) => (b.labels[key] ?? value) === value);
}
