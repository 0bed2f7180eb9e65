import { defineCodes } from '../code.ts';

/** Findings about DestinationRules. */
export const destinationRule = defineCodes({
  tls: {
    code: 'ISTHMUS-DR-001',
    severity: 'blocker',
    title: 'Demand for TLS is not translated yet',
    message:
      'This DestinationRule sets how clients encrypt connections to {host}, which is not translated yet. Without a counterpart a connection that Istio encrypts could go out in plain text.',
    help: 'Write the MeshTLS or MeshExternalService for the host by hand before its clients leave Istio.',
    explanation: 'A lost demand for TLS is a lost restriction, which blocks.',
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
});
