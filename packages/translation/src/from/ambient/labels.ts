import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import { effectiveNamespace, parsePath, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, type Field, rootField, text } from '../../field.ts';
import { contextLeavesOf } from '../../leaves.ts';
import { oncePerContext } from '../../once.ts';
import type { WorkloadPatches } from '../rest/workloads.ts';

const mode = 'istio.io/dataplane-mode';
const injection = 'kuma.io/sidecar-injection';

/** Labels that say by which waypoint something is reached. */
const uses: ReadonlySet<string> = new Set(['istio.io/use-waypoint']);
/** Settings that need a waypoint to mean anything, and marks that Istio writes for itself. */
const settings: ReadonlySet<string> = new Set([
  'istio.io/use-waypoint-namespace',
  'istio.io/waypoint-for',
  'istio.io/ingress-use-waypoint',
  'ambient.istio.io/redirection',
  'ambient.istio.io/bypass-inbound-capture',
]);

const namespacesOf = oncePerContext(
  ({ estate }) =>
    new Map(
      estate.context
        .filter(({ kind, group }) => kind === 'Namespace' && group === '')
        .map((resource) => [resource.name, resource]),
    ),
);

/** Whether ztunnel takes the traffic of a workload's pods (istio/cni/pkg/util/podutil.go PodRedirectionEnabled, 1.32). */
export function isAmbient(context: Context, { namespace, labels }: Pick<Workload, 'namespace' | 'labels'>): boolean {
  const own = labels[mode];
  if (own !== undefined) return own === 'ambient';
  return namespacesOf(context).get(namespace)?.labels[mode] === 'ambient';
}

/** The name of the waypoint that a Service's callers go through; undefined where none is named. */
export function waypointOf(context: Context, resource: Resource): string | undefined {
  const namespace = effectiveNamespace(resource);
  const own = resource.labels['istio.io/use-waypoint'];
  const home = namespacesOf(context).get(namespace);
  const name = own ?? home?.labels['istio.io/use-waypoint'];
  if (name === undefined || name === 'none') return undefined;
  const from = own === undefined ? home : resource;
  return `${from?.labels['istio.io/use-waypoint-namespace'] ?? namespace}/${name}`;
}

const isKnown = (context: Context, waypoint: string): boolean =>
  context.estate.context.some((one) => one.kind === 'Gateway' && `${effectiveNamespace(one)}/${one.name}` === waypoint);

function accountForUse(context: Context, resource: Resource, field: Field<string>): void {
  if (field.value === 'none') {
    context.settled(field);
    return;
  }
  const home = resource.kind === 'Namespace' ? resource.name : effectiveNamespace(resource);
  const waypoint = `${resource.labels['istio.io/use-waypoint-namespace'] ?? home}/${field.value}`;
  context.approximate(field, undefined, codes.ambient.waypoint, {
    what: `${resource.kind} ${resource.name}`,
    waypoint,
    found: isKnown(context, waypoint) ? '' : ', which is not in the import',
  });
}

function accountForNamespace(
  context: Context,
  resource: Resource,
  field: Field<string>,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  if (field.value !== 'ambient') {
    // Kong Mesh injects into no namespace without a label.
    context.settled(field);
    return;
  }
  const own = workloads.filter((one) => one.namespace === resource.name && isAmbient(context, one));
  for (const workload of own) patches.add(workload, 'labels', mode, context.derived(field, 'none'));
  const parameters = { namespace: resource.name, count: own.length };
  const on = context.approximate(field, 'enabled', codes.ambient.namespace, parameters);
  context.emit({
    role: 'patch',
    base: resource,
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: resource.name, labels: { [injection]: on } } },
    services: [],
  });
}

function accountForPod(
  context: Context,
  workload: Workload | undefined,
  field: Field<string>,
  patches: WorkloadPatches,
): void {
  if (workload === undefined) context.unsupported(field, codes.ambient.pod, {});
  else if (field.value === 'ambient') {
    patches.add(workload, 'labels', injection, context.approximate(field, 'enabled', codes.ambient.pod, {}));
    patches.add(workload, 'labels', mode, context.derived(field, 'none'));
  } else if (namespacesOf(context).get(workload.namespace)?.labels[mode] !== 'ambient') context.settled(field);
  else patches.add(workload, 'labels', injection, context.approximate(field, 'disabled', codes.ambient.outside, {}));
}

/**
 * Labels of the ambient mode (edge.md 3.13): namespaces are labelled for injection, their pods taken out of ztunnel as they
 * restart; what is about waypoints gets a verdict.
 */
export function translateAmbientLabels(
  context: Context,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  const byResource = new Map(workloads.map((workload) => [workload.resource, workload]));
  for (const resource of [...context.estate.context, ...context.estate.istio]) {
    for (const path of contextLeavesOf(resource)) {
      const steps = parsePath(path) ?? [];
      const key = String(steps.at(-1));
      if (key !== mode && !uses.has(key) && !settings.has(key)) continue;
      const field = text(descend(rootField(resource), ...steps));
      if (field === undefined) continue;
      if (settings.has(key)) context.inert(field, codes.ambient.setting, { key });
      else if (uses.has(key)) accountForUse(context, resource, field);
      else if (resource.kind === 'Namespace') accountForNamespace(context, resource, field, workloads, patches);
      else accountForPod(context, byResource.get(resource), field, patches);
    }
  }
}
