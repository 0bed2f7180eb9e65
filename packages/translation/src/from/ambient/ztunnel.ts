import { codes } from '@isthmus/diagnostics';
import { scopeOf, selects, type Workload } from '@isthmus/istio';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { child, descend, type Field, items, rootField, text } from '../../field.ts';
import { isAmbient, waypointOf } from './labels.ts';

const ofRequests = ['hosts', 'notHosts', 'methods', 'notMethods', 'paths', 'notPaths'] as const;
const ofTokens = ['requestPrincipals', 'notRequestPrincipals', 'remoteIpBlocks', 'notRemoteIpBlocks'] as const;

/** The first condition of a policy that only a proxy which reads requests can check. */
function layerSeven(spec: Field | undefined): Field | undefined {
  for (const rule of items(child(spec, 'rules'))) {
    for (const to of items(child(rule, 'to')))
      for (const key of ofRequests) {
        const found = descend(to, 'operation', key);
        if (found !== undefined) return found;
      }
    for (const from of items(child(rule, 'from')))
      for (const key of ofTokens) {
        const found = descend(from, 'source', key);
        if (found !== undefined) return found;
      }
    for (const when of items(child(rule, 'when'))) {
      const key = text(child(when, 'key'));
      if (key?.value.startsWith('request.')) return key;
    }
  }
  return undefined;
}

/** Policies with a selector, which ztunnel enforces as far as it can: it reads no requests (edge.md A4). */
function reportPolicies(context: Context, ambient: readonly Workload[]): void {
  const { rootNamespace } = configOf(context).mesh;
  for (const resource of context.ofKind('AuthorizationPolicy')) {
    const spec = child(rootField(resource), 'spec');
    if (child(spec, 'targetRefs') !== undefined || child(spec, 'targetRef') !== undefined) continue;
    const at = layerSeven(spec);
    if (at === undefined) continue;
    const scope = scopeOf(resource, rootNamespace);
    const meant = ambient.filter((workload) => selects(scope, workload));
    if (meant.length === 0) continue;
    const names = meant.map(({ namespace, name }) => `${namespace}/${name}`).sort();
    context.report(
      codes.ambient.layerSeven,
      {
        action: text(child(spec, 'action'))?.value ?? 'ALLOW',
        what: at.path.replace(/^.*\./, ''),
        workloads: names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', '),
      },
      at,
    );
  }
}

/**
 * Routes of Services in ambient mode: those that no waypoint applies, and those that one applies to callers whom `exportTo`
 * leaves out (edge.md A5).
 */
function reportRoutes(context: Context, ambient: readonly Workload[]): void {
  const { virtualServices, registry } = configOf(context);
  // Not those that Istio makes of routes of the Gateway API.
  const written = new Set(context.ofKind('VirtualService'));
  for (const service of registry.all) {
    const { selector, namespace, resource, host } = service;
    if (service.registry !== 'kubernetes' || selector === undefined) continue;
    if (!ambient.some((one) => one.namespace === namespace && matchesLabels(selector, one.labels))) continue;
    const waypoint = waypointOf(context, resource);
    for (const one of virtualServices.withHost(host.toLowerCase())) {
      if (one.http.length === 0) continue;
      if (waypoint === undefined)
        context.report(codes.ambient.routeWithoutWaypoint, { host }, one.hosts[0] ?? one.resource);
      const exported = descend(rootField(one.resource), 'spec', 'exportTo');
      if (waypoint === undefined || exported === undefined || !written.has(one.resource)) continue;
      if (items(exported).some(({ value }) => value === '*')) continue;
      context.approximate(exported, undefined, codes.ambient.exported, { host, waypoint });
    }
  }
}

function hbonePort(policy: Resource): Field | undefined {
  const spec = child(rootField(policy), 'spec');
  return ['ingress', 'egress']
    .flatMap((side) => items(child(spec, side)))
    .flatMap((rule) => items(child(rule, 'ports')))
    .map((port) => child(port, 'port'))
    .find((port) => Number(port?.value) === 15_008);
}

/** What ztunnel does otherwise than the sidecars that take its place. */
export function reportZtunnel(context: Context, workloads: readonly Workload[]): void {
  const ambient = workloads.filter((workload) => isAmbient(context, workload));
  if (ambient.length > 0) {
    reportPolicies(context, ambient);
    reportRoutes(context, ambient);
  }
  for (const resource of context.estate.context) {
    if (resource.kind !== 'NetworkPolicy') continue;
    const port = hbonePort(resource);
    if (port !== undefined) context.report(codes.ambient.networkPolicy, {}, port);
  }
}
