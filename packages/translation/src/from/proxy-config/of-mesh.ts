import type { Workload } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { meshSettings } from '../../mesh-settings.ts';
import type { WorkloadPatches } from '../rest/workloads.ts';
import { annotate, readProxySettings } from './read.ts';

/**
 * The mesh's own defaults for proxies (`defaultConfig`), where nothing nearer says otherwise: Kong Mesh's control plane has
 * no such default for each of them, so that all pods are annotated (security.md 3.4).
 */
export function translateMeshProxyConfig(
  context: Context,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  const injected = workloads.filter(({ labels }) => labels['sidecar.istio.io/inject'] !== 'false');
  if (injected.length === 0) return;
  for (const settings of meshSettings(context, 'defaultConfig'))
    annotate(context, readProxySettings(settings), injected, patches);
}
