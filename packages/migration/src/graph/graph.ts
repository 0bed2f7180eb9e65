import { type Estate, readByIstio, trustOf } from '@isthmus/istio';
import { compareIdentity } from '@isthmus/kubernetes';
import { findServices, servicesOf } from '../services.ts';
import type { Evidence, Found, ServiceEdge, ServiceGraph, Shared } from './edge.ts';
import { egressEvidence } from './egress.ts';
import { gatewayRouteEvidence } from './gateway-api.ts';
import { type Observation, observedEvidence } from './observed.ts';
import { principalEvidence } from './principals.ts';
import { referenceEvidence } from './references.ts';
import { replacedServices } from './replaced.ts';
import { gatewayServices, routeEvidence } from './routes.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const compareEvidence = (a: Evidence, b: Evidence): number =>
  b.confidence - a.confidence ||
  compare(a.kind, b.kind) ||
  (a.resource !== undefined && b.resource !== undefined ? compareIdentity(a.resource, b.resource) : 0) ||
  compare(a.path, b.path) ||
  compare(a.detail, b.detail);

/** Evidence by who calls whom, each piece once. */
function gather(found: readonly Found[], between: Found['between']): ServiceEdge[] {
  const edges = new Map<string, Found[]>();
  for (const one of found) {
    if (one.between !== between || one.from === one.to) continue;
    const key = `${one.from}\n${one.to}`;
    const known = edges.get(key);
    if (known === undefined) edges.set(key, [one]);
    else known.push(one);
  }
  return [...edges]
    .sort(([a], [b]) => compare(a, b))
    .map(([key, all]) => {
      const [from = '', to = ''] = key.split('\n');
      const sorted = all.map(({ evidence }) => evidence).sort(compareEvidence);
      const evidence = sorted.filter((one, index) => {
        const before = sorted[index - 1];
        return before === undefined || before.resource !== one.resource || compareEvidence(before, one) !== 0;
      });
      return { from, to, confidence: evidence[0]?.confidence ?? 0, evidence };
    });
}

/** Each set of services with one workload, of those that have more. */
function sharedPods(around: Surroundings): Shared[] {
  const sets = new Map<string, Shared>();
  for (const workload of around.workloads) {
    const services = [...new Set(around.servicesOf(workload))].sort(compare);
    const name = `${workload.resource.kind} ${workload.namespace}/${workload.name}`;
    const key = services.join('\n');
    const known = sets.get(key);
    if (services.length > 1 && (known === undefined || name < known.workload))
      sets.set(key, { services, workload: name });
  }
  return [...sets].sort(([a], [b]) => compare(a, b)).map(([, shared]) => shared);
}

/**
 * Who calls whom in an estate, from what it says: routes and Gateways of VirtualServices and of the Gateway API, hosts of Sidecars, principals of
 * AuthorizationPolicies, and the names in environment and arguments of workloads; from observed traffic where it is given.
 * Calls that none of these shows are not in it. The same estate gives the same graph, whatever its order.
 */
export function serviceGraph(
  estate: Estate,
  options: {
    readonly clusterDomain: string;
    readonly rootNamespace: string;
    readonly observed?: readonly Observation[];
  },
): ServiceGraph {
  const { clusterDomain, rootNamespace, observed = [] } = options;
  const services = servicesOf(estate);
  const finder = findServices(estate, services, clusterDomain);
  const trust = trustOf(estate, { rootNamespace, trustDomain: 'cluster.local' });
  // What Istio does not read says nothing of who calls whom; pods and Services are there all the same.
  const around = surroundingsOf(readByIstio(estate, rootNamespace), services, finder, clusterDomain, trust);
  const gateways = gatewayServices(around);
  const found = [
    ...routeEvidence(around, gateways),
    ...gatewayRouteEvidence(around),
    ...egressEvidence(around),
    ...principalEvidence(around),
    ...referenceEvidence(around),
    ...observedEvidence(around, observed),
  ];
  return {
    services,
    replaced: replacedServices(around, gateways),
    shared: sharedPods(around),
    edges: gather(found, 'services'),
    entries: gather(found, 'entry'),
    externals: gather(found, 'external'),
  };
}
