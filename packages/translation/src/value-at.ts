import { isList, isMap, type Json, type JsonObject, parsePath } from '@isthmus/kubernetes';

/** The value at a field path; undefined where there is none. */
export function valueAt(object: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = object;
  for (const step of parsePath(path) ?? []) {
    if (isList(value)) value = typeof step === 'number' ? (value[step] as Json) : undefined;
    else if (isMap(value)) value = Object.hasOwn(value, step) ? value[String(step)] : undefined;
    else return undefined;
  }
  return value;
}
