import { defineCodes } from '../../code.ts';

const pruned = 'The fields are gone from the API of 3.0 and pruned without an error (verified by running kuma 3.0).';

/** Pre-flight: resources of Kong Mesh, those of the import and those that the translation emits. */
export const kongMesh = defineCodes({
  dnsOverlap: {
    code: 'ISTHMUS-PF-004',
    severity: 'blocker',
    title: 'Host names of Kong Mesh cover names of the cluster',
    message:
      '{found} Kong Mesh answers with an address of its own for a name that is a Service: clients in the mesh are sent elsewhere.',
    help: 'Use a suffix of its own, such as `.mesh.local`.',
    explanation:
      'Collisions of host names across kinds are not detected by the control plane (kuma/pkg/core/resources/apis/hostnamegenerator, 2.14).',
  },
  denied: {
    code: 'ISTHMUS-PF-005',
    severity: 'blocker',
    title: 'Identity without a permission',
    message:
      '{found} From the moment the identity is issued every connection with mutual TLS is refused, where Istio allows all.',
    help: 'Apply a MeshTrafficPermission that allows what Istio allows before the MeshIdentity; where the import is the whole estate, say so, and the translation writes it.',
    explanation:
      'A proxy with an identity and without a permission denies (verified by running kuma 2.14 and 3.0); Istio without a policy allows.',
  },
  prefix: {
    code: 'ISTHMUS-PF-045',
    severity: 'blocker',
    title: 'Prefix of an identity covers another namespace',
    message: '{found} Workloads of the other namespace are matched as well.',
    help: 'End the prefix with `/sa`, behind the namespace.',
    explanation:
      'A prefix is compared character by character; a slash at its end is refused (kuma/pkg/plugins/policies/meshtrafficpermission; verified by running kuma 2.14 and 3.0).',
  },
  goneFields: {
    code: 'ISTHMUS-PF-066',
    severity: 'blocker',
    title: 'Mesh with fields that 3.0 has not',
    message: '{found} Kong Mesh 3.0 drops them without a word: the mesh runs in plaintext, and open.',
    help: 'Write a MeshIdentity with MeshTLS, MeshPassthrough and MeshTrafficPermission instead.',
    explanation: pruned,
  },
  goneFrom: {
    code: 'ISTHMUS-PF-067',
    severity: 'blocker',
    title: 'Policy with from-rules in 3.0',
    message:
      '{found} 3.0 refuses such a MeshTrafficPermission, and drops the list from a MeshTLS, which then does nothing.',
    help: 'Write `rules`.',
    explanation: pruned,
  },
  goneReferences: {
    code: 'ISTHMUS-PF-068',
    severity: 'blocker',
    title: 'Reference by name in 3.0',
    message: '{found} 3.0 drops the field, and the policy is for more than was meant, or refuses the resource.',
    help: 'Refer by labels, such as `kuma.io/display-name` and `k8s.kuma.io/namespace`.',
    explanation: pruned,
  },
  noEgress: {
    code: 'ISTHMUS-PF-093',
    severity: 'blocker',
    title: 'External services without a zone egress',
    message: '{found} Traffic to a MeshExternalService goes by the zone egress: without one clients get 503.',
    help: 'Install Kong Mesh with `egress.enabled=true` first, with an identity for it.',
    explanation: 'MeshExternalServices are reached through the zone egress (kuma/pkg/xds/generator/egress, 2.14).',
  },
  egressDenied: {
    code: 'ISTHMUS-PF-094',
    severity: 'blocker',
    title: 'Zone egress lets nobody through',
    message: '{found} The egress denies by default from 2.14 on: clients of the external services are refused.',
    help: 'Write a MeshTrafficPermission for `kuma.io/listener-zoneegress: enabled`.',
    explanation: 'Permissions hold on listeners of the zone egress as well (verified by running kuma 2.14 and 3.0).',
  },
  clientCertificate: {
    code: 'ISTHMUS-PF-095',
    severity: 'blocker',
    title: 'Client certificate is dropped',
    message: '{found} With `SkipAll` the certificate is not presented, and a server that asks for it refuses.',
    help: 'Use `Secured`, or `SkipSAN` where the name cannot be verified.',
    explanation:
      'Client certificates are part of the verification that `SkipAll` leaves out (kuma/pkg/core/resources/apis/meshexternalservice, 2.14).',
  },
  section: {
    code: 'ISTHMUS-PF-102',
    severity: 'blocker',
    title: 'Section of a policy is no port of the pods',
    message:
      '{found} The policy selects no inbound: a permission allows nothing there, an exception of MeshTLS is not heeded.',
    help: 'Write the name of the container port, or its number where it has no name.',
    explanation:
      'In a targetRef of kind Dataplane the section is the inbound, named after the container port (verified by running kuma 2.14 and 3.0).',
  },
  sharedAddress: {
    code: 'ISTHMUS-PF-103',
    severity: 'blocker',
    title: 'External services behind one address',
    message:
      '{found} Each request leaves with the address as its Host, so that the gateway behind it cannot tell the services apart: 404, or the wrong service.',
    help: 'Give each service a DNS name of its own for the gateway, or a port with protocol tcp.',
    explanation: 'The egress rewrites Host to the DNS name of the endpoint (kuma, auto_host_rewrite, 2.14).',
  },
  mixedSplit: {
    code: 'ISTHMUS-PF-104',
    severity: 'warning',
    title: 'Split between a service and an external one',
    message: '{found} The Host is rewritten for the whole rule: pods of the mesh get the name of the external address.',
    help: 'Split at the gateway, or check that the pods do not rely on Host.',
    explanation:
      'auto_host_rewrite is a setting of the whole route action (kuma/pkg/plugins/policies/meshhttproute, 2.14).',
  },
  trustName: {
    code: 'ISTHMUS-PF-107',
    severity: 'warning',
    title: 'MeshTrust has the name of a MeshIdentity',
    message:
      '{found} The control plane adds its own root to this MeshTrust, under the trust domain that is written there.',
    help: 'Give them different names.',
    explanation:
      'A MeshIdentity keeps its roots in the MeshTrust of its own name (kuma/pkg/core/resources/apis/meshidentity/status/updater.go, 2.14).',
  },
});
