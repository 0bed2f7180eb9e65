import { defineCodes } from '../code.ts';

const universal =
  'A workload outside of Kubernetes is a Dataplane of a Universal zone, registered by kuma-dp on its machine with a token (kuma/api/mesh/v1alpha1/dataplane.proto, 2.14).';

/** Findings about workloads outside of Kubernetes, and about the settings of single proxies. */
export const workload = defineCodes({
  entry: {
    code: 'ISTHMUS-WL-001',
    severity: 'warning',
    title: 'Machine becomes a Dataplane',
    message:
      'WorkloadEntry {name} becomes a Dataplane, as a draft: kuma-dp on the machine registers it in a Universal zone. Its inbounds are the ports that the entry names; others come from the services that select it.',
    help: 'Set up a Universal zone, create a token, complete the ports and run kuma-dp with the draft.',
    explanation: universal,
  },
  group: {
    code: 'ISTHMUS-WL-002',
    severity: 'warning',
    title: 'Group of machines becomes a template',
    message:
      'WorkloadGroup {name} becomes a template of a Dataplane, as a draft, with the address as a variable. Machines register themselves with it; nothing registers them by a group.',
    help: 'Run kuma-dp with the template on each machine: `kuma-dp run --dataplane-file template.yaml --dataplane-var address=…`.',
    explanation: universal,
  },
  socket: {
    code: 'ISTHMUS-WL-003',
    severity: 'warning',
    title: 'Workload listens on a socket',
    message: '{address} is a socket; a Dataplane has an IP address or a DNS name. Nothing is emitted for the entry.',
    help: 'Let the process listen on a port.',
    explanation: universal,
  },
  network: {
    code: 'ISTHMUS-WL-004',
    severity: 'warning',
    title: 'Network becomes a zone',
    message:
      'Network {value} has no counterpart in a Dataplane: machines of another network belong to another zone, with a zone ingress.',
    help: 'Register the machine in the control plane of that zone.',
    explanation: universal,
  },
  locality: {
    code: 'ISTHMUS-WL-005',
    severity: 'warning',
    title: 'Locality becomes labels',
    message:
      'Locality {value} has no field in a Dataplane; locality of Kong Mesh goes by zones and by labels that a policy names.',
    help: 'Label the Dataplane `topology.kubernetes.io/zone` and name the label in affinityTags of a MeshLoadBalancingStrategy.',
    explanation: universal,
  },
  weight: {
    code: 'ISTHMUS-WL-006',
    severity: 'warning',
    title: 'Weight of a machine is lost',
    message: 'Weight {value} has no counterpart: endpoints of a MeshService share traffic equally.',
    help: 'Divide the machines into two MeshServices and weigh them in a MeshHTTPRoute, if the weights matter.',
    explanation: universal,
  },
  account: {
    code: 'ISTHMUS-WL-007',
    severity: 'warning',
    title: 'Identity of a machine changes',
    message:
      'Istio gives the machine the identity of service account {account}; in Kong Mesh its identity follows from the label `kuma.io/workload` of its Dataplane and the MeshIdentity.',
    help: 'Label the Dataplane `kuma.io/workload: {account}` and check the permissions that name it.',
    explanation: universal,
  },
  probe: {
    code: 'ISTHMUS-WL-008',
    severity: 'warning',
    title: 'Probe only connects',
    message:
      '{kind} of this probe has no counterpart: the probe of a Dataplane opens a connection to the port and nothing else.',
    help: 'Let the machine itself set the health of its Dataplane where more is needed.',
    explanation:
      'A serviceProbe has `tcp` only, with interval, timeout and thresholds (kuma/api/mesh/v1alpha1/dataplane.proto, 2.14).',
  },
  noPods: {
    code: 'ISTHMUS-WL-009',
    severity: 'warning',
    title: 'Pods of the setting are not in the import',
    message: 'No workload of the import is one that this ProxyConfig is for, so that there is nothing to annotate.',
    help: 'Import the workloads as well, or annotate their pods with kuma.io/sidecar-proxy-concurrency and kuma.io/sidecar-env-vars by hand.',
    explanation:
      'Settings of a sidecar are annotations of its pod in Kong Mesh (kuma/pkg/plugins/runtime/k8s/metadata, 2.14).',
  },
  variables: {
    code: 'ISTHMUS-WL-010',
    severity: 'warning',
    title: 'Environment is that of kuma-dp',
    message:
      'The variables become environment variables of kuma-dp, which does not read those of Istio: only those of Envoy and of the system mean the same.',
    help: 'Remove those that are for the agent of Istio.',
    explanation: 'The annotation kuma.io/sidecar-env-vars sets the environment of the sidecar (kuma, 2.14).',
  },
  variable: {
    code: 'ISTHMUS-WL-011',
    severity: 'warning',
    title: 'Variable cannot be written',
    message: 'Variable {name} holds `=` or `;`, at which Kong Mesh divides its list, or is no text; it is left out.',
    help: 'Set it in a ContainerPatch.',
    explanation: 'Another number of parts makes Kong Mesh refuse the pod (kuma 2.14 and 3.0, verified by running).',
  },
  image: {
    code: 'ISTHMUS-WL-012',
    severity: 'info',
    title: 'Image of the sidecar',
    message: 'The kind of image is that of Istio; the sidecar of Kong Mesh has one image for all.',
    help: 'Nothing is to be done.',
    explanation: 'The image is a setting of the injector (kuma, 2.14).',
  },
  unusedField: {
    code: 'ISTHMUS-WL-013',
    severity: 'info',
    title: 'Field says nothing',
    message: 'Field {field} says nothing that Istio reads.',
    help: 'Nothing is to be done.',
    explanation: 'Empty lists and maps, values of another type, and fields that the schema does not have.',
  },
  istioVariable: {
    code: 'ISTHMUS-WL-014',
    severity: 'info',
    title: "Variable is for Istio's agent",
    message: 'Variables named ISTIO_META_… tell istiod about a proxy; the sidecar of Kong Mesh reads none of them.',
    help: 'Nothing is to be done for DNS, which Kong Mesh always answers itself. Look for a counterpart where another one is set.',
    explanation: "Istio's agent sends these variables to istiod as metadata of the node (istio/pkg/bootstrap, 1.32).",
  },
  drain: {
    code: 'ISTHMUS-WL-015',
    severity: 'info',
    title: 'Time to drain is that of the end',
    message:
      'The time in which Envoy drains its connections becomes the time that the sidecar of Kong Mesh takes to do so when it stops.',
    help: 'Check that the grace period of the pods is longer.',
    explanation:
      'Istio has one time for draining and one for the end (terminationDrainDuration), Kong Mesh one for both: kuma.io/sidecar-drain-time (kuma/pkg/plugins/runtime/k8s/metadata, 2.14).',
  },
  unusable: {
    code: 'ISTHMUS-WL-016',
    severity: 'warning',
    title: 'Proxy configuration cannot be read',
    message:
      'This annotation is no map in YAML or JSON. Istio injects no sidecar into such a pod; nothing is carried over.',
    help: 'Mend the annotation, or remove it.',
    explanation:
      'proxy.istio.io/config holds the fields of a ProxyConfig (istio/api, mesh/v1alpha1/proxy.proto, 1.32); the injector fails where they cannot be read.',
  },
  ofService: {
    code: 'ISTHMUS-WL-017',
    severity: 'warning',
    title: 'Service has a machine among its endpoints',
    message:
      'Service {service} sends requests to {machine} too in Istio. Its MeshService has the proxies of its own zone only, so that the machine, which joins a Universal zone, gets none of them.',
    help: 'Write a MeshMultiZoneService that selects the MeshServices of both zones, and call it by its name (`….mzsvc.mesh.local`).',
    explanation:
      'Services of Kubernetes select WorkloadEntries in Istio (verified by running 1.32); a MeshMultiZoneService joins MeshServices of several zones under another host (edge.md W10, X4).',
  },
});
