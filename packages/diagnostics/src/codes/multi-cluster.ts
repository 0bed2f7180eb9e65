import { defineCodes } from '../code.ts';

/** Findings about meshes of several clusters, which become zones of Kong Mesh. */
export const multiCluster = defineCodes({
  eastWestGateway: {
    code: 'ISTHMUS-MUL-001',
    severity: 'warning',
    title: 'East-west gateway becomes the ingress of a zone',
    message:
      'Port {port} of this Gateway lets other clusters in (AUTO_PASSTHROUGH). In Kong Mesh the zone ingress does this: {how}. Nothing is emitted for the Gateway, since the ingress comes with the control plane of the zone.',
    help: 'Connect the clusters as zones of one global control plane, each with an ingress, and keep this Gateway until the last service that others call has moved.',
    explanation:
      'Both pass mutual TLS on by its server name, from end to end. Every call between zones goes through the ingress, also where the networks of the clusters are one (kuma, 2.14 and 3.0; edge.md 3.14, security.md 4.6; UNVERIFIED that no other way exists).',
  },
  eastWestOther: {
    code: 'ISTHMUS-MUL-002',
    severity: 'info',
    title: 'Setting of an east-west gateway',
    message: 'This is for traffic between clusters, which the ingress of a zone takes in without it.',
    help: 'Nothing is to be done.',
    explanation: 'A zone ingress needs no list of hosts: it offers the MeshServices of its zone (kuma, 2.14).',
  },
  shape: {
    code: 'ISTHMUS-MUL-003',
    severity: 'info',
    title: 'Clusters become zones',
    message:
      'The import holds {count} clusters: {clusters}. {shape} Each becomes a zone of one Kong Mesh under a global control plane{where}; the bundle has a directory for each, and `global` for what belongs to all of them.',
    help: 'Install the global control plane with `global/values.yaml` of the bundle, then each zone with its `values.yaml`, after filling in what these leave open; then apply `global`, then each zone to its own cluster.',
    explanation:
      'In Istio a control plane reads the services of other clusters through remote secrets; zones of Kong Mesh are connected by the global control plane alone (edge.md X1, security.md 4.6). A global control plane of 3.0 runs with Postgres, not with Kubernetes as its store.',
  },
  zoneName: {
    code: 'ISTHMUS-MUL-004',
    severity: 'warning',
    title: 'Cluster cannot give a zone its name',
    message: 'Cluster {cluster} becomes zone {zone}: names of zones are DNS labels.',
    help: 'Name the zone so in the values of its control plane.',
    explanation: 'kuma validates names of zones as RFC 1035 labels (edge.md T46).',
  },
  shared: {
    code: 'ISTHMUS-MUL-005',
    severity: 'warning',
    title: 'Service of several clusters',
    message:
      'Service {service} is in clusters {clusters}: Istio merges these into one and sends its callers to all of them. In Kong Mesh the name {host} is the Service of the own zone alone; MeshMultiZoneService {name} spans them, under the name {other}.',
    help: 'Let callers that rely on the other clusters use the new name, or send them there by a MeshHTTPRoute for the own Service with the MeshMultiZoneService as its backend.',
    explanation:
      'Names of Services are answered by the DNS of the cluster, so that no HostnameGenerator can take them over (kuma, 2.14; edge.md X4; UNVERIFIED for other DNS set-ups).',
  },
  clusterLocal: {
    code: 'ISTHMUS-MUL-006',
    severity: 'info',
    title: 'Service stays in its cluster',
    message:
      'Service {service} is in clusters {clusters}, and the MeshConfig keeps its callers in their own cluster. Kong Mesh does so by itself.',
    help: 'Nothing is to be done.',
    explanation:
      '`serviceSettings` with `clusterLocal` (istio/api, mesh/v1alpha1/config.proto); services of a zone are its own (edge.md X5).',
  },
  collision: {
    code: 'ISTHMUS-MUL-007',
    severity: 'blocker',
    title: 'Services of one name differ between clusters',
    message:
      'Service {service} is in clusters {clusters} with other {what}. Istio merges them all the same, so that callers reach one or the other; nobody can tell whether one service is meant. No MeshMultiZoneService is emitted.',
    help: 'Give the two different names if they are different services; make their ports alike if they are one.',
    explanation:
      'Services of one name and namespace are one in Istio, whatever stands behind them (namespace sameness; istio/pilot/pkg/serviceregistry/aggregate, 1.32); the ports are those of the cluster that is read first.',
  },
  remoteConfig: {
    code: 'ISTHMUS-MUL-008',
    severity: 'warning',
    title: 'Configuration in a cluster without a control plane',
    message:
      'This {kind} stands in cluster {cluster}, which has no control plane of its own here: Istio reads such things in {primaries} only. Nothing is emitted for it; its zone gets what the other cluster says.',
    help: 'Remove it, or move it to the cluster that is read if it was meant to have an effect.',
    explanation: 'A primary reads endpoints of remote clusters, not their configuration (istio.io, primary-remote).',
  },
  network: {
    code: 'ISTHMUS-MUL-009',
    severity: 'info',
    title: 'Network of a cluster',
    message:
      '{what} is of network {network}. In Kong Mesh the zone stands for it: zones reach each other by their ingress.',
    help: 'Nothing is to be done but to let the ingress of each zone be reachable from all others.',
    explanation: 'One zone for each network or finer; calls between zones take the ingress (edge.md X2).',
  },
  remoteSecret: {
    code: 'ISTHMUS-MUL-010',
    severity: 'info',
    title: 'Secret for another cluster',
    message: 'Secret {name} lets a control plane of Istio read cluster {cluster}. Kong Mesh needs no such access.',
    help: 'Delete it and the account behind it when Istio is gone.',
    explanation:
      'Zones report to the global control plane (edge.md X1). Of the Secret only its name and labels were read.',
  },
  trust: {
    code: 'ISTHMUS-MUL-011',
    severity: 'warning',
    title: 'Each zone has its own authority',
    message:
      'Every zone issues certificates of its own, in a trust domain of its own: {domains}. Calls between zones need a MeshTrust of each zone in every other, and that of a zone goes to the global control plane alone: this hands on only what is created there.',
    help: 'Once the zones are connected, create at the global control plane a copy of the MeshTrust of each zone, under a name of its own; then check that each zone lists one of every other. Calls between zones fail until then.',
    explanation:
      'Clusters of one Istio share a root (`cacerts`); a MeshIdentity makes one for each zone unless it is given one (security.md 4.6). Each zone writes the MeshTrust of its own authority; copies at the global control plane reach all zones (developer.konghq.com, mesh/zone-proxies and mesh/policies/meshtrust; kuma, test/e2e_env/multizone; security.md 4.1.2).',
  },
  meshNetworks: {
    code: 'ISTHMUS-MUL-012',
    severity: 'warning',
    title: 'Networks of the mesh become addresses of zones',
    message:
      'The configuration of the mesh names the networks {networks}{reached}. Kong Mesh knows no networks: calls to another zone go to the address of its ingress, which a MeshZoneAddress says from 3.0 on.',
    help: "Give each zone's ingress an address that the other zones reach, as the gateways of its network have now.",
    explanation:
      'Endpoints of another network are called through its gateways (istio/api, mesh/v1alpha1/network.proto); a zone ingress stands at the edge of each zone, whatever networks there are (edge.md X3; kuma, 2.14 and 3.0).',
  },
});
