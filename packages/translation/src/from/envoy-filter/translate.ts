import { codes } from '@isthmus/diagnostics';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, entries, type Field, items, number, rootField } from '../../field.ts';
import { emitMeshProxyPatch, type Modification } from '../../mesh-proxy-patch.ts';
import { accessLogsOf, logsBeside } from './access-logs.ts';
import { clusterPoliciesOf, isDeadBalancer, isDeadThreshold } from './clusters.ts';
import type { Counterpart } from './counterpart.ts';
import { dataplanesOf, emitPolicy, policyName } from './emit.ts';
import { policyFor } from './idioms.ts';
import { draftGatewayLimit, translateLimit } from './limits.ts';
import { addedClusters, fateOf } from './modifications.ts';
import { isForSidecars, narrowing, type Patch, patchesOf } from './patch.ts';
import { faultsOf, retriesOf } from './requests.ts';
import { reportGapsOf } from './restrictions.ts';
import { timeoutsOf } from './timeouts.ts';

/** The policies that take the place of a patch; undefined where none does. */
function counterpartsOf(context: Context, patch: Patch): readonly Counterpart[] | undefined {
  if (narrowing(context, patch) !== undefined) return undefined;
  const one = accessLogsOf(context, patch) ?? timeoutsOf(patch) ?? faultsOf(patch) ?? retriesOf(patch);
  return one === undefined ? clusterPoliciesOf(context, patch) : [one];
}

function emitCounterpart(context: Context, resource: Resource, counterpart: Counterpart): void {
  const { kind, side, conf, from, difference, to = { kind: 'Mesh' }, services = [] } = counterpart;
  const configuration = context.derived(from, conf);
  const sections =
    side === 'inbound' ? { rules: [{ default: configuration }] } : { to: [{ targetRef: to, default: configuration }] };
  context.report(codes.extension.policy, { policy: kind, difference }, from);
  emitPolicy(context, resource, kind, sections, services);
}

/** Parts of Envoy's configuration that no MeshProxyPatch reaches. */
const unreachable = new Set(['BOOTSTRAP', 'EXTENSION_CONFIG', 'LISTENER_FILTER']);

function refuse(context: Context, patch: Patch, reason: string): void {
  const { field, applyTo, place, operation } = patch;
  if (place === 'GATEWAY') {
    context.unsupported(field, codes.extension.gatewayPatch, { applyTo, operation });
    draftGatewayLimit(context, patch);
  } else if (unreachable.has(applyTo)) context.unsupported(field, codes.extension.unreachablePatch, { applyTo });
  else
    context.unsupported(field, codes.extension.patch, {
      applyTo: applyTo || 'its target',
      place,
      operation: operation || 'an operation',
      reason,
      policy: policyFor(field),
    });
}

/** Translates one patch; the changes that a MeshProxyPatch is to make for it. */
function translatePatch(context: Context, patch: Patch, clusters: ReadonlySet<string>): readonly Modification[] {
  const { field, resource } = patch;
  if (isDeadThreshold(patch)) {
    context.inert(field, codes.extension.deadThreshold, {});
    return [];
  }
  if (isDeadBalancer(patch)) {
    const reason =
      'ROUND_ROBIN is the first of the balancers, which a merge takes for none, so that Istio keeps its own';
    context.inert(field, codes.extension.noEffect, { reason });
    return [];
  }
  if (translateLimit(context, patch)) {
    reportGapsOf(context, patch);
    return [];
  }
  const counterparts = counterpartsOf(context, patch);
  if (counterparts !== undefined) {
    for (const counterpart of counterparts) emitCounterpart(context, resource, counterpart);
    context.claim(field, 'approximate', codes.extension.policy);
    const beside = counterparts.some(({ kind }) => kind === 'MeshAccessLog') ? logsBeside(context, patch) : [];
    if (beside.length > 0) context.report(codes.extension.logsReplaced, { others: beside.join(', ') }, field);
    return [];
  }
  const fate = fateOf(context, patch, clusters);
  if (fate.kind === 'modifications') {
    context.claim(field, 'approximate', codes.extension.proxyPatch);
    context.report(codes.extension.proxyPatch, { name: policyName(resource), side: patch.sides.join(' and ') }, field);
    reportGapsOf(context, patch);
    return fate.modifications;
  }
  if (fate.kind === 'settled') context.settled(field);
  else if (fate.kind === 'inert') context.inert(field, codes.extension.noEffect, { reason: fate.reason });
  else refuse(context, patch, fate.reason);
  return [];
}

/** The fields that say for which proxies and when a filter's patches are made. */
function accountForRest(context: Context, spec: Field, emits: boolean): void {
  const priority = child(spec, 'priority');
  if (emits && priority !== undefined) {
    if ((number(priority)?.value ?? 0) === 0) context.settled(priority);
    else context.approximate(priority, undefined, codes.extension.priority, {});
  }
  for (const [, label] of entries(child(child(spec, 'workloadSelector'), 'labels'))) if (emits) context.settled(label);
  for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'unsupported', codes.extension.patch);
}

function translateFilter(context: Context, resource: Resource): void {
  const spec = child(rootField(resource), 'spec');
  const patches = patchesOf(resource);
  const older = items(child(spec, 'filters'));
  if (spec === undefined || patches.length + older.length === 0) {
    context.inert(spec, codes.extension.empty, {});
    return;
  }
  const clusters = addedClusters(patches);
  let emits = false;
  const modifications = patches.flatMap((patch) => {
    if (isForSidecars(resource)) {
      const made = translatePatch(context, patch, clusters);
      emits ||= made.length > 0 || context.unclaimed(patch.field).length === 0;
      return made;
    }
    refuse(context, patch, 'it is for gateways or waypoints, which `targetRefs` name');
    return [];
  });
  // Istio has read these no longer since its release 1.5.
  for (const filter of older)
    context.inert(filter, codes.extension.noEffect, {
      reason: '`filters` is an older form, which Istio no longer reads',
    });
  if (modifications.length > 0)
    emitMeshProxyPatch(context, {
      name: policyName(resource),
      labels: dataplanesOf(context, resource),
      modifications,
      services: [],
    });
  accountForRest(context, spec, emits);
}

/**
 * EnvoyFilters (edge.md 3.9): what a policy of Kong Mesh does becomes that policy, what a MeshProxyPatch can do becomes one, and
 * each other patch gets its own verdict with the policy that does what it is for.
 */
export function translateEnvoyFilters(context: Context): void {
  for (const resource of context.ofKind('EnvoyFilter')) translateFilter(context, resource);
}
