import { defineCodes } from '../code.ts';

const pooled =
  'All MeshTrafficPermissions of a proxy are pooled: one that allows a caller allows it whatever the others say, and nothing but a denial takes that back (kuma, meshtrafficpermission/xds/rbac_configurer.go, 2.14; verified by running).';

/** Findings about policies of Kong Mesh: those that the import holds already, and where the emitted ones land. */
export const existingPolicy = defineCodes({
  emptyMatch: {
    code: 'ISTHMUS-EP-001',
    severity: 'blocker',
    title: 'Empty match fails open',
    message:
      'This MeshTrafficPermission has an empty match. Envoy refuses the listener that comes of it: a proxy that starts with it has none, and takes plaintext without TLS and without any permission, in mode Strict too.',
    help: 'Remove the match. Everyone is spelled as a Prefix for each trust domain: `spiffe://<trust domain>/ns`.',
    explanation:
      'Admission accepts a match with neither spiffeID nor sni, which becomes a predicate without a condition (kuma/pkg/envoy/builders/xds/matchers; verified by running 2.13, 2.14 and 3.0 with Envoy 1.40). On 2.13 a match by sni alone is one too, because the field is unknown there.',
    example: 'spec:\n  rules:\n    - default: {allow: [{}]}',
  },
  fromRules: {
    code: 'ISTHMUS-EP-002',
    severity: 'blocker',
    title: 'Permission of the older form',
    message: 'This MeshTrafficPermission uses `from`: {effect}.',
    help: 'Write it with `rules` and SPIFFE IDs, and remove it.',
    explanation:
      'Under a MeshIdentity, 2.13 honours `from` and 2.14 ignores it; 3.0 refuses it (verified by running). The older form merges by specificity, the newer one pools, so that a conversion changes precedence.',
  },
  meshMtls: {
    code: 'ISTHMUS-EP-003',
    severity: 'blocker',
    title: 'mTLS of the Mesh',
    message: 'This Mesh turns on mTLS by itself (backend {backend}): {effect}.',
    help: 'Give the proxies a MeshIdentity (as the bundle does) and turn `mtls` off when all have one.',
    explanation:
      'A certificate of Mesh.mtls has several names, which Envoy compares as one text, so that an Exact match never fits and an Exact denial never denies (verified by running 2.14 with Envoy 1.40). 3.0 drops the field without a word, and the mesh is plaintext (verified by running).',
  },
  allowsAll: {
    code: 'ISTHMUS-EP-004',
    severity: 'blocker',
    title: 'Another permission allows for the whole mesh',
    message:
      'This MeshTrafficPermission allows callers for every workload of the mesh, and policies of Istio close some of them. It opens what these close.',
    help: 'Remove it before workloads with restrictions move; the bundle says for each namespace or workload what is open.',
    explanation: pooled,
  },
  allowsBeside: {
    code: 'ISTHMUS-EP-005',
    severity: 'warning',
    title: 'Another permission allows beside the emitted ones',
    message:
      'This MeshTrafficPermission is in the import already. What it allows stays allowed, whatever the emitted ones say.',
    help: 'Compare it with the emitted permissions of the same workloads, and remove it if they replace it.',
    explanation: pooled,
  },
  permissive: {
    code: 'ISTHMUS-EP-006',
    severity: 'warning',
    title: 'Another MeshTLS accepts plaintext',
    message:
      'This MeshTLS is in the import already and accepts plaintext, which passes every MeshTrafficPermission. Where policies of Istio restrict the same workloads it opens them, if it wins over the emitted ones.',
    help: 'Remove it, or check that its name comes after `mtls-0-` and that it names no inbound.',
    explanation:
      'Plaintext passes every MeshTrafficPermission (kuma, meshtrafficpermission/plugin, 2.14; verified by running 2.14 and 3.0). Of several MeshTLS for one proxy one with a sectionName wins, then the smaller name (routing.md 2.2).',
  },
  unseen: {
    code: 'ISTHMUS-EP-007',
    severity: 'blocker',
    title: 'Policy acts on the whole mesh',
    message:
      'Namespace {namespace} has no label kuma.io/sidecar-injection, so that {kind} {name} gets no admission there: it is neither checked nor tied to its namespace, and acts on the whole mesh.',
    help: 'Label the namespace first (`kuma.io/sidecar-injection: disabled` suffices), or move the policy to the system namespace.',
    explanation:
      "The webhooks of Kong Mesh see namespaces only that carry the label's key, with any value (routing.md 2.1; verified by running 2.13, 2.14 and 3.0).",
  },
  emittedUnseen: {
    code: 'ISTHMUS-EP-009',
    severity: 'warning',
    title: 'Label the namespaces first',
    message:
      'Policies ({count}) are emitted into namespaces without the label kuma.io/sidecar-injection: {namespaces}. Applied before the label, they get no admission and act on the whole mesh.',
    help: 'Give these namespaces the label before the bundle is applied; `kuma.io/sidecar-injection: disabled` suffices and injects nothing. Policies that were applied before it have to be applied again.',
    explanation:
      "The webhooks of Kong Mesh see namespaces only that carry the label's key, with any value (routing.md 2.1; verified by running 2.13, 2.14 and 3.0). Permissions and MeshTLS are emitted into the system namespace for that reason.",
  },
  movedByLabel: {
    code: 'ISTHMUS-EP-008',
    severity: 'blocker',
    title: 'Label moves a policy',
    message: 'This policy carries the label {label}: {value}, which the control plane keeps: {effect}.',
    help: 'Remove the label; the control plane sets it itself.',
    explanation:
      'k8s.kuma.io/namespace and kuma.io/zone are kept where a user sets them, and kuma.io/origin: global switches the computation of the role off on 2.13 and 2.14 (routing.md 2.1; verified by running).',
  },
  exactDenial: {
    code: 'ISTHMUS-EP-010',
    severity: 'blocker',
    title: 'Denial of one identity denies nobody',
    message:
      'This MeshTrafficPermission denies {identity} exactly, and its mesh has mTLS of its own (Mesh {mesh}, backend {backend}): a certificate of that authority has several names, which Envoy compares as one text, so that the denial never fits. Whoever it is meant to keep out gets in if anything allows it.',
    help: 'Give the proxies a MeshIdentity, whose certificates have one name, and turn `mtls` of the Mesh off.',
    explanation:
      'The names of a certificate are joined with commas before they are compared (verified by running 2.14 with Envoy 1.40, security.md 1.6). Only a Prefix on the first of them fits.',
  },
});
