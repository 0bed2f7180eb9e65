/** What tells one object from another in a cluster. The version is no part of it: `v1` and `v1beta1` name the same object. */
export interface Identity {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Kinds without a namespace, by group: those of Kubernetes, the Gateway API, Istio and Kong Mesh that manifests bring. */
const clusterScoped: Readonly<Record<string, ReadonlySet<string>>> = {
  '': new Set(['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus']),
  'admissionregistration.k8s.io': new Set([
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
  ]),
  'apiextensions.k8s.io': new Set(['CustomResourceDefinition']),
  'apiregistration.k8s.io': new Set(['APIService']),
  'certificates.k8s.io': new Set(['CertificateSigningRequest', 'ClusterTrustBundle']),
  'rbac.authorization.k8s.io': new Set(['ClusterRole', 'ClusterRoleBinding']),
  'scheduling.k8s.io': new Set(['PriorityClass']),
  'storage.k8s.io': new Set(['StorageClass', 'CSIDriver', 'CSINode', 'VolumeAttachment', 'VolumeAttributesClass']),
  'networking.k8s.io': new Set(['IngressClass', 'IPAddress', 'ServiceCIDR']),
  'node.k8s.io': new Set(['RuntimeClass']),
  policy: new Set(['PodSecurityPolicy']),
  'flowcontrol.apiserver.k8s.io': new Set(['FlowSchema', 'PriorityLevelConfiguration']),
  'gateway.networking.k8s.io': new Set(['GatewayClass']),
  'cert-manager.io': new Set(['ClusterIssuer']),
  'sailoperator.io': new Set(['Istio', 'IstioCNI', 'IstioRevision', 'IstioRevisionTag', 'ZTunnel']),
  'kuma.io': new Set(['Mesh', 'Zone', 'ZoneInsight', 'MeshInsight']),
  'configuration.konghq.com': new Set(['KongClusterPlugin', 'KongVault', 'KongLicense']),
};

/** Whether objects of this kind live outside of namespaces, so that a namespace written on them means nothing. */
export function isClusterScoped(group: string, kind: string): boolean {
  return clusterScoped[group]?.has(kind) ?? false;
}

/** The namespace that an object lands in: as written, `default` where none is, `''` for cluster-scoped kinds. */
export function effectiveNamespace(identity: Identity): string {
  if (isClusterScoped(identity.group, identity.kind)) return '';
  return identity.namespace === '' ? 'default' : identity.namespace;
}

/** A key that two resources share if and only if they are versions of one object: `group/kind/namespace/name`. */
export function identityKey(identity: Identity): string {
  return `${identity.group}/${identity.kind}/${effectiveNamespace(identity)}/${identity.name}`;
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Orders by group, kind, effective namespace and name, for output that does not depend on the input's order. */
export function compareIdentity(a: Identity, b: Identity): number {
  return (
    byCodeUnit(a.group, b.group) ||
    byCodeUnit(a.kind, b.kind) ||
    byCodeUnit(effectiveNamespace(a), effectiveNamespace(b)) ||
    byCodeUnit(a.name, b.name)
  );
}
