import { defineCodes } from '../code.ts';

/** Findings about Sidecars: what workloads may reach, and how they are reached. 008 was retired: what it was about is translated. */
export const sidecar = defineCodes({
  reachable: {
    code: 'ISTHMUS-SC-001',
    severity: 'warning',
    title: 'Reachable backends are written down as of today',
    message:
      'The hosts of this Sidecar become the annotation kuma.io/reachable-backends of {count} workloads, with what the import knows: whole namespaces by label, others by name. New services in other namespaces are not added by themselves.',
    help: 'Apply the patches to the workloads and translate again when services are added; Kong Mesh up to 2.14 reads the annotation where MeshServices are on.',
    explanation:
      'A proxy of Kong Mesh knows the whole mesh unless its pod names what it reaches (kuma, 2.14). What is left out is not refused: where passthrough is open it is still reached, in plain text, as in Istio with ALLOW_ANY (edge.md T37).',
  },
  noWorkload: {
    code: 'ISTHMUS-SC-002',
    severity: 'warning',
    title: 'Workloads of the Sidecar are not in the import',
    message:
      'No workload of the import follows this Sidecar, so that there is nothing to annotate. Its pods would reach the whole mesh instead of: {value}.',
    help: 'Import the workloads as well, or annotate their pods with kuma.io/reachable-backends by hand.',
    explanation: 'The scope of a proxy is an annotation of its pod in Kong Mesh (kuma, 2.14).',
  },
  egressListener: {
    code: 'ISTHMUS-SC-003',
    severity: 'warning',
    title: 'Listener of its own for outbound traffic',
    message:
      'Field {field} gives outbound traffic a listener of its own. Kong Mesh has one listener for each destination; the hosts are carried over, the port and address are not.',
    help: 'Let the application call the service itself.',
    explanation:
      'Listeners for outbound traffic cannot be chosen on Kubernetes (kuma, 2.14); on Universal they are `networking.outbound`.',
  },
  ingress: {
    code: 'ISTHMUS-SC-004',
    severity: 'warning',
    title: 'Listeners for inbound traffic come from Services',
    message:
      'This Sidecar lists the listeners for inbound traffic. Kong Mesh makes them from the ports of the Services, and refuses ports that no Service names; a port that leads to another one of the application has no counterpart.',
    help: 'Name every port of the workload in a Service, with the port of the application as targetPort.',
    explanation:
      'Ports that a Sidecar does not list are passed through in Istio (verified by running on 1.32); Kong Mesh since 2.13 accepts declared ports only.',
  },
  ingressTls: {
    code: 'ISTHMUS-SC-005',
    severity: 'blocker',
    title: 'TLS of a sidecar without the mesh',
    message:
      'This listener ends TLS of clients outside of the mesh in the sidecar. Kong Mesh has no counterpart; the port would be plain text, or mutual TLS of the mesh.',
    help: 'Lead such clients through Kong Gateway.',
    explanation: 'Inbound listeners of Kong Mesh speak the mutual TLS of the mesh or none (kuma, 2.14).',
  },
  inboundPool: {
    code: 'ISTHMUS-SC-006',
    severity: 'warning',
    title: 'Limits of inbound connections are not carried over',
    message: 'These limits of connections to the workload are not carried over.',
    help: 'Write a MeshCircuitBreaker with `rules` and connectionLimits, and a MeshTimeout with `rules`, for the workload.',
    explanation:
      'Inbound limits are `rules[].default.connectionLimits` of a MeshCircuitBreaker (kuma, 2.13 and later).',
  },
  egressProxy: {
    code: 'ISTHMUS-SC-007',
    severity: 'blocker',
    title: 'Proxy for what the mesh does not know',
    message:
      'Istio sends what it does not know through this proxy. Kong Mesh passes it to its own address, or refuses it; the detour and what it checks are lost.',
    help: 'List the external hosts as MeshExternalServices, which the zone egress leads out.',
    explanation: 'Passthrough has no proxy of its own in Kong Mesh (kuma, meshpassthrough, 2.14).',
  },
  shadowed: {
    code: 'ISTHMUS-SC-009',
    severity: 'warning',
    title: 'Another Sidecar of the namespace is used',
    message:
      'Sidecar {other} is the oldest of this namespace without a selector, and the only one that Istio uses. This one has no effect.',
    help: 'Merge the two, or remove this one.',
    explanation:
      'Sidecars are never merged (istio/pilot/pkg/model/push_context.go, 1.32; verified by running). Where manifests do not tell their age, the first by name is taken.',
  },
  rootSelector: {
    code: 'ISTHMUS-SC-010',
    severity: 'info',
    title: 'Selector in the root namespace',
    message: 'A Sidecar of the root namespace with a selector applies to the workloads of that namespace only.',
    help: 'Nothing is to be done, unless it was meant for the whole mesh.',
    explanation: 'Verified by running Istio 1.32 (edge.md 3.5).',
  },
  unusedField: {
    code: 'ISTHMUS-SC-011',
    severity: 'info',
    title: 'Field says nothing',
    message: 'This field of the Sidecar says nothing.',
    help: 'Nothing is to be done.',
    explanation: 'Empty lists and maps, and fields that the schema of Sidecar does not have.',
  },
});
