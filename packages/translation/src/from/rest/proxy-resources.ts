import { codes } from '@isthmus/diagnostics';
import type { Workload } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { descend, type Field, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { podMetadata, type WorkloadPatches } from './workloads.ts';

/** Where the sidecar's container has what the annotations say; Kong Mesh gives it requests and limits to begin with. */
const places: Readonly<Record<string, string>> = {
  'sidecar.istio.io/proxyCPU': '/resources/requests/cpu',
  'sidecar.istio.io/proxyCPULimit': '/resources/limits/cpu',
  'sidecar.istio.io/proxyMemory': '/resources/requests/memory',
  'sidecar.istio.io/proxyMemoryLimit': '/resources/limits/memory',
};

const isQuantity = (value: string): boolean => /^\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i)?$/.test(value);

/**
 * What a workload lets its proxy use becomes a ContainerPatch that its pods name (security.md 7); what is no quantity is left,
 * since a patch that does not apply keeps pods from being created.
 */
export function translateProxyResources(
  context: Context,
  workloads: readonly Workload[],
  patches: WorkloadPatches,
): void {
  for (const workload of workloads) {
    const { namespace, name: of } = workload;
    const annotations = podMetadata(workload, 'annotations');
    const found = Object.entries(places).flatMap(([key, path]): [Field<string>, string][] => {
      const field = text(descend(annotations, key));
      return field === undefined || !isQuantity(field.value) || context.unclaimed(field).length === 0
        ? []
        : [[field, path]];
    });
    const [first] = found;
    if (first === undefined) continue;
    const name = dnsLabel(`proxy-${namespace}-${of}`);
    const { mesh, systemNamespace } = context.settings;
    context.emit({
      role: 'resource',
      stage: 'mesh',
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind: 'ContainerPatch',
        metadata: { name, namespace: systemNamespace, labels: { 'kuma.io/mesh': mesh } },
        spec: {
          sidecarPatch: found.map(([field, path]) => ({
            op: 'add',
            path,
            value: context.approximate(field, JSON.stringify(field.value), codes.label.proxyResources, { name }),
          })),
        },
      },
      services: [],
    });
    patches.add(workload, 'annotations', 'kuma.io/container-patches', context.derived(first[0], name));
  }
}
