import type { Resource } from '@isthmus/kubernetes';

/** Whether pods get a sidecar of the mesh: `unknown` where the import does not hold what decides. */
export type Joining = 'yes' | 'no' | 'unknown';

/** Label of a Kong Mesh namespace or pod: `enabled` or `disabled`. */
export const injectionLabel = 'kuma.io/sidecar-injection';

type Labels = Readonly<Record<string, string>>;

/** Whether a value of the label asks for injection; `true` and `yes` count on namespaces (kuma/pkg/plugins/runtime/k8s/metadata, 2.14). */
export const asksForKongMesh = (value: string | undefined): boolean =>
  value !== undefined && /^(?:enabled|true|yes)$/i.test(value);

/** Whether Istio's labels of a namespace ask for injection (istio/manifests/charts/istio-control, webhook selectors, 1.32). */
export const asksForIstio = (labels: Labels): boolean =>
  labels['istio-injection'] === 'enabled' ||
  (labels['istio-injection'] === undefined && labels['istio.io/rev'] !== undefined);

// Istio's injector never touches these (istio/pkg/kube/inject/inject.go IgnoredNamespaces, 1.32); nothing of them migrates.
const ofTheCluster = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);

/** Whether a namespace says anything about injection. */
const saysSo = ({ labels }: Resource): boolean =>
  asksForIstio(labels) || labels[injectionLabel] !== undefined || labels['istio.io/dataplane-mode'] === 'ambient';

/**
 * Whether the pods of namespaces join Kong Mesh, going by their labels and by where Istio injects today. A namespace without
 * a label stays outside where others of the import have one.
 * @param control namespaces of the control planes
 */
export function namespacesThatJoin(
  namespaces: readonly Resource[],
  control: ReadonlySet<string>,
): (name: string) => Joining {
  const byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  const unlabelled: Joining = namespaces.some(saysSo) ? 'no' : 'unknown';
  return (name) => joiningOf(name, byName.get(name), control, unlabelled);
}

function joiningOf(
  name: string,
  namespace: Resource | undefined,
  control: ReadonlySet<string>,
  unlabelled: Joining,
): Joining {
  if (ofTheCluster.has(name) || control.has(name)) return 'no';
  if (namespace === undefined) return 'unknown';
  const { labels } = namespace;
  if (asksForKongMesh(labels[injectionLabel]) || asksForIstio(labels)) return 'yes';
  if (labels['istio.io/dataplane-mode'] === 'ambient') return 'yes';
  return labels['istio-injection'] === 'disabled' || labels[injectionLabel] === 'disabled' ? 'no' : unlabelled;
}

/** Whether a pod joins: its own labels go before those of its namespace (istio/pkg/kube/inject/inject.go injectRequired, 1.32). */
export function podJoins(labels: Labels, annotations: Labels, namespace: Joining): Joining {
  const kuma = labels[injectionLabel];
  if (kuma === 'disabled') return 'no';
  if (asksForKongMesh(kuma)) return 'yes';
  const istio = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  if (istio === 'false') return 'no';
  return istio === 'true' ? 'yes' : namespace;
}
