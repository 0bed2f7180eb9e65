import { defineCodes } from '../../code.ts';

/** Pre-flight: configuration of Istio that stands in the way while both meshes run. */
export const traffic = defineCodes({
  strictServer: {
    code: 'ISTHMUS-PF-008',
    severity: 'warning',
    title: 'Server of Istio takes mutual TLS only',
    message:
      "{found} Sidecars of Kong Mesh cannot speak Istio's mutual TLS: until these servers move, callers that have moved before them are reset.",
    help: 'Move servers before their callers, let the ports be PERMISSIVE during the bridge, or go by the ingress gateway with a MeshExternalService.',
    explanation:
      "A Kong Mesh client speaks mutual TLS to MeshServices only; to anything else it sends what the application sends (kuma/pkg/plugins/policies/core/xds, 2.14). Istio's STRICT chain takes certificates only.",
  },
  strictTarget: {
    code: 'ISTHMUS-PF-006',
    severity: 'warning',
    title: 'Server of Kong Mesh takes mutual TLS only',
    message:
      '{found} Sidecars of Istio take a pod of Kong Mesh for one without a sidecar and send plaintext: callers that stay on Istio are reset from the moment these servers move, unless they are told to come with mutual TLS.',
    help: 'Leave it Strict where a policy restricts who may call, because plaintext passes every permission: the bridge of the plan lets callers come with mutual TLS. Elsewhere apply a MeshTLS with `mode: Permissive` for the time of the bridge, and take it away when the last caller has moved.',
    explanation:
      'Istio speaks mutual TLS to pods with the label `security.istio.io/tlsMode` (istio/pilot/pkg/serviceregistry, 1.32). Mutual TLS is enforced with a MeshIdentity unless a MeshTLS says otherwise (kuma/pkg/plugins/policies/meshtls, 2.14).',
  },
  forcedMutual: {
    code: 'ISTHMUS-PF-009',
    severity: 'blocker',
    title: "Clients are told to speak Istio's mutual TLS",
    message:
      '{found} Once the servers have moved, callers on Istio speak TLS that a permissive sidecar of Kong Mesh hands to the application as it is or answers with 400, and that a strict one accepts only with trust set up on both sides.',
    help: 'Take the `tls` block away: by itself Istio speaks mutual TLS to its own sidecars, and plaintext to others.',
    explanation:
      'Kong Mesh in permissive mode takes only TLS with the ALPN `kuma` for its own (verified by running kuma 2.14 and 3.0, Envoy 1.40); Istio sends `istio`.',
  },
  filters: {
    code: 'ISTHMUS-PF-039',
    severity: 'warning',
    title: 'Configuration of Envoy is changed by hand',
    message:
      '{found} Listeners, clusters and filters have other names in Kong Mesh: what neither a policy nor a MeshProxyPatch can say is missing after the move.',
    help: 'Settle the findings of its translation; write a MeshProxyPatch where no policy does the same.',
    explanation:
      'A patch for a name that does not exist has no effect, without an error (verified by running kuma 2.14).',
  },
  modules: {
    code: 'ISTHMUS-PF-040',
    severity: 'blocker',
    title: 'Wasm module in the way of requests',
    message: '{found} Kong Mesh has no such resource: the module does not run after the move, whatever it checks.',
    help: 'Replace it by a policy or a plugin of Kong Gateway, or load it with a MeshProxyPatch and bring the file into the sidecar.',
    explanation: 'There is no counterpart of WasmPlugin (kuma/pkg/plugins/policies, 2.14).',
  },
  requestRules: {
    code: 'ISTHMUS-PF-042',
    severity: 'blocker',
    title: 'Access depends on the request',
    message:
      '{found} A permission of Kong Mesh knows who calls, and nothing of the request: an allowance that asks for more is left out rather than widened, and a denial becomes one of all requests of its callers, so that requests are refused which Istio lets through.',
    help: 'Settle the findings of its translation: finish the draft of a MeshOPA, or let a plugin of Kong Gateway or the application decide, before the service moves.',
    explanation:
      'MeshTrafficPermission matches SPIFFE IDs, and SNI from 2.14 on, and nothing else in any version (kuma/api/common/v1alpha1/match.go).',
  },
  tokens: {
    code: 'ISTHMUS-PF-050',
    severity: 'blocker',
    title: 'Tokens are checked in the sidecar',
    message:
      '{found} No policy of Kong Mesh checks tokens: after the move requests with a forged token reach the application.',
    help: 'Check tokens in Kong Gateway for what comes in from outside, and in a MeshOPA or the application for calls within the mesh.',
    explanation: 'There is no counterpart of RequestAuthentication (kuma/pkg/plugins/policies, 2.14).',
  },
  machines: {
    code: 'ISTHMUS-PF-055',
    severity: 'blocker',
    title: 'Workload outside of Kubernetes',
    message:
      '{found} Nothing injects a sidecar there: until kuma-dp runs on the machine, its services have no endpoint in Kong Mesh.',
    help: 'Set up a Universal zone, create a token for the machine, and run kuma-dp with the draft of its Dataplane.',
    explanation:
      'A workload outside of Kubernetes is a Dataplane of a Universal zone (kuma/api/mesh/v1alpha1/dataplane.proto, 2.14).',
  },
  openEgress: {
    code: 'ISTHMUS-PF-057',
    severity: 'blocker',
    title: 'What leaves the mesh is no longer controlled',
    message: '{found} Kong Mesh lets traffic to unknown destinations out by default: data can leave that could not.',
    help: 'Apply a MeshPassthrough with `passthroughMode: Matched` or `None` for the mesh, with what may leave.',
    explanation:
      'Passthrough is on unless a Mesh or a MeshPassthrough says otherwise (kuma/pkg/plugins/policies/meshpassthrough, 2.14).',
  },
  ambient: {
    code: 'ISTHMUS-PF-041',
    severity: 'blocker',
    title: 'Ambient mode',
    message:
      '{found} ztunnel and the sidecar of Kong Mesh both redirect the traffic of the pod; and clients in ambient mode speak HBONE to port 15008, where a pod of Kong Mesh does not listen.',
    help: 'Take the labels away and restart the pods before Kong Mesh injects; carry what waypoints enforce over to policies for the workloads.',
    explanation: "Ambient redirects in the pod's network namespace (istio/cni/pkg/iptables, 1.32), as kuma-init does.",
  },
  sharedAccount: {
    code: 'ISTHMUS-PF-046',
    severity: 'warning',
    title: 'Workloads share an identity that a policy allows',
    message:
      '{found} Whoever is allowed is so for all of them, in Istio today and in Kong Mesh after it; the move makes the mistake permanent.',
    help: 'Give each workload a service account of its own before access is translated.',
    explanation:
      'Both meshes make the SPIFFE ID from namespace and service account (istio/pkg/spiffe, 1.32; kuma/pkg/core/resources/apis/meshidentity, 2.14).',
  },
  foreignTrust: {
    code: 'ISTHMUS-PF-047',
    severity: 'warning',
    title: 'Policy names identities of another trust domain',
    message: '{found} Callers from there are not let in until Kong Mesh trusts that domain.',
    help: 'Write a MeshTrust with the roots of the domain.',
    explanation:
      'A certificate of a domain without a MeshTrust is refused in the handshake (kuma/pkg/core/resources/apis/meshtrust, 2.14).',
  },
  sameHost: {
    code: 'ISTHMUS-PF-051',
    severity: 'warning',
    title: 'Host stands in several ServiceEntries',
    message:
      '{found} Istio merges them or lets each namespace see its own; MeshExternalServices are for the whole mesh, and two with one host name collide.',
    help: 'Merge the entries, or keep one host name for each.',
    explanation:
      'Host names must be unique; the newer MeshExternalService gets none (kuma/pkg/core/resources/apis/hostnamegenerator, 2.14).',
  },
  hijacked: {
    code: 'ISTHMUS-PF-054',
    severity: 'blocker',
    title: 'ServiceEntry for a name of the cluster',
    message:
      '{found} Its MeshExternalService would answer for the name of a Service: clients in Kong Mesh are sent elsewhere than those outside.',
    help: 'Remove the entry, or give it a host of its own.',
    explanation:
      'Kong Mesh answers DNS for host names of its own before the cluster does; collisions across kinds are not detected (kuma, 2.14).',
  },
  istioDns: {
    code: 'ISTHMUS-PF-056',
    severity: 'warning',
    title: "Name that only Istio's DNS may know",
    message:
      "{found} The sidecar of Istio answers for it today; after the move the name has to be known to Kong Mesh or to the cluster's DNS, else clients get NXDOMAIN.",
    help: 'Write a HostnameGenerator whose template gives the same host, or put the name into DNS.',
    explanation: 'With DNS capture istio-proxy answers for every host of a ServiceEntry (istio/pkg/dns/client, 1.32).',
  },
  gatewayClass: {
    code: 'ISTHMUS-PF-085',
    severity: 'warning',
    title: 'Route of the Gateway API for a gateway of Istio',
    message:
      "{found} Only Istio serves that gateway: Kong's controller takes gateways of its own class, and Kong Mesh routes with a Service as parent.",
    help: 'Give the route a second parent, a Gateway of class `kong`, and take the first away when traffic has moved.',
    explanation:
      'The class decides who serves a Gateway (gateway.networking.k8s.io); Kong Mesh 3.0 serves none of its own (kuma/UPGRADE.md).',
  },
  referenceGrants: {
    code: 'ISTHMUS-PF-086',
    severity: 'warning',
    title: 'Route crosses namespaces without a grant',
    message: '{found} Kong Mesh 3.0 does not program the backend (RefNotPermitted): requests for it get 500.',
    help: 'Write a ReferenceGrant in the namespace of the Service.',
    explanation: 'Kong Mesh 3.0 asks for the grant of the Gateway API (kuma/UPGRADE.md, 3.0).',
  },
  multicluster: {
    code: 'ISTHMUS-PF-087',
    severity: 'warning',
    title: 'Several clusters make one mesh',
    message:
      '{found} Istio merges Services of one name across clusters; in Kong Mesh a Service is of its zone, and calls stay there.',
    help: 'Plan a zone for each cluster, and a MeshMultiZoneService for each Service that clusters share.',
    explanation:
      'Services of one name and namespace are one in Istio (istio/pilot/pkg/serviceregistry/aggregate, 1.32); MeshMultiZoneService joins zones (kuma 2.14).',
  },
});
