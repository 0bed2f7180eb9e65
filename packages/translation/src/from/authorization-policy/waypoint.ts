import type { AuthorizationPolicy, Service } from '@isthmus/istio';
import { effectiveNamespace, isMap, type JsonObject } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { dnsLabel } from '../../names.ts';
import type { SecurityView } from '../../security/view.ts';
import { waypointOf } from '../ambient/labels.ts';
import { servedGateways } from '../gateway-api/gateways.ts';
import type { Unit } from './compose.ts';
import { emitUnits } from './emit.ts';
import { projectAllow, projectDeny } from './project.ts';

function targetsOf({ resource }: AuthorizationPolicy): JsonObject[] {
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  return [spec.targetRefs, spec.targetRef].flat().filter(isMap);
}

/** Whether a policy is bound to waypoints and to what they serve, and to no gateway at the edge. */
export function isForWaypoint(context: Context, policy: AuthorizationPolicy): boolean {
  const targets = targetsOf(policy);
  const namespace = effectiveNamespace(policy.resource);
  return (
    policy.attached &&
    targets.every(({ kind, name }) =>
      kind === 'Gateway'
        ? servedGateways(context).served.get(`${namespace}/${String(name)}`)?.class === 'waypoint'
        : kind === 'GatewayClass'
          ? name === 'istio-waypoint'
          : true,
    )
  );
}

/** The Services whose callers meet a policy in a waypoint. */
function servicesOf(context: Context, policy: AuthorizationPolicy): Service[] {
  const namespace = effectiveNamespace(policy.resource);
  const found = targetsOf(policy).flatMap(({ kind, name }): Service[] => {
    if (kind === 'Service') return [context.services.get(namespace, String(name)) ?? []].flat();
    return context.services.all.filter(({ resource }) => {
      const waypoint = waypointOf(context, resource);
      return kind === 'Gateway' ? waypoint === `${namespace}/${String(name)}` : waypoint !== undefined;
    });
  });
  return [...new Set(found)];
}

/**
 * Drafts of what a policy that a waypoint enforces would be for the pods of its Services: whether one enforces it, and what
 * else those pods serve, a person has to say (edge.md A2). None for rules that permissions cannot express without closing more.
 */
export function draftForWaypoint(context: Context, view: SecurityView, policy: AuthorizationPolicy): void {
  if (policy.action !== 'ALLOW' && policy.action !== 'DENY') return;
  for (const { namespace, name, selector } of servicesOf(context, policy)) {
    if (selector === undefined || Object.keys(selector).length === 0) continue;
    const placed = { ...policy, attached: false, scope: { namespace, labels: selector } };
    const projections = placed.rules.flatMap((rule, index) =>
      (placed.action === 'ALLOW' ? projectAllow(view, placed, rule) : projectDeny(view, placed, rule)).map(
        (projection) => ({ projection, index }),
      ),
    );
    if (projections.some(({ projection }) => projection.kind === 'remainder')) continue;
    const units = projections.flatMap(({ projection, index }): Unit[] => {
      const base = { policy: placed, rule: index, scope: placed.scope };
      if (projection.kind === 'grant')
        return [{ ...base, ports: projection.ports, allow: projection.allow, deny: projection.holes }];
      return projection.kind === 'denial'
        ? [{ ...base, ports: projection.ports, allow: [], deny: projection.deny }]
        : [];
    });
    const why = `A waypoint enforces the policy for callers of Service ${namespace}/${name}; this one is for its pods, whichever Service they are called by.`;
    emitUnits(context, view, dnsLabel(`${namespace}-${policy.resource.name}-${name}`), units, {
      role: 'draft',
      stage: 'access',
      why,
    });
  }
}
