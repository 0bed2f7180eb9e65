import { defineCodes } from '../code.ts';

const explanation =
  'Istio allows every request to a workload that no AuthorizationPolicy selects (istio.io, Authorization Policy: "If there are no ALLOW policies for the workload, allow the request"). Kong Mesh denies everything as soon as a proxy has an identity and no MeshTrafficPermission allows it (kuma, meshtrafficpermission/xds/rbac_configurer.go, 2.14; verified by running). The allowance has to be in place before mTLS is turned on. It is spelled as a prefix for each trust domain: an empty match would fail open.';

const l4 =
  'A match of a MeshTrafficPermission is a SPIFFE ID (Exact or Prefix) and, from 2.14 on, a server name; there is no method, path, host, header, token, address or port in any version (kuma/api/common/v1alpha1/match.go). Dropping a condition from an allowing rule widens it, dropping one from a denying rule makes it broader: the first is never done, the second is, and both block.';

/** Findings about AuthorizationPolicies and their absence. */
export const authorizationPolicy = defineCodes({
  absent: {
    code: 'ISTHMUS-AP-001',
    severity: 'info',
    title: 'No AuthorizationPolicy: everything is allowed',
    message:
      'This estate holds no AuthorizationPolicy, so that Istio allows every call. MeshTrafficPermission {name} says the same to Kong Mesh, which denies by default once mTLS is on; it comes first in the bundle.',
    help: 'Apply it before anything that turns mTLS on. Replace it by narrower permissions when the migration is done.',
    explanation,
  },
  absentFromPart: {
    code: 'ISTHMUS-AP-002',
    severity: 'warning',
    title: 'No AuthorizationPolicy in this part of an estate',
    message:
      'This import holds no AuthorizationPolicy. In a whole estate that would mean that everything is allowed; in a part of one it means nothing, so that the allow-all MeshTrafficPermission {name} is only a draft.',
    help: 'Import the whole estate and declare it complete (`--complete`), or write permissions by hand: without any, Kong Mesh denies every call once mTLS is on.',
    explanation,
  },
  ruleLeftOut: {
    code: 'ISTHMUS-AP-003',
    severity: 'blocker',
    title: 'Allowing rule is left out',
    message:
      'This rule allows by {fields}. A MeshTrafficPermission knows the identity of a caller and nothing else, and without that condition the rule would allow more than Istio does. It is left out: what only this rule allows is refused in Kong Mesh.',
    help: 'Keep the check elsewhere (MeshOPA on 2.13 and 2.14, of which a draft is emitted, a Kong Gateway plugin for traffic from outside, a NetworkPolicy for addresses, or the application), then allow the callers by identity.',
    explanation: l4,
    example: 'spec:\n  rules:\n    - to: [{operation: {methods: [GET], paths: ["/timetable"]}}]',
  },
  denyBroader: {
    code: 'ISTHMUS-AP-004',
    severity: 'blocker',
    title: 'Denial is broader than in Istio',
    message:
      'This rule denies by {fields}, which a MeshTrafficPermission cannot tell apart. So that nothing opens, the emitted one denies {whom} whatever the rest of the rule asks for: requests that Istio lets through are refused.',
    help: 'Keep the check elsewhere (MeshOPA on 2.13 and 2.14, of which a draft is emitted, a Kong Gateway plugin for traffic from outside, a NetworkPolicy for addresses, or the application), then remove the denial from the bundle.',
    explanation: l4,
    example: 'spec:\n  action: DENY\n  rules:\n    - to: [{operation: {methods: [DELETE]}}]',
  },
  custom: {
    code: 'ISTHMUS-AP-005',
    severity: 'blocker',
    title: 'External authorizer has no counterpart',
    message:
      'The external authorizer {provider} decides about these requests, and Kong Mesh has no policy that asks one. So that nothing opens which it refuses, the emitted MeshTrafficPermission denies {whom}.',
    help: 'Move the decision to MeshOPA (2.13, 2.14), to a Kong Gateway plugin or to the application, or try the draft of a MeshProxyPatch that asks the same authorizer, where the mesh describes one for gRPC; then remove the denial from the bundle.',
    explanation: `${l4} An ext_authz filter can only be added with a MeshProxyPatch; nobody has run the draft.`,
  },
  audit: {
    code: 'ISTHMUS-AP-006',
    severity: 'warning',
    title: 'Audit has no counterpart',
    message:
      'This policy marks requests for an audit log and refuses nothing. Kong Mesh has no such marks; access is not affected.',
    help: 'Log the calls of the workload with a MeshAccessLog if the audit is still needed.',
    explanation:
      'An AUDIT policy is evaluated before DENY and ALLOW and never decides (istio-api, security/v1beta1/authorization_policy.proto). `allowWithShadowDeny` of Kong Mesh is the opposite: it allows and logs what it would deny.',
  },
  dryRun: {
    code: 'ISTHMUS-AP-007',
    severity: 'warning',
    title: 'Dry run is not carried over',
    message:
      'This policy only logs what it would do (istio.io/dry-run). It is not carried over; access is not affected.',
    help: 'Decide whether the policy is to take effect, and remove the annotation or the policy.',
    explanation:
      'A policy in dry run decides nothing, and an ALLOW one does not close its workload (verified by running Istio 1.32). `allowWithShadowDeny` of Kong Mesh would allow what it matches, and so open access (kuma, meshtrafficpermission/xds/rbac_configurer.go, 2.14).',
  },
  atGateway: {
    code: 'ISTHMUS-AP-008',
    severity: 'blocker',
    title: 'Policy of a gateway',
    message:
      'This policy restricts what enters through a gateway ({gateway}). Kong Gateway takes its place, and MeshTrafficPermissions do not apply to its listeners: nothing is emitted for the policy.',
    help: 'Attach plugins to the routes of Kong Gateway before traffic moves there: `ip-restriction` for addresses, `jwt` or `openid-connect` for tokens, `acl` or `opa` for the rest.',
    explanation:
      'A delegated gateway of Kong Mesh has no inbound that a MeshTrafficPermission could protect (kuma, meshtrafficpermission, 2.14), so that what the policy refuses would be lost without a plugin.',
  },
  atWaypoint: {
    code: 'ISTHMUS-AP-009',
    severity: 'blocker',
    title: 'Policy of a waypoint',
    message:
      'This policy is bound by targetRefs to what a waypoint serves. Kong Mesh has no waypoints, and nothing of it is applied: where its Services are in the import and permissions can say it, drafts say the same for their pods. An import that is a part of an estate does not tell whether a waypoint enforces it.',
    help: 'Take the drafts into the bundle, or rewrite the policy with a selector for the pods, if it is in force; remove it if no waypoint is in use.',
    explanation:
      'Sidecars ignore a policy with targetRefs, also one for a Service (verified by running Istio 1.32); only waypoints of ambient mode enforce it.',
  },
  attachedIdle: {
    code: 'ISTHMUS-AP-010',
    severity: 'info',
    title: 'Policy for a waypoint that does not exist',
    message:
      'This policy is bound by targetRefs to what a waypoint would serve, and the estate has no waypoint: no sidecar obeys it, so that it has no effect.',
    help: 'Remove the policy, or give it a selector if it was meant for sidecars.',
    explanation: 'Sidecars ignore a policy with targetRefs, also one for a Service (verified by running Istio 1.32).',
  },
  invalid: {
    code: 'ISTHMUS-AP-011',
    severity: 'blocker',
    title: 'Istio refuses this policy',
    message:
      'Istio refuses this AuthorizationPolicy: {reason}. Nothing is emitted for it; where it was to allow, its workloads stay closed.',
    help: 'Correct the value and import the policy again, or remove it if no cluster holds it.',
    explanation:
      "Istio's admission refuses such a policy (istio/pkg/config/validation, 1.32), so that no cluster should hold it; what it was meant to restrict is not restricted today.",
    example: 'spec:\n  rules:\n    - when: [{key: request.header, values: [a]}]',
  },
  matchesNobody: {
    code: 'ISTHMUS-AP-012',
    severity: 'warning',
    title: 'Value matches no caller',
    message:
      '"{value}" matches no caller that the mesh can have. It has no effect in Istio either, and nothing is emitted for it.',
    help: 'Correct the value. A principal is <trust domain>/ns/<namespace>/sa/<account>, without spiffe://.',
    explanation:
      'Istio puts spiffe:// before a principal and compares it with the identity of the caller, which has the path /ns/<namespace>/sa/<account> (istio/pilot/pkg/security/authz/matcher, 1.32; verified by running). Letters of another case, a missing part or a literal * never match.',
  },
  foreignDomain: {
    code: 'ISTHMUS-AP-013',
    severity: 'warning',
    title: 'Caller of another trust domain',
    message:
      '"{value}" names a caller of trust domain {domain}, which is neither the own one nor an alias. It is emitted as it stands, and takes effect only with a MeshTrust for that domain.',
    help: 'Import the MeshConfig if the domain is an old name of the mesh, or write a MeshTrust with the certificates of its authority.',
    explanation:
      'Istio expands the own trust domain and its aliases only (istio/pilot/pkg/security/trustdomain/bundle.go, 1.32; verified by running). Kong Mesh checks a certificate against the MeshTrust of its own trust domain and no other.',
  },
  enumerated: {
    code: 'ISTHMUS-AP-014',
    severity: 'warning',
    title: 'Pattern is spelled out',
    message:
      '"{value}" stands for any caller of that ending. Kong Mesh compares whole identities or their beginnings, so that the {count} that the import knows are listed: callers that come later are not allowed.',
    help: 'List the callers, or add to the emitted MeshTrafficPermission when a new one comes.',
    explanation:
      'A spiffeID match is Exact or Prefix (kuma/api/common/v1alpha1/match.go, 2.14). What a suffix or an inner * means is known for the accounts and namespaces of the import only.',
  },
  exceptions: {
    code: 'ISTHMUS-AP-015',
    severity: 'warning',
    title: 'Exception becomes a denial',
    message:
      'This rule allows a group of callers without some of them ({fields}). Kong Mesh can only deny these, and a denial is absolute: another rule of the same workload that allows them has no effect any more.',
    help: 'Check that no other policy is meant to allow them to call this workload, or list the allowed callers one by one.',
    explanation:
      'All deny matches of all policies of a proxy are evaluated before any allow (kuma, meshtrafficpermission/xds/rbac_configurer.go, 2.14; verified by running).',
  },
  onlyTheRest: {
    code: 'ISTHMUS-AP-016',
    severity: 'warning',
    title: 'Denial of all others becomes a shorter list of allowed ones',
    message:
      'This rule denies everyone but some callers ({fields}). Kong Mesh cannot deny a complement. What is emitted to allow callers of the same workloads is cut down to those instead, and where it is for other workloads too, the surplus callers are denied here.',
    help: 'Write no other MeshTrafficPermission that allows more callers to call these workloads.',
    explanation:
      'A match of a MeshTrafficPermission has no negation (kuma/api/common/v1alpha1/match.go, 2.14); what nothing allows is denied, so that a list of the allowed callers says the same.',
  },
  denyEveryone: {
    code: 'ISTHMUS-AP-017',
    severity: 'blocker',
    title: 'Denial of all others closes the workload',
    message:
      'This rule denies everyone but some callers ({fields}). Kong Mesh cannot deny a complement, and what other policies allow holds both kinds of callers and is for other workloads too. So that nothing opens, everyone is denied there.',
    help: 'Give the ALLOW policies and this one the same selector and ports, or write the MeshTrafficPermission of the workload by hand.',
    explanation:
      'A match of a MeshTrafficPermission has no negation (kuma/api/common/v1alpha1/match.go, 2.14). The complement can be said by allowing less where what allows is for no other workload, or by denying the surplus where prefixes and single identities can name it.',
  },
  anyone: {
    code: 'ISTHMUS-AP-018',
    severity: 'info',
    title: 'Everyone becomes every identity',
    message:
      'This rule allows whoever calls. The emitted MeshTrafficPermission allows every identity of the trust domains of the migration; a caller without identity is refused wherever Kong Mesh demands mTLS.',
    help: 'Nothing is to be done for callers in the mesh. Callers without a sidecar need MeshTLS in mode Permissive, which no MeshTrafficPermission guards.',
    explanation:
      'Permissions guard connections with mTLS only; an empty match would fail open, so that everyone is spelled as a prefix for each trust domain (kuma/pkg/envoy/builders/xds/matchers, 2.14; verified by running).',
  },
  portUnknown: {
    code: 'ISTHMUS-AP-019',
    severity: 'warning',
    title: 'Name of a port is unknown',
    message:
      'This rule is for ports ({ports}) of workloads that the import does not hold. Kong Mesh names an inbound by its container port, so that the MeshTrafficPermission is a draft.',
    help: 'Import the Deployments (or StatefulSets, …) of these workloads as well, or complete sectionName by hand: the name of the container port, or its number where it has none.',
    explanation:
      'sectionName is the name of the container port, and the number only of a port without a name; a wrong one is accepted and matches nothing (kuma/api/mesh/v1alpha1/dataplane_helpers.go, 2.14; verified by running).',
  },
  opened: {
    code: 'ISTHMUS-AP-020',
    severity: 'info',
    title: 'What no ALLOW policy selects stays open',
    message:
      'Istio allows every call to a workload without an ALLOW policy, Kong Mesh denies it once mTLS is on. MeshTrafficPermissions ({count}) named allow-all-… say so for {what}.',
    help: 'Apply them before anything that turns mTLS on, and replace them by narrower ones when the migration is done.',
    explanation,
  },
  openedInPart: {
    code: 'ISTHMUS-AP-021',
    severity: 'warning',
    title: 'What is open in Istio is known of a whole estate only',
    message:
      'Istio allows every call to a workload without an ALLOW policy. The import is not declared complete, so that the MeshTrafficPermissions ({count}) for {what} are drafts: without them Kong Mesh denies these calls once mTLS is on.',
    help: 'Import the whole estate and declare it complete (`--complete`), or finish the drafts by hand.',
    explanation,
  },
  restUnknown: {
    code: 'ISTHMUS-AP-022',
    severity: 'warning',
    title: 'Workloads of a namespace are unknown',
    message:
      'ALLOW policies select some workloads of namespace {namespace}, and the import holds none of its workloads: which of them Istio leaves open is unknown, and Kong Mesh denies every call to those.',
    help: 'Import the Deployments (or StatefulSets, …) of the namespace as well.',
    explanation,
  },
  notSeparable: {
    code: 'ISTHMUS-AP-023',
    severity: 'blocker',
    title: 'Open workload cannot be told from a closed one',
    message:
      'Workload {workload} is open in Istio, and every pod with its labels includes those of {other}, which is not. Labels can only include, so that nothing is emitted: calls to {workload} are refused in Kong Mesh.',
    help: 'Give the pods of {workload} a label that the others do not have.',
    explanation:
      'The labels of a targetRef select every proxy that has them all (kuma, policies/core/matchers/dataplane.go, 2.14); there is no negation.',
  },
  selectsNothing: {
    code: 'ISTHMUS-AP-024',
    severity: 'warning',
    title: 'Policy selects no workload',
    message: 'No workload of the import has the labels that this policy selects ({labels}).',
    help: 'Correct the selector, or import the workloads as well.',
    explanation:
      'A selector compares labels of pods, not of Services or Deployments. A policy that selects nothing restricts nothing, in Istio and in Kong Mesh.',
  },
  allowsNothing: {
    code: 'ISTHMUS-AP-025',
    severity: 'info',
    title: 'Policy allows nothing',
    message:
      'This ALLOW policy has no rules: it closes its workloads to what no other policy allows. Kong Mesh does so by itself once mTLS is on, so that nothing is emitted for it, and no allow-all for its workloads either.',
    help: 'Write no MeshTrafficPermission for the whole mesh that allows everyone: it could not be narrowed for these workloads.',
    explanation:
      'With an identity, a proxy refuses what no MeshTrafficPermission allows (kuma, meshtrafficpermission/xds/rbac_configurer.go, 2.14; verified by running).',
  },
  outsideCluster: {
    code: 'ISTHMUS-AP-028',
    severity: 'warning',
    title: 'Workload outside Kubernetes',
    message:
      'This policy selects {workload}, which runs outside Kubernetes. The emitted MeshTrafficPermission selects proxies by the label k8s.kuma.io/namespace, which a Dataplane there has only where it is written.',
    help: 'Write the labels of the workload and `k8s.kuma.io/namespace: {namespace}` into its Dataplane, and give it the identity that the policies of others name.',
    explanation:
      'On Kubernetes the control plane puts the labels of the pod and its namespace on the Dataplane; on Universal a Dataplane has the labels that its file says (security.md 1.9).',
  },
  gatewayIdentity: {
    code: 'ISTHMUS-AP-027',
    severity: 'warning',
    title: "Caller is a gateway of Istio's",
    message:
      '"{value}" names a gateway of Istio. What comes from outside will come through Kong Gateway, which has an identity of its own: its calls are refused until a permission names that.',
    help: 'Add the identity of Kong Gateway (spiffe://<trust domain>/ns/<its namespace>/sa/<its account>) to the emitted MeshTrafficPermission; keep this one as long as the old gateway serves.',
    explanation:
      "Behind a gateway a workload sees the gateway as its caller, in both meshes. The account of Istio's gateway goes with it.",
  },
  overridden: {
    code: 'ISTHMUS-AP-026',
    severity: 'warning',
    title: 'Port number kept, section name taken',
    message:
      'Container port names of the selected workloads differ or are used twice, so that the permission of ports {ports} is emitted for each workload on its own: pods that come later with other labels are not covered.',
    help: 'Give the ports the same names in all workloads that the policy selects.',
    explanation:
      'sectionName is the name of the container port, and the number only of a port without a name (kuma/api/mesh/v1alpha1/dataplane_helpers.go, 2.14; verified by running).',
  },
});
