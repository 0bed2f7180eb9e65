import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import { type Json, writeYaml } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import type { WorkloadPatches } from '../rest/workloads.ts';
import { readOutbound } from '../service-entry/outbound.ts';
import { type Reach, reachOf } from './reach.ts';
import { rootNamespaceOf, type Sidecar, sidecarOf, sidecarsOf } from './read.ts';

const annotation = 'kuma.io/reachable-backends';

/** The value of the annotation: YAML with `refs`; an empty list, which reaches nothing, is written out. */
const written = (reach: Exclude<Reach, 'everything'>): string =>
  writeYaml({ refs: reach.references as unknown as Json });

const hostFields = ({ spec }: Sidecar): Field[] =>
  items(child(spec, 'egress')).flatMap((listener) => items(child(listener, 'hosts')));

/** The passthrough of workloads that a Sidecar selects; its name wins over those of the namespace (routing.md 2.2). */
function emitMode(context: Context, { resource, namespace, spec, selector }: Sidecar): void {
  const block = child(spec, 'outboundTrafficPolicy');
  if (block === undefined || selector === undefined) return;
  const { mode, field } = readOutbound(block);
  const value = mode === 'closed' ? 'Matched' : 'All';
  context.emit({
    role: 'resource',
    stage: 'egress',
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshPassthrough',
      metadata: {
        name: dnsLabel(`by-sidecar-${namespace}-${resource.name}`),
        namespace: context.settings.systemNamespace,
        labels: { 'kuma.io/mesh': context.settings.mesh, 'kuma.io/origin': 'zone' },
      },
      spec: {
        targetRef: { kind: 'Dataplane', labels: { 'k8s.kuma.io/namespace': namespace, ...selector } },
        default: { passthroughMode: field === undefined ? value : context.exact(field, value) },
      },
    },
    services: [],
  });
}

function accountForListener(context: Context, listener: Field): void {
  for (const [name, part] of entries(listener)) {
    if (name === 'hosts') continue;
    context.unsupported(part, codes.sidecar.egressListener, { field: name });
  }
}

function accountForIngress(context: Context, spec: Field): void {
  for (const listener of items(child(spec, 'ingress'))) {
    for (const [name, part] of entries(listener)) {
      if (name === 'tls') context.unsupported(part, codes.sidecar.ingressTls, {});
      else if (name === 'connectionPool') context.unsupported(part, codes.sidecar.inboundPool, {});
      else context.claim(part, 'unsupported', codes.sidecar.ingress);
    }
    context.report(codes.sidecar.ingress, {}, listener);
  }
  const pool = child(spec, 'inboundConnectionPool');
  if (pool !== undefined) context.unsupported(pool, codes.sidecar.inboundPool, {});
}

function accountFor(context: Context, { spec, resource, selector }: Sidecar, used: boolean, root: string): void {
  const { namespace } = resource;
  for (const [, label] of entries(descend(spec, 'workloadSelector', 'labels'))) context.settled(label);
  const proxy = descend(spec, 'outboundTrafficPolicy', 'egressProxy');
  if (proxy !== undefined) context.unsupported(proxy, codes.sidecar.egressProxy, {});
  for (const listener of items(child(spec, 'egress'))) accountForListener(context, listener);
  accountForIngress(context, spec);
  if (!used && selector !== undefined && namespace === root) context.report(codes.sidecar.rootSelector, {}, spec);
  for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'inert', codes.sidecar.unusedField);
}

function apply(context: Context, sidecar: Sidecar, workloads: readonly Workload[], patches: WorkloadPatches): void {
  const fields = hostFields(sidecar);
  const [first] = fields;
  if (first === undefined) return;
  if (workloads.length === 0) {
    const reach = reachOf(context, sidecar, { namespace: sidecar.namespace, labels: sidecar.selector ?? {} });
    if (reach === 'everything') {
      for (const field of fields) context.settled(field);
      return;
    }
    for (const field of fields) context.claim(field, 'unsupported', codes.sidecar.noWorkload);
    const value = written(reach).trim().replaceAll('\n', ' / ');
    context.report(codes.sidecar.noWorkload, { value }, first);
    return;
  }
  for (const workload of workloads) {
    const reach = reachOf(context, sidecar, workload);
    if (reach === 'everything') {
      for (const field of fields) context.settled(field);
      continue;
    }
    for (const field of fields) context.claim(field, 'approximate', codes.sidecar.reachable);
    patches.add(workload, 'annotations', annotation, context.derived(fields, written(reach)));
  }
  if (fields.some((field) => field.value !== '*/*'))
    context.report(codes.sidecar.reachable, { count: workloads.length }, first);
}

/**
 * Sidecars (edge.md 3.5): what a workload may reach becomes its annotation for reachable backends, computed from the
 * import; the mode of outbound traffic a MeshPassthrough. Each workload follows one Sidecar only.
 */
export function translateSidecars(context: Context, workloads: readonly Workload[], patches: WorkloadPatches): void {
  const sidecars = sidecarsOf(context);
  if (sidecars.length === 0) return;
  const root = rootNamespaceOf(context);
  const byResource = Map.groupBy(
    workloads,
    ({ namespace, labels }) => sidecarOf(sidecars, root, namespace, labels)?.resource,
  );
  for (const sidecar of sidecars) {
    const own = byResource.get(sidecar.resource) ?? [];
    const eldest = sidecars.find(
      (other) =>
        other.namespace === sidecar.namespace && other.selector === undefined && sidecar.selector === undefined,
    );
    if (eldest !== undefined && eldest !== sidecar) {
      context.report(codes.sidecar.shadowed, { other: eldest.resource.name }, sidecar.spec);
      context.claim(sidecar.spec, 'inert', codes.sidecar.shadowed);
      continue;
    }
    emitMode(context, sidecar);
    apply(context, sidecar, own, patches);
    accountFor(context, sidecar, own.length > 0, root);
  }
}
