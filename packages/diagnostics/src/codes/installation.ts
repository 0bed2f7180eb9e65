import { defineCodes } from '../code.ts';

/** Findings about what installs Istio, about APIs that it has removed, and about the mesh's configuration as far as no policy carries it. */
export const installation = defineCodes({
  istioItself: {
    code: 'ISTHMUS-INS-001',
    severity: 'info',
    title: 'Settings of Istio itself',
    message:
      '{count} fields of this {kind} install and size the processes of Istio. Kong Mesh has processes of its own, which its Helm chart installs.',
    help: 'Size the control plane, zone ingress and zone egress of Kong Mesh in the values of its chart; sidecars by `kuma.io/container-patches`.',
    explanation:
      'Replicas, resources, images and ports of istiod and its gateways say nothing of traffic (istio/operator, 1.32). What counts for traffic in them, the meshConfig, is read on its own.',
  },
  retired: {
    code: 'ISTHMUS-INS-002',
    severity: 'warning',
    title: 'API that Istio has removed',
    message: '{kind} belongs to {group}, which Istio removed in release {release}. It does nothing in a later one.',
    help: 'Remove it from the import; if the cluster runs a release before {release}, upgrade Istio first.',
    explanation: 'Mixer and the first operator were removed long ago; a cluster of today ignores their resources.',
  },
  retiredRestriction: {
    code: 'ISTHMUS-INS-003',
    severity: 'blocker',
    title: 'Restriction of an API that Istio has removed',
    message:
      '{kind} belongs to {group}, which Istio removed in release {release}. Where it is still in force it restricts who may call, and has no counterpart here.',
    help: 'Translate it to AuthorizationPolicy and PeerAuthentication first (Istio 1.5 takes both), or remove it if the cluster ignores it.',
    explanation:
      'ServiceRole, ClusterRbacConfig and authentication Policy were replaced by AuthorizationPolicy, PeerAuthentication and RequestAuthentication in 1.4 and 1.5.',
  },
  meshField: {
    code: 'ISTHMUS-INS-004',
    severity: 'warning',
    title: 'Setting of the mesh has no counterpart here',
    message: "Field {field} of the mesh's configuration is not carried over: no policy that Isthmus writes has it.",
    help: '{advice} Decide first whether services rely on it.',
    explanation:
      'Settings of the mesh that have a counterpart in a policy are translated with it; others have none in Kong Mesh, or belong to its installation (istio/api, mesh/v1alpha1/config.proto, 1.32).',
  },
  meshRestriction: {
    code: 'ISTHMUS-INS-005',
    severity: 'blocker',
    title: 'Setting that protects the mesh has no counterpart here',
    message:
      "Field {field} of the mesh's configuration protects services, and is not carried over: no policy that Isthmus writes has it.",
    help: '{why} Set its counterpart by hand before services leave Istio, or decide that they need none.',
    explanation:
      'What a setting refuses in Istio must not be allowed in silence (istio/api, mesh/v1alpha1/config.proto, 1.32).',
  },
  undeclaredPorts: {
    code: 'ISTHMUS-INS-006',
    severity: 'warning',
    title: 'Ports that no Service declares are closed',
    message:
      'With PASSTHROUGH Istio hands connections to ports that no Service declares to the application. In Kong Mesh a sidecar that demands mTLS drops them.',
    help: 'Declare the ports in Services, or set KUMA_DATAPLANE_RUNTIME_STRICT_INBOUND_PORTS_ENABLED=false in `kuma.io/sidecar-env-vars` of the pods that need them: then they are open to everyone.',
    explanation:
      'Strict inbound ports are the default of sidecars since 2.13 and count where MeshTLS is Strict (kuma, meshtls/plugin/v1alpha1; verified by running 2.14).',
  },
  hiddenPolicy: {
    code: 'ISTHMUS-INS-007',
    severity: 'blocker',
    title: 'Istio does not read this policy',
    message:
      '{kind} {name} lies in namespace {namespace}, which discoverySelectors leave out: Istio does not read it. Nothing is made of it, so that it opens nothing; comparisons still take it for a policy in force.',
    help: 'Remove it, or give the namespace a label that is selected, so that Istio and Kong Mesh are told the same. Then import again.',
    explanation:
      'discoverySelectors filter every namespaced kind of configuration by the labels of its namespace, policies and those of the root namespace too (istio, pilot/pkg/config/kube/crdclient/client.go and pkg/kube/namespace/filter.go, 1.32; read, not run).',
  },
});
