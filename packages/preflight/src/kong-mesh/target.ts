import { child, descend, entries, type Field, type Resource, rootField, text } from '@isthmus/kubernetes';
import type { Facts } from '../facts.ts';
import type { Pod } from '../pods.ts';

/** Kinds of policies that select Dataplanes with a `targetRef`. */
export const policyKinds = [
  'MeshAccessLog',
  'MeshCircuitBreaker',
  'MeshFaultInjection',
  'MeshHTTPRoute',
  'MeshHealthCheck',
  'MeshLoadBalancingStrategy',
  'MeshMetric',
  'MeshOPA',
  'MeshPassthrough',
  'MeshProxyPatch',
  'MeshRateLimit',
  'MeshRetry',
  'MeshTCPRoute',
  'MeshTLS',
  'MeshTimeout',
  'MeshTrace',
  'MeshTrafficPermission',
];

/** Every policy of the import and of the translation. */
export const policiesOf = (facts: Facts): Resource[] => policyKinds.flatMap((kind) => facts.kongMesh(kind));

export const specOf = (resource: Resource): Field | undefined => child(rootField(resource), 'spec');

const ofPolicy = (key: string): boolean => !/(?:^|[./])kuma\.io\//.test(key);

/**
 * Whether a policy's top-level `targetRef` can select a pod: policies outside the system namespace are for their own namespace
 * (security.md 1.9). Labels that Kong Mesh computes are taken to match, so that doubt never makes a finding.
 */
export function targets(facts: Facts, policy: Resource, pod: Pod): boolean {
  if (policy.namespace !== facts.settings.systemNamespace && policy.namespace !== pod.namespace) return false;
  const target = descend(specOf(policy), 'targetRef');
  const kind = text(child(target, 'kind'))?.value ?? 'Mesh';
  if (kind === 'Mesh') return true;
  const labels = [...entries(child(target, 'labels')), ...entries(child(target, 'tags'))];
  return labels.every(([key, { value }]) => {
    if (key === 'k8s.kuma.io/namespace') return value === pod.namespace;
    if (key === 'k8s.kuma.io/service-account') return value === pod.serviceAccount;
    return !ofPolicy(key) || pod.labels[key] === value;
  });
}
