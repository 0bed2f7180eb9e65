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

const isOfPods = (key: string): boolean => !/(?:^|[./])kuma\.io\//.test(key);

/**
 * The pods that a policy's top-level `targetRef` can select: policies outside the system namespace are for their own namespace
 * (kuma/docs/madr/decisions/054). Labels that Kong Mesh computes are taken to match, so that doubt never makes a finding.
 */
export function targeted(facts: Facts, policy: Resource): readonly Pod[] {
  const target = descend(specOf(policy), 'targetRef');
  const isForAll = (text(child(target, 'kind'))?.value ?? 'Mesh') === 'Mesh';
  const written = isForAll ? [] : [...entries(child(target, 'labels')), ...entries(child(target, 'tags'))];
  const labels = new Map(written.map(([key, { value }]) => [key, String(value)]));
  const meant = labels.get('k8s.kuma.io/namespace');
  const account = labels.get('k8s.kuma.io/service-account');
  const own = policy.namespace === facts.settings.systemNamespace ? undefined : policy.namespace;
  if (own !== undefined && meant !== undefined && own !== meant) return [];
  const pods = facts.select(own ?? meant, Object.fromEntries([...labels].filter(([key]) => isOfPods(key))));
  return account === undefined ? pods : pods.filter(({ serviceAccount }) => serviceAccount === account);
}
