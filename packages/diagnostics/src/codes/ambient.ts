import { defineCodes } from '../code.ts';

const labels = 'istio/api, label; istio/cni/pkg/util/podutil.go, 1.32';

/** Findings about Istio's ambient mode: ztunnel, waypoints, and the sidecars that take their place. */
export const ambient = defineCodes({
  namespace: {
    code: 'ISTHMUS-AMB-001',
    severity: 'warning',
    title: 'Namespace in ambient mode gets sidecars',
    message:
      'The pods of namespace {namespace} are in ambient mode. Kong Mesh has sidecars only: the namespace is labelled for injection, and {count} workloads of the import leave ztunnel as they restart with a sidecar.',
    help: 'Apply both patches of a workload together and wait for the restart: a pod that ztunnel and a sidecar both capture reaches nobody.',
    explanation: `Ambient mode needs no restart, sidecars do. The pod label \`istio.io/dataplane-mode: none\` takes a pod out of ztunnel (${labels}; read, not run).`,
  },
  pod: {
    code: 'ISTHMUS-AMB-002',
    severity: 'warning',
    title: 'Pod in ambient mode gets a sidecar',
    message:
      'These pods are in ambient mode by a label of their own. They are labelled for injection instead, which counts where their namespace carries the key `kuma.io/sidecar-injection`.',
    help: 'Label the namespace `kuma.io/sidecar-injection: disabled` if no other pods of it are to get a sidecar.',
    explanation:
      'The webhook of Kong Mesh is asked for namespaces with the label only (kuma 2.11 and newer; verified by running 2.14 and 3.0).',
  },
  outside: {
    code: 'ISTHMUS-AMB-003',
    severity: 'warning',
    title: 'Pod outside of ambient mode',
    message:
      'These pods are kept out of the ambient mode of their namespace. They are kept from getting a sidecar as well, and speak plaintext to others as they do today.',
    help: 'Check that whom they call takes plaintext: MeshTLS Permissive, or a sidecar for these pods too.',
    explanation: `A pod with \`istio.io/dataplane-mode: none\` has no part in the mesh (${labels}); \`kuma.io/sidecar-injection: disabled\` says the same.`,
  },
  waypoint: {
    code: 'ISTHMUS-AMB-004',
    severity: 'warning',
    title: 'Traffic goes through a waypoint',
    message:
      'What is sent to {what} goes through waypoint {waypoint} today{found}. In Kong Mesh routes are a matter of the client and permissions one of the server: callers without a sidecar, whom the waypoint serves too, lose both.',
    help: 'Move callers before or together with the service, and remove the label with the last of them.',
    explanation:
      'A waypoint is in the way of whoever calls the service; MeshHTTPRoute acts in the sidecar of the client, MeshTrafficPermission in that of the server (edge.md A2, A5, T53).',
  },
  setting: {
    code: 'ISTHMUS-AMB-005',
    severity: 'info',
    title: 'Setting of waypoints',
    message: '{key} is about waypoints only, which Kong Mesh does not have.',
    help: 'Nothing is to be done; remove it with the waypoint.',
    explanation: 'Sidecars take the place of ztunnel and waypoints (edge.md A3).',
  },
  layerSeven: {
    code: 'ISTHMUS-AMB-006',
    severity: 'warning',
    title: 'Policy on requests that ztunnel cannot read',
    message:
      'This {action} policy looks at requests ({what}), and the pods of {workloads} are in ambient mode: ztunnel, which enforces policies with a selector there, reads no requests and refuses every connection that the rule could be about. What is translated is what a sidecar would make of the policy.',
    help: 'Check that the callers whom the policy lets in after the move are meant to come in; today they are refused.',
    explanation:
      'ztunnel enforces the part of a policy that is about connections; a policy that it cannot enforce fails closed (istio.io, ambient, layer 4 policies; read, not run).',
  },
  routeWithoutWaypoint: {
    code: 'ISTHMUS-AMB-007',
    severity: 'warning',
    title: 'Route without a waypoint',
    message:
      'The routes for {host} are for a Service in ambient mode for which no waypoint is named: callers in ambient mode do not go by them, since ztunnel reads no requests. Once callers have a sidecar of Kong Mesh they do.',
    help: 'Remove the routes if they were not meant to have an effect, or look through them before callers move.',
    explanation:
      'Routes for requests are applied by sidecars, gateways and waypoints, not by ztunnel (edge.md 3.13; read, not run).',
  },
  networkPolicy: {
    code: 'ISTHMUS-AMB-008',
    severity: 'warning',
    title: 'Network policy for the port of ztunnel',
    message:
      'This NetworkPolicy names port 15008, on which traffic of the ambient mode arrives. With sidecars it arrives on the ports of the services: where the policy lets nothing else in, they are cut off.',
    help: 'Name the ports of the services as well before the pods move; take 15008 out with the last ambient caller.',
    explanation:
      'ztunnel wraps connections in HBONE on port 15008; a sidecar of Kong Mesh keeps the port that was dialled.',
  },
  exported: {
    code: 'ISTHMUS-AMB-009',
    severity: 'warning',
    title: 'Waypoint applies a route to everybody',
    message:
      'Waypoint {waypoint} applies the routes for {host} to all of its callers in ambient mode, whatever exportTo says. The emitted policies are for callers of the namespaces that it names; others lose these routes.',
    help: 'Export the VirtualService to all namespaces before it is translated, if they are meant to go by it.',
    explanation:
      "A waypoint is the proxy of the destination, which uses its own namespace's VirtualServices (edge.md A5).",
  },
});
