import { defineCodes } from '../code.ts';

const order =
  'Istio takes the nearest of workload, namespace and mesh level (policy_applier.go, 1.32; verified by running). Kong Mesh merges all MeshTLS of a proxy: one for some proxies wins over one for the mesh, one for an inbound over both, and among equals the smaller name wins (routing.md 2.2; verified by running). The emitted names start with mtls-0- to mtls-4- so that the nearer level wins.';

/** Findings about PeerAuthentications and their absence. */
export const peerAuthentication = defineCodes({
  permissive: {
    code: 'ISTHMUS-PA-001',
    severity: 'warning',
    title: 'Plaintext stays accepted, beside every permission',
    message:
      'PERMISSIVE becomes MeshTLS in mode Permissive. Kong Mesh applies no MeshTrafficPermission to plaintext, and takes only its own mTLS for mTLS: what a sidecar of Istio encrypts is not understood there.',
    help: 'Clients that are still on Istio call such a workload in plaintext: let no DestinationRule demand ISTIO_MUTUAL. Change to Strict as soon as no plaintext client is left.',
    explanation: `The RBAC filter is on chains with TLS only, and a permissive inbound terminates TLS for ALPN kuma (kuma, meshtrafficpermission and meshtls plugins, 2.14; verified by running 2.14 and 3.0). ${order}`,
  },
  disable: {
    code: 'ISTHMUS-PA-002',
    severity: 'warning',
    title: 'mTLS cannot be turned off for a workload',
    message:
      'DISABLE becomes MeshTLS in mode Permissive: plaintext is accepted as in Istio, and callers in Kong Mesh use mTLS all the same.',
    help: 'Exclude the port from interception (annotation traffic.kuma.io/exclude-inbound-ports) where the application does its own TLS or must see the connection as it is.',
    explanation:
      'A MeshTLS has the modes Strict and Permissive only; a MeshIdentity selects proxies by labels that they have and cannot leave some out (kuma, meshtls and meshidentity, 2.14).',
  },
  restricted: {
    code: 'ISTHMUS-PA-003',
    severity: 'warning',
    title: 'Strict where permissions restrict',
    message:
      'This policy restricts workloads for which Istio accepts plaintext. In Istio it holds for plaintext callers too; in Kong Mesh no permission does. MeshTLS {name} makes these workloads Strict: callers without mTLS are refused.',
    help: 'Move callers without a sidecar into the mesh first. Clients that are still on Istio need mTLS to these workloads: a MeshTrust for the trust domain of Istio, and a DestinationRule with ISTIO_MUTUAL on their side.',
    explanation: `Plaintext passes every MeshTrafficPermission (kuma, meshtrafficpermission/plugin, 2.14: chains without TLS are skipped; verified by running 2.14 and 3.0), so that Permissive would open what the policy closes. ${order}`,
  },
  disabledAndRestricted: {
    code: 'ISTHMUS-PA-004',
    severity: 'blocker',
    title: 'Restricted without mTLS',
    message:
      'mTLS is off here, and AuthorizationPolicy {policy} restricts the same workloads. Without mTLS no caller has an identity in Istio, with it every caller has one in Kong Mesh, so that the policy would let others in. Everyone is denied there.',
    help: 'Turn mTLS on in Istio first and see whom the policy lets in then, or write the MeshTrafficPermission by hand.',
    explanation:
      'With DISABLE the connection has no principal: a rule that names one never matches, and one that excludes some always does (verified by running Istio 1.32).',
  },
  selectorInRoot: {
    code: 'ISTHMUS-PA-005',
    severity: 'warning',
    title: 'Selector in the root namespace has no effect',
    message:
      'This PeerAuthentication has a selector and stands in the root namespace {namespace}. No sidecar obeys it in Istio, so that nothing is emitted for it.',
    help: 'Move it into the namespace of the workloads if it is meant to count, or remove it.',
    explanation:
      'A policy with a selector counts in its own namespace, and not at all in the root namespace (istio/pilot/pkg/security/authn/policy_applier.go, 1.32; verified by running). An AuthorizationPolicy there does count.',
  },
  portsWithoutSelector: {
    code: 'ISTHMUS-PA-006',
    severity: 'warning',
    title: 'Modes of ports without a selector have no effect',
    message:
      'portLevelMtls counts only beside a selector; Istio refuses it without, and ignores it where it is stored.',
    help: 'Add a selector, or remove the ports.',
    explanation: 'istio/pkg/config/validation and policy_applier.go, 1.32; verified by running.',
  },
  outlived: {
    code: 'ISTHMUS-PA-007',
    severity: 'warning',
    title: 'An older policy of the same level counts',
    message: 'PeerAuthentication {other} is older and of the same level, so that this one has no effect.',
    help: 'Merge the two.',
    explanation:
      'Of several policies of one level the oldest counts, even where it says UNSET; at equal age the smaller name (verified by running Istio 1.32).',
  },
  contested: {
    code: 'ISTHMUS-PA-008',
    severity: 'warning',
    title: 'Several policies of one level',
    message:
      'PeerAuthentications {names} are of the same level and say different things. Istio obeys the oldest; their age is not in the manifests. The strictest mode is emitted for what they share.',
    help: 'Merge them, or import them as the cluster holds them, with their creationTimestamp.',
    explanation:
      'Of several policies of one level the oldest counts, even where it says UNSET; at equal age the smaller name (verified by running Istio 1.32).',
  },
  portUnknown: {
    code: 'ISTHMUS-PA-009',
    severity: 'warning',
    title: 'Name of a port is unknown',
    message:
      'Port {port} is of workloads that the import does not hold. Kong Mesh names an inbound by its container port, so that the exception for the port is a draft.',
    help: 'Import the Deployments (or StatefulSets, …) of these workloads as well, or complete sectionName by hand: the name of the container port, or its number where it has none.',
    explanation:
      'sectionName is the name of the container port, and the number only of a port without a name; a wrong one is accepted and matches nothing (kuma/api/mesh/v1alpha1/dataplane_helpers.go, 2.14; verified by running).',
  },
  strictPortUnknown: {
    code: 'ISTHMUS-PA-010',
    severity: 'blocker',
    title: 'Strict port cannot be named',
    message:
      'Port {port} demands mTLS, the other ports do not, and the import does not hold the workloads, so that its name in Kong Mesh is unknown. So that it does not open, all ports of these workloads are Strict.',
    help: 'Import the Deployments (or StatefulSets, …) of these workloads as well.',
    explanation:
      'sectionName is the name of the container port, and the number only of a port without a name; a wrong one is accepted and matches nothing (kuma/api/mesh/v1alpha1/dataplane_helpers.go, 2.14; verified by running).',
  },
  implicit: {
    code: 'ISTHMUS-PA-011',
    severity: 'info',
    title: 'Plaintext is accepted by default',
    message:
      'This estate has no PeerAuthentication for the mesh, so that Istio accepts plaintext beside mTLS. MeshTLS {name} says the same to Kong Mesh, whose default is Strict.',
    help: 'Change it to Strict as soon as no plaintext client is left.',
    explanation: `Without any policy Istio is PERMISSIVE (policy_applier.go, 1.32); with a MeshIdentity and without a MeshTLS, Kong Mesh is Strict (kuma, meshtls plugin, 2.14). ${order}`,
  },
  selectsNothing: {
    code: 'ISTHMUS-PA-012',
    severity: 'warning',
    title: 'Policy selects no workload',
    message: 'No workload of the import has the labels that this PeerAuthentication selects ({labels}).',
    help: 'Correct the selector, or import the workloads as well.',
    explanation: 'A selector compares labels of pods, not of Services or Deployments.',
  },
  unknownMode: {
    code: 'ISTHMUS-PA-013',
    severity: 'blocker',
    title: 'Mode is unknown',
    message: '"{mode}" is no mode of a PeerAuthentication, so that Istio refuses the policy. It is read as UNSET.',
    help: 'Write UNSET, DISABLE, PERMISSIVE or STRICT.',
    explanation: 'istio-api, security/v1beta1/peer_authentication.proto.',
    example: 'spec:\n  mtls: {mode: strict}',
  },
  badPort: {
    code: 'ISTHMUS-PA-015',
    severity: 'blocker',
    title: 'Key is no port',
    message: '"{port}" is no port number, so that Istio refuses this policy. Nothing is emitted for the port.',
    help: 'Write the number of the port that the workload listens on; names are not taken.',
    explanation: 'istio/pkg/config/validation/validation.go, 1.32: keys of portLevelMtls are ports from 1 to 65535.',
    example: 'spec:\n  selector: {matchLabels: {app: web}}\n  portLevelMtls: {http: {mode: STRICT}}',
  },
  withoutExceptions: {
    code: 'ISTHMUS-PA-014',
    severity: 'warning',
    title: 'Exception for a port is not carried over',
    message:
      'Port {port} accepts plaintext, and AuthorizationPolicy {policy} restricts the same workloads. In Kong Mesh plaintext passes every permission, so that the port stays as strict as its workload is made.',
    help: 'Move callers without a sidecar into the mesh first, or exclude the port from interception if everyone may call it.',
    explanation:
      'Plaintext passes every MeshTrafficPermission (kuma, meshtrafficpermission/plugin, 2.14: chains without TLS are skipped; verified by running 2.14 and 3.0).',
  },
  lastPort: {
    code: 'ISTHMUS-PA-016',
    severity: 'warning',
    title: 'Exception for a port would open others',
    message:
      'Port {port} accepts plaintext and {workload} otherwise demands mTLS. It is the last port of the workload, whose mode Kong Mesh applies to every port that no Service declares: the exception would open these to plaintext too. The port stays strict.',
    help: 'Move callers without a sidecar into the mesh first, let a Service whose name comes later declare a strict port of the workload, or exclude the port from interception if everyone may call it.',
    explanation:
      'Ports that are not declared go through the passthrough listener, which the mode of the last inbound opens or closes; inbounds are in the order of the names of the Services (kuma, meshtls plugin, 2.14; verified by running 2.14).',
  },
  deniesByIdentity: {
    code: 'ISTHMUS-PA-017',
    severity: 'warning',
    title: 'Denial by identity does not hold for calls between the meshes',
    message:
      'This policy keeps callers out by their identity, and its workloads accept plaintext. Calls between the meshes that come in plaintext have no identity, so that those it keeps out get through while they and these workloads are in different meshes.',
    help: 'Demand mTLS of these workloads in Istio (mode STRICT) before they are migrated, or move them together with the callers that it keeps out.',
    explanation:
      "Kong Mesh opens mTLS to its own Services only, Istio's sidecars see no sign of mTLS at Pods of Kong Mesh, and a Permissive inbound ends no TLS of Istio (security.md 0.5, 0.6 and 4.1.4; verified by running). A caller without an identity meets no denial of one, and every exception from what is allowed is about others.",
    example: 'spec:\n  action: DENY\n  rules: [{from: [{source: {principals: [cluster.local/ns/sales/sa/guest]}}]}]',
  },
  unserved: {
    code: 'ISTHMUS-PA-018',
    severity: 'warning',
    title: 'Port without a Service is closed to plaintext',
    message:
      'No Service sends to port {port} of {workload}, so that Kong Mesh makes no inbound of it and no MeshTLS can select it. Plaintext, which Istio takes there, is dropped where the workload is Strict.',
    help: 'Let a Service send to the port, or exclude it from interception (traffic.kuma.io/exclude-inbound-ports): then it is open to everyone, as in Istio.',
    explanation:
      'Inbounds of a Dataplane are the ports of the Services that select its pod; a sectionName that is none of them is accepted and selects nothing (kuma, 2.14; verified by running 2.14 and 3.0).',
  },
});
