import { defineCodes } from '../code.ts';

/** Findings about VirtualServices. 001, 003 and 006 were retired: what they were about is translated. */
export const virtualService = defineCodes({
  contested: {
    code: 'ISTHMUS-VS-002',
    severity: 'blocker',
    title: 'Several VirtualServices for one host, of unknown age',
    message:
      'Host {host} has {count} VirtualServices for the mesh. Istio uses the oldest of them, and these manifests do not tell which that is: {chosen} was taken, as if all were made at once. It matters: {difference}.',
    help: 'Merge them into one, remove those without effect, or import them as they are in the cluster (with creationTimestamp).',
    explanation:
      'A sidecar builds the routes of a host from the first VirtualService by creation time, then name and namespace; the others are dropped (routing.md T39; istio, verified by running 1.32). In Kong Mesh the rules of several MeshHTTPRoutes would be merged. Where each of them would do the same with every request nothing is said.',
  },
  unknownService: {
    code: 'ISTHMUS-VS-004',
    severity: 'warning',
    title: 'Service of a route is not in the import',
    message:
      'Service {service} is not in the import, so that its ports, their protocols and its selector are unknown. Its routes are a draft.',
    help: 'Import the Service as well, or complete the draft by hand.',
    explanation:
      'A backendRef names its port, a subset needs the selector of its Service, and Kong Mesh honours HTTP routes only on ports whose appProtocol is http, http2 or grpc (routing.md 2.5).',
  },
  unknownPort: {
    code: 'ISTHMUS-VS-005',
    severity: 'blocker',
    title: 'Destination does not speak HTTP on this port',
    message:
      'Port {port} of {service} is declared as something else than HTTP, but an HTTP rule sends requests there. Kong Mesh leaves such a backend out, so that these requests are refused with 503.',
    help: 'Correct the port of the destination, or declare the protocol of the port as HTTP.',
    explanation:
      'Istio sends requests to the cluster of any port; Kong Mesh drops a backend whose port is not http, http2 or grpc from a MeshHTTPRoute (kuma, core/xds/meshroute/listeners.go, 2.14; verified by running).',
  },
  dead: {
    code: 'ISTHMUS-VS-007',
    severity: 'info',
    title: 'Rule is never reached',
    message:
      'Istio never gets to a part of this rule: rules in front of it take all of its requests, or it is for no client, port or gateway of the mesh. Nothing is emitted for that part.',
    help: 'Remove the rule, or move it in front of the wider one.',
    explanation:
      'A sidecar tries the rules in the order of the list; behind the first rule for every request Istio emits nothing (routing.md T2, T11; istio, verified by running 1.32). Kong Mesh sorts by specificity, where a dead rule would come alive.',
  },
  ineffective: {
    code: 'ISTHMUS-VS-008',
    severity: 'info',
    title: 'VirtualService has no effect',
    message:
      'This VirtualService has no effect on any client of the mesh: another one is used for its hosts, its hosts are none of the mesh, or nobody sees it.',
    help: 'Remove it, or merge what it says into the one that is used (`istioctl x describe` shows which).',
    explanation:
      'Of several VirtualServices for one host a sidecar uses the first by visibility and age, whole (routing.md T39, T40, 5.1; istio, verified by running 1.32). In Kong Mesh the rules of several MeshHTTPRoutes would be merged, so that nothing is emitted for the others.',
  },
  unmatched: {
    code: 'ISTHMUS-VS-009',
    severity: 'warning',
    title: 'Unmatched requests are refused in another way',
    message:
      'The rules for {host} do not take every request. Istio answers 404 to the rest; here Kong Mesh has nobody to send it to and answers 503 from a Service without endpoints.',
    help: 'Add a last rule that says where the rest goes, or tell the callers that depend on the status.',
    explanation:
      'Kong Mesh sends what no rule takes to the destination itself. Only 2.14 gives 404, where a rule for `/` has no backend that resolves, for the list as a whole (routing.md T42; verified by running); 2.13 would break the listener and 3.0 answers 500, so that a Service without endpoints is used there.',
  },
  condition: {
    code: 'ISTHMUS-VS-010',
    severity: 'blocker',
    title: 'Condition cannot be expressed',
    message:
      'Kong Mesh cannot look at the {condition} of a request as this match does. Its requests, and those that only differ in it, are refused with 503, so that no other rule gets them.',
    help: 'Move the decision to the edge (Kong Gateway routes by host and header), or into a header that the MeshHTTPRoute can match.',
    explanation:
      'A match of a MeshHTTPRoute has a path, one method, headers (each name once, no pseudo headers) and query parameters (kuma, meshhttproute/api/v1alpha1, 2.14). A lost narrowing match would send other requests to this rule, so that it is not emitted (routing.md 3.2).',
  },
  directResponse: {
    code: 'ISTHMUS-VS-011',
    severity: 'blocker',
    title: 'Direct response cannot be expressed',
    message:
      'This rule answers with {status} itself, which no policy of Kong Mesh does, nor can a patch: {why}. Its requests are refused with 503.',
    help: 'Move the rule in front of those that share requests with it, answer from a small service of your own, or at Kong Gateway (plugin request-termination).',
    explanation:
      'A MeshHTTPRoute forwards or redirects (routing.md 3.3). A MeshProxyPatch can put a route that answers in front of all others of a virtual host (ISTHMUS-VS-055), not between them: their names are hashes of their matches and their places follow from all policies, so that a patch that counted them would answer the wrong requests one day.',
  },
  rewrite: {
    code: 'ISTHMUS-VS-012',
    severity: 'blocker',
    title: 'Rewrite cannot be expressed',
    message:
      'Kong Mesh can replace a whole path or a prefix of whole path segments, not what this rewrite does. The requests are refused with 503, as the destination would get paths that it does not expect.',
    help: 'Serve the old paths in the application, or rewrite at Kong Gateway.',
    explanation:
      'URLRewrite has ReplaceFullPath and ReplacePrefixMatch; the latter needs a match on a path prefix (kuma, meshhttproute/api/v1alpha1/validator.go, 2.14; routing.md 3.3). No MeshProxyPatch is written for it: a patch would have to change a route that the control plane generates, which has no name of its own and whose place follows from all policies, so that it could rewrite the paths of other requests one day; a route of its own in front would have to repeat clusters, timeouts and retries.',
  },
  cors: {
    code: 'ISTHMUS-VS-013',
    severity: 'warning',
    title: 'CORS is not answered by the mesh',
    message:
      'The proxy of Istio answers preflight requests and adds the CORS headers of this policy; Kong Mesh has no such policy. Requests are forwarded as they are, and browsers refuse answers without the headers.',
    help: 'Use the cors plugin of Kong Gateway where browsers come in, or answer in the application.',
    explanation:
      'No policy of Kong Mesh is about CORS (routing.md 3.3). No MeshProxyPatch is written for it: the filter would have to be added to every outbound listener and the policy to routes that the control plane generates, which a patch cannot tell apart.',
  },
  fault: {
    code: 'ISTHMUS-VS-014',
    severity: 'warning',
    title: 'Injected faults are lost',
    message:
      'Istio delays or aborts requests of this one rule in the client. A MeshFaultInjection of Kong Mesh acts in the server, on all requests of a client whatever the rule, so that none is emitted: no fault is injected.',
    help: 'Write a MeshFaultInjection for the servers if the faults may hit all requests; retries of the clients then count against it.',
    explanation:
      'MeshFaultInjection is conditioned on the identity of the client only; what it aborts looks like a failure of the server and is retried (routing.md T71, T72). No MeshProxyPatch is written for it: the fault of one rule belongs to a route that the control plane generates, which a patch cannot tell apart, and a fault at the wrong route is worse than none.',
  },
  destinationHeaders: {
    code: 'ISTHMUS-VS-015',
    severity: 'warning',
    title: 'Headers of one destination cannot be expressed',
    message:
      'These header changes are for one of several destinations. A rule of Kong Mesh has one list of changes for all of its backends, so that these are left out.',
    help: 'Let the destination itself add the headers.',
    explanation:
      'Filters belong to a rule, not to a backendRef (kuma, meshhttproute/api/v1alpha1, 2.14; routing.md T38). No MeshProxyPatch is written for it: weighted clusters stand in routes that the control plane generates, which a patch cannot tell apart.',
  },
  prefixRewrite: {
    code: 'ISTHMUS-VS-016',
    severity: 'warning',
    title: 'Prefix is rewritten at path segments only',
    message:
      "Istio's prefix {prefix} is one of the text and takes {others} too, such as {example}; Kong Mesh rewrites whole path segments. Requests for those are refused with 503.",
    help: 'End the prefix in a slash, or add a rule for the longer names if there are any.',
    explanation:
      'A PathPrefix of Kong Mesh matches whole segments, and only with it can a prefix be replaced (routing.md T13, T23; verified by running).',
  },
  hostRewrite: {
    code: 'ISTHMUS-VS-017',
    severity: 'warning',
    title: 'Host cannot be rewritten to this name',
    message:
      'Kong Mesh takes plain lower-case host names without a port only; {host} is none. The requests keep the host that the client sent.',
    help: 'Let the destination accept the host that clients send, or choose a plain name.',
    explanation: 'URLRewrite.hostname is checked as a DNS name (kuma, meshhttproute/api/v1alpha1/validator.go, 2.14).',
  },
  mirrorHost: {
    code: 'ISTHMUS-VS-018',
    severity: 'warning',
    title: 'Mirrored requests have another host',
    message:
      'Copies of requests go to {host} in both meshes. Istio leaves their host as it is; in Kong Mesh it ends in -shadow.',
    help: 'Let the mirror accept any host, or strip the suffix there.',
    explanation:
      'Envoy appends -shadow to the host of mirrored requests; Istio switches that off (DISABLE_SHADOW_HOST_SUFFIX), Kong Mesh does not (routing.md 3.3; verified by running Envoy 1.40).',
  },
  retryOn: {
    code: 'ISTHMUS-VS-019',
    severity: 'warning',
    title: 'Retries on other conditions',
    message:
      'Kong Mesh cannot name these conditions for a retry on this port: {conditions}. It retries on the others only, on a gRPC port on its own longer list.',
    help: 'Check which failures the callers expect to be retried.',
    explanation: 'The conditions of a MeshRetry are a fixed list for each protocol (routing.md 3.4, T70).',
  },
  missingDestination: {
    code: 'ISTHMUS-VS-020',
    severity: 'warning',
    title: 'Destination does not exist',
    message:
      'Istio answers {status} to the requests for this destination: {reason}. In Kong Mesh they go to a Service without endpoints, which gives {answer}.',
    help: 'Correct the destination, or import the resource that is missing.',
    explanation:
      'A backend that does not exist would be left out by Kong Mesh, and other rules or the Service itself would get its requests (routing.md T50, T55, T56, T83). Istio answers 500 in routes of the Gateway API and 503 elsewhere (istio/pilot/pkg/networking/core/route/route.go, 1.32).',
  },
  externalDestination: {
    code: 'ISTHMUS-VS-021',
    severity: 'blocker',
    title: 'Destination outside of the cluster',
    message:
      'This rule sends requests for a Service of the cluster to {host}, which a ServiceEntry names but no MeshExternalService stands for. The requests are refused with 503.',
    help: 'Point the MeshHTTPRoute to the MeshExternalService of the host by hand, and allow the zone egress.',
    explanation: 'A backend of a rule is a MeshService or a MeshExternalService (routing.md 2.3).',
  },
  headlessDestination: {
    code: 'ISTHMUS-VS-022',
    severity: 'blocker',
    title: 'Destination is a headless Service',
    message:
      'For the headless Service {host} Istio forwards to the address that the client dialled, which is that of another Service. Kong Mesh cannot do that: the requests are refused with 503.',
    help: 'Give the destination a cluster IP, or let clients call it directly.',
    explanation:
      'Clusters of headless Services are ORIGINAL_DST in Istio (routing.md T81); Kong Mesh has one MeshService for each of its Pods.',
  },
  clients: {
    code: 'ISTHMUS-VS-023',
    severity: 'blocker',
    title: 'Clients cannot be told apart',
    message:
      'Clients with {clients} have other routes to {host} than the rest. Kong Mesh would merge both sets of rules, in an order that Istio does not have: no rules are emitted for these clients, who would follow those of the rest.',
    help: 'Give both groups rules for the same paths, or keep these clients on Istio until the rules are simpler.',
    explanation:
      'Kong Mesh merges the rules of all policies that select a client and sorts them by specificity; its selectors have no negation (routing.md 2.2, 5.3 step 5).',
  },
  orderLost: {
    code: 'ISTHMUS-VS-024',
    severity: 'blocker',
    title: 'Order of a prefix rewrite cannot be kept',
    message:
      'This rule rewrites a path prefix, so that Kong Mesh would try it in front of {other}, which Istio tries first: {request} is taken by that in Istio and would be taken by this rule. Its requests are refused with 503 instead.',
    help: 'Move the rule to the front if {request} may go there; or make the rules in front of it exact paths or longer prefixes.',
    explanation:
      'Kong Mesh tries exact paths, then prefixes, then regular expressions. Only the last can be put into any order, and in them no prefix can be replaced (routing.md T12).',
  },
  broken: {
    code: 'ISTHMUS-VS-025',
    severity: 'blocker',
    title: 'Istio itself refuses this configuration',
    message:
      'The proxies of Istio refuse the routes of {host} on port {port}: {reason}. They go on with what they had before, which these manifests do not tell. No routes are emitted.',
    help: 'Correct the VirtualService and check what the running proxies do (`istioctl proxy-config routes`).',
    explanation: 'Envoy refuses a route table as a whole (routing.md T85; verified by running Envoy 1.40).',
  },
  scheme: {
    code: 'ISTHMUS-VS-026',
    severity: 'warning',
    title: 'Scheme is that of x-forwarded-proto',
    message:
      'Inside the mesh requests are plain HTTP unless the client sends the header x-forwarded-proto. Kong Mesh cannot look at the scheme: this condition is taken to hold {effect}.',
    help: 'Match the header x-forwarded-proto instead if clients send it.',
    explanation:
      'Sidecars of Istio trust x-forwarded-proto (routing.md 3.2; verified by running 1.32); a MeshHTTPRoute cannot look at the scheme.',
  },
  methods: {
    code: 'ISTHMUS-VS-027',
    severity: 'warning',
    title: 'Only standard methods are matched',
    message:
      'The condition {condition} on the method becomes one match for each of: {methods}. Methods beside the standard ones are not matched by Kong Mesh.',
    help: 'Nothing to do unless clients use methods of their own.',
    explanation: 'The method of a MeshHTTPRoute is one of nine (kuma, meshhttproute/api/v1alpha1, 2.14).',
  },
  headerName: {
    code: 'ISTHMUS-VS-028',
    severity: 'warning',
    title: 'Header name is not accepted',
    message: 'Kong Mesh does not accept the header name {name}; this change is left out.',
    help: 'Use a name of lower-case letters, digits and hyphens.',
    explanation: 'Header names have a pattern in the schema of MeshHTTPRoute (routing.md 2.3).',
  },
  redirect: {
    code: 'ISTHMUS-VS-029',
    severity: 'blocker',
    title: 'Redirect cannot be expressed',
    message: 'Kong Mesh cannot redirect to {what}. The requests are refused with 503.',
    help: 'Redirect to a plain lower-case host name over http or https, or redirect at Kong Gateway.',
    explanation:
      'RequestRedirect.hostname is checked as a DNS name, the scheme is http or https (kuma, meshhttproute/api/v1alpha1/validator.go, 2.14).',
  },
  redirectQuery: {
    code: 'ISTHMUS-VS-030',
    severity: 'warning',
    title: 'Redirect keeps the query of the request',
    message:
      'The new path {uri} has a query of its own, which replaces that of the request in Istio. Kong Mesh appends the query of the request to it.',
    help: 'Redirect without a query, or let the target ignore the rest.',
    explanation: 'Kong Mesh writes the path as a substitution, which leaves the query alone (routing.md 3.3).',
  },
  excluded: {
    code: 'ISTHMUS-VS-031',
    severity: 'blocker',
    title: 'Exclusion cannot be expressed',
    message:
      'What this match excludes (withoutHeaders, or a bare path under a prefix with a slash) cannot be told apart from what the rules behind it take. Its requests are refused with 503.',
    help: 'Put a positive rule for the excluded requests in front, and drop the exclusion.',
    explanation:
      'A MeshHTTPRoute has no negation. Excluded requests get steps of their own in front of the rule, where both conditions can be written as one match (routing.md 3.2, T37). No MeshProxyPatch inverts the match of a generated route, as nothing tells a patch which of them is meant: a lost exclusion would widen the rule.',
  },
  wildcard: {
    code: 'ISTHMUS-VS-032',
    severity: 'warning',
    title: 'Wildcard host stands for the Services of today',
    message:
      'The host {host} is translated for each Service that it means now. A Service that is added later has no such routes.',
    help: 'Translate again when Services are added.',
    explanation:
      'A MeshHTTPRoute targets Services, and rules for many would be merged with those for one (routing.md 3.1, T43).',
  },
  hostWithoutEffect: {
    code: 'ISTHMUS-VS-033',
    severity: 'info',
    title: 'Host has no effect',
    message: 'The host {host} names no service of the mesh, or another VirtualService is used for it.',
    help: 'Write the full name, or a name without a dot in the namespace of the Service.',
    explanation:
      'Names with a dot that are no full names stay as they are: reviews.prod is not the Service (routing.md T82; istio, verified by running 1.32).',
  },
  externalHost: {
    code: 'ISTHMUS-VS-034',
    severity: 'blocker',
    title: 'Routes of a host outside of the cluster',
    message:
      'These routes are for {host}, which a ServiceEntry names. They are not translated: Kong Mesh sends all of its requests to the host itself.',
    help: 'Write a MeshHTTPRoute to the MeshExternalService of the host by hand.',
    explanation: 'A MeshExternalService can be the target of a MeshHTTPRoute (routing.md 2.3).',
  },
  delegateLost: {
    code: 'ISTHMUS-VS-035',
    severity: 'info',
    title: 'Delegated rule does not count',
    message: 'Istio drops this rule ({reason}); nothing is emitted for it.',
    help: 'Correct the delegation, or remove the rule.',
    explanation:
      'A delegate that is missing, not exported, or contradicts the matches of its root contributes nothing (routing.md 5.1; verified by running 1.32).',
  },
  delegateUnused: {
    code: 'ISTHMUS-VS-036',
    severity: 'info',
    title: 'Delegate is not used',
    message:
      'This VirtualService has no hosts, and no other one of the mesh delegates to what is left of it. It has no effect.',
    help: 'Remove it, or delegate to it.',
    explanation: 'A VirtualService without hosts counts only where another delegates to it (routing.md 5.1).',
  },
  sniffedPort: {
    code: 'ISTHMUS-VS-037',
    severity: 'warning',
    title: 'Port becomes HTTP for good',
    message:
      'Port {port} of {service} declares no protocol: Istio finds it out connection by connection and has HTTP routes for it. Kong Mesh needs one protocol, so that the port is patched to http; what is no HTTP fails there.',
    help: 'Check that clients speak HTTP on this port, then keep the appProtocol.',
    explanation:
      'Kong Mesh takes a port without appProtocol for TCP, where HTTP routes have no effect (kuma 2.14 and 3.0, verified by running).',
  },
  protocolReplaced: {
    code: 'ISTHMUS-VS-038',
    severity: 'warning',
    title: 'Kong Mesh does not know the protocol of a port',
    message:
      'Port {port} of {service} has the appProtocol {protocol}, on which Kong Mesh closes every connection. It is patched to {wanted}, as Istio takes it.',
    help: 'Keep the patch; check other tools that read the field.',
    explanation:
      'Any appProtocol but http, http2, grpc, tcp and (up to 2.14) kafka gives clients a listener that closes connections, in 3.0 no MeshService at all (routing.md 2.5; verified by running).',
  },
  authority: {
    code: 'ISTHMUS-VS-039',
    severity: 'warning',
    title: 'Condition on the host is decided by the names of the Service',
    message:
      'Kong Mesh cannot look at the host of a request. Under the names of the Service this condition {effect} holds, and so it is taken; clients that call it as one of {others} are treated otherwise by Istio.',
    help: 'Let clients use the names of the Service.',
    explanation:
      'In the mesh the address decides which Service is called; the host is one of its names (routing.md 3.2: compared as sent, with its port and its case).',
  },
  plainHost: {
    code: 'ISTHMUS-VS-040',
    severity: 'warning',
    title: 'Host is none of the mesh',
    message:
      'Istio routes requests that carry the host {host}, whatever address they are sent to. Kong Mesh knows Services by their addresses only: these requests go where the client sends them.',
    help: 'Call the Service by its own name, or give the host an address: a MeshExternalService, or a Service of that name.',
    explanation:
      'A host without a service makes a virtual host of its own in the sidecar (routing.md 3.1, T82, T88; verified by running 1.32); names with a dot such as reviews.prod are not completed to the name of a Service.',
  },
  grpcRetries: {
    code: 'ISTHMUS-VS-041',
    severity: 'warning',
    title: 'gRPC is retried on more conditions',
    message:
      "On port {port} of {service} Istio retries calls that never reached a server, are unavailable or were cancelled. Kong Mesh's list for gRPC adds resets, exhausted resources and errors of gateways, and may choose the endpoint that failed again.",
    help: 'Nothing to do where calls may be repeated; else write a MeshRetry with `grpc.retryOn`.',
    explanation:
      'An explicit list for gRPC cannot hold connect-failure, so that the longer default stands (routing.md 3.4, T70).',
  },
  http2Retries: {
    code: 'ISTHMUS-VS-042',
    severity: 'warning',
    title: 'HTTP/2 is not retried',
    message:
      'On port {port} of {service} Istio retries requests that never reached a server. Kong Mesh retries nothing on a port of http2.',
    help: 'Declare the port as http if the server speaks HTTP/1.1 too, or retry in the application.',
    explanation:
      'MeshRetry has sections for http, grpc and tcp only (routing.md T69; kuma 2.13 and 2.14, verified by running).',
  },
  serverName: {
    code: 'ISTHMUS-VS-043',
    severity: 'warning',
    title: 'Server name is not looked at',
    message:
      'Istio sends connections that ask for this server name to the destinations of the rule, others where the client dialled. Kong Mesh does not look at server names: all connections to {host} go to these destinations.',
    help: 'Nothing to do where clients ask for this name only.',
    explanation: 'A MeshTCPRoute has no conditions (routing.md 2.4, 3.5).',
  },
  serverNames: {
    code: 'ISTHMUS-VS-044',
    severity: 'blocker',
    title: 'Rules by server name cannot be told apart',
    message:
      'Rules for different server names send connections to {host} to different places. Kong Mesh does not look at server names: all connections are closed.',
    help: 'Give each name a Service of its own, or route by server name at Kong Gateway.',
    explanation: 'A MeshTCPRoute has one rule without conditions (routing.md 2.4, 3.5).',
  },
  destinationSubnet: {
    code: 'ISTHMUS-VS-045',
    severity: 'blocker',
    title: 'Address of the destination is not known',
    message:
      'This match is for connections to addresses in {subnet} only. Kong Mesh does not look at them; whether the address of the Service is one of these the import does not tell. Nothing is emitted for the connections to this port: they go to the Service itself.',
    help: 'Import the Service as it is in the cluster (with clusterIP). If it is headless, give these addresses a Service of their own.',
    explanation:
      'A MeshTCPRoute has no conditions (routing.md 3.5). Clients dial a Service by its cluster IP, with which the condition holds for all connections or for none (routing.md 5.1 F: the narrowest block counts; verified by running 1.32).',
  },
  otherSubnet: {
    code: 'ISTHMUS-VS-056',
    severity: 'info',
    title: 'Block of addresses holds no Service of the rule',
    message: 'No Service that this rule is for has an address in {subnet}, so that the match never holds.',
    help: 'Remove it, or correct the block.',
    explanation:
      'Clients dial a Service by its cluster IP; Istio makes a filter chain for the block on the listener of that address only (istio/pilot/pkg/networking/core/tls.go, 1.32).',
  },
  sourceSubnet: {
    code: 'ISTHMUS-VS-046',
    severity: 'info',
    title: 'Addresses of clients have no effect',
    message: 'Istio ignores sourceSubnet: the rule applies to every client.',
    help: 'Remove it, or use sourceLabels.',
    explanation: 'routing.md 3.5; istio, verified by running 1.32.',
  },
  sniffedTcp: {
    code: 'ISTHMUS-VS-047',
    severity: 'blocker',
    title: 'Rule for connections on a port without a protocol',
    message:
      'Istio applies this rule to connections that turn out not to be HTTP, as the port declares no protocol. Kong Mesh has one protocol for a port; the rule is not emitted.',
    help: 'Declare the port as tcp (name or appProtocol) if it speaks no HTTP, and translate again.',
    explanation: 'Istio sniffs ports without a protocol; Kong Mesh does not (routing.md 3.0, T80).',
  },
  repeatedHeader: {
    code: 'ISTHMUS-VS-048',
    severity: 'warning',
    title: 'Header that is sent twice',
    message:
      'Two conditions on the header {name} together would only hold for a request that sends it several times with different values. Kong Mesh reads one condition for each header, so that such a request is not told apart.',
    help: 'Nothing to do unless clients repeat the header.',
    explanation:
      'Each value of a repeated header is compared by itself (Envoy 1.39 and later); a second match on a name is ignored by Kong Mesh (routing.md T36, 5.1).',
  },
  undeclaredPort: {
    code: 'ISTHMUS-VS-049',
    severity: 'warning',
    title: 'Port without a protocol is taken for TCP',
    message:
      'Port {port} of {service} declares no protocol. Istio finds HTTP out by itself and then retries and balances requests; Kong Mesh passes connections on as TCP.',
    help: 'Declare the protocol: `appProtocol: http` (or http2, grpc) on the port of the Service.',
    explanation: 'Kong Mesh takes a port without appProtocol for TCP (routing.md 2.5, 3.0; verified by running).',
  },
  withoutSelector: {
    code: 'ISTHMUS-VS-050',
    severity: 'warning',
    title: 'Service without a selector',
    message:
      'Service {service} selects no pods: its endpoints are written by hand. Kong Mesh does not read those and sends requests to all proxies of namespace {namespace}.',
    help: 'Give the Service a selector, or make a MeshExternalService of its addresses.',
    explanation:
      'The MeshService of such a Service selects by the namespace alone; an EndpointSlice is ignored (routing.md 2.5; verified by running).',
  },
  wholePath: {
    code: 'ISTHMUS-VS-051',
    severity: 'warning',
    title: 'Prefix is written as a whole path',
    message:
      'This rule rewrites every path behind rules that Kong Mesh would try later. The new path is written as a substitution with the old path in it, so that the order can be kept.',
    help: 'Try the route out: Kong Mesh documents no substitution here.',
    explanation:
      'ReplaceFullPath is a substitution of RE2, in which `\\0` is what was matched, the whole path (routing.md T25); a new prefix would need a match that is tried first.',
  },
  faultOfServer: {
    code: 'ISTHMUS-VS-052',
    severity: 'warning',
    title: 'Faults are made by the servers',
    message:
      'Istio delays or aborts these requests in the client; the MeshFaultInjection does so in the servers, for whoever calls them. Aborted requests look like failures there: clients retry them, a delay counts against their timeout, and outlier detection sees them.',
    help: 'Switch retries off for the duration of the experiment, or choose a status that is not retried.',
    explanation:
      'MeshFaultInjection works on the inbound side and is conditioned on the identity of the client only (routing.md 2.10, T71, T72, V36).',
  },
  externalRoutes: {
    code: 'ISTHMUS-VS-053',
    severity: 'warning',
    title: 'Routes of an external host',
    message:
      'The routes of {host} are carried over to its MeshExternalService. They are not compared with Istio, and hold for what is sent to the address that Kong Mesh gives the host.',
    help: 'Try the routes out before its clients leave Istio.',
    explanation:
      'A MeshExternalService can be the target of a MeshHTTPRoute (routing.md 2.3); its requests go through the zone egress with the host of its endpoint.',
  },
  externalBackend: {
    code: 'ISTHMUS-VS-054',
    severity: 'warning',
    title: 'External destination sees its own host',
    message:
      'This rule sends requests for a Service of the cluster to {host}. In Istio they keep the host that the client sent, unless the rule rewrites it; in Kong Mesh they get that of the MeshExternalService.',
    help: 'Nothing to do where the destination expects its own name.',
    explanation:
      'A MeshExternalService among the backends of a rule rewrites the host of all of its requests (auto_host_rewrite; routing.md 2.3, verified by running).',
  },
  directResponsePatched: {
    code: 'ISTHMUS-VS-055',
    severity: 'warning',
    title: "Direct response is a route in Envoy's own configuration",
    message:
      'No policy of Kong Mesh answers with {status} itself, so that a MeshProxyPatch puts a route that does in front of all others of {host}. It finds them by the name of their virtual host in Envoy, which holds the name of the mesh ({mesh}) and of the zone ({zone}): under another name the patch does nothing, and these requests are refused with 503.',
    help: 'Set mesh and zone to those of your control plane. After applying, send such a request from a client, or look for the route in its proxy (`kumactl inspect dataplane <name> --type=config-dump`), and again after each upgrade of Kong Mesh.',
    explanation:
      'A JSON patch of a virtual host can add routes with a direct response (routing.md 2.13; kuma 2.13, 2.14 and 3.0, verified by running); MeshProxyPatch runs behind all policies. It is written only where no rule in front of it takes any of its requests and all clients have the same rules. The names of virtual hosts are no part of an API: 2.x has `<mesh>_<service>_<namespace>_<zone>_msvc_<port>`, or identifiers (`kri_msvc_…`) where proxies are started with unified naming; 3.0 has identifiers only.',
  },
  unreadFault: {
    code: 'ISTHMUS-VS-057',
    severity: 'info',
    title: 'Fault that Istio does not make',
    message: 'Istio has no {field}: the API takes it, and nothing comes of it.',
    help: 'Remove it.',
    explanation:
      'Of delays only `fixedDelay` and of aborts only `httpStatus` and `grpcStatus` are handed to Envoy (istio/pilot/pkg/networking/core/route/route.go TranslateFault, 1.32).',
  },
});
