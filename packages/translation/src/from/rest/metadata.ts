import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import { parsePath } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { type Field, text } from '../../field.ts';
import { contextLeavesOf, istioMarks, leafAt } from '../../leaves.ts';
import { adviceFor } from './advice.ts';
import type { WorkloadPatches } from './workloads.ts';

/** Annotations of pods whose counterpart takes the same value (security.md 7). */
const same: Readonly<Record<string, string>> = {
  'sidecar.istio.io/logLevel': 'kuma.io/envoy-log-level',
  'sidecar.istio.io/componentLogLevel': 'kuma.io/envoy-component-log-level',
};

/** Values that ask for what Kong Mesh does anyway. */
const automatic: Readonly<Record<string, readonly string[]>> = {
  'sidecar.istio.io/interceptionMode': ['REDIRECT'],
  'sidecar.istio.io/nativeSidecar': ['true'],
  'sidecar.istio.io/rewriteAppHTTPProbers': ['true'],
  'traffic.sidecar.istio.io/includeOutboundIPRanges': ['*'],
};

/** Keys that controllers and tools write for themselves. */
const idle =
  /^(?:sidecar\.istio\.io\/status|gateway\.istio\.io\/(?:managed|controller-version)|galley\.istio\.io\/|install\.operator\.istio\.io\/|operator\.istio\.io\/|security\.istio\.io\/(?:alpha-policy-convert|autoRegistration)|istio\.io\/(?:ignore-policy-attachment|enable-inference-extproc|dry-run|config|connectedAt|disconnectedAt|description)|internal\.istio\.io\/)/;

function accountForKey(
  context: Context,
  field: Field<string>,
  key: string,
  workload: Workload | undefined,
  patches: WorkloadPatches,
): void {
  const counterpart = same[key];
  if (counterpart !== undefined && workload !== undefined) {
    patches.add(workload, 'annotations', counterpart, context.exact(field, field.value));
    return;
  }
  if (key === 'sidecar.istio.io/inject' && workload !== undefined) {
    // Beside the label the older annotation says nothing (istio/pkg/kube/inject/inject.go injectRequired, 1.32).
    const label = workload.labels[key];
    if (label !== undefined && label !== field.value) {
      context.inert(field, codes.label.outranked, { key });
      return;
    }
    const on = field.value === 'true' ? 'enabled' : 'disabled';
    patches.add(workload, 'labels', 'kuma.io/sidecar-injection', context.exact(field, on));
    // Istio's webhook selects pods that ask for it in any namespace: with both labels a pod gets both proxies (KM-002).
    if (on === 'enabled') patches.add(workload, 'labels', key, context.derived(field, 'false'));
    return;
  }
  if (automatic[key]?.includes(field.value) === true) {
    context.settled(field);
    return;
  }
  if (idle.test(key)) context.inert(field, codes.label.idle, { key });
  else
    context.unsupported(field, codes.label.elsewhere, {
      key,
      advice: adviceFor(key),
    });
}

/** Istio's labels and annotations: those of pods become Kong Mesh's on the same pods, the rest gets a verdict (security.md 7). */
export function accountForMetadata(context: Context, workloads: readonly Workload[], patches: WorkloadPatches): void {
  const byResource = new Map(workloads.map((workload) => [workload.resource, workload]));
  for (const resource of context.estate.context) {
    for (const path of contextLeavesOf(resource)) {
      const field = text(leafAt(resource, path));
      const key = String(parsePath(path)?.at(-1));
      if (field === undefined || context.unclaimed(field).length === 0) continue;
      const ofPods = path.startsWith('spec.') || resource.kind === 'Pod';
      accountForKey(context, field, key, ofPods ? byResource.get(resource) : undefined, patches);
    }
  }
  for (const resource of context.estate.istio) {
    for (const [key, field] of istioMarks(resource)) {
      const value = text(field);
      if (value === undefined || context.unclaimed(value).length === 0) continue;
      accountForKey(context, value, key, undefined, patches);
    }
  }
}
