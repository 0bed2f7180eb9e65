import { join, type Step } from './path.ts';
import type { Json, JsonObject, Resource } from './resource.ts';

/** A value inside a source resource together with where it stands: the unit of provenance. */
export interface Field<T extends Json = Json> {
  readonly resource: Resource;
  readonly path: string;
  readonly value: T;
}

/** The field of a whole object; its `spec` is `child(rootField(r), 'spec')`. */
export function rootField(resource: Resource): Field<JsonObject> {
  return { resource, path: '', value: resource.object };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The field under a key or index; undefined where the value has no such step. An explicit null is a field. */
export function child(field: Field | undefined, step: Step): Field | undefined {
  if (field === undefined) return undefined;
  const { value } = field;
  const next = Array.isArray(value)
    ? typeof step === 'number'
      ? value[step]
      : undefined
    : isObject(value) && Object.hasOwn(value, step)
      ? value[step]
      : undefined;
  return next === undefined ? undefined : { resource: field.resource, path: join(field.path, step), value: next };
}

/** The field at the end of several steps. */
export function descend(field: Field | undefined, ...steps: readonly Step[]): Field | undefined {
  let at = field;
  for (let index = 0; index < steps.length && at !== undefined; index++) at = child(at, steps[index] as Step);
  return at;
}

/** The fields of a list, in order; empty where the field is absent or no list. */
export function items(field: Field | undefined): Field[] {
  if (field === undefined || !Array.isArray(field.value)) return [];
  return field.value.map((value, index) => ({ resource: field.resource, path: join(field.path, index), value }));
}

/** The entries of a map, in the order written; empty where the field is absent or no map. */
export function entries(field: Field | undefined): [key: string, field: Field][] {
  if (field === undefined || !isObject(field.value)) return [];
  return Object.entries(field.value).map(([key, value]) => [
    key,
    { resource: field.resource, path: join(field.path, key), value },
  ]);
}

/** The field narrowed to a string; undefined where it is absent or of another type. */
export function text(field: Field | undefined): Field<string> | undefined {
  return typeof field?.value === 'string' ? (field as Field<string>) : undefined;
}

/** The field narrowed to a number; undefined where it is absent or of another type. */
export function number(field: Field | undefined): Field<number> | undefined {
  return typeof field?.value === 'number' ? (field as Field<number>) : undefined;
}

/** The field narrowed to a boolean; undefined where it is absent or of another type. */
export function flag(field: Field | undefined): Field<boolean> | undefined {
  return typeof field?.value === 'boolean' ? (field as Field<boolean>) : undefined;
}

/** Every leaf at or under a value: a scalar, a null, an empty map or an empty list. Calls `visit` with its path. */
export function eachLeaf(value: Json, path: string, visit: (path: string, value: Json) => void): void {
  if (typeof value !== 'object' || value === null) {
    visit(path, value);
    return;
  }
  let isEmpty = true;
  if (Array.isArray(value)) {
    isEmpty = value.length === 0;
    for (let index = 0; index < value.length; index++) eachLeaf(value[index] as Json, join(path, index), visit);
  } else {
    const map = value as JsonObject;
    for (const key in map) {
      isEmpty = false;
      eachLeaf(map[key] as Json, join(path, key), visit);
    }
  }
  if (isEmpty) visit(path, value);
}
