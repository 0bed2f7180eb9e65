import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, rootField } from '../../field.ts';
import type { WorkloadPatches } from '../rest/workloads.ts';
import { rootNamespaceOf } from '../sidecar/read.ts';
import { movingWorkloads } from './of-mesh.ts';
import { annotate, readProxySettings } from './read.ts';

/** The nearest first: of a workload, of a namespace, of the mesh (istio/pilot/pkg/model/proxy_config.go, 1.32). */
function byNearness(context: Context): Resource[] {
  const root = rootNamespaceOf(context);
  const rank = (resource: Resource): number => {
    if (entries(descend(rootField(resource), 'spec', 'selector', 'matchLabels')).length > 0) return 0;
    return (resource.namespace || 'default') === root ? 2 : 1;
  };
  return context.ofKind('ProxyConfig').toSorted((a, b) => rank(a) - rank(b));
}

/** ProxyConfigs: annotations of the pods that they are for; environment variables are those of kuma-dp (edge.md 3.11). */
export function translateProxyConfigs(
  context: Context,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  const root = rootNamespaceOf(context);
  const moving = movingWorkloads(context, workloads);
  for (const resource of byNearness(context)) {
    const spec = child(rootField(resource), 'spec');
    if (spec === undefined) continue;
    const namespace = resource.namespace || 'default';
    const labels = entries(descend(spec, 'selector', 'matchLabels'));
    const wanted = Object.fromEntries(labels.map(([key, field]) => [key, String(field.value)]));
    // One that selects nothing is for gateways as well, which do not move.
    const own = (labels.length > 0 ? workloads : moving).filter(
      (workload) => (namespace === root || workload.namespace === namespace) && matchesLabels(wanted, workload.labels),
    );
    for (const [, label] of labels) context.settled(label);
    if (own.length === 0) {
      context.report(codes.workload.noPods, {}, spec);
      context.claim(spec, 'unsupported', codes.workload.noPods);
      continue;
    }
    annotate(context, readProxySettings(spec), own, patches);
    const image = child(spec, 'image');
    if (image !== undefined) context.unsupported(image, codes.workload.image, {});
    for (const leaf of context.unclaimed(spec)) context.claim(leaf, 'inert', codes.workload.unusedField);
  }
}
