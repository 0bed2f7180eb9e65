import { defineCodes } from '../../code.ts';

const meshService =
  'kuma/pkg/plugins/runtime/k8s/controllers/meshservice_controller.go, 2.14; verified by running kuma 2.14 and 3.0';

/** Pre-flight: what Kong Mesh makes of Services. */
export const services = defineCodes({
  undeclaredProtocol: {
    code: 'ISTHMUS-PF-010',
    severity: 'warning',
    title: 'Port does not say its protocol to Kong Mesh',
    message:
      '{found} Kong Mesh reads `appProtocol` alone and takes the port for TCP: HTTP routes, retries, timeouts, limits and metrics of it have no effect.',
    help: 'Set `appProtocol`; the patches of the bundle do so.',
    explanation:
      'Istio goes by appProtocol, else by the prefix of the port name, else it finds out from traffic (istio/pkg/config/kube/conversion.go, 1.32). Kong Mesh ignores names and does not find out (verified by running kuma 2.13, 2.14 and 3.0). Where an HTTP route, or a policy for requests, is for the port, this blocks.',
  },
  annotatedProtocol: {
    code: 'ISTHMUS-PF-011',
    severity: 'warning',
    title: 'Protocol stands in an annotation only',
    message: '{found} The annotation is for the inbound of the server; clients take the port for TCP.',
    help: 'Set `appProtocol` on the port.',
    explanation: `MeshService.ports[].appProtocol does not follow the annotation (${meshService}).`,
  },
  unknownProtocol: {
    code: 'ISTHMUS-PF-012',
    severity: 'blocker',
    title: 'Protocol that Kong Mesh does not know',
    message:
      '{found} Up to 2.14 every connection of clients in the mesh to this port is closed. 3.0 refuses the whole MeshService: all ports of the Service leave the mesh in plaintext.',
    help: 'Write one of http, http2, grpc and tcp before injection is switched on; the patches of the bundle do so.',
    explanation:
      'Another word than http, http2, grpc, tcp (and kafka up to 2.14) gives clients a listener with an empty filter chain; `tls` and `mysql` also stop the proxy of the server from being configured; words in upper case give clients no listener for the port (verified by running kuma 2.13, 2.14 and 3.0).',
  },
  datagrams: {
    code: 'ISTHMUS-PF-013',
    severity: 'info',
    title: 'Port is not TCP',
    message: '{found} Neither mesh carries it; Kong Mesh leaves the port out of the MeshService.',
    help: 'Nothing is to be done, unless clients use the names of Kong Mesh for it.',
    explanation: `Ports of other protocols than TCP are skipped, with an event (${meshService}).`,
  },
  serverFirst: {
    code: 'ISTHMUS-PF-014',
    severity: 'warning',
    title: 'Server speaks first',
    message:
      '{found} While the mesh accepts plaintext as well, the sidecar waits for the first bytes of a client that waits for the server: connections from outside of the mesh begin late, or not at all.',
    help: 'Set `appProtocol: tcp`, and enforce mutual TLS for the port early or exclude it with `traffic.kuma.io/exclude-inbound-ports`.',
    explanation:
      "A TLS inspector reads before it decides. Istio's waits without a timeout, so that plaintext clients of such ports hang today too, while clients with mutual TLS do not (verified by running Istio 1.32-dev, Envoy 1.40); Kong Mesh in permissive mode inspects as well.",
  },
  headless: {
    code: 'ISTHMUS-PF-015',
    severity: 'warning',
    title: 'Headless Service',
    message:
      '{found} Kong Mesh makes one MeshService for each pod, named after the pod, and none for the Service: a policy that names the Service selects nothing.',
    help: 'Select by the label `k8s.kuma.io/service-name` in policies, and test clients that look pods up by DNS.',
    explanation: `Headless Services become MeshServices of pods (${meshService}).`,
  },
  peers: {
    code: 'ISTHMUS-PF-016',
    severity: 'warning',
    title: 'Members of a set find each other by name',
    message:
      '{found} A peer has an endpoint in the mesh only once its pod is ready, and `publishNotReadyAddresses` is not heeded: members that are ready only when they have found each other wait for ever.',
    help: 'Keep the peer ports out of the mesh in both directions: `traffic.kuma.io/exclude-inbound-ports` and `exclude-outbound-ports`.',
    explanation: `MeshServices of pods have Ready Dataplanes as endpoints (${meshService}).`,
  },
  externalName: {
    code: 'ISTHMUS-PF-017',
    severity: 'warning',
    title: 'Service is another name of a host',
    message:
      '{found} Kong Mesh makes no MeshService for it: what Istio applies to it has no counterpart, and traffic to it leaves by the passthrough.',
    help: 'Write a MeshExternalService with a HostnameGenerator, or allow the host in a MeshPassthrough.',
    explanation: `Services without a cluster IP are ignored (${meshService}).`,
  },
  noSelector: {
    code: 'ISTHMUS-PF-018',
    severity: 'blocker',
    title: 'Service without a selector',
    message:
      '{found} Its MeshService selects every Dataplane of the namespace: clients reach any pod there that has an inbound on the target port, else get 503. Endpoints written by hand are ignored.',
    help: 'Annotate the Service `kuma.io/ignore: "true"`, and write a MeshExternalService for its endpoints.',
    explanation: `A selector that is absent becomes one with the namespace only (${meshService}).`,
  },
  undeclaredPort: {
    code: 'ISTHMUS-PF-019',
    severity: 'warning',
    title: 'Port of the pods that no Service has',
    message:
      '{found} With mutual TLS enforced, connections to the port are dropped: Kong Mesh has an inbound for ports of Services only, where Istio passes others through.',
    help: 'Add the port to a Service of the pods, or run with `KUMA_DATAPLANE_RUNTIME_STRICT_INBOUND_PORTS_ENABLED=false`.',
    explanation:
      'Strict inbound ports are the default from 2.13 on (kuma, feature-strict-inbound-ports; verified by running kuma 2.14).',
  },
  namedPort: {
    code: 'ISTHMUS-PF-020',
    severity: 'warning',
    title: 'Target port by a name that no container has',
    message:
      '{found} These pods get no inbound for the port, and the Service no endpoint; only a log line of the control plane says so.',
    help: 'Give the port of the container that name.',
    explanation:
      'Names are looked up among the containers, not among init containers and native sidecars (kuma/pkg/plugins/runtime/k8s/controllers/inbound_converter.go, 2.14).',
  },
  names: {
    code: 'ISTHMUS-PF-069',
    severity: 'blocker',
    title: 'Name that Kong Mesh refuses',
    message:
      '{found} Kong Mesh 3.0 refuses a MeshService of that name: clients reach the Service outside of the mesh, in plaintext.',
    help: 'Rename the Service: letters, digits and hyphens, a letter first, 63 characters at most.',
    explanation: `A MeshService has the name of its Service; 3.0 asks for an RFC 1035 label (${meshService}).`,
  },
  timeouts: {
    code: 'ISTHMUS-PF-079',
    severity: 'warning',
    title: 'Requests end after 15 seconds',
    message:
      '{found} Kong Mesh ends requests after 15 s and idle streams after 30 min, where Istio has no limit: long requests get 504, streams of gRPC and WebSockets break.',
    help: 'Keep Istio’s defaults in the settings, or write a MeshTimeout with `requestTimeout: 0s` and `streamIdleTimeout: 0s`.',
    explanation:
      'The policy `mesh-timeout-all-<mesh>` of a new mesh says so (kuma/pkg/plugins/policies/core/defaults, 2.14); Istio has neither limit (verified by running Istio 1.32-dev).',
  },
  retries: {
    code: 'ISTHMUS-PF-080',
    severity: 'info',
    title: 'Requests are tried again more often',
    message:
      '{found} Kong Mesh tries a failed request again up to five times, 16 s each, where Istio does twice: a service in trouble gets more load.',
    help: 'Keep Istio’s defaults in the settings, or write a MeshRetry with `numRetries: 2`.',
    explanation:
      'The policy `mesh-retry-all-<mesh>` of a new mesh says so (kuma/pkg/plugins/policies/core/defaults, 2.14).',
  },
  ownTls: {
    code: 'ISTHMUS-PF-081',
    severity: 'info',
    title: 'Application speaks TLS itself',
    message:
      '{found} Enforced mutual TLS of the mesh wraps that of the application: clients outside of the mesh no longer reach the port.',
    help: 'Keep the port permissive with a MeshTLS for its section as long as such clients are there.',
    explanation:
      'In permissive mode a connection with TLS that is not of the mesh goes to the application as it is (verified by running kuma 2.14 and 3.0).',
  },
  sharedPort: {
    code: 'ISTHMUS-PF-101',
    severity: 'warning',
    title: 'Services disagree about the protocol of a port',
    message:
      '{found} The sidecar of the pods takes one of the protocols, clients take that of the Service they call: requests are handled as bytes on one side, or 2.14 applies filters several times.',
    help: 'Write the same `appProtocol` in all of them.',
    explanation:
      'Inbounds of one address are merged into one protocol in 2.13 and 3.0; 2.14 keeps one for each Service (kuma/pkg/plugins/runtime/k8s/controllers/inbound_converter.go; verified by running kuma 2.13, 2.14 and 3.0).',
  },
});
