import { defineCodes } from '../code.ts';

/** Findings about DestinationRules. */
export const destinationRule = defineCodes({
  tls: {
    code: 'ISTHMUS-DR-001',
    severity: 'blocker',
    title: 'TLS of the application cannot be started by the mesh',
    message:
      'This DestinationRule lets clients start TLS of their own towards {host}. Kong Mesh encrypts between its proxies and starts no other TLS towards a Service of the mesh: the server would get plain HTTP behind the proxy.',
    help: 'Let the application start TLS itself, or write a MeshExternalService for the host by hand before its clients leave Istio.',
    explanation: 'A lost demand for TLS is a lost restriction, which blocks (routing.md 3.6).',
  },
  failoverIdle: {
    code: 'ISTHMUS-DR-002',
    severity: 'info',
    title: 'Failover without outlier detection',
    message: 'This failover has no effect: Istio fails over only where the rule has outlierDetection.',
    help: 'Add outlierDetection to the rule if failover is wanted, or remove the list.',
    explanation:
      'Istio writes failover priorities only for clusters with outlier detection (istio/pilot/pkg/networking/core/loadbalancer/loadbalancer.go ApplyToCluster, 1.32; verified by running).',
  },
  failoverByZone: {
    code: 'ISTHMUS-DR-003',
    severity: 'warning',
    title: 'Failover goes by zones of Kong Mesh',
    message:
      "Istio's failover from {from} to {to} names regions of nodes; Kong Mesh fails over between its own zones. It is carried over for zones of these names, and holds for endpoints of other zones only.",
    help: 'Name the zones of Kong Mesh after the regions, or change the names in the emitted policy.',
    explanation:
      'A locality of Istio is the region, zone and sub-zone of a node; a zone of Kong Mesh is a cluster with its control plane (kuma, meshloadbalancingstrategy, 2.14).',
  },
  failoverNotLocal: {
    code: 'ISTHMUS-DR-004',
    severity: 'warning',
    title: 'Failover cannot be expressed for a MeshService',
    message:
      'Kong Mesh {version} refuses failover between zones for a MeshService that is named by labels: its traffic is local. The failover from {from} to {to} is lost; requests fail while the local endpoints are down.',
    help: 'Make the service a MeshMultiZoneService and write a MeshLoadBalancingStrategy for that by hand.',
    explanation:
      'crossZone is refused for a MeshService with labels (kuma, meshloadbalancingstrategy/api/v1alpha1/validator.go, 3.0; verified by running); 3.0 knows no other way to name one.',
  },
  localityApproximate: {
    code: 'ISTHMUS-DR-005',
    severity: 'warning',
    title: 'Locality works differently',
    message:
      "Istio prefers endpoints of the client's zone, then of its region; Kong Mesh prefers those of the client's own zone of Kong Mesh.",
    help: 'Add affinityTags to the emitted MeshLoadBalancingStrategy where zones within one cluster matter.',
    explanation:
      'A locality of Istio is the region, zone and sub-zone of a node; Kong Mesh weighs tags within a zone and has priorities between zones (kuma, meshloadbalancingstrategy, 2.14).',
  },
  localityWeights: {
    code: 'ISTHMUS-DR-006',
    severity: 'warning',
    title: 'Locality setting cannot be expressed',
    message:
      'Kong Mesh has nothing like {field}: it prefers the endpoints of its own zone, and weighs tags within it. All endpoints of the zone get the same share.',
    help: 'Add affinityTags to the emitted MeshLoadBalancingStrategy where zones within one cluster matter.',
    explanation:
      'Weights by region and zone of the client, and priorities by labels, have no counterpart (routing.md 2.6, 3.6).',
  },
  noCounterpart: {
    code: 'ISTHMUS-DR-007',
    severity: 'warning',
    title: 'Setting of connections has no counterpart',
    message: 'No policy of Kong Mesh sets {field}. Connections behave as without it.',
    help: 'Patch the clusters with a MeshProxyPatch by hand if the setting matters.',
    explanation:
      'Keepalive, limits of requests and streams for each connection, slow start, retry budgets, zone-aware balancing and balancing by what backends report are in no policy of Kong Mesh (routing.md 3.6; kuma, meshloadbalancingstrategy, 2.14). Of Services with a cluster of a known name they are set by a MeshProxyPatch (ISTHMUS-DR-020); a headless Service has a cluster for each of its Pods, and to an external host the zone egress connects.',
  },
  protocol: {
    code: 'ISTHMUS-DR-008',
    severity: 'info',
    title: 'HTTP version between proxies is the own choice of the mesh',
    message:
      'Kong Mesh speaks HTTP/2 between its proxies whatever {field} says; the server gets what its port declares.',
    help: 'Nothing to do.',
    explanation:
      'Clusters of Kong Mesh have explicit HTTP/2 options towards every sidecar (kuma, GenerateClusters, 2.14; verified by running).',
  },
  httpOnly: {
    code: 'ISTHMUS-DR-009',
    severity: 'warning',
    title: 'Setting counts for HTTP only',
    message: 'Kong Mesh applies {field} to ports of http and http2 only; on this port it has no effect.',
    help: 'Nothing to do where connections are short.',
    explanation:
      'MeshTimeout writes it into the HTTP options of the cluster (kuma, meshtimeout, 2.14; routing.md 2.7).',
  },
  oneIdleTimeout: {
    code: 'ISTHMUS-DR-010',
    severity: 'warning',
    title: 'One idle timeout for HTTP and TCP',
    message:
      'The rule sets {http} for HTTP and {tcp} for TCP; a MeshTimeout has one idleTimeout, which gets the value for HTTP.',
    help: 'Choose one value.',
    explanation: 'MeshTimeout has one idleTimeout for both (kuma, meshtimeout/api/v1alpha1, 2.14).',
  },
  ignored: {
    code: 'ISTHMUS-DR-011',
    severity: 'info',
    title: 'Field has no effect',
    message: 'Istio ignores {field} here.',
    help: 'Remove it.',
    explanation:
      "consecutiveErrors was replaced by consecutive5xxErrors; with ISTIO_MUTUAL the certificates are the mesh's; local failures are counted apart only where the rule asks for it, and locality settings act only where they are enabled (routing.md 3.6; verified by running 1.32).",
  },
  fewEndpoints: {
    code: 'ISTHMUS-DR-012',
    severity: 'info',
    title: 'Outlier detection needs several endpoints',
    message:
      'At most {percent} % of the endpoints are ejected, so that with less than {least} of them none ever is, in both meshes.',
    help: 'Raise maxEjectionPercent if small services are to be protected.',
    explanation: 'Envoy does not eject at least one host (routing.md T74; verified by running Envoy 1.40).',
  },
  passthrough: {
    code: 'ISTHMUS-DR-013',
    severity: 'warning',
    title: 'Connections are balanced',
    message:
      'PASSTHROUGH lets the client choose the endpoint by its address. Kong Mesh balances connections to a Service; only Pods of headless Services are dialled directly.',
    help: 'Make the Service headless if clients must choose.',
    explanation: 'MeshLoadBalancingStrategy has no such balancer (routing.md 2.6, 3.6).',
  },
  plaintext: {
    code: 'ISTHMUS-DR-014',
    severity: 'warning',
    title: 'Connections are encrypted nevertheless',
    message:
      'This rule switches TLS towards {host} off. Kong Mesh encrypts wherever the mesh has mutual TLS; a client cannot switch it off.',
    help: 'Make sure that the server has a sidecar, or is outside of the mesh.',
    explanation: 'The TLS of clients is not configurable in Kong Mesh (routing.md 2.14).',
  },
  externalHost: {
    code: 'ISTHMUS-DR-015',
    severity: 'warning',
    title: 'Rule for a host outside of the cluster',
    message:
      'These settings are for {host}, which is no Service of the cluster. Connections to it get the defaults of Kong Mesh.',
    help: 'Write policies to the MeshExternalService of the host by hand.',
    explanation:
      'MeshExternalServices take policies from 2.14 on (routing.md 1.2); which one stands for a host depends on its ports.',
  },
  unused: {
    code: 'ISTHMUS-DR-016',
    severity: 'info',
    title: 'Part of the rule is not used',
    message:
      'Nothing uses {first} of this rule: no route names the subset, no port of the Service has the number, or another block replaces it.',
    help: 'Remove it, or use it.',
    explanation:
      'A subset takes effect where a route names it, an entry for a port replaces the whole policy there (routing.md T51, T58).',
  },
  ineffective: {
    code: 'ISTHMUS-DR-017',
    severity: 'info',
    title: 'DestinationRule has no effect',
    message:
      'No client of the mesh uses this rule for {host}: another one is used in its place, the host is none of the mesh, or nobody sees it.',
    help: 'Remove it, or move it to the namespace of the Service.',
    explanation:
      'A client looks in its own namespace, then in that of the Service, then in the root namespace, and takes the most specific rule of the first that has one (routing.md T48, T49, T50).',
  },
  externalSettings: {
    code: 'ISTHMUS-DR-019',
    severity: 'warning',
    title: 'Settings of an external host',
    message:
      'The settings for {host} are carried over to its MeshExternalService. They are not compared with Istio; the zone egress makes the connections.',
    help: 'Try them out before its clients leave Istio.',
    explanation:
      'Policies to a MeshExternalService act in the client and, for connections to the endpoint, in the zone egress (routing.md 1.2).',
  },
  clusterPatch: {
    code: 'ISTHMUS-DR-020',
    severity: 'warning',
    title: "Setting is written into Envoy's own configuration",
    message:
      'No policy of Kong Mesh sets {field}, so that a MeshProxyPatch writes it into the clusters of {host}. It finds them by their names in Envoy, which hold the name of the mesh ({mesh}) and of the zone ({zone}): under another name the patch does nothing, and connections behave as without the setting.',
    help: 'Set mesh and zone to those of your control plane. After applying, look for the setting in the proxy of a client (`kumactl inspect dataplane <name> --type=config-dump`), and again after each upgrade of Kong Mesh.',
    explanation:
      'MeshProxyPatch changes what the control plane has generated, after all policies (kuma, meshproxypatch/plugin/v1alpha1, 2.14; routing.md 2.13). The names of clusters are no part of an API: 2.x has `<mesh>_<service>_<namespace>_<zone>_msvc_<port>`, or identifiers (`kri_msvc_…`) where proxies are started with unified naming; 3.0 has identifiers only. Each name gets the patch. Between proxies Kong Mesh speaks HTTP/2, so that a limit of requests or streams for a connection is met sooner than with the connections of HTTP/1.1 that Istio may use. Read, not run.',
  },
  idle: {
    code: 'ISTHMUS-DR-021',
    severity: 'info',
    title: 'Setting has no effect here',
    message: 'Istio does nothing with {field} here: it counts with another load balancer, or on HTTP/2 only.',
    help: 'Remove it, or use it where it counts.',
    explanation:
      'Warm-up is for ROUND_ROBIN and LEAST_REQUEST, streams and pings for clusters that Istio makes HTTP/2 by the protocol of the port or by an upgrade, and zero is no limit (routing.md 3.6; verified by running 1.32).',
  },
  warmupDivided: {
    code: 'ISTHMUS-DR-022',
    severity: 'warning',
    title: 'Warm-up is lost where clients balance in different ways',
    message:
      'Only a MeshProxyPatch could set {field} for {host}. Some clients balance in another way than others: a patch of all of them would put the options of one balancer in the place of those of another. Endpoints that are new get their full share at once.',
    help: 'Patch the clusters of the clients that are meant by a MeshProxyPatch of your own.',
    explanation:
      "The options of balancers are one of several in Envoy's Cluster (`lb_config`), and modifications of all MeshProxyPatches that select a proxy are made one after the other (routing.md 2.2, 2.13).",
  },
  notPatched: {
    code: 'ISTHMUS-DR-023',
    severity: 'warning',
    title: 'Way of connecting has no counterpart',
    message:
      'No policy of Kong Mesh sets {field}, and a patch would break connections between its proxies. Connections behave as without it.',
    help: 'Call the destination without the mesh (`traffic.kuma.io/exclude-outbound-ports`) where it expects this, or let it go without.',
    explanation:
      "A header of the PROXY protocol or a CONNECT tunnel goes in front of the mesh's own TLS, which the server's proxy expects first; a MeshProxyPatch that replaces the transport socket would also have to repeat the mesh's certificates (routing.md 2.13, 3.6).",
  },
  errorCodes: {
    code: 'ISTHMUS-DR-024',
    severity: 'warning',
    title: 'Status codes that count as failures cannot be chosen',
    message:
      'Kong Mesh counts the statuses 500 to 599 as failures for outlier detection; the list of this rule is left out.',
    help: 'Let the application answer with a 5xx where an endpoint should be left out.',
    explanation:
      "The list is a newer field of Envoy's HttpProtocolOptions (outlier_detection), which not every control plane knows; a JSON patch with an unknown field stops the configuration of the whole proxy, so that none is emitted (routing.md 2.13, 3.6; edge.md 1.7).",
  },
  clusterSetHost: {
    code: 'ISTHMUS-DR-025',
    severity: 'warning',
    title: 'Rule for a name of the multi-cluster API',
    message:
      'This rule is for {host}, which callers use for the Service in all clusters. Its settings are not carried over: calls to the MeshMultiZoneService that takes the name have those of the whole mesh.',
    help: 'Write policies with `kind: MeshMultiZoneService` in `to` for what the rule sets, on the global control plane.',
    explanation:
      'Istio serves `clusterset.local` where the multi-cluster API is on (ENABLE_MCS_HOST, istio/pilot/pkg/features, 1.32), which a manifest does not tell; policies of one zone do not know the names of others (edge.md X4, X8).',
  },
});
