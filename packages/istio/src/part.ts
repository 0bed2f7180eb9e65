/** What an object is to the migration: Istio's own, context that gives Istio's its meaning, or not needed (with the reason). */
export type Part = { readonly part: 'istio' | 'context' } | { readonly part: 'skipped'; readonly reason: string };

const contextKinds: Readonly<Record<string, ReadonlySet<string>>> = {
  '': new Set([
    'Service',
    'Namespace',
    'ServiceAccount',
    'Pod',
    'Endpoints',
    'ReplicationController',
    'Secret',
    'Node',
  ]),
  apps: new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']),
  batch: new Set(['Job', 'CronJob']),
  'argoproj.io': new Set(['Rollout']),
  'awspca.cert-manager.io': new Set(['AWSPCAIssuer', 'AWSPCAClusterIssuer']),
  'cert-manager.io': new Set(['Issuer', 'ClusterIssuer']),
  'discovery.k8s.io': new Set(['EndpointSlice']),
  'networking.k8s.io': new Set(['Ingress', 'IngressClass', 'NetworkPolicy']),
};

const contextGroups = new Set(['gateway.networking.k8s.io', 'kuma.io', 'configuration.konghq.com']);

const reasons: Readonly<Record<string, string>> = {
  ConfigMap: "an application's configuration; no part of the mesh",
  CustomResourceDefinition: 'the definition of a kind, not an object of the mesh',
  Role: 'rights in the cluster; no part of the mesh',
  RoleBinding: 'rights in the cluster; no part of the mesh',
  ClusterRole: 'rights in the cluster; no part of the mesh',
  ClusterRoleBinding: 'rights in the cluster; no part of the mesh',
  HorizontalPodAutoscaler: 'scaling; traffic does not depend on it',
  PodDisruptionBudget: 'disruption limits; traffic does not depend on them',
  Kustomization: 'instructions for Kustomize; import what `kustomize build` prints',
  PersistentVolumeClaim: 'storage; no part of the mesh',
  // edge.md 3.12 K8 and 3.14 X8.
  InferencePool: 'a choice among model servers, which Istio knows; neither Kong Mesh nor Kong Gateway has one',
  ServiceExport: 'what clusters share is found by the names of their Services',
  ServiceImport: 'what clusters share is found by the names of their Services',
  XBackendTrafficPolicy:
    'an experiment of the Gateway API, which Istio reads; neither Kong Mesh nor Kong Gateway has retry budgets or sessions of its kind',
};

/** Whether an API group is Istio's. The Sail operator (`sailoperator.io`) installs Istio and counts as such. */
export function isIstioGroup(group: string): boolean {
  return group === 'istio.io' || group.endsWith('.istio.io') || group === 'sailoperator.io';
}

const istio: Part = { part: 'istio' };
const context: Part = { part: 'context' };

/** Sorts an object by its API group and kind. */
export function partOf(group: string, kind: string): Part {
  if (isIstioGroup(group)) return istio;
  if (contextGroups.has(group) || contextKinds[group]?.has(kind)) return context;
  return { part: 'skipped', reason: reasons[kind] ?? 'neither Istio nor a kind that Istio resources refer to' };
}
