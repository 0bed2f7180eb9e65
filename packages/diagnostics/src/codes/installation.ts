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
  leftOutPolicy: {
    code: 'ISTHMUS-INS-007',
    severity: 'warning',
    title: 'Istio does not read this policy',
    message:
      '{kind} {name} lies in namespace {namespace}, which discoverySelectors leave out: Istio does not read it, and it neither refuses nor lets in anybody. Nothing is made of it, and comparisons take Istio without it.',
    help: 'Remove it, or give the namespace a label that is selected if it is meant to count. Then import again.',
    explanation:
      'discoverySelectors filter every namespaced kind of configuration by the labels of its namespace, policies and those of the root namespace too (istio, pilot/pkg/config/kube/crdclient/client.go and pkg/kube/namespace/filter.go, 1.32; read, not run). Translation and comparisons are of what Istio reads, so that nobody gets in whom it refuses today.',
  },
  leftOut: {
    code: 'ISTHMUS-INS-008',
    severity: 'info',
    title: 'Istio does not read this resource',
    message:
      '{kind} {name} lies in namespace {namespace}, which discoverySelectors leave out: Istio does not read it. Nothing is made of it, and comparisons take Istio without it.',
    help: 'Nothing is to be done, unless it is meant to count: then give the namespace a label that is selected, and import again.',
    explanation:
      'discoverySelectors filter Services, endpoints, Ingresses, the namespaced kinds of the Gateway API and all configuration of Istio by the labels of the namespace (istio, pkg/kube/namespace/filter.go, 1.32; read, not run; of Services verified by running). Another control plane may read it.',
  },
  leftOutRoute: {
    code: 'ISTHMUS-INS-009',
    severity: 'warning',
    title: 'Kong Mesh reads this HTTPRoute, Istio does not',
    message:
      '{kind} {name} lies in namespace {namespace}, which discoverySelectors leave out: Istio does not read it. Kong Mesh has no such selectors: where the kinds of the Gateway API are installed it makes a MeshHTTPRoute of it, which no comparison counts.',
    help: 'Remove the HTTPRoute before its Service gets a MeshService, unless callers are to follow it from then on.',
    explanation:
      'Kong Mesh reads HTTPRoutes with a Service as a parent in every namespace (kuma, pkg/plugins/runtime/k8s/controllers/gatewayapi/http_route_controller.go, 2.14 and 3.0; edge.md 1.14).',
  },
  leftOutServices: {
    code: 'ISTHMUS-INS-010',
    severity: 'warning',
    title: 'Services that Kong Mesh will know and Istio does not',
    message:
      'discoverySelectors leave out namespace {namespace}: to proxies of Istio its Services ({services}) are unknown hosts, and they pass on what is for them as it is. Kong Mesh goes by its own label: it makes MeshServices of them, and its proxies route to them with mTLS and permissions. Verdicts on them differ.',
    help: 'Keep the label `kuma.io/sidecar-injection` off the namespace if it is to stay outside; else try its callers out before services leave Istio.',
    explanation:
      'Kong Mesh makes a MeshService of a Service whose namespace is labelled for injection or that has a label kuma.io/mesh (kuma, pkg/plugins/runtime/k8s/controllers/meshservice_controller.go, 2.14; edge.md M3). Istio injects sidecars into a namespace whatever discoverySelectors say, and gives it no `istio-ca-root-cert`, which new sidecars wait for (istio, pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go, 1.32; read, not run).',
  },
  refusedServices: {
    code: 'ISTHMUS-INS-011',
    severity: 'blocker',
    title: 'Services that Istio keeps out of reach',
    message:
      'discoverySelectors leave out namespace {namespace}: its Services ({services}) are unknown hosts, for which {who} let nothing out. Kong Mesh goes by its own label: it makes MeshServices of them, and its proxies reach them.',
    help: 'Keep the label `kuma.io/sidecar-injection` off the namespace, or restrict who may call its Services with MeshTrafficPermissions of your own.',
    explanation:
      'Without a Service in its registry a proxy with REGISTRY_ONLY drops what is for it (edge.md M3, verified by running Istio 1.32). A MeshService is reached whatever the passthrough of the mesh says (kuma, pkg/plugins/runtime/k8s/controllers/meshservice_controller.go, 2.14).',
  },
  unknownNamespace: {
    code: 'ISTHMUS-INS-012',
    severity: 'warning',
    title: 'It is not known whether Istio reads this namespace',
    message:
      'Nobody can tell whether discoverySelectors select namespace {namespace}: {why}. Resources in it that are taken for read by Istio: {count}.',
    help: 'Import the Namespaces with their labels as the cluster has them, and selectors that Istio takes.',
    explanation:
      'discoverySelectors look at the labels of Namespaces. An entry with an unknown operator, or with values where none belong, makes Istio log an error and change nothing (istio, pkg/kube/namespace/filter.go and pkg/config/mesh/labelselector/labelselector.go, 1.32; read, not run).',
  },
  unknownPolicies: {
    code: 'ISTHMUS-INS-013',
    severity: 'blocker',
    title: 'It is not known whether Istio reads what opens here',
    message:
      'Nobody can tell whether discoverySelectors select namespace {namespace}: {why}. Taken for read by Istio: {what}. Should that not be so, Kong Mesh lets through what Istio refuses.',
    help: 'Import the Namespaces with their labels as the cluster has them, and selectors that Istio takes.',
    explanation:
      'An ALLOW beside those of the root namespace, a mode weaker than that of the mesh and an outside host under REGISTRY_ONLY open what is closed without them. discoverySelectors say by the labels of the Namespace whether Istio reads them (istio, pkg/kube/namespace/filter.go, 1.32; read, not run).',
  },
});
