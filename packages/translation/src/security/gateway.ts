import { type PolicyScope, selects } from '@isthmus/istio';
import { isMap, matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { SecurityView } from './view.ts';

/** A policy as far as its place goes. */
export interface PlacedPolicy {
  readonly resource: Resource;
  readonly scope: PolicyScope;
  /** Bound by `targetRefs`. */
  readonly attached: boolean;
}

/** Name of the gateway that a policy is for; undefined where it is for sidecars or a waypoint. */
export function gatewayOf(view: SecurityView, policy: PlacedPolicy): string | undefined {
  const { spec } = policy.resource.object;
  if (policy.attached) {
    const refs = isMap(spec) ? [spec.targetRefs, spec.targetRef].flat().filter(isMap) : [];
    const ref = refs.find(({ kind }) => kind === 'Gateway' || kind === 'GatewayClass');
    return ref && `${String(ref.kind)} ${String(ref.name)}`;
  }
  const { scope } = policy;
  if (Object.keys(scope.labels).length === 0) return undefined;
  const isGateway = (labels: Readonly<Record<string, string>>): boolean =>
    view.gateways.some((selector) => matchesLabels(selector, labels));
  if (!isGateway(scope.labels) && !view.gateways.some((selector) => matchesLabels(scope.labels, selector)))
    return undefined;
  // A selector that a gateway's pods fit may fit others too.
  if (view.workloads.some((workload) => selects(scope, workload) && !isGateway(workload.labels))) return undefined;
  return Object.entries(scope.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** Whether sidecars obey a policy: it is neither bound to a gateway or waypoint nor selects a gateway. */
export function isForSidecars(view: SecurityView, policy: PlacedPolicy): boolean {
  return !policy.attached && gatewayOf(view, policy) === undefined;
}
