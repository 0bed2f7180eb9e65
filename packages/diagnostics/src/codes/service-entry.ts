import { defineCodes } from '../code.ts';

const passthrough =
  'A MeshPassthrough lets connections out of a sidecar by the name in TLS or HTTP, or by address; it always forwards to the address that the caller chose (kuma, meshpassthrough/plugin/xds, 2.14; verified by running).';
const externalService =
  'A MeshExternalService is reached through the zone egress under a name and an address of its own; it has one port, and the whole mesh sees it (kuma, meshexternalservice/api/v1alpha1, 2.14).';

/** Findings about ServiceEntries: external services, passthrough, endpoints outside of Kubernetes. */
export const serviceEntry = defineCodes({
  refused: {
    code: 'ISTHMUS-SE-001',
    severity: 'warning',
    title: 'Istio refuses this ServiceEntry',
    message: 'Istio refuses this ServiceEntry: {reason}. A cluster does not hold it, so that nothing is translated.',
    help: 'Correct the entry, or remove it from the import.',
    explanation:
      "The rules are those of Istio's admission webhook (istio/pkg/config/validation, 1.32; verified by running). What it refuses has no effect in a cluster.",
    example: 'spec:\n  hosts: [api.example.com]\n  resolution: STATIC\n  endpoints: [{address: backend.example.com}]',
  },
  hostKept: {
    code: 'ISTHMUS-SE-002',
    severity: 'warning',
    title: 'Applications go on calling the host, which then means one port only',
    message:
      'Host {host} becomes MeshExternalService {name}; a HostnameGenerator keeps the name that applications call, by answering it with an address of Kong Mesh. Only port {port} of the host is served under that address; calls to its other ports fail.',
    help: 'Check that applications call no other port of the host. To leave the name alone, remove the HostnameGenerator and call {name}.extsvc.mesh.local instead.',
    explanation: `${externalService} Its default name is \`<name>.extsvc.mesh.local\`. Kong advises against names that DNS answers as well, for the reason given here; without it applications would pass the MeshExternalService by.`,
  },
  hostChanged: {
    code: 'ISTHMUS-SE-003',
    severity: 'warning',
    title: 'Applications must call another name',
    message:
      'Host {host}, port {port} becomes MeshExternalService {name}, which is called {name}.extsvc.mesh.local. Calls to {host} itself pass it by: they go out as plain passthrough where that is open and fail where it is closed.',
    help: 'Change the URL in the applications to {name}.extsvc.mesh.local:{port}.',
    explanation: `${externalService} A host with several ports, or one of several entries, cannot be given to one of them alone.`,
  },
  nameTrusted: {
    code: 'ISTHMUS-SE-004',
    severity: 'info',
    title: 'The address that the caller chose is trusted',
    message:
      'Istio looks {host} up itself and connects there; a MeshPassthrough forwards to the address that the caller chose, whatever it is, as long as the name fits. Load balancing and policies for the host end.',
    help: 'Use a MeshExternalService where egress control must not depend on the caller, and let applications call its name.',
    explanation: `${passthrough} With resolution DNS or DYNAMIC_DNS Istio resolves the name in the sidecar, so that a caller cannot reach another address under it.`,
  },
  nameWouldBeTrusted: {
    code: 'ISTHMUS-SE-037',
    severity: 'blocker',
    title: 'Callers could reach other addresses under the name',
    message:
      'The mesh closes what it does not know (REGISTRY_ONLY), and Istio looks {host} up itself. A MeshPassthrough for it would let a caller reach any address by naming {host}, so that it stands in a draft.',
    help: 'Accept that and move the entry into the list, or write a MeshExternalService for each port and let applications call its name.',
    explanation: `${passthrough} With resolution DNS or DYNAMIC_DNS Istio resolves the name in the sidecar, so that a caller cannot reach another address under it. A host with one port becomes a MeshExternalService instead.`,
  },
  anyAddress: {
    code: 'ISTHMUS-SE-005',
    severity: 'warning',
    title: 'Port is open to every address',
    message:
      'Port {port} of this entry has neither addresses nor a way to tell its connections by name. Istio sends every TCP connection to this port, whatever the address, on to where it was going; so does the emitted MeshPassthrough (0.0.0.0/0 and ::/0).',
    help: 'Add `addresses` to the entry if only some are meant.',
    explanation: `With resolution NONE and a TCP port a sidecar opens \`0.0.0.0:port\` without a match (istio, verified by running on 1.32): the host name has no effect. ${passthrough} Its protocol tcp is plaintext only, so that every entry stands twice, for tcp and for tls.`,
  },
  hostWithoutEffect: {
    code: 'ISTHMUS-SE-006',
    severity: 'info',
    title: 'Host has no effect on connections',
    message: 'Host {host} has no effect: TCP connections carry no name, Istio tells them by port and address.',
    help: 'Nothing is to be done.',
    explanation:
      'A sidecar matches TCP ports of a ServiceEntry by address, or not at all where the entry has none (istio, verified by running on 1.32).',
  },
  partialWildcard: {
    code: 'ISTHMUS-SE-007',
    severity: 'warning',
    title: 'Wildcard inside a label',
    message:
      'Host {host} has a wildcard that is not a whole label. MeshPassthrough refuses it, and Envoy refuses it for TLS in Istio; no counterpart is emitted.',
    help: 'List the hosts, or use a wildcard for a whole label (`*.example.com`).',
    explanation:
      'Kong Mesh takes `*.` at the start of a domain only (kuma, meshpassthrough/api/v1alpha1/validator.go, 2.14); Istio only warns, and on a TLS port Envoy then refuses the whole listener (verified by running on 1.32).',
  },
  wildcardEndpoints: {
    code: 'ISTHMUS-SE-008',
    severity: 'warning',
    title: 'Wildcard host with endpoints',
    message:
      'Wildcard host {host} has endpoints of its own. A MeshExternalService has one name and no wildcard, and a MeshPassthrough cannot send connections elsewhere; the host has no counterpart.',
    help: 'Write a MeshExternalService for each host name that is in use.',
    explanation: `${externalService} ${passthrough}`,
  },
  protocolMix: {
    code: 'ISTHMUS-SE-009',
    severity: 'warning',
    title: 'Two HTTP protocols on one port',
    message:
      'Port {port} is passed through as {kept} by another entry. A proxy takes one of http, http2 and grpc for a port, so that {protocol} for {host} has no counterpart.',
    help: 'Give both entries the same protocol, or one of them another port.',
    explanation:
      'Kong Mesh fails to configure a proxy whose merged passthrough has two of http, http2 and grpc on one port (kuma, meshpassthrough/plugin/xds/order.go, 2.14; verified by running).',
  },
  targetPortPassed: {
    code: 'ISTHMUS-SE-010',
    severity: 'warning',
    title: 'Passthrough cannot change the port',
    message:
      'Istio sends connections for port {port} to port {target} of the address that the caller chose. A MeshPassthrough keeps the port; connections arrive at {port}.',
    help: 'Call port {target} in the applications.',
    explanation: passthrough,
  },
  noPorts: {
    code: 'ISTHMUS-SE-011',
    severity: 'info',
    title: 'ServiceEntry without ports',
    message: 'This entry has no ports, so that Istio generates nothing for it.',
    help: 'Remove it, or give it its ports.',
    explanation:
      'A ServiceEntry without ports is accepted and configures no sidecar (istio, verified by running on 1.32).',
  },
  datagram: {
    code: 'ISTHMUS-SE-012',
    severity: 'info',
    title: 'UDP is not part of the mesh',
    message: 'Port {port} is UDP, which neither mesh intercepts: datagrams go out unseen before and after.',
    help: 'Nothing is to be done; restrict UDP with a NetworkPolicy if need be.',
    explanation: 'Istio generates no configuration for UDP ports (verified by running on 1.32), nor does Kong Mesh.',
  },
  protocolFlattened: {
    code: 'ISTHMUS-SE-013',
    severity: 'info',
    title: 'Protocol is not one of Kong Mesh',
    message: 'Protocol {protocol} is carried over as {target}: Kong Mesh tells http, http2, grpc and tcp apart.',
    help: 'Nothing is to be done unless statistics of this protocol are in use.',
    explanation:
      'The protocols of registry objects in Kong Mesh are tcp, http, http2 and grpc (kuma/pkg/core/metadata/protocol.go, 2.14). A port without a protocol is sniffed in Istio and TCP in Kong Mesh.',
  },
  endpointWeight: {
    code: 'ISTHMUS-SE-014',
    severity: 'warning',
    title: 'Weight of an endpoint is lost',
    message: 'Endpoint {address} has weight {weight}; the endpoints of a MeshExternalService share traffic equally.',
    help: 'Split the entry into several MeshExternalServices and weigh them in a MeshHTTPRoute, if the weights matter.',
    explanation:
      'Endpoints of a MeshExternalService have no weight (kuma, meshexternalservice/api/v1alpha1, 2.14 and 3.0; verified by running).',
  },
  endpointPlace: {
    code: 'ISTHMUS-SE-015',
    severity: 'warning',
    title: 'Place of an endpoint is lost',
    message:
      'The {what} of endpoint {address} has no counterpart: the endpoints of a MeshExternalService are reached from the zone egress, without regard to where the client is.',
    help: 'Give nearer endpoints a smaller `priority` in the MeshExternalService (2.14 and later) where failover is wanted.',
    explanation: externalService,
  },
  endpointLabels: {
    code: 'ISTHMUS-SE-016',
    severity: 'warning',
    title: 'Labels of an endpoint have no counterpart',
    message:
      'Endpoint {address} has labels, by which subsets and policies of Istio choose it. The endpoints of a MeshExternalService have none.',
    help: 'Write one MeshExternalService for each subset that is in use.',
    explanation: externalService,
  },
  endpointSocket: {
    code: 'ISTHMUS-SE-017',
    severity: 'warning',
    title: 'Endpoint is a socket or has no address',
    message:
      'Endpoint {address} is not an IP address or a DNS name. A MeshExternalService takes no other; the endpoint is left out.',
    help: 'Let the process listen on a port of the loopback or of the pod, and keep its clients on Istio until then.',
    explanation: 'Unix sockets were removed from MeshExternalService in 2.9 (kuma/UPGRADE.md).',
  },
  endpointAccount: {
    code: 'ISTHMUS-SE-018',
    severity: 'info',
    title: 'Service account outside of the mesh has no effect',
    message:
      'The service account of endpoint {address} names an identity of Istio, which services outside of the mesh do not show.',
    help: 'Nothing is to be done.',
    explanation:
      'Identities are checked in mutual TLS of the mesh only, which Istio does not use towards MESH_EXTERNAL (verified by running on 1.32).',
  },
  noEndpoints: {
    code: 'ISTHMUS-SE-019',
    severity: 'warning',
    title: 'No endpoint to send to',
    message:
      'Host {host} has resolution STATIC and no usable endpoint, so that Istio answers 503. Nothing is emitted for it.',
    help: 'Add endpoints to the entry, or remove it.',
    explanation: 'A STATIC entry without endpoints generates an empty cluster (istio, verified by running on 1.32).',
  },
  virtualAddress: {
    code: 'ISTHMUS-SE-020',
    severity: 'warning',
    title: 'Address of its own is lost',
    message:
      'Clients reach this entry under address {address} as well. A MeshExternalService has an address that Kong Mesh chooses, and a MeshPassthrough goes by the name: connections to {address} pass both by.',
    help: 'Let applications call the host name instead of the address.',
    explanation: externalService,
  },
  meshInternal: {
    code: 'ISTHMUS-SE-021',
    severity: 'blocker',
    title: 'Part of the mesh outside of Kubernetes',
    message:
      'Host {host} is MESH_INTERNAL: its endpoints are members of the mesh, and Istio speaks mutual TLS with those that have a proxy. The MeshExternalService for it is a draft, since it speaks plain text.',
    help: 'Run kuma-dp beside these endpoints in a Universal zone and use their MeshService, or accept plain text and move the draft into the bundle.',
    explanation:
      'Istio chooses mutual TLS by the label `security.istio.io/tlsMode` of each endpoint (verified by running on 1.32). In Kong Mesh an endpoint is a member through its Dataplane; a MeshExternalService has TLS of its own only.',
  },
  workloadSelector: {
    code: 'ISTHMUS-SE-022',
    severity: 'warning',
    title: 'Workloads are selected by a ServiceEntry',
    message:
      'Host {host} stands for the Pods and WorkloadEntries of namespace {namespace} with these labels. A MeshService with that selector is a draft: on Kubernetes it needs a Service, for virtual machines a Dataplane each.',
    help: 'Create a Kubernetes Service with the selector for Pods; register virtual machines as Dataplanes in a Universal zone and apply the draft there.',
    explanation:
      'The control plane generates MeshServices from Services in Kubernetes (kuma/pkg/plugins/runtime/k8s/controllers, 2.14); written by hand they belong to Universal zones.',
  },
  serviceHost: {
    code: 'ISTHMUS-SE-023',
    severity: 'warning',
    title: 'ServiceEntry for the name of a Kubernetes Service',
    message:
      'Host {host} is the name of a Kubernetes Service. {effect} Nothing is emitted for it: in Kong Mesh the name always means the Service itself.',
    help: 'Give the endpoints a Service of their own, and point its clients there.',
    explanation:
      "In the namespace of the Service, STATIC endpoints join those of the Service; in the client's own namespace the entry replaces the Service there, without mutual TLS; elsewhere it is ignored (istio/pilot/pkg/model/sidecar.go, verified by running on 1.32).",
  },
  visibleToAll: {
    code: 'ISTHMUS-SE-024',
    severity: 'info',
    title: 'The whole mesh sees the external service',
    message:
      'This entry is exported to {namespaces} only. The whole mesh sees the MeshExternalService; since Istio passes everything through, the host was within reach of others before.',
    help: 'Allow its clients only with a MeshTrafficPermission (3.0) or `defaultForbidMeshExternalServiceAccess` of the Mesh (2.x) where that matters.',
    explanation: externalService,
  },
  exportLost: {
    code: 'ISTHMUS-SE-025',
    severity: 'blocker',
    title: 'External service would be open to other namespaces',
    message:
      'This entry is exported to {namespaces} only, and the mesh closes what it does not know (REGISTRY_ONLY): other namespaces cannot reach {host} today. The whole mesh would reach the MeshExternalService, so that it is a draft.',
    help: 'Restrict its clients first: MeshTrafficPermission on the zone egress (3.0), or `defaultForbidMeshExternalServiceAccess` of the Mesh (2.x); then move the draft into the bundle.',
    explanation: externalService,
  },
  exportNowhere: {
    code: 'ISTHMUS-SE-026',
    severity: 'info',
    title: 'Exported to nobody',
    message: 'This entry is exported to no namespace (`~`), so that no sidecar has it.',
    help: 'Remove it, or export it.',
    explanation:
      'The value `~` hides an object from every namespace (istio/api, networking/v1alpha3/service_entry.proto).',
  },
  alternativeNamesIdle: {
    code: 'ISTHMUS-SE-027',
    severity: 'info',
    title: 'Names of a certificate that nobody checks',
    message:
      'These subjectAltNames have no effect: the mesh starts no TLS towards the host, so that it sees no certificate.',
    help: 'Nothing is to be done.',
    explanation: 'Istio checks the names where it starts TLS itself, which a DestinationRule asks for.',
  },
  closedByDefault: {
    code: 'ISTHMUS-SE-028',
    severity: 'warning',
    title: 'Only what is listed gets out',
    message:
      'The mesh closes what it does not know (REGISTRY_ONLY). MeshPassthrough {name} keeps that: only its list and the MeshExternalServices are within reach. It takes effect the moment it is applied.',
    help: 'Apply it after every namespace that has entries of its own; check `drafts/` for entries that are not in the list yet.',
    explanation:
      'REGISTRY_ONLY is a restriction of egress. In Kong Mesh mode Matched removes the passthrough cluster and adds a filter chain for each entry (kuma, meshpassthrough/plugin, 2.14; verified by running).',
  },
  openByDefault: {
    code: 'ISTHMUS-SE-029',
    severity: 'info',
    title: 'Everything gets out; the list documents',
    message:
      'The mesh passes everything through ({why}), and so does MeshPassthrough {name} with mode All. Its list has no effect until the mode is Matched.',
    help: 'Set `passthroughMode: Matched` once the list is complete, to close egress.',
    explanation:
      'ALLOW_ANY is the default of Istio, passthrough that of Kong Mesh up to 3.0. The mode is written because a MeshPassthrough without one is Matched, and blocks (kuma, verified by running on 2.14).',
  },
  needsEgress: {
    code: 'ISTHMUS-SE-030',
    severity: 'warning',
    title: 'External services need the zone egress and mutual TLS',
    message:
      '{count} MeshExternalServices are emitted. They are reached through the zone egress, with mutual TLS in the mesh; without either, calls to them fail with 503.',
    help: 'Deploy the zone egress (Helm: `egress.enabled: true`; 3.0: `meshes[].egress.enabled: true`), set `routing.zoneEgress: true` in the Mesh (2.x), and turn mutual TLS or a MeshIdentity on.',
    explanation: `${externalService} Since 3.0 a client without a matching MeshIdentity gets \`503 cluster_not_found\` (kuma/UPGRADE.md).`,
  },
  tlsOriginated: {
    code: 'ISTHMUS-SE-031',
    severity: 'info',
    title: 'TLS starts in the zone egress',
    message:
      'DestinationRule {rule} starts TLS towards {host}. The MeshExternalService does so in its place, from the zone egress: up to there the request travels in the mutual TLS of the mesh.',
    help: 'Check that applications speak plain text to this port; one that speaks TLS itself would be wrapped twice.',
    explanation:
      "A MeshExternalService verifies the certificate against the bundle of the proxy's system and the host's name unless told otherwise, as Istio does since 1.32 (istio/pilot/pkg/networking/core/cluster_tls.go; verified by running).",
  },
  tlsMaterial: {
    code: 'ISTHMUS-SE-032',
    severity: 'blocker',
    title: 'Certificates for an external service must be provided',
    message:
      '{what} for {host} lies where Kong Mesh does not read it. The MeshExternalService is a draft that names the Kong Mesh secret {secret} in its place.',
    help: 'Create the secret {secret} (type `system.kuma.io/secret`, in the namespace of the control plane) with the content in PEM, then move the draft into the bundle.',
    explanation:
      'Istio reads certificates for TLS from files of the sidecar or from Secrets beside the workload; a MeshExternalService reads secrets of the mesh (kuma, meshexternalservice/api/v1alpha1, 2.14). Without the authority the bundle of the system would be trusted, which is more than Istio trusts.',
  },
  cidrAndName: {
    code: 'ISTHMUS-SE-033',
    severity: 'warning',
    title: 'Address and name together cannot be demanded',
    message:
      'Istio lets TLS to port {port} out where both the address ({address}) and the name fit. A MeshPassthrough tells by either; the address range is used.',
    help: 'Check that nothing else in {address} must stay closed.',
    explanation: passthrough,
  },
  sharedHost: {
    code: 'ISTHMUS-SE-034',
    severity: 'warning',
    title: 'Several entries for one host',
    message:
      "{count} ServiceEntries speak of {host}. Istio uses that of the client's own namespace, else the oldest; a host name belongs to one MeshExternalService only, so that each gets a name of its own.",
    help: 'Keep one entry for the host, or change the URLs.',
    explanation:
      'A sidecar picks the entry of its own namespace, then a Kubernetes Service, then the oldest (istio/pilot/pkg/model/sidecar.go, verified by running on 1.32). Two HostnameGenerators for one name: the later one gives none, without an error.',
  },
  unknownField: {
    code: 'ISTHMUS-SE-035',
    severity: 'warning',
    title: 'Istio knows no such field',
    message: "Field {field} is none of Istio's: the API server refuses or drops it, so that it has no effect.",
    help: 'Check its spelling.',
    explanation: 'The schema of ServiceEntry is closed (istio/api, networking/v1alpha3/service_entry.proto, 1.32).',
  },
  lookedUpOnce: {
    code: 'ISTHMUS-SE-036',
    severity: 'info',
    title: 'Name is looked up by the zone egress',
    message:
      "Istio's sidecar connects to one address of {host} at a time (DNS_ROUND_ROBIN); the zone egress balances over all addresses that DNS gives.",
    help: 'Nothing is to be done unless the host counts on one connection pool.',
    explanation:
      'A MeshExternalService with names is a STRICT_DNS cluster of Envoy (kuma/pkg/xds/envoy/clusters/v3, 2.14).',
  },
  selectedPods: {
    code: 'ISTHMUS-SE-040',
    severity: 'warning',
    title: 'Pods are selected by a ServiceEntry',
    message:
      'Host {host} stands for Pods of namespace {namespace} with these labels. Service {service} selects the same, so that Kong Mesh makes a MeshService, and a HostnameGenerator keeps the name that applications call.',
    help: 'Look whether a Service for these Pods is there under another name, and use that one instead.',
    explanation:
      'The control plane generates MeshServices from Services (kuma/pkg/plugins/runtime/k8s/controllers, 2.14); names come from HostnameGenerators, which may be literal (edge.md 1.8). Clients speak mutual TLS with Pods that have a sidecar, whatever `location` says.',
  },
  internalPlain: {
    code: 'ISTHMUS-SE-038',
    severity: 'info',
    title: 'Endpoints without a proxy',
    message:
      'Host {host} is MESH_INTERNAL, but its endpoints have no proxy, so that Istio speaks plain text with them; a MeshExternalService does the same, through the zone egress.',
    help: 'Run kuma-dp beside these endpoints where they are to become members of the mesh.',
    explanation:
      'Istio speaks mutual TLS with endpoints that have the label `security.istio.io/tlsMode: istio` or a service account (istio, pilot/pkg/serviceregistry/serviceentry/conversion.go, 1.32).',
  },
  endpointPort: {
    code: 'ISTHMUS-SE-039',
    severity: 'warning',
    title: 'Port of an endpoint is none of the entry',
    message: 'The entry has no port named {port}, so that the number that this endpoint gives for it is never used.',
    help: 'Give the name of one of `ports`.',
    explanation:
      "Ports of endpoints are looked up by the names of the entry's ports (istio/api, service_entry.proto, 1.32).",
  },
  workloadCertificate: {
    code: 'ISTHMUS-SE-041',
    severity: 'blocker',
    title: 'Certificate of the workload is not shown outside',
    message:
      'With ISTIO_MUTUAL clients show {host} their own certificate and encrypt what they send. Kong Mesh shows the certificates of workloads to its own Services only: through the zone egress the host would get plain text, from nobody in particular.',
    help: 'Give the MeshExternalService a client certificate that the host trusts (`tls.verification.clientCert` and `clientKey`, one for all callers), or move the host into Kong Mesh together with its callers.',
    explanation:
      'A client of Kong Mesh opens mTLS with its identity to MeshServices, MeshMultiZoneServices and the zone egress only (security.md 0.5; kuma, 3.0). Istio shows the certificate of the workload to any host whose DestinationRule says ISTIO_MUTUAL (istio/pilot/pkg/networking/core/cluster_tls.go, 1.32).',
  },
  tlsForAll: {
    code: 'ISTHMUS-SE-042',
    severity: 'warning',
    title: 'TLS starts for all clients alike',
    message:
      'DestinationRule {rule} starts TLS towards {host} for some clients only; others find another rule, or none ({others}). The MeshExternalService starts TLS in the same way for all of them.',
    help: 'Check that all clients may speak plain text to this port, and what the others do today.',
    explanation:
      "Clients use the rule of their own namespace, then that of the host's, then that of the root namespace (istio/pilot/pkg/model/push_context.go, 1.32); a MeshExternalService is the same for the whole mesh (edge.md 1.1).",
  },
  foundOut: {
    code: 'ISTHMUS-SE-043',
    severity: 'warning',
    title: 'Protocol is not found out',
    message:
      'Port {port} names no protocol: Istio finds out whether HTTP is spoken, connection by connection. The MeshExternalService carries it as TCP, without rules for requests, retries or metrics of requests.',
    help: 'Write the protocol into the ServiceEntry.',
    explanation:
      'Kong Mesh has no detection of protocols (edge.md T22); unset, a port is tcp (kuma, meshexternalservice, 2.14).',
  },
  dynamicDns: {
    code: 'ISTHMUS-SE-044',
    severity: 'warning',
    title: 'Unknown hosts are not looked up',
    message:
      'With ALLOW_ANY_DYNAMIC_DNS Istio looks up the host of requests that it does not know, and can start TLS towards it. Kong Mesh passes them on to the address that the application chose.',
    help: 'Write ServiceEntries for hosts that need TLS from the mesh.',
    explanation:
      'Requests of other protocols go to their address in both (edge.md M1; verified by running Istio 1.32).',
  },
  sidecarWidened: {
    code: 'ISTHMUS-SE-045',
    severity: 'blocker',
    title: 'Workloads would reach what their Sidecar keeps from them',
    message:
      'Sidecar {sidecar} does not import {host} and refuses hosts that it does not know. Its workloads are of a namespace whose MeshPassthrough lets connections to {host} out, and Kong Mesh adds the lists of all policies up: they would reach it.',
    help: 'Move these workloads to a namespace of their own, or take the host off the list and let those who need it out by policies for their pods.',
    explanation:
      'appendMatch of all MeshPassthroughs that select a proxy is concatenated (kuma, meshpassthrough, 2.14); a Sidecar for pods takes the place of that of its namespace (edge.md 3.5, verified by running Istio 1.32).',
  },
  sidecarClosed: {
    code: 'ISTHMUS-SE-046',
    severity: 'warning',
    title: 'Workloads no longer reach what their Sidecar imports',
    message:
      'Sidecar {sidecar} imports {host} for its workloads, and the rest of the namespace does not. No MeshPassthrough lets them out to it.',
    help: 'Write a MeshPassthrough for the labels of these pods, with the host in appendMatch.',
    explanation: 'Lists are written for namespaces (edge.md 1.2 and 3.5).',
  },
  importedNowhere: {
    code: 'ISTHMUS-SE-047',
    severity: 'info',
    title: 'No Sidecar imports the host',
    message:
      'Every namespace of the import that refuses unknown hosts has a Sidecar without {host}. Nothing is let out to it, as in Istio; who is open reaches it anyway.',
    help: 'Nothing is to be done.',
    explanation: 'A Sidecar decides which hosts its proxies know (edge.md 3.5, verified by running Istio 1.32).',
  },
  partWithoutEffect: {
    code: 'ISTHMUS-SE-048',
    severity: 'info',
    title: 'Part of the entry has no effect',
    message: 'This part is of hosts or ports that neither mesh makes anything of.',
    help: 'Nothing is to be done.',
    explanation: 'What becomes of the hosts and ports is said there.',
  },
});
