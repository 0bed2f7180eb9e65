import { codes } from '@isthmus/diagnostics';
import { workloadsOf } from '@isthmus/istio';
import { matchesLabels, type Resource } from '@isthmus/kubernetes';
import { istioResources } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, type Facts, idOf } from '../facts.ts';

/** Services whose selector selects a machine, as the migration names them. */
function servicesOf({ config, estate }: Facts, resource: Resource): string[] {
  const machine = workloadsOf({ ...estate, context: [], istio: [resource] })[0];
  if (machine === undefined) return [];
  return config.registry.all
    .filter(({ namespace, selector }) => {
      const isSelected = selector !== undefined && Object.keys(selector).length > 0;
      return isSelected && namespace === machine.namespace && matchesLabels(selector, machine.labels);
    })
    .map((service) => idOf({ namespace: service.namespace, name: service.resource.name }));
}

export const machines: Check = {
  id: 'machines',
  holds: 'All workloads are in the cluster',
  area: 'traffic',
  code: codes.preflight.machines,
  examines: 'WorkloadEntries and WorkloadGroups',
  examples: {
    failing: `apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: crew-1, namespace: operations}
spec:
  address: 10.8.0.21
  labels: {app: crew}
`,
    passing: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: operations}
spec: {egress: [{hosts: ["./*"]}]}
`,
  },
  run: (facts) => ({
    examined: [istioResources(facts)],
    evidence: ['WorkloadEntry', 'WorkloadGroup']
      .flatMap((kind) => facts.ofKind('networking.istio.io', kind))
      .map((resource) => ({
        found: `${called(resource)} is for ${resource.kind === 'WorkloadEntry' ? 'a machine' : 'machines'} outside of the cluster.`,
        at: resource,
        services: servicesOf(facts, resource),
      })),
  }),
};
