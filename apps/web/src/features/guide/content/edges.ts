import type { SectionText } from './section.ts';

export const edges = {
  edge: {
    lead: 'Gateways of Istio become Gateways of the Gateway API that Kong Gateway serves, with a sidecar beside it as a member of the mesh.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Which proxies serve it',
            '`selector` of the Gateway, by labels of pods.',
            'The GatewayClass. One unmanaged Kong Gateway merges all Gateways of its class.',
          ],
          [
            'Order of routes',
            'As written in the VirtualService.',
            'By the priority that the router works out: `expressions` or `traditional_compatible`.',
          ],
          [
            'Certificates',
            '`credentialName`, in the namespace of the gateway.',
            '`certificateRefs`; a ReferenceGrant for other namespaces.',
          ],
          ['Client certificates', 'Mode MUTUAL of a server.', 'A plugin; Isthmus drafts the listener and blocks.'],
          ['Rewrites, CORS, direct answers', 'Fields of the route.', 'Filters of the HTTPRoute, or plugins of Kong.'],
          ['What backends see of the caller', 'The identity of the gateway.', 'The identity of Kong Gateway.'],
        ],
      },
      {
        kind: 'text',
        text: 'Choose the router in the settings: Isthmus proves the order of Istio for that one, host by host. A match that Kong cannot express closes its rule with 503, so that no other route takes its requests.\n\nUp to 2.14 Kong Mesh has a gateway of its own; 3.0 has it no more. Isthmus always emits Kong Gateway as a delegated gateway (`kuma.io/gateway: enabled`), which is the same in all versions.',
      },
    ],
    sources: [
      'kubernetes-ingress-controller (commit 1fa68f8) and kong router libraries under LuaJIT: translation and order of routes run, without a Kong node',
      'kuma, UPGRADE.md: removal of the built-in gateway',
    ],
  },
  external: {
    lead: 'A ServiceEntry tells Istio about a host. A MeshExternalService gives that host a name and an address inside the mesh, and leads to it through the zone egress.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'What applications call',
            'The host itself.',
            'A generated name, such as `<name>.extsvc.mesh.local`; or the host itself, where a HostnameGenerator says so.',
          ],
          ['Ports', 'Any number in one entry.', 'One for each MeshExternalService.'],
          ['Way', 'From the sidecar, or through an egress gateway.', 'From the sidecar to the zone egress, with mTLS.'],
          [
            'Needs',
            'Nothing more.',
            'A zone egress, an identity for the client, and from 2.14 on a permission at the egress.',
          ],
          ['Wildcards', '`*.example.com`.', 'A MeshPassthrough of the client.'],
          ['For one namespace', '`exportTo`.', 'Not by itself: it stands in the system namespace for the whole mesh.'],
          ['Unknown hosts refused', '`REGISTRY_ONLY`.', 'MeshPassthrough with `passthroughMode: None` or `Matched`.'],
        ],
      },
      {
        kind: 'text',
        title: 'Hosts that arrive changed',
        text: 'For HTTP the zone egress rewrites the host of a request to the DNS name of the endpoint. Two external services behind one address then look the same to the server there; give each a name of its own. A route that splits between a MeshService and an external service rewrites it for both.',
      },
      {
        kind: 'text',
        title: 'Names of the cluster',
        text: 'A HostnameGenerator that makes `<name>.<namespace>.svc.cluster.local` answers before the DNS of the cluster, in every sidecar. It diverts callers of a Service that is still there, and the control plane does not see such a clash between kinds.',
      },
    ],
    sources: [
      'kuma 2.14 and 3.0: admission of MeshExternalService, HostnameGenerator and MeshPassthrough run',
      'kuma, pkg/xds/generator/zone_proxy_listener_generator.go: rewriting of hosts, read',
    ],
  },
  zones: {
    lead: 'Clusters of one Istio mesh become zones below a global control plane. A Service that exists in several clusters is merged by Istio without asking; in Kong Mesh somebody has to say so, and its name changes.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Control planes',
            'One for several clusters (primary-remote) or one in each (multi-primary).',
            'One for each zone, and a global one above. A zone goes on by itself while the global one is away.',
          ],
          [
            'How endpoints are found',
            'istiod reads the API servers of other clusters, with remote secrets.',
            'Zones report to the global control plane; nobody needs a kubeconfig of another cluster.',
          ],
          [
            'Way between clusters',
            'Directly to pods in one network, else through an east-west gateway on 15443.',
            'Always through the ingress of the other zone, also in a flat network.',
          ],
          [
            'Same name, same service',
            'Always.',
            'A MeshMultiZoneService for each, made at the global control plane; its host is `<name>.mzsvc.mesh.local`.',
          ],
          ['Failover', 'By locality, with outlier detection.', 'By zones, in a MeshLoadBalancingStrategy.'],
          [
            'Roots',
            'One root for all clusters.',
            'One authority for each zone unless you share one, and a MeshTrust of each in the others.',
          ],
        ],
      },
      {
        kind: 'text',
        text: 'The new host is the largest change for applications: it has to be called, or a route from the local MeshService has to lead there. From 3.0 on the global control plane runs on PostgreSQL only, not on the store of Kubernetes.\n\nIsthmus reads several clusters from folders named `cluster=NAME`, from snapshots of clusters or from `--cluster NAME=PATH`. This part was read in the sources of Istio, not run.',
      },
    ],
    sources: [
      'kuma, UPGRADE.md, 3.0: global control plane, MeshZoneAddress',
      'istio, pilot/pkg/serviceregistry, 1.32-dev: read',
    ],
  },
  machines: {
    lead: 'A machine joins Istio by a WorkloadEntry, Kong Mesh by a Dataplane that its own kuma-dp announces with a token.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Object',
            'WorkloadEntry; WorkloadGroup as a template.',
            'Dataplane, in the Universal form; a template too.',
          ],
          ['Credentials', 'A token of a service account.', '`kumactl generate dataplane-token`.'],
          [
            'Identity',
            'The service account.',
            'By default `/workload/<workload>`: a permission by account does not fit it any more.',
          ],
          ['Probes', 'HTTP, TCP or commands.', 'TCP connections.'],
          ['Place', 'Network, locality, weight.', 'The zone. Localities become labels, weights are lost.'],
        ],
      },
      {
        kind: 'text',
        text: 'Dataplanes of machines are drafts: they need a zone that runs without Kubernetes, addresses, and a token that no manifest holds. The commands section has the steps.',
      },
    ],
    sources: ['kuma, docs of Universal and app/kumactl, 2.14', 'istio-api, networking/v1/workload_group.proto'],
  },
  ambient: {
    lead: 'Kong Mesh has sidecars only. Pods leave ztunnel as they restart with one; what waypoints did is done by the proxies of clients and servers.',
    parts: [
      {
        kind: 'compare',
        rows: [
          ['Joining', 'A label of the namespace or pod; no restart.', 'A label, and a restart of each pod.'],
          ['Access by identity', 'In ztunnel, at the node of the server.', 'In the sidecar of the server.'],
          [
            'Access by request, routes',
            'In a waypoint, if there is one.',
            'Routes in the sidecar of the client. Rules by request: see who may call whom.',
          ],
          [
            'Between nodes',
            'HBONE on port 15008.',
            'mTLS between sidecars on the ports of the pods: network policies have to say so.',
          ],
        ],
      },
      {
        kind: 'text',
        text: 'A pod must not be in ambient mode and have a sidecar of Kong Mesh: both capture its traffic. The emitted patches take the label away as they add the other. Clients that are still in ambient mode cannot speak HBONE to pods of Kong Mesh, so that calls between the two are plaintext and need a Permissive server. This part was read, not run.',
      },
    ],
    sources: ['istio 1.32-dev, ambient mode: read', 'kuma, injector and MeshTLS, 2.14'],
  },
} satisfies Record<string, SectionText>;
