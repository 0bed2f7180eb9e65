import type { Workload } from '@isthmus/istio';
import { matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { securityOf } from '../../security/view.ts';
import type { WorkloadPatches } from '../rest/workloads.ts';
import { annotate, readProxySettings } from './read.ts';

/** The workloads that get a sidecar of Kong Mesh: Istio's own pods do not move, and Kong Gateway takes the place of its gateways. */
export function movingWorkloads(context: Context, workloads: readonly Workload[]): readonly Workload[] {
  const { gateways, trust } = securityOf(context);
  return workloads.filter(
    ({ namespace, labels }) =>
      namespace !== trust.rootNamespace &&
      labels['sidecar.istio.io/inject'] !== 'false' &&
      !gateways.some((selector) => matchesLabels(selector, labels)),
  );
}

/**
 * The mesh's own defaults for proxies (`defaultConfig`), where nothing nearer says otherwise: Kong Mesh's control plane has
 * no such default for each of them, so that all pods are annotated (security.md 3.4).
 */
export function translateMeshProxyConfig(
  context: Context,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  const injected = movingWorkloads(context, workloads);
  if (injected.length === 0) return;
  for (const settings of meshSettings(context, 'defaultConfig'))
    annotate(context, readProxySettings(settings), injected, patches);
}
