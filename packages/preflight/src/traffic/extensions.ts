import { scopeOf } from '@isthmus/istio';
import { descend, entries, items, type Resource, rootField, text } from '@isthmus/kubernetes';
import type { Evidence } from '../check.ts';
import { called, type Facts } from '../facts.ts';
import { isGatewayLabels, type Pod } from '../pods.ts';

/** Whether all that an EnvoyFilter changes is in gateways, which Kong Gateway replaces. */
function isForGateways(resource: Resource): boolean {
  const patches = items(descend(rootField(resource), 'spec', 'configPatches'));
  return patches.length > 0 && patches.every((patch) => text(descend(patch, 'match', 'context'))?.value === 'GATEWAY');
}

/** What pods an extension is for, in words; with workloads at hand one that selects none of them may be for none at all. */
function selected(pods: readonly Pod[], hasWorkloads: boolean): string {
  const [first] = pods;
  if (first === undefined)
    return hasWorkloads ? 'no workload of the import' : 'proxies whose workloads are not in the import';
  return pods.length === 1 ? called(first.resource) : `${pods.length} workloads`;
}

/**
 * What EnvoyFilters and WasmPlugins of a kind are for: gateways and waypoints that they name, or their workloads, by
 * `workloadSelector.labels` or `selector.matchLabels`.
 */
export function selecting(facts: Facts, resources: readonly Resource[], does: string): Evidence[] {
  const { rootNamespace } = facts.config.mesh;
  return resources.map((resource) => {
    const isAttached = ['targetRefs', 'targetRef'].some(
      (name) => descend(rootField(resource), 'spec', name) !== undefined,
    );
    const labels = Object.fromEntries(
      [
        ...entries(descend(rootField(resource), 'spec', 'workloadSelector', 'labels')),
        ...entries(descend(rootField(resource), 'spec', 'selector', 'matchLabels')),
      ].map(([key, { value }]) => [key, String(value)]),
    );
    if (isAttached || isForGateways(resource) || isGatewayLabels(labels))
      return {
        found: `${called(resource)} ${does} ${isAttached ? 'the gateways or waypoints that it names' : 'gateways'}.`,
        at: resource,
        services: [],
      };
    const scope = scopeOf(resource, rootNamespace);
    const pods = facts.select(scope.namespace, labels);
    const hasWorkloads = facts.hasWorkloads(scope.namespace);
    return {
      found: `${called(resource)} ${does} ${selected(pods, hasWorkloads)}.`,
      at: descend(rootField(resource), 'spec') ?? resource,
      services: pods.flatMap((pod) => facts.servicesOf(pod)),
      ...(pods.length === 0 && hasWorkloads ? { severity: 'info' as const } : {}),
    };
  });
}
