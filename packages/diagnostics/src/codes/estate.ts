import { defineCodes } from '../code.ts';

/** Findings about the import as a whole: objects that stand twice, configuration inside configuration. */
export const estate = defineCodes({
  equalTwice: {
    code: 'ISTHMUS-EST-001',
    severity: 'info',
    title: 'Object stands twice with equal content',
    message: '{kind} {name} stands twice with equal content, also at {other}. It counts once.',
    help: 'Nothing is to be done; remove one of the two if the copy was not meant.',
    explanation:
      'A cluster holds one object for each API group, kind, namespace and name; an empty namespace is `default`.',
  },
  differentTwice: {
    code: 'ISTHMUS-EST-002',
    severity: 'blocker',
    title: 'Object stands twice with different content',
    message:
      '{kind} {name} stands here and at {other} with different content. The latter is used here; which of the two a cluster holds depends on the order of applying them.',
    help: 'Import only the version that the cluster runs.',
    explanation:
      'A cluster holds one object for each API group, kind, namespace and name; an empty namespace is `default`. Of several versions the last by path and position in byte order is used, as if the files were applied in that order. The other one could be the restriction that counts, so that the difference blocks.',
  },
  brokenMeshConfig: {
    code: 'ISTHMUS-EST-003',
    severity: 'blocker',
    title: 'Mesh configuration cannot be read',
    message:
      'The key `mesh` of this ConfigMap is not valid YAML: {reason}. Istio would keep its previous mesh configuration; here its defaults are assumed.',
    help: 'Correct the text under `mesh:` and import the ConfigMap again.',
    explanation:
      'Istiod reads its mesh configuration from the key `mesh` of the ConfigMap `istio` (or `istio-<revision>`) in its root namespace (istio/pkg/config/mesh/kubemesh, 1.32).',
  },
  impossibleName: {
    code: 'ISTHMUS-EST-004',
    severity: 'warning',
    title: 'Name that Kubernetes does not take',
    message:
      'The {what} of this {kind} is {name}: lower-case letters, digits, dashes and dots were expected. The API server refuses such an object, so that what a cluster holds is another one, and what is said here of it may not hold.',
    help: 'Import what the cluster holds, or render the template that the file comes from.',
    explanation:
      'Names are DNS subdomains (RFC 1123), names of namespaces DNS labels of at most 63 characters (k8s.io/apimachinery/pkg/util/validation, 1.34).',
  },
  impossibleProtocol: {
    code: 'ISTHMUS-EST-005',
    severity: 'warning',
    title: 'Transport of a port that Kubernetes does not take',
    message:
      'Port {port} of this Service has the protocol {protocol}: TCP, UDP or SCTP was expected. The API server refuses such a Service, so that what a cluster holds is another one, and what is said here of it may not hold.',
    help: 'Say TCP, and what is spoken over it in `appProtocol` or in the name of the port.',
    explanation: 'k8s.io/kubernetes/pkg/apis/core/validation, supportedPortProtocols (1.34).',
  },
  unreadRestriction: {
    code: 'ISTHMUS-EST-006',
    severity: 'blocker',
    title: 'Restrictions of a cluster could not be read',
    message:
      '{what} of the cluster {cluster} could not be read: {reason} Restrictions that it holds are missing here, so that what is translated may let through what Istio refuses.',
    help: 'Grant the right to read them (`isthmus rbac` prints what suffices) and take a new snapshot.',
    explanation:
      'A snapshot of a cluster lists what it could not read. Kinds of security.istio.io and extensions.istio.io, and EnvoyFilter, restrict traffic; that none is in the import does not mean that there is none, so that the import does not count as complete either.',
  },
  unreadKind: {
    code: 'ISTHMUS-EST-007',
    severity: 'warning',
    title: 'A kind of a cluster could not be read',
    message:
      '{what} of the cluster {cluster} could not be read: {reason} That none is in the import does not mean that there is none; the import does not count as complete.',
    help: 'Grant the right to read it (`isthmus rbac` prints what suffices) and take a new snapshot.',
    explanation:
      'A snapshot of a cluster lists what it could not read. Checks that look at such a kind are skipped instead of passed, and nothing is concluded from the absence of its objects.',
  },
  patchLeftOut: {
    code: 'ISTHMUS-EST-008',
    severity: 'warning',
    title: 'Patch of Kustomize is left out',
    message:
      'This {kind} patches {what}, which the import holds as well. The patches were left out: the objects are taken as they stand without them.',
    help: 'Import what `kustomize build` prints where the patches count.',
    explanation:
      'A file that a kustomization names as a patch is no object of its own (kustomize, api/types/kustomization.go, 5.6). Bundles of Isthmus hold patches of that kind, beside the objects as they were. Patches of Istio’s own kinds are not left out, because one could be the restriction that counts: they stand twice.',
    example:
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [service.yaml]\npatches: [{path: app-protocol.yaml}]',
  },
});
