import { type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import { annotation, label } from './labels.ts';
import { metaOf, type ObjectMeta } from './object.ts';
import type { MeshOptions } from './options.ts';
import { mapOf } from './value.ts';

/** What Kuma knows of the namespaces of a cluster. */
export interface Namespaces {
  /** Whether Pods and Services of a namespace take part in a mesh. */
  injected(namespace: string): boolean;
  /** Whether Kuma's webhooks see what is written into a namespace (routing.md 2.1). */
  admitted(namespace: string): boolean;
  /** The mesh that an object belongs to: by itself, by its namespace, or the one named `default`. */
  meshOf(meta: ObjectMeta): string;
  /** Whether a selector has Pods of a gateway, which bring their own listeners. */
  hasGateway(namespace: string, selector: Readonly<Record<string, string>>): boolean;
}

type Labels = Readonly<Record<string, string>>;

/** The labels of Pods that are gateways, by namespace: of Pods themselves and of what templates make. */
function readGateways(objects: readonly JsonObject[]): ReadonlyMap<string, readonly Labels[]> {
  const found = new Map<string, Labels[]>();
  for (const object of objects) {
    const { namespace } = metaOf(object);
    const template = mapOf(object.spec).template;
    const { labels, annotations } = metaOf(object.kind === 'Pod' ? object : mapOf(template));
    if (annotations[annotation.gateway] === undefined) continue;
    const list = found.get(namespace);
    if (list === undefined) found.set(namespace, [labels]);
    else list.push(labels);
  }
  return found;
}

const enabled = new Set(['enabled', 'true']);

/** Reads the Namespaces among the objects. */
export function readNamespaces(objects: readonly JsonObject[], options: MeshOptions): Namespaces {
  const known = new Map<string, ObjectMeta>();
  for (const object of objects) {
    if (object.kind !== 'Namespace' || object.apiVersion !== 'v1') continue;
    const meta = metaOf(object);
    known.set(meta.name, meta);
  }
  const injectionOf = (namespace: string): string | undefined => known.get(namespace)?.labels[label.injection];
  const injected =
    options.inMesh ?? ((namespace: string): boolean => enabled.has((injectionOf(namespace) ?? '').toLowerCase()));
  const gateways = readGateways(objects);
  return {
    injected,
    hasGateway: (namespace, selector) =>
      (gateways.get(namespace) ?? []).some((labels) => matchesLabels(selector, labels)),
    admitted: (namespace) =>
      namespace === options.systemNamespace || injectionOf(namespace) !== undefined || injected(namespace),
    meshOf({ labels, annotations, namespace }) {
      const home = known.get(namespace);
      const own = labels[label.mesh] || annotations[label.mesh];
      return own || home?.labels[label.mesh] || home?.annotations[label.mesh] || 'default';
    },
  };
}
