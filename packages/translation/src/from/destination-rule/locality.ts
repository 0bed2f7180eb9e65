import { codes } from '@isthmus/diagnostics';
import type { EffectiveConfig, EffectivePolicy } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { child, descend, type Field, flag, items, text } from '../../field.ts';

/** What a client's preference for near endpoints comes to in Kong Mesh. */
export interface Locality {
  readonly disabled: boolean;
  /** Zones to fail over to, by the zone of the client. */
  readonly failover: readonly { readonly field: Field; readonly from: string; readonly to: string }[];
  readonly from: readonly Field[];
}

const everywhere: Locality = { disabled: true, failover: [], from: [] };
const nearby: Locality = { disabled: false, failover: [], from: [] };

/**
 * The locality setting that holds: the rule's own in the place of the mesh's, not merged with it. Istio prefers near endpoints
 * only where outlier detection is on, since the mesh's setting is on unless it says otherwise (routing.md 3.6).
 * @param canFailOver whether Kong Mesh takes failover between zones for the target
 */
export function localityOf(
  context: Context,
  config: EffectiveConfig,
  policy: EffectivePolicy,
  canFailOver: boolean,
): Locality {
  const own = child(policy.loadBalancer, 'localityLbSetting');
  const used = own ?? child(config.mesh.config, 'localityLbSetting');
  // Most meshes say nothing of localities.
  if (used === undefined) {
    if (policy.outlierDetection === undefined) return everywhere;
    context.report(codes.destinationRule.localityApproximate, {}, policy.outlierDetection);
    return nearby;
  }
  const enabled = flag(child(used, 'enabled'));
  const failover = items(child(used, 'failover')).flatMap((field) => {
    const [from, to] = [text(child(field, 'from')), text(child(field, 'to'))];
    return from === undefined || to === undefined ? [] : [{ field, from: from.value, to: to.value }];
  });
  const from = enabled === undefined ? [] : [enabled];
  for (const key of ['distribute', 'failoverPriority'] as const) {
    const field = child(used, key);
    if (field !== undefined && enabled?.value !== false)
      context.unsupported(field, codes.destinationRule.localityWeights, { field: key });
  }
  context.settled(enabled);
  // The mesh's own switch says no more than the default where the rule has a setting of its own.
  context.settled(flag(descend(config.mesh.config, 'localityLbSetting', 'enabled')));
  if (enabled?.value === false) {
    for (const key of ['failover', 'failoverPriority', 'distribute'])
      context.inert(child(used, key), codes.destinationRule.ignored, {
        field: `${key}, since locality is not enabled`,
      });
    return { disabled: true, failover: [], from };
  }
  if (policy.outlierDetection === undefined) {
    for (const { field } of failover) context.inert(field, codes.destinationRule.failoverIdle, {});
    return { disabled: true, failover: [], from };
  }
  context.report(codes.destinationRule.localityApproximate, {}, policy.outlierDetection);
  const version = context.settings.target;
  for (const one of failover)
    if (canFailOver) context.approximate(one.field, undefined, codes.destinationRule.failoverByZone, one);
    else context.unsupported(one.field, codes.destinationRule.failoverNotLocal, { ...one, version });
  return { disabled: false, failover: canFailOver ? failover : [], from };
}
