import { defineCodes } from '../code.ts';

/** Findings about the edge: Gateways of Istio, the VirtualServices bound to them, and what Kong Gateway makes of them. */
export const gateway = defineCodes({
  refusedAtEdge: {
    code: 'ISTHMUS-GW-001',
    severity: 'blocker',
    title: 'Emitted resource of the edge would be refused',
    message:
      '{kind} {name} would be refused at {path}: {reason}. It is left out of the bundle, so that what its source asks for has no counterpart.',
    help: 'Change the source field to a value that Gateway API and Kong accept, or write the resource by hand.',
    explanation:
      "Every resource for the edge passes the schemas and rules of Gateway API 1.6 and the admission rules of Kong's ingress controller 3.5 before anyone sees it. One that does not is withheld, and the fields that it came from count as unsupported.",
  },
  refusedByIstio: {
    code: 'ISTHMUS-GW-002',
    severity: 'warning',
    title: 'Istio refuses this Gateway',
    message: 'Istio refuses this Gateway: {reason}. A cluster does not hold it, so that nothing is translated.',
    help: 'Correct the Gateway, or remove it from the import.',
    explanation:
      "The rules are those of Istio's admission webhook (istio/pkg/config/validation, 1.32; verified by running).",
  },
  egress: {
    code: 'ISTHMUS-GW-003',
    severity: 'blocker',
    title: 'Egress gateway',
    message:
      'This Gateway belongs to an egress gateway, which Kong Mesh does not have: external services are reached through the zone egress, which mutual TLS and policies lead to. What it demands of the traffic that leaves the mesh has no counterpart here.',
    help: 'Let the zone egress take its place: check that each host behind it has a MeshExternalService, restrict who may call it, and give the new source address to those who allow the old one.',
    explanation:
      "A MeshExternalService is reached through the zone egress only (kuma 2.14), so that a hop of one's own for egress is not needed; AuthorizationPolicies on the egress gateway are lost with it.",
  },
  egressRoute: {
    code: 'ISTHMUS-GW-004',
    severity: 'blocker',
    title: 'Route through an egress gateway',
    message:
      'This VirtualService leads traffic through an egress gateway, for which a MeshExternalService cannot stand: {reason}.',
    help: 'Give the hosts MeshExternalServices by hand, decide about what the gateway did beside leading traffic out, and remove the detour.',
    explanation:
      'Routes of a VirtualService for an egress gateway describe the second leg of a detour that the zone egress makes by itself.',
  },
  missing: {
    code: 'ISTHMUS-GW-005',
    severity: 'warning',
    title: 'Gateway is not in the import',
    message:
      'Gateway {gateway} is not in the import, so that its hosts, ports and certificates are unknown. The routes for it are drafts without a listener.',
    help: 'Import the Gateway as well.',
    explanation:
      'A route names the listener that it is for; without the Gateway there is none. In Istio a VirtualService for a Gateway that does not exist has no effect.',
  },
  eastWest: {
    code: 'ISTHMUS-GW-006',
    severity: 'blocker',
    title: 'Server for traffic inside the mesh',
    message:
      'Port {port} is for traffic inside the mesh (ISTIO_MUTUAL). Gateway API has no such listener; in Kong Mesh the zone egress takes traffic of the mesh out.',
    help: 'Reach what lies behind this port by a MeshExternalService, or by its Service without the detour.',
    explanation:
      'Kong Mesh leads traffic between zones through zone ingresses, with the identity of the mesh (kuma 2.14).',
  },
  tlsToTcp: {
    code: 'ISTHMUS-GW-007',
    severity: 'blocker',
    title: 'TLS that ends in plain TCP',
    message:
      "Port {port} ends TLS and forwards plain TCP. Kong's ingress controller has no route for that, so that the port is not opened.",
    help: 'Pass the TLS through to the service, or keep this port on Istio.',
    explanation:
      'TCPRoutes attach to listeners of protocol TCP and TLSRoutes to TLS in mode Passthrough only (kic 3.5, verified by running).',
  },
  bind: {
    code: 'ISTHMUS-GW-008',
    severity: 'blocker',
    title: 'Server is bound to an address',
    message:
      'The server for port {port} listens on {address} only. Kong listens on the same addresses for every Gateway, so that this one is not opened.',
    help: 'Give the server a data plane of its own, with KONG_PROXY_LISTEN set to the address.',
    explanation:
      'A listener of Gateway API has no address (Gateway API 1.6); `KONG_PROXY_LISTEN` is a setting of the data plane.',
  },
  portTaken: {
    code: 'ISTHMUS-GW-009',
    severity: 'warning',
    title: 'Port speaks another protocol already',
    message:
      'Port {port} belongs to Gateway {other} or an earlier server, which speaks another protocol there. Istio skips this server, by the age of the Gateways; so does the result.',
    help: 'Give one of them another port. If this Gateway is the older one, say so by `creationTimestamp`, which exports of a cluster carry.',
    explanation:
      'Servers for HTTP share a port, and so do servers for TLS; others are skipped, the later one by creation time (istio/pilot/pkg/model/gateway.go, 1.32; verified by running).',
  },
  hostTaken: {
    code: 'ISTHMUS-GW-010',
    severity: 'warning',
    title: 'Host is served by another Gateway already',
    message:
      'Host {host} on port {port} belongs to Gateway {other} or an earlier server. Istio skips this server as a whole, its other hosts too; so does the result.',
    help: 'Take the host out of one of the two.',
    explanation:
      'A TLS server with one host that is taken is skipped (istio/pilot/pkg/model/gateway.go CheckDuplicates, 1.32; verified by running). Which one comes first depends on the age of the Gateways.',
  },
  hostNotServable: {
    code: 'ISTHMUS-GW-011',
    severity: 'warning',
    title: 'Host cannot be a hostname of Gateway API',
    message:
      'Host {host} is no DNS name with at most one wildcard as its first label. Gateway API refuses it; the host is not served.',
    help: 'List the hosts, or use a wildcard for the first label.',
    explanation:
      'Hostnames of listeners and routes follow RFC 1123, with `*.` at their start at most (Gateway API 1.6).',
  },
  doubleHyphen: {
    code: 'ISTHMUS-GW-012',
    severity: 'blocker',
    title: 'Host would match every host',
    message:
      "Host {host} holds a double hyphen. Kong's expressions router would leave the host out of the route, which then takes the requests of every host; it is not served.",
    help: 'Use the router flavour traditional_compatible for this host, or keep it on Istio.',
    explanation:
      "KIC's pattern of hosts refuses `--`, so that every punycode name loses its condition (kic 3.5, verified by running).",
  },
  servicePort: {
    code: 'ISTHMUS-GW-013',
    severity: 'info',
    title: 'Listener has the port of the Service',
    message:
      "Istio's gateway listens on {port}; its Service offers it as {service}, which is the port of a listener in Gateway API.",
    help: 'Nothing is to be done.',
    explanation: 'Ports of a listener are those that clients see (Gateway API 1.6).',
  },
  secretNotImported: {
    code: 'ISTHMUS-GW-014',
    severity: 'warning',
    title: 'Certificate is not in the import',
    message:
      "Secret {name} is expected in namespace {namespace}, where the pods of Istio's gateway run. It is not in the import, so that its keys are unknown: Kong wants `tls.crt` and `tls.key`.",
    help: 'Check that the Secret is there and of type kubernetes.io/tls; the listener is not programmed without it.',
    explanation:
      "Istio looks for a credential beside the pods of the gateway, Gateway API beside the Gateway, or elsewhere with a ReferenceGrant (edge.md G9). Kong's controller looks at the keys of the Secret only (verified by running).",
  },
  secretKeys: {
    code: 'ISTHMUS-GW-015',
    severity: 'warning',
    title: 'Certificate may have keys that Kong does not read',
    message:
      'Secret {name} in namespace {namespace} is not of type kubernetes.io/tls. Istio also reads the keys `cert` and `key`; Kong wants `tls.crt` and `tls.key`, and programs no listener without them.',
    help: 'Create a Secret of type kubernetes.io/tls from it.',
    explanation: "Kong's controller looks at the keys of the Secret (kic 3.5 isTLSSecretValid, verified by running).",
  },
  noCertificate: {
    code: 'ISTHMUS-GW-016',
    severity: 'blocker',
    title: 'Server names no certificate',
    message:
      'The server for port {port} ends TLS and names no certificate. Istio opens no such port; the listener is a draft.',
    help: 'Name the Secret with its certificate.',
    explanation: 'Mode SIMPLE needs a credential or files (istio/pkg/config/validation, 1.32).',
  },
  severalCertificates: {
    code: 'ISTHMUS-GW-017',
    severity: 'warning',
    title: 'One certificate for each listener',
    message:
      'The server for port {port} names several certificates (for RSA and ECDSA). Kong takes one; the first is used.',
    help: 'Choose the certificate that all clients accept.',
    explanation: 'With two certificateRefs none of them reaches Kong (kic 3.5, verified by running).',
  },
  certificateFile: {
    code: 'ISTHMUS-GW-018',
    severity: 'blocker',
    title: 'Certificate lies in a file of the gateway',
    message:
      "Field {field} of the server for port {port} names files of Istio's gateway. Kong takes certificates from Secrets; the listener is a draft.",
    help: 'Create a Secret of type kubernetes.io/tls from the files and name it in the draft.',
    explanation: 'Listeners of Gateway API name Secrets (Gateway API 1.6).',
  },
  clientCertificate: {
    code: 'ISTHMUS-GW-019',
    severity: 'blocker',
    title: 'Client certificates are demanded',
    message:
      'The server for port {port} demands client certificates ({mode}). A listener of Kong has no such demand; without it the door would stand open, so that listener and routes are drafts.',
    help: 'Install the authorities of the clients (Secrets with the label `konghq.com/ca-cert`), add the plugin mtls-auth (Kong Gateway Enterprise) with them to the routes, and move the drafts into the bundle.',
    explanation:
      "Kong's ingress controller reads no client validation of a Gateway (kic 3.5); the plugin mtls-auth checks certificates for routes. Mutual TLS must never become plain TLS in silence (edge.md G8).",
  },
  clientDemand: {
    code: 'ISTHMUS-GW-020',
    severity: 'blocker',
    title: 'Demand on client certificates has no counterpart',
    message:
      'Field {field} of the server for port {port} narrows which client certificates are taken. Kong has no such setting of a listener.',
    help: 'Say it in the plugin mtls-auth, as far as that can: authorities, revocation, consumers by name.',
    explanation:
      "Names, hashes and revocation lists are checked by Istio's gateway (istio/api, networking/v1alpha3/gateway.proto); mtls-auth knows authorities and maps names to consumers.",
  },
  tlsVersion: {
    code: 'ISTHMUS-GW-021',
    severity: 'blocker',
    title: 'Versions and ciphers of TLS belong to the whole data plane',
    message:
      'Field {field} ({value}) narrows TLS for this server. Kong has one setting for all listeners of a data plane; the default takes TLS 1.2 and 1.3.',
    help: 'Set KONG_SSL_PROTOCOLS, KONG_SSL_CIPHER_SUITE and KONG_SSL_CIPHERS of the data plane.',
    explanation:
      '`ssl_protocols`, `ssl_cipher_suite` and `ssl_ciphers` are settings of nginx for every listener (Kong Gateway 3.9).',
  },
  tlsSettingIdle: {
    code: 'ISTHMUS-GW-022',
    severity: 'info',
    title: 'Setting of TLS has no effect',
    message:
      'Field {field} has no effect in this mode: the server for port {port} does not check certificates of clients, or does not end TLS.',
    help: 'Nothing is to be done.',
    explanation:
      'Istio ignores authorities with mode SIMPLE, and all settings where it passes TLS through (verified by running on 1.32).',
  },
  unusedField: {
    code: 'ISTHMUS-GW-023',
    severity: 'info',
    title: 'Istio does not use this field',
    message: 'Field {field} has no effect in Istio either.',
    help: 'Nothing is to be done.',
    explanation:
      'It is in the API and in no code path (istio/api, networking/v1alpha3/gateway.proto; verified by running on 1.32).',
  },
  unknownField: {
    code: 'ISTHMUS-GW-024',
    severity: 'warning',
    title: 'Istio knows no such field',
    message: "Field {field} is none of Istio's: the API server refuses or drops it, so that it has no effect.",
    help: 'Check its spelling.',
    explanation: "The schemas of Istio's kinds are closed (istio/api, 1.32).",
  },
  delegated: {
    code: 'ISTHMUS-GW-025',
    severity: 'warning',
    title: 'Kong Gateway must be a member of the mesh',
    message:
      'The Gateways are for Kong Gateway as a delegated gateway of the mesh, with the classes {classes}: each wants an ingress controller and a data plane of its own. The routes are written for the {router} router, and keep their order in it only.',
    help: "Install Kong's ingress controller 3.5 and Kong Gateway 3.9 or later without a database, annotate the pods of the data plane with `kuma.io/gateway: enabled`, and set CONTROLLER_GATEWAY_API_CONTROLLER_NAME to the controllerName of the class.",
    explanation:
      'A delegated gateway sends to the Services of the mesh through its own sidecar (edge.md 1.15). One controller merges all Gateways of its class into one data plane, so that an internal door would be open to the outside (T40). Kong compares hosts with regard to case, and matches the normalised path.',
  },
  portsShared: {
    code: 'ISTHMUS-GW-026',
    severity: 'blocker',
    title: 'Kong does not tell these ports apart',
    message:
      'Ports {port} and {other} ({protocol}) offer different hosts. Kong serves a route on every port of its protocol: what is meant for one port can be reached on the other.',
    help: 'Give the ports data planes of their own (a class each), or accept that hosts alone keep them apart.',
    explanation: 'The port of a listener is no part of a route in Kong (kic 3.5, verified by running).',
  },
  hostNotOffered: {
    code: 'ISTHMUS-GW-027',
    severity: 'info',
    title: 'No Gateway offers this host',
    message:
      'Host {host} is offered by no server of the Gateways of this VirtualService, or not to its namespace, so that Istio serves it nowhere there.',
    help: 'Remove the host, or add it to a server.',
    explanation:
      'What counts is the intersection of the hosts of the server and of the VirtualService (istio/pilot/pkg/networking/core/gateway.go, 1.32; verified by running).',
  },
  shortHost: {
    code: 'ISTHMUS-GW-028',
    severity: 'warning',
    title: 'Host without a dot at a gateway',
    message:
      'Host {host} means {name} here, a name that clients outside of the cluster hardly send. The route is for that name.',
    help: 'Write the name that clients use.',
    explanation:
      'Istio completes short names with the namespace of the VirtualService, at gateways too (verified by running on 1.32).',
  },
  notVisible: {
    code: 'ISTHMUS-GW-029',
    severity: 'info',
    title: 'The gateway does not see this VirtualService',
    message:
      "This VirtualService is not exported to the namespace of the gateway's pods, so that it has no effect there.",
    help: 'Remove it, or export it.',
    explanation: 'A gateway uses what its own namespace sees (istio, verified by running on 1.32).',
  },
  otherSource: {
    code: 'ISTHMUS-GW-030',
    severity: 'info',
    title: 'Match is for other sources',
    message: 'This match is for other pods than those of the gateway, so that it has no effect there.',
    help: 'Nothing is to be done.',
    explanation:
      'Istio checks sourceLabels and sourceNamespace against the pods of the gateway, unless the match names its gateways (istio/pilot/pkg/networking/core/route/route.go sourceMatchHTTP, 1.32; verified by running).',
  },
  deadRule: {
    code: 'ISTHMUS-GW-031',
    severity: 'warning',
    title: 'Rule is never reached',
    message: 'No request reaches this rule: an earlier one takes everything, or no listener serves it.',
    help: 'Remove it, or move it up.',
    explanation:
      'Istio stops at the first rule that matches (istio/pilot/pkg/networking/core/route/route.go, 1.32; verified by running).',
  },
  withheld: {
    code: 'ISTHMUS-GW-032',
    severity: 'blocker',
    title: 'Routes of a host are withheld',
    message:
      'Field {field} is a condition that Gateway API and Kong cannot keep. Without it the route would take more requests than in Istio, so that none of the rules for these hosts is emitted; Kong answers 503 for them.',
    help: 'Rewrite the condition, or keep these hosts on Istio.',
    explanation: 'Routes are an ordered list: leaving one condition out changes what the others receive.',
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - match: [{withoutHeaders: {x-internal: {}}}]\n      route: [{destination: {host: shop}}]',
  },
  tooMany: {
    code: 'ISTHMUS-GW-033',
    severity: 'blocker',
    title: 'Order of rules cannot be kept',
    message:
      "The rules at {field} overlap so much that Kong cannot be made to try them in Istio's order. None of them is emitted; Kong answers 503 for their hosts.",
    help: 'Divide the rules among several hosts, or let fewer of them overlap.',
    explanation:
      'Kong orders by the length of paths, up to 1024 characters; longer lists of overlapping matches do not fit (edge.md 2.3).',
  },
  ruleClosed: {
    code: 'ISTHMUS-GW-034',
    severity: 'blocker',
    title: 'Rule is closed',
    message:
      'What this rule asks for has no counterpart at Kong Gateway: {why}. Its requests are answered 503, so that none of them goes on to another rule.',
    help: 'Rewrite the rule, or write its counterpart by hand in the place of the plugin.',
    explanation: 'A rule that were left out would give its requests to the rules behind it (edge.md 4, T13).',
  },
  orderUnknown: {
    code: 'ISTHMUS-GW-035',
    severity: 'warning',
    title: 'Order of two VirtualServices is unknown',
    message:
      'VirtualService {other} has rules for the same host, and requests can match rules of both. Istio tries the older one first, and manifests do not tell their age; they are ordered by name.',
    help: 'Merge them into one VirtualService, or import what the cluster exports, with creationTimestamp.',
    explanation:
      'Routes of one host are concatenated by the age of their VirtualServices, catch-alls last (istio/pilot/pkg/networking/core/gateway.go, 1.32; verified by running).',
  },
  regexDialect: {
    code: 'ISTHMUS-GW-036',
    severity: 'info',
    title: 'Expression is read by another engine',
    message:
      'Kong reads this expression with the `regex` crate of Rust, Istio with RE2. It is anchored so that it matches the whole path in both.',
    help: 'Try it with paths of the application.',
    explanation: 'Both know no look-around; Kong anchors at the start only (kic 3.5, verified by running).',
  },
  headerMatch: {
    code: 'ISTHMUS-GW-037',
    severity: 'info',
    title: 'Repeated headers are matched differently',
    message:
      'Where a request repeats header {name}, one fitting value is enough in Istio; Kong wants all of them to fit, and takes `-` and `_` in names for the same.',
    help: 'Nothing is to be done unless clients repeat the header.',
    explanation: "Verified by running Envoy 1.40 and Kong's expressions router (edge.md T64).",
  },
  queryMatch: {
    code: 'ISTHMUS-GW-038',
    severity: 'info',
    title: 'Repeated parameters are matched differently',
    message: 'Where a request repeats parameter {name}, Istio looks at the first; Kong wants all of them to fit.',
    help: 'Nothing is to be done unless clients repeat the parameter.',
    explanation: "Verified by running Envoy 1.40 and Kong's expressions router (edge.md T64).",
  },
  headerValue: {
    code: 'ISTHMUS-GW-039',
    severity: 'warning',
    title: 'Header cannot be changed so',
    message:
      'The change of header {header} uses a variable of Envoy, an empty value or a name that Kong does not take; it is left out.',
    help: 'Write it by hand in the plugin request-transformer or response-transformer.',
    explanation: 'Envoy replaces `%...%` in values, Kong `$(...)` (edge.md 2.3).',
  },
  destinationHeaders: {
    code: 'ISTHMUS-GW-040',
    severity: 'warning',
    title: 'Headers of a single destination are lost',
    message: 'Headers that are changed for one of several destinations have no counterpart at Kong; they are left out.',
    help: 'Change them in the service, or with a MeshHTTPRoute on its way.',
    explanation: 'Kong refuses filters of a backendRef (kic 3.5, verified by running).',
  },
  rewritePlugin: {
    code: 'ISTHMUS-GW-041',
    severity: 'info',
    title: 'Path is rewritten by a plugin',
    message:
      'The prefix of the path is replaced by the plugin request-transformer, with what follows the prefix as it was: Gateway API would replace whole segments only.',
    help: 'Try it with paths of the application.',
    explanation:
      "Istio replaces the text of the prefix (`/api` by `/` gives `//fares`), Gateway API segments; Kong's controller uses the same plugin for its own rewrites (kic 3.5).",
  },
  cors: {
    code: 'ISTHMUS-GW-042',
    severity: 'warning',
    title: 'CORS is answered by a plugin',
    message:
      'The plugin cors answers preflight requests for the whole route. Where an origin does not fit, Istio forwards the request without the headers, Kong decides by its own rules.',
    help: 'Try it with the origins of the application.',
    explanation: 'Kong Gateway 3.9, plugin cors; not run (edge.md 2.6).',
  },
  corsPreflight: {
    code: 'ISTHMUS-GW-043',
    severity: 'info',
    title: 'Preflight requests that do not fit',
    message: 'The choice {value} for preflight requests that do not fit has no counterpart; Kong answers them.',
    help: 'Nothing is to be done unless the service answers preflight requests itself.',
    explanation: 'Kong Gateway 3.9, plugin cors (`preflight_continue` holds for all of them).',
  },
  directResponse: {
    code: 'ISTHMUS-GW-044',
    severity: 'info',
    title: 'Answer comes from a plugin',
    message:
      "The plugin request-termination answers in the place of Istio's directResponse or abort, with the same status and text.",
    help: 'Nothing is to be done.',
    explanation: 'Kong Gateway 3.9, plugin request-termination.',
  },
  timeoutPerPhase: {
    code: 'ISTHMUS-GW-045',
    severity: 'warning',
    title: 'Timeout holds for each phase',
    message:
      'In Istio a request ends after {timeout} in total; Kong gives connecting, sending and waiting for each part of the answer that time each.',
    help: 'Set requestTimeout in a MeshTimeout for the service where the total matters.',
    explanation: '`backendRequest` sets the connect, read and write timeouts of Kong (kic 3.5, verified by running).',
  },
  timeoutRefused: {
    code: 'ISTHMUS-GW-046',
    severity: 'warning',
    title: 'Timeout that Istio refuses',
    message: 'Istio refuses this timeout, so that it has no effect.',
    help: 'Correct it.',
    explanation: "Durations are Go's, not negative (istio/pkg/config/validation, 1.32).",
  },
  retries: {
    code: 'ISTHMUS-GW-047',
    severity: 'warning',
    title: 'Retries of a route are lost',
    message:
      'Kong retries failed connections only, and for all routes of a Service alike. What this rule says of retries is left out, since rules at gateways ask for different retries of its destination, or since policies of the target cannot be for gateways alone; the sidecar of the gateway retries by the MeshRetry of the mesh.',
    help: 'Write a MeshRetry for the service where the rule asks for more.',
    explanation: '`konghq.com/retries` is an annotation of the Service, without conditions (kic 3.5, edge.md 2.6).',
  },
  mirror: {
    code: 'ISTHMUS-GW-048',
    severity: 'warning',
    title: 'Mirroring is not done at the edge',
    message:
      'Kong Gateway does not mirror requests; the rule forwards without it. Its sidecar could, if all rules at gateways mirrored the requests to this destination alike and policies of the target could be for gateways alone.',
    help: 'Mirror in the mesh: a MeshHTTPRoute with RequestMirror for the Dataplane of the gateway.',
    explanation: 'Kong refuses RequestMirror, and with it the whole route (kic 3.5, verified by running).',
  },
  fault: {
    code: 'ISTHMUS-GW-049',
    severity: 'warning',
    title: 'Fault is not injected at the edge',
    message:
      'Delays, and aborts of a part of the requests, have no counterpart at Kong Gateway; the rule forwards without them.',
    help: 'Use a MeshFaultInjection at the service.',
    explanation: 'The plugin request-termination answers all requests of a route or none (Kong Gateway 3.9).',
  },
  subsetService: {
    code: 'ISTHMUS-GW-050',
    severity: 'warning',
    title: 'Subset becomes a Service',
    message:
      'Subset {subset} becomes Service {service}, which selects the pods of the subset: neither Kong nor Kong Mesh knows subsets.',
    help: 'Annotate it like the Service itself: Services of one split must carry the same annotations of konghq.com.',
    explanation:
      'A rule whose Services differ in annotations gets no route at all (kic 3.5, verified by running; T61).',
  },
  redirectScheme: {
    code: 'ISTHMUS-GW-051',
    severity: 'warning',
    title: 'Scheme of the redirect is fixed',
    message: 'The rule keeps the scheme of the request; Kong needs one, and https is written, for plain requests too.',
    help: 'Divide the rule by `scheme` if plain requests must stay plain.',
    explanation: 'Without a scheme Kong writes http (kic 3.5, verified by running).',
  },
  redirectPort: {
    code: 'ISTHMUS-GW-052',
    severity: 'warning',
    title: 'Port of the request is not kept',
    message:
      'The redirect is to keep the port of the request, which Kong does not know; the default port of the scheme is used.',
    help: 'Write the port.',
    explanation: "Ports of Kong's listeners are those of the container, not those that clients see.",
  },
  redirectSlash: {
    code: 'ISTHMUS-GW-053',
    severity: 'warning',
    title: 'Slash at the end of the redirect is lost',
    message: 'Kong cuts the slash at the end of {uri}.',
    help: 'Check that the target answers without it.',
    explanation: '`ReplaceFullPath` is trimmed (kic 3.5, verified by running).',
  },
  redirectCode: {
    code: 'ISTHMUS-GW-054',
    severity: 'warning',
    title: 'Status of the redirect is not one of Gateway API',
    message: 'Gateway API takes 301, 302, 303, 307 and 308; {code} becomes 301.',
    help: 'Choose one of them.',
    explanation: 'RequestRedirect, Gateway API 1.6.',
  },
  subnetIgnored: {
    code: 'ISTHMUS-GW-055',
    severity: 'warning',
    title: 'Istio ignores this condition',
    message:
      'Istio ignores {field} here: the rule takes connections from everywhere. So does the result; to keep the condition would close what is open.',
    help: 'Remove it; restrict sources in another way if that is meant.',
    explanation: 'Verified by running Istio 1.32 (edge.md T69).',
  },
  connectionMatch: {
    code: 'ISTHMUS-GW-056',
    severity: 'blocker',
    title: 'Condition on connections has no counterpart',
    message:
      'Field {field} narrows which connections this rule takes. TCPRoute and TLSRoute have no such condition; it is left out.',
    help: 'Restrict access in another way before the route is applied.',
    explanation: 'TCPRoute has no matches, TLSRoute names only (Gateway API 1.6).',
  },
  sniWildcard: {
    code: 'ISTHMUS-GW-057',
    severity: 'blocker',
    title: 'Wildcard of SNI cannot be routed',
    message:
      "Kong's expressions router drops the wildcard {host}: a TLSRoute with it alone takes no connection. It is left out.",
    help: 'List the names, or use the router flavour traditional_compatible.',
    explanation: 'kic 3.5, verified by running (edge.md 2.2).',
  },
  connectionClosed: {
    code: 'ISTHMUS-GW-058',
    severity: 'blocker',
    title: 'Connections of this rule are not routed',
    message: 'No TCPRoute or TLSRoute is emitted for this rule: {why}.',
    help: 'Rewrite the rule, or keep the port on Istio.',
    explanation: 'Kong sends connections to Services of Kubernetes, by listener and name.',
  },
  connectionRoute: {
    code: 'ISTHMUS-GW-059',
    severity: 'warning',
    title: 'Route needs a feature gate',
    message:
      "{kind} is read by Kong's ingress controller only with the feature gate GatewayAlpha, and by a data plane with KONG_STREAM_LISTEN for the port.",
    help: 'Set CONTROLLER_FEATURE_GATES to GatewayAlpha=true and KONG_STREAM_LISTEN.',
    explanation: 'kic 3.5, internal/manager/controllerdef.go.',
  },
  besideAnswer: {
    code: 'ISTHMUS-GW-060',
    severity: 'warning',
    title: 'Change beside a redirect or an answer is left out',
    message:
      'Field {field} stands beside a redirect or an answer, which Kong gives by a plugin before anything else; it is left out.',
    help: 'Write it by hand in a plugin of the route where clients rely on it.',
    explanation:
      'Istio changes headers and answers CORS for redirects and direct responses too; request-termination and redirect of Kong Gateway end the request themselves.',
  },
  waypoint: {
    code: 'ISTHMUS-GW-062',
    severity: 'warning',
    title: 'Waypoint of the ambient mode',
    message:
      'This Gateway is a waypoint. Kong Mesh has none: what policies it enforces for its services becomes policies of their sidecars.',
    help: 'Remove it when its services have sidecars of Kong Mesh; policies with a targetRef to it name the services instead.',
    explanation:
      'Sidecars enforce what waypoints do (edge.md 3.13); a client without a sidecar loses what only the waypoint did.',
  },
  guarded: {
    code: 'ISTHMUS-GW-064',
    severity: 'blocker',
    title: 'Routes wait for the policies of the gateway',
    message:
      'Pods of this gateway enforce {policies} before any route. Kong has no counterpart of them yet: the routes behind them are drafts, since they would let in what is refused today.',
    help: 'Set up the checks at Kong (ip-restriction, jwt or openid-connect, request-termination for paths), then move the routes into the bundle.',
    explanation:
      'A policy that selects the pods of a gateway, or stands for the whole mesh in the root namespace, holds for what enters there (istio/pilot/pkg/security, 1.32). Policies of Kong Mesh do not see the clients of a delegated gateway (edge.md 1.15).',
  },
  deniedHere: {
    code: 'ISTHMUS-GW-070',
    severity: 'warning',
    title: 'Denials of the gateway become routes of Kong',
    message:
      'What this policy denies by path, method or host is answered 403 by rules before all others of the gateway, on every port.',
    help: 'Nothing needs to be done; new VirtualServices of this gateway need the same routes.',
    explanation:
      'Kong merges slashes and refuses paths with a backslash there, so that it denies a little more than Istio and nothing less (kong/tools/uri.lua, 3.9; edge.md 2.6).',
  },
  tokensClosed: {
    code: 'ISTHMUS-GW-071',
    severity: 'blocker',
    title: 'Requests with a token are closed',
    message:
      'Pods of this gateway check tokens by {policies}, which Kong cannot do without a plugin: requests with an Authorization header or an access_token parameter are answered 503, the others get what they got before.',
    help: 'Finish the drafted plugin (openid-connect), name it in the routes and take the closing rules away.',
    explanation:
      'A RequestAuthentication refuses bad tokens and lets requests without one pass (istio/pilot/pkg/security/authn, 1.32): what a backend gets with a token has been checked. Unchecked tokens must not reach it.',
  },
  grpcBackend: {
    code: 'ISTHMUS-GW-072',
    severity: 'blocker',
    title: 'Backend at the edge serves gRPC',
    message:
      'Port {port} of {service} serves gRPC, to which Kong Gateway sends HTTP/1.1 unless the Service says otherwise: every call through this rule would fail.',
    help: 'Give the gRPC port a Service of its own, and annotate it with `konghq.com/protocol: grpc`, all Services of the rule alike: where they differ, the rule has no route at all.',
    explanation:
      'The protocol of a Service is an annotation for the whole of it, whatever its ports are (kic/internal/dataplane/kongstate/service.go, 3.5). GRPCRoutes come after every HTTPRoute of their host in the expressions router, so that none is emitted (edge.md 2.2).',
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - route: [{destination: {host: cart, port: {number: 9000}}}]',
  },
  grpcAnnotated: {
    code: 'ISTHMUS-GW-073',
    severity: 'warning',
    title: 'Service tells Kong that it speaks gRPC',
    message:
      '{service} serves nothing but gRPC, and a patch says so to Kong Gateway (`konghq.com/protocol: grpc`), which would send it HTTP/1.1 otherwise.',
    help: 'Apply the patch with the routes, and try one call through the gateway.',
    explanation:
      'The annotation holds for all ports of a Service, and has to be the same for all Services of a rule (kic/internal/dataplane/kongstate/service.go, 3.5; edge.md 2.4). HTTPRoutes take gRPC requests like others; how Kong hands them on was read, not run.',
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - route: [{destination: {host: cart, port: {number: 9000}}}]',
  },
  routesBehind: {
    code: 'ISTHMUS-GW-074',
    severity: 'warning',
    title: 'Routes of the mesh decide behind Kong',
    message:
      "Kong Gateway sends to port {port} of {service} through its own sidecar, which obeys the routes of VirtualService {route} like every client of the mesh; Istio's gateway did not.",
    help: 'Look at the verdict on the gateway. Where it differs, give the sidecars that the routes are for a label of their own and select by it, or send the gateway to a Service of its own with the same selector.',
    explanation:
      'A gateway of Istio reads the VirtualServices that are bound to it, and no others (istio/pilot/pkg/networking/core/gateway.go, 1.32). Kong Mesh 2.13 and 2.14 select sidecars alone with `proxyTypes`, which 3.0 does not have (edge.md 0, 1.15).',
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - route: [{destination: {host: cart, port: {number: 80}}}]',
  },
  missingBackend: {
    code: 'ISTHMUS-GW-075',
    severity: 'warning',
    title: 'Service behind a gateway is not in the import',
    message:
      "Service {service} is not in the import. Where the cluster does not have it either, Istio's gateway answers 503 to its part of the requests; Kong answers 500 where it is the only destination, and gives its part to the others where there are several.",
    help: 'Import the Service, or remove the destination.',
    explanation:
      "A destination without a cluster is answered with 503 (Envoy's cluster_not_found_response_code, which Istio sets for routes of the Gateway API only, 1.32). Kong's ingress controller leaves out references to Services that do not exist, and ends requests with 500 where none is left (kic/internal/dataplane/translator/subtranslator/httproute.go, 3.5). Everything else that rests on the Service, as its protocol, is unknown.",
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - route: [{destination: {host: gone, port: {number: 80}}}]',
  },
  retriesBehind: {
    code: 'ISTHMUS-GW-078',
    severity: 'info',
    title: 'Retries are those of the sidecar of the gateway',
    message:
      "Every rule at a gateway asks for the same retries of this destination, so that Kong's sidecar makes them: a MeshRetry for gateways.",
    help: 'Nothing has to be done, as long as the rules agree.',
    explanation:
      'Up to 2.14 policies can be for gateways alone (`proxyTypes`). Kong itself knows a number of retries for a whole Service, without conditions (kic 3.5, edge.md 2.6).',
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - retries: {attempts: 4, retryOn: 5xx}\n      route: [{destination: {host: cart, port: {number: 80}}}]',
  },
  mirrorBehind: {
    code: 'ISTHMUS-GW-079',
    severity: 'warning',
    title: 'Requests are mirrored behind the gateway',
    message:
      "Every rule at a gateway mirrors the requests to this destination, so that Kong's sidecar does: a MeshHTTPRoute for gateways. The host of its copies ends in `-shadow`, as Istio's do not.",
    help: 'Make sure that the service that gets the copies takes them for such a host.',
    explanation:
      "Kong's ingress controller refuses the filter RequestMirror (kic 3.5, edge.md 2.3); its sidecar is a client of the mesh, whose routes mirror (edge.md 2.6).",
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - mirror: {host: copy}\n      route: [{destination: {host: cart, port: {number: 80}}}]',
  },
  backendTls: {
    code: 'ISTHMUS-GW-080',
    severity: 'blocker',
    title: 'Backend at the edge is spoken to in TLS',
    message:
      "By DestinationRule {rule} Istio's gateway starts TLS towards port {port} of {service}. Kong Gateway and its sidecar do not, so that the server gets plain text. A BackendTLSPolicy is drafted.",
    help: 'Finish the draft and give Kong the certificate of the authority, or let the server take plain text from its sidecar, which is encrypted on the way.',
    explanation:
      "Kong Mesh encrypts between its proxies and starts no other TLS (routing.md 3.6). Kong's ingress controller reads BackendTLSPolicies v1alpha3 with the feature gate GatewayAlpha, without subjectAltNames and wellKnownCACertificates, and speaks HTTPS to the whole Service then (kic/internal/controllers/gateway/backendtlspolicy_utils.go, kic/internal/dataplane/translator/ingressrules.go, 3.5).",
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - route: [{destination: {host: cart, port: {number: 443}}}]',
  },
  outsideBackend: {
    code: 'ISTHMUS-GW-081',
    severity: 'warning',
    title: 'A Service stands for a host outside of the cluster',
    message:
      'This rule sends its requests to {host}, outside of the cluster. Kong Gateway sends to Services only: Service {service} stands for the host, without Pods, and a MeshHTTPRoute leads from it to MeshExternalService {external}, by the zone egress.',
    help: 'Apply the Service and the route before the routes of the gateway, and try one request: that Kong is led on so was read, not run.',
    explanation:
      'A MeshHTTPRoute takes a MeshExternalService as a backend and gives requests its address as their host (routing.md 2.3, verified by running), to which this rule rewrites it too. A Service that selects nothing becomes a MeshService without endpoints (routing.md 2.5); policies of the mesh act on the sidecar of a delegated gateway (edge.md 1.15). Kong itself takes no other backends than Services (kic 3.5, edge.md K-3 and K3).',
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - rewrite: {authority: maps.example.com}\n      route: [{destination: {host: maps.example.com, port: {number: 80}}}]',
  },
  sentOnce: {
    code: 'ISTHMUS-GW-076',
    severity: 'info',
    title: 'Kong leaves retries to its sidecar',
    message:
      'Patches have Kong Gateway send each request once (`konghq.com/retries: "0"`), so that only its sidecar tries again, as the policies of the mesh say: {services}.',
    help: 'Apply the patches with the routes.',
    explanation:
      "Kong sends a request whose time is over up to five more times, if its method allows that (DefaultRetries of kic 3.5; nginx's proxy_next_upstream), which multiplies with the retries of its sidecar. The annotation has to be the same for all Services of a rule (edge.md T19, T61).",
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - timeout: 3s\n      route: [{destination: {host: cart, port: {number: 80}}}]',
  },
  sentAgain: {
    code: 'ISTHMUS-GW-077',
    severity: 'info',
    title: 'Kong sends requests again by itself',
    message:
      'Kong Gateway sends requests to these Services up to five more times when their time is over, since not all Services of their rules are in the import without a `konghq.com/retries` of their own: {services}.',
    help: 'Annotate all Services of a rule with `konghq.com/retries: "0"`, so that only the sidecar tries again.',
    explanation:
      "Where the Services of a rule differ in an annotation of Kong's, the rule has no route at all (edge.md T61), so that they are annotated together or not at all.",
    example:
      'spec:\n  hosts: [shop.example.com]\n  gateways: [public]\n  http:\n    - route: [{destination: {host: somewhere, port: {number: 80}}}]',
  },
  egressReplaced: {
    code: 'ISTHMUS-GW-065',
    severity: 'warning',
    title: 'Zone egress takes the place of an egress gateway',
    message:
      'All that this egress gateway does is to lead hosts out of the mesh. The zone egress does so for every MeshExternalService: nothing is emitted for the gateway itself. Traffic leaves from other addresses than before.',
    help: 'Give the addresses of the zone egress to those who allow the old ones, and see that no AuthorizationPolicy or NetworkPolicy rests on the gateway.',
    explanation:
      'A MeshExternalService is reached through the zone egress only (kuma 2.14; edge.md 3.7 E1, E4), and clients talk to it by mutual TLS, as to the gateway.',
  },
  detour: {
    code: 'ISTHMUS-GW-066',
    severity: 'warning',
    title: 'Detour through an egress gateway ends',
    message:
      'This VirtualService leads {hosts} through an egress gateway and says nothing else. The MeshExternalService of each host takes its place: the zone egress is on the way without a route.',
    help: 'Remove the VirtualService once clients have moved. The zone egress must run (see the finding about it).',
    explanation:
      'Both legs of the way, from the sidecars to the gateway and from there to the host, are what Kong Mesh does for a MeshExternalService by itself (edge.md 3.7 E1). Which clients may call the host is for permissions to say.',
  },
});
