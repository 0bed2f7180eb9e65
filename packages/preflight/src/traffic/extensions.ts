import { scopeOf } from '@isthmus/istio';
import { descend, entries, items, type Resource, rootField, text } from '@isthmus/kubernetes';
import type { Evidence } from '../check.ts';
import { called, type Facts } from '../facts.ts';

/** Whether all that an EnvoyFilter changes is in gateways, which Kong Gateway replaces. */
function isForGateways(resource: Resource): boolean {
  const patches = items(descend(rootField(resource), 'spec', 'configPatches'));
  return patches.length > 0 && patches.every((patch) => text(descend(patch, 'match', 'context'))?.value === 'GATEWAY');
}

/** What EnvoyFilters and WasmPlugins of a kind are for: their workloads, by `workloadSelector.labels` or `selector.matchLabels`. */
export function selecting(facts: Facts, resources: readonly Resource[], does: string): Evidence[] {
  const { rootNamespace } = facts.config.mesh;
  return resources.map((resource) => {
    if (isForGateways(resource)) return { found: `${called(resource)} ${does} gateways.`, at: resource, services: [] };
    const labels = Object.fromEntries(
      [
        ...entries(descend(rootField(resource), 'spec', 'workloadSelector', 'labels')),
        ...entries(descend(rootField(resource), 'spec', 'selector', 'matchLabels')),
      ].map(([key, { value }]) => [key, String(value)]),
    );
    const scope = scopeOf(resource, rootNamespace);
    const pods = facts.select(scope.namespace, labels);
    return {
      found: `${called(resource)} ${does} ${pods.length === 0 ? 'proxies that are no workload of the import' : pods.length === 1 && pods[0] ? called(pods[0].resource) : `${pods.length} workloads`}.`,
      at: descend(rootField(resource), 'spec') ?? resource,
      services: pods.flatMap((pod) => facts.servicesOf(pod)),
    };
  });
}
