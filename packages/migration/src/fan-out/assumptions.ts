import type { TargetVersion } from '@isthmus/kong-mesh';
import type { PodCount } from './proxies.ts';

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** What the numbers take for granted, in sentences: of the measurements, of the model, and of what the import does not say. */
export function assumptionsOf(
  pods: PodCount,
  {
    version,
    mtls,
    hidden,
    outside,
  }: {
    readonly version: TargetVersion;
    readonly mtls: boolean;
    /** Services that discovery selectors hide, and that stand in namespaces without proxies. */
    readonly hidden: number;
    readonly outside: number;
  },
): string[] {
  return [
    'The formulas were fitted to what real control planes sent to one proxy, Istio 1.32 and Kong Mesh 2.14 (Kuma), for 10 to 3,000 services; they gave each measured size within 3 %. Beyond that they are extrapolated.',
    'Measured were Services with one HTTP port, three pods each and names of about 13 characters; longer names and more labels cost more, in Kong Mesh three times for each endpoint.',
    ...(version === '2.14' ? [] : [`For Kong Mesh ${version} the formulas of 2.14 are used: it was not measured.`]),
    mtls
      ? 'Clusters of Kong Mesh carry what mutual TLS needs, as measured with mutual TLS on.'
      : 'The translation sets up no identity, so that clusters of Kong Mesh are counted without mutual TLS.',
    'A proxy is a pod with a sidecar: replicas of its workload, at least what an autoscaler keeps. Gateways, Jobs and pods in ambient mode are not counted.',
    ...(pods.unsized === 0
      ? []
      : [
          `${counted(pods.unsized, 'workload says', 'workloads say')} nothing of how many pods there are (no replicas, or one pod for each node): one is taken.`,
        ]),
    ...(pods.assumed === 0
      ? []
      : [
          `${counted(pods.assumed, 'Service stands', 'Services stand')} in namespaces without a workload in the import: one pod with a sidecar is assumed behind each.`,
        ]),
    ...(pods.injectionAssumed
      ? ['Namespaces of which the import does not say who is injected are taken to be in the mesh.']
      : []),
    ...(hidden === 0
      ? []
      : [
          `Discovery selectors hide ${counted(hidden, 'Service', 'Services')} from every proxy of Istio, whatever Sidecars and exportTo say.`,
        ]),
    ...(outside === 0
      ? []
      : [
          `${counted(outside, 'Service stands', 'Services stand')} in namespaces without proxies: Istio tells its proxies of them all the same unless discovery selectors hide them, Kong Mesh makes no MeshService of them.`,
        ]),
    'Proxies of a namespace are taken to see the DestinationRules without a selector; headless Services count one TCP listener in Istio, and one destination for each pod in Kong Mesh.',
    'An endpoint of Kong Mesh is an inbound with its port: where several Services select a pod on one port, as for subsets, each of them has it several times.',
    'Known calls are those that routes, Sidecars, principals and the environment of workloads name, or that traffic showed; a workload that is not known to call anything would see nothing.',
    'The projection keeps the estate as it is: services, pods and routes per service, the number of HTTP ports, and the size of namespaces, so that their number grows. What a proxy sees of other namespaces stays the same share.',
    'Control planes pay as well: Kong Mesh makes the configuration of every proxy anew after any change, and sends it where it differs.',
  ];
}
