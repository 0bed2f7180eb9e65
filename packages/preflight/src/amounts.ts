import type { Amount } from './check.ts';
import type { Facts } from './facts.ts';

/** The workloads whose pods may join Kong Mesh. */
export const workloads = ({ pods }: Facts): Amount => ({ count: pods.length, what: 'workloads' });
/** The Services that may get a MeshService. */
export const services = ({ services: all }: Facts): Amount => ({ count: all.length, what: 'Services' });
export const namespaces = (facts: Facts): Amount => ({ count: facts.namespaces.length, what: 'Namespaces' });
/** All of Istio's resources: what is looked at to say that none of a kind is there. */
export const istioResources = ({ estate }: Facts): Amount => ({
  count: estate.istio.length,
  what: 'resources of Istio',
});
