import { type Field, type Json, type JsonObject, join, parsePath, type Resource, rootField } from '@isthmus/kubernetes';

/** Where a part of a derived resource was written, and whether it carries that field over or merely stands for it. */
interface Mark {
  readonly field: Field;
  readonly carries: boolean;
}

/** A value of a derived resource with its mark. */
export class Marked {
  readonly value: Derivable;
  readonly mark: Mark;
  constructor(value: Derivable, mark: Mark) {
    this.value = value;
    this.mark = mark;
  }
}

/** A value of a derived resource, some of its parts marked; undefined entries vanish. */
export type Derivable =
  | Marked
  | null
  | boolean
  | number
  | string
  | readonly Derivable[]
  | { readonly [key: string]: Derivable | undefined };

/** A value that a field was read as: what becomes of the value becomes of the field. */
export const carry = (field: Field, value: Derivable): Marked => new Marked(value, { field, carries: true });

/** A value that stands where a field was written, made of parts of it. */
export const place = (field: Field, value: Derivable): Marked => new Marked(value, { field, carries: false });

const derivations = new WeakMap<Resource, { readonly origin: Resource; readonly marks: ReadonlyMap<string, Mark> }>();

function settle(value: Derivable, path: string, marks: Map<string, Mark>): Json {
  if (value instanceof Marked) {
    marks.set(path, value.mark);
    return settle(value.value, path, marks);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => settle(item, join(path, index), marks));
  const plain: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) plain[key] = settle(item, join(path, key), marks);
  return plain;
}

/**
 * A resource that Istio makes of another one, as it makes VirtualServices of routes of the Gateway API. It stands in no
 * manifest: `writtenAt` leads from its fields back to those that a person wrote.
 */
export function derive(
  origin: Resource,
  identity: Pick<Resource, 'apiVersion' | 'group' | 'kind' | 'name'>,
  spec: Derivable,
): Resource {
  const marks = new Map<string, Mark>();
  const metadata = origin.object.metadata as JsonObject | undefined;
  const object: JsonObject = {
    apiVersion: identity.apiVersion,
    kind: identity.kind,
    metadata: {
      name: identity.name,
      namespace: origin.namespace,
      ...(metadata?.creationTimestamp === undefined ? {} : { creationTimestamp: metadata.creationTimestamp }),
    },
    spec: settle(spec, 'spec', marks),
  };
  const resource: Resource = { ...origin, ...identity, labels: {}, annotations: {}, object };
  derivations.set(resource, { origin, marks });
  return resource;
}

/** Whether a resource is one that Istio makes of another. */
export const isDerived = (resource: Resource | undefined): boolean =>
  resource !== undefined && derivations.has(resource);

function markAt(resource: Resource, path: string): Mark | undefined {
  const derivation = derivations.get(resource);
  if (derivation === undefined) return undefined;
  const steps = parsePath(path) ?? [];
  for (let length = steps.length; length > 0; length--) {
    const mark = derivation.marks.get(steps.slice(0, length).reduce<string>(join, ''));
    if (mark !== undefined) return mark;
  }
  return { field: rootField(derivation.origin), carries: false };
}

/** The field that a person wrote: the field itself, unless its resource is derived. */
export const writtenAt = (field: Field): Field => markAt(field.resource, field.path)?.field ?? field;

/** The field that a leaf of a derived resource carries over; undefined where it only follows from the rest. */
export function carriedFrom(resource: Resource, path: string): Field | undefined {
  const mark = markAt(resource, path);
  return mark?.carries ? mark.field : undefined;
}
