import { scopeOf, selects } from '@isthmus/istio';
import { descend, entries, type Resource, rootField } from '@isthmus/kubernetes';
import type { Evidence } from '../check.ts';
import { called, type Facts } from '../facts.ts';

/** What EnvoyFilters and WasmPlugins of a kind are for: their workloads, by `workloadSelector.labels` or `selector.matchLabels`. */
export function selecting(facts: Facts, resources: readonly Resource[], does: string): Evidence[] {
  const { rootNamespace } = facts.config.mesh;
  return resources.map((resource) => {
    const labels = Object.fromEntries(
      [
        ...entries(descend(rootField(resource), 'spec', 'workloadSelector', 'labels')),
        ...entries(descend(rootField(resource), 'spec', 'selector', 'matchLabels')),
      ].map(([key, { value }]) => [key, String(value)]),
    );
    const scope = scopeOf(resource, rootNamespace);
    const pods = facts.pods.filter((pod) => selects({ ...scope, labels }, pod));
    return {
      found: `${called(resource)} ${does} ${pods.length === 0 ? 'proxies that are no workload of the import' : pods.length === 1 && pods[0] ? called(pods[0].resource) : `${pods.length} workloads`}.`,
      at: descend(rootField(resource), 'spec') ?? resource,
      services: pods.flatMap((pod) => facts.servicesOf(pod)),
    };
  });
}
