import { child, type Field, items, type Json, type JsonObject, type Step, text } from '@isthmus/kubernetes';

const isObjectField = (field: Field | undefined): field is Field<JsonObject> =>
  typeof field?.value === 'object' && field.value !== null && !Array.isArray(field.value);

/** A field that holds a map; undefined where it is absent, null or something else. */
export const objectField = (field: Field | undefined): Field<JsonObject> | undefined =>
  isObjectField(field) ? field : undefined;

/** The entries of a list that hold maps. */
export const objectItems = (field: Field | undefined): Field<JsonObject>[] =>
  field === undefined ? [] : items(field).filter(isObjectField);

/** The entries of a list that hold texts. */
export const textItems = (field: Field | undefined): Field<string>[] =>
  field === undefined ? [] : (items(field).filter((item) => text(item) !== undefined) as Field<string>[]);

/** The field under a key where it says something: an explicit null counts as absent, as in protobuf's JSON. */
export function given<T extends Json>(field: Field | undefined, step: Step): Field<T> | undefined {
  const found = child(field, step);
  return found === undefined || found.value === null ? undefined : (found as Field<T>);
}
