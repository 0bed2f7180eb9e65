import type { PolicyScope } from '@isthmus/istio';
import type { Facts } from '../facts.ts';
import { isGatewayLabels, type Pod } from '../pods.ts';

/** The pods that a policy of Istio is for; undefined where it is for none that moves: gateways, or workloads outside of the mesh. */
export function guardedBy(facts: Facts, scope: PolicyScope): readonly Pod[] | undefined {
  if (isGatewayLabels(scope.labels)) return undefined;
  const pods = facts.select(scope.namespace, scope.labels);
  if (pods.length > 0) return pods;
  // With workloads at hand a policy that selects none of them guards nothing.
  return facts.hasWorkloads(scope.namespace) ? undefined : [];
}
