import type { WorkloadCall } from '@isthmus/equivalence';
import { type Estate, trustOf } from '@isthmus/istio';
import { findServices } from '../services.ts';
import type { ServiceGraph } from './edge.ts';
import { namedByWorkloads } from './references.ts';
import { surroundingsOf } from './surroundings.ts';

/**
 * Calls of workloads, whether or not they have a sidecar, and also of those that no Service sends to, such as jobs: the services that
 * they name in their environment and arguments, and what was observed. What policies and routes say is about sidecars: a
 * principal is no caller without an identity. Of several reasons for a call the first stands.
 */
export function workloadCalls(
  estate: Estate,
  { services, edges }: ServiceGraph,
  options: { readonly clusterDomain: string; readonly rootNamespace: string },
): readonly WorkloadCall[] {
  const { clusterDomain, rootNamespace } = options;
  const finder = findServices(estate, services, clusterDomain);
  const trust = trustOf(estate, { rootNamespace, trustDomain: clusterDomain });
  const around = surroundingsOf(estate, services, finder, clusterDomain, trust);
  const found = new Map<string, WorkloadCall>();
  const add = (call: WorkloadCall): void => {
    const key = `${call.from}\n${call.to}`;
    if (!found.has(key)) found.set(key, call);
  };
  for (const [{ namespace, name }, { between, to, evidence }] of namedByWorkloads(around))
    if (between === 'services') add({ from: `${namespace}/${name}`, to, detail: evidence.detail });
  const seen = edges.flatMap(({ from, to, evidence }) => {
    const observed = evidence.find(({ kind }) => kind === 'observed');
    return observed === undefined ? [] : [{ from, to, detail: observed.detail }];
  });
  const byCaller = Map.groupBy(seen, ({ from }) => from);
  for (const workload of around.workloads)
    for (const service of around.servicesOf(workload))
      for (const { to, detail } of byCaller.get(service) ?? [])
        add({ from: `${workload.namespace}/${workload.name}`, to, detail });
  return [...found.values()];
}
