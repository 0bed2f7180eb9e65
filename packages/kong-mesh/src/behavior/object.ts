import type { JsonObject } from '@isthmus/kubernetes';
import { label } from './labels.ts';
import { filledOf, mapOf, textsOf } from './value.ts';

/** The parts of a Kubernetes object that tell what and where it is. */
export interface ObjectMeta {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** As written (RFC 3339); the empty text where the object has not been created. */
  readonly created: string;
}

/** Reads the metadata of an object; the namespace of one that names none is `default`. */
export function metaOf(object: JsonObject): ObjectMeta {
  const metadata = mapOf(object.metadata);
  return {
    kind: filledOf(object.kind) ?? '',
    namespace: filledOf(metadata.namespace) ?? 'default',
    name: filledOf(metadata.name) ?? '',
    labels: textsOf(metadata.labels) ?? {},
    annotations: textsOf(metadata.annotations) ?? {},
    created: filledOf(metadata.creationTimestamp) ?? '',
  };
}

/** The name that Kuma shows and sorts by (kuma, pkg/plugins/resources/k8s/store.go `GetLabels`). */
export const displayNameOf = ({ annotations, name }: ObjectMeta): string => annotations[label.displayName] ?? name;
