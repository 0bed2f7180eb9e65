import { defineCodes } from '../code.ts';

/** Findings about VirtualServices. */
export const virtualService = defineCodes({
  withheld: {
    code: 'ISTHMUS-VS-001',
    severity: 'blocker',
    title: 'Route is not emitted: a part of it is not translated yet',
    message:
      'This VirtualService uses {field}, which is not translated yet. A route without it would send other requests elsewhere than Istio does, so that no MeshHTTPRoute is emitted for it: Kong Mesh would send every request of its hosts to the Services themselves.',
    help: 'Write the MeshHTTPRoute by hand, or keep the clients of its hosts on Istio until Isthmus translates the field.',
    explanation:
      'Routes are an ordered list: leaving one match or one rule out changes what the others receive. A VirtualService is therefore translated as a whole or not at all.',
    example:
      'spec:\n  hosts: [reviews]\n  http:\n    - fault: {abort: {httpStatus: 500}}\n      route: [{destination: {host: reviews}}]',
  },
  contested: {
    code: 'ISTHMUS-VS-002',
    severity: 'blocker',
    title: 'Several VirtualServices for one host',
    message:
      'Host {host} has {count} VirtualServices for the mesh. Istio uses only the oldest of them in a sidecar, and manifests do not tell which that is; no MeshHTTPRoute is emitted for the host.',
    help: 'Merge them into one VirtualService, or remove those that have no effect (`istioctl x describe` shows the one in use).',
    explanation:
      'A sidecar builds the routes of a host from the first VirtualService by creation time, then name and namespace; the others are dropped (istio/pilot/pkg/networking/core/route, 1.32; verified by running). In Kong Mesh the rules of several MeshHTTPRoutes would be merged.',
  },
  noCatchAll: {
    code: 'ISTHMUS-VS-003',
    severity: 'blocker',
    title: 'Unmatched requests would reach the Service',
    message:
      'The last rule of this VirtualService does not match every request. Istio answers 404 to what no rule matches; Kong Mesh would send it to Service {host}. No MeshHTTPRoute is emitted.',
    help: 'Decide where unmatched requests go and add a rule without match for them, or keep the clients of the host on Istio.',
    explanation:
      'Kong Mesh appends a route to the destination itself to every MeshHTTPRoute that does not end in PathPrefix `/` (kuma, meshhttproute/plugin/v1alpha1/listeners.go, 2.14; verified by running), so that requests which Istio refuses would get through.',
  },
  unknownService: {
    code: 'ISTHMUS-VS-004',
    severity: 'warning',
    title: 'Service of a route is not in the import',
    message:
      'Service {service} is not in the import, so that its ports and their protocol are unknown. The MeshHTTPRoute is a draft: a backend that Kong Mesh cannot resolve would make it skip the rule.',
    help: 'Import the Service as well, or complete the draft by hand.',
    explanation:
      'A backendRef names its port; on Kong Mesh 2.14 a rule whose backends cannot be resolved is skipped and its requests go to the next matching rule (verified by running). Kong Mesh also honours HTTP routes only on ports whose appProtocol is http, http2 or grpc.',
  },
  unknownPort: {
    code: 'ISTHMUS-VS-005',
    severity: 'blocker',
    title: 'Destination has no such port',
    message:
      'Service {service} has no HTTP port {port}, which this destination asks for. Istio answers 503 there; Kong Mesh would skip the rule and send the requests elsewhere. No MeshHTTPRoute is emitted.',
    help: 'Correct the port of the destination, or give the Service that port and an HTTP protocol.',
    explanation:
      'Without a number a destination has the port that the client called (istio, verified by running on 1.32): the only port of the destination is not used in its place.',
  },
  notHttp: {
    code: 'ISTHMUS-VS-006',
    severity: 'warning',
    title: 'No port is known to speak HTTP',
    message:
      'No port of Service {service} is declared as HTTP, so that Istio finds the protocol out connection by connection. Kong Mesh does not: the MeshHTTPRoute is a draft until the port has an appProtocol.',
    help: 'Declare the protocol: `appProtocol: http` (or http2, grpc) on the port of the Service.',
    explanation:
      'Istio sniffs the protocol of ports that declare none; Kong Mesh takes them for TCP, where HTTP routes have no effect (kuma 2.14 and 3.0, verified by running).',
  },
});
