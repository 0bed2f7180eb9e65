import { defineCodes } from '../code.ts';

const conversion = 'istio/pilot/pkg/config/kube/gateway/conversion.go, 1.32';

/** Findings about resources of the Gateway API that Istio reads, in the mesh and at its edge. */
export const gatewayApi = defineCodes({
  refused: {
    code: 'ISTHMUS-GA-001',
    severity: 'warning',
    title: 'Istio makes nothing of this route',
    message: 'Istio leaves this {kind} out as a whole: {reason}. Nothing is emitted for it either.',
    help: 'Correct the route if it was meant to have an effect, or remove it.',
    explanation: `One rule that Istio does not understand makes it leave out the whole route (${conversion}).`,
  },
  unread: {
    code: 'ISTHMUS-GA-002',
    severity: 'info',
    title: 'Part of a route that Istio does not read',
    message: 'Istio does not read {fields} of this {kind}, so that nothing is emitted for them.',
    help: 'Nothing is to be done.',
    explanation: `Routes with a Service as a parent are for the names of that Service, whatever they say in \`hostnames\`; session persistence is not implemented (${conversion}).`,
  },
  alsoRead: {
    code: 'ISTHMUS-GA-003',
    severity: 'warning',
    title: 'Kong Mesh reads this HTTPRoute too',
    message:
      'Kong Mesh reads HTTPRoutes with a Service as a parent by itself where the kinds of the Gateway API are installed, and makes a MeshHTTPRoute of its own beside the emitted one. That one leaves out {lost}.',
    help: 'Remove the HTTPRoute when the last of its clients has left Istio; the emitted MeshHTTPRoute says all of it.',
    explanation:
      'The reading of Kong Mesh leaves out timeouts, retries, CORS and filters of backends without a word (kuma/pkg/plugins/runtime/k8s/controllers/gatewayapi/http_route_conversion.go, 2.14 and 3.0; edge.md 1.14).',
  },
  tie: {
    code: 'ISTHMUS-GA-004',
    severity: 'blocker',
    title: 'Age of routes decides, and is not known',
    message:
      'This rule and one of {other} take the same requests with equal right. Istio goes by the age of the routes, which these manifests do not tell: the order of names was taken.',
    help: 'Import the routes as the cluster holds them, with their creationTimestamp, or make one of the rules more specific.',
    explanation:
      'Rules of several routes for one Service are sorted together by path, method, headers and query, then by age (istio/pilot/pkg/config/kube/gateway/route_collections.go mergeHTTPRoutes, 1.32).',
  },
  noParent: {
    code: 'ISTHMUS-GA-005',
    severity: 'warning',
    title: 'Parent of a route is not in the import',
    message: '{kind} {name} is not in the import, so that this route is for no host here.',
    help: 'Import it as well, or remove the reference.',
    explanation: `A route for a ServiceEntry is for the hosts of that entry (${conversion}).`,
  },
  retargeted: {
    code: 'ISTHMUS-GA-006',
    severity: 'warning',
    title: 'Copied for Kong Gateway',
    message:
      'Istio serves this {kind}. Kong looks at its own class only: {name} is a copy for class kong. Kong answers after 60 s where Istio waits, and 404 with a body of its own.',
    help: 'Compare both doors before DNS is switched, then remove the one of Istio.',
    explanation:
      "The unmanaged class of Kong's ingress controller needs a data plane that is there already. How it behaves was read and partly run (edge.md 2.2, 2.3), so that nothing here counts as exact.",
  },
  draftAtEdge: {
    code: 'ISTHMUS-GA-007',
    severity: 'warning',
    title: 'Copy for Kong Gateway is to be finished',
    message: 'Istio serves this {kind}; its copy for Kong is a draft: {why}.',
    help: 'Settle this, then move the draft into the bundle.',
    explanation:
      'What would let in more than Istio does, or answer otherwise, is not applied without a person who looked at it (edge.md 2.3).',
  },
  lostAtEdge: {
    code: 'ISTHMUS-GA-008',
    severity: 'warning',
    title: 'Setting that Kong does not read',
    message: "Kong's ingress controller does not read {field}; it is not carried over.",
    help: 'Set timeouts and retries by annotations of the Service (`konghq.com/read-timeout`, `konghq.com/retries`); sessions by a KongUpstreamPolicy.',
    explanation:
      'Of timeouts only `backendRequest` is read, retries and session persistence are not (kic 3.5, verified by running; edge.md K-6, K-10).',
  },
  noGateway: {
    code: 'ISTHMUS-GA-009',
    severity: 'info',
    title: 'Gateway of a route is not in the import',
    message: 'Gateway {name} is not in the import, so that nobody can tell whether Istio serves this {kind}.',
    help: 'Import the Gateway as well.',
    explanation: 'Who serves a route is said by the class of its Gateway (Gateway API 1.6).',
  },
  backendTls: {
    code: 'ISTHMUS-GA-012',
    severity: 'blocker',
    title: 'TLS to a backend is lost',
    message:
      'Istio speaks TLS to {targets}, as this BackendTLSPolicy says. Nothing is emitted for it: Kong Mesh has such a setting for MeshExternalServices only, so that its sidecars send plain text. {kong}.',
    help: "For hosts outside of the cluster set `tls` of the MeshExternalService. For a Service let the server take plain text from its sidecar, which is encrypted on the way; or, for requests from Kong alone, keep the policy, start Kong's ingress controller with GatewayAlpha, give it the authority with a key `id` and the label `konghq.com/ca-cert`, and have Kong's sidecar take the port for TCP.",
    explanation:
      "Istio's gateways and sidecars all speak TLS to the target, by a DestinationRule that they make of the policy. Kong Mesh does not read BackendTLSPolicies, and a sidecar that reads requests would take Kong's TLS for a broken one (edge.md K6). Kong's ingress controller reads the same object with the feature gate GatewayAlpha, without subjectAltNames and wellKnownCACertificates, and of two for one Service none (kic/internal/controllers/gateway/backendtlspolicy_utils.go, 3.5). Which name Kong asks the server for was not run: routes of the Gateway API keep the host of the client (preserve_host).",
  },
  missingBackend: {
    code: 'ISTHMUS-GA-014',
    severity: 'warning',
    title: 'Service behind a Gateway is not in the import',
    message:
      'Service {service} is not in the import. Where the cluster does not have it either, Istio answers 500 to its part of the requests, and so does Kong where it is the only backend; where there are several, Kong gives its part to the others.',
    help: 'Import the Service, or remove the backend.',
    explanation:
      "Istio keeps the weight of a backend that does not exist (istio/pilot/pkg/config/kube/gateway/conversion.go, 1.32); Kong's ingress controller leaves it out of the split (kic/internal/dataplane/translator/subtranslator/backendref.go, 3.5).",
  },
  listenerSet: {
    code: 'ISTHMUS-GA-013',
    severity: 'warning',
    title: 'Listeners outside of their Gateway',
    message:
      "Istio adds the listeners of this ListenerSet to Gateway {gateway}. Kong's ingress controller reads none; nothing is emitted for it.",
    help: 'Write the listeners into the copy of the Gateway.',
    explanation: 'kic 3.5 knows Gateways with listeners of their own only.',
  },
  remote: {
    code: 'ISTHMUS-GA-010',
    severity: 'info',
    title: 'Gateway of another cluster',
    message:
      'Class istio-remote makes no pods: this Gateway tells Istio where the east-west gateway of network {network} is. In Kong Mesh zone ingresses find each other by the global control plane.',
    help: 'Remove it when all clusters are zones of Kong Mesh.',
    explanation:
      'Control planes of zones report the addresses of their ingress (ZoneIngress up to 2.14, MeshZoneAddress in 3.0; edge.md 3.14).',
  },
  eastWest: {
    code: 'ISTHMUS-GA-011',
    severity: 'warning',
    title: 'East-west gateway of the ambient mode',
    message: 'This Gateway takes traffic of other clusters in (HBONE). In Kong Mesh the ingress of a zone does this.',
    help: 'Install Kong Mesh in each cluster as a zone with an ingress, and remove the Gateway when the last service has moved.',
    explanation: 'Zone ingresses pass mutual TLS on by its server name (kuma, 2.14; edge.md 3.14).',
  },
});
