import type { Amount } from './check.ts';
import type { Facts } from './facts.ts';

/** So many of something. */
export const amount = (count: number, one: string, many = `${one}s`): Amount => ({
  count,
  what: count === 1 ? one : many,
});

/** The workloads whose pods may join Kong Mesh. */
export const workloads = ({ pods }: Facts): Amount => amount(pods.length, 'workload');
/** The Services that may get a MeshService. */
export const services = ({ services: all }: Facts): Amount => amount(all.length, 'Service');
export const namespaces = (facts: Facts): Amount => amount(facts.namespaces.length, 'Namespace');
/** All of Istio's resources: what is looked at to say that none of a kind is there. */
export const istioResources = ({ estate }: Facts): Amount =>
  amount(estate.istio.length, 'resource of Istio', 'resources of Istio');
