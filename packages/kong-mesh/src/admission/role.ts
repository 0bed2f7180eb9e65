import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';

/** Who a policy speaks for, as the label `kuma.io/policy-role` says; it decides whom the policy applies to. */
export type PolicyRole = 'system' | 'producer' | 'consumer' | 'workload-owner';

/** A role, or why admission gives none. */
export type RoleFinding = { readonly role: PolicyRole } | { readonly role: undefined; readonly refusal: string };

const displayName = 'kuma.io/display-name';
const kubernetesNamespace = 'k8s.kuma.io/namespace';

const filled = (value: Json | undefined): boolean => typeof value === 'string' && value !== '';

function isProducerItem(item: Json, namespace: string, version: TargetVersion): boolean {
  const ref = isMap(item) && isMap(item.targetRef) ? item.targetRef : {};
  if (ref.kind !== 'MeshService' && ref.kind !== 'MeshHTTPRoute') return false;
  if (version !== '3.0') return filled(ref.name) && (!filled(ref.namespace) || ref.namespace === namespace);
  const labels = isMap(ref.labels) ? ref.labels : {};
  return (
    filled(labels[displayName]) &&
    Object.keys(labels).every((key) => key === displayName || key === kubernetesNamespace) &&
    (!filled(labels[kubernetesNamespace]) || labels[kubernetesNamespace] === namespace)
  );
}

/**
 * The role that Kuma computes for a policy (kuma, pkg/core/resources/labels/compute.go `ComputePolicyRole`, in 2.13
 * pkg/core/resources/model/resource.go). `from` and `to` in one policy, and producer and consumer items in one policy,
 * are refused outside the control plane's namespace.
 */
export function findPolicyRole(
  spec: JsonObject,
  namespace: string,
  system: boolean,
  version: TargetVersion,
): RoleFinding {
  if (system) return { role: 'system' };
  const to = isList(spec.to) ? spec.to : [];
  const from = isList(spec.from) && version !== '3.0' ? spec.from : [];
  if (from.length > 0 && to.length > 0)
    return { role: undefined, refusal: 'a policy outside the namespace of the control plane has either from or to' };
  if (to.length === 0) return { role: 'workload-owner' };
  const producers = to.filter((item) => isProducerItem(item, namespace, version)).length;
  if (producers === to.length) return { role: 'producer' };
  if (producers === 0) return { role: 'consumer' };
  return {
    role: undefined,
    refusal:
      'items for services and routes of the own namespace, which make a producer policy, must not stand beside other items, which make a consumer policy',
  };
}
