import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';

/** Reading of objects as the API server sends them, where any field may be absent. */
export const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined => {
  let found = value;
  for (const name of path) found = isMap(found) ? found[name] : undefined;
  return found;
};
export const textAt = (value: Json | undefined, ...path: readonly string[]): string => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
};
export const numberAt = (value: Json | undefined, ...path: readonly string[]): number => {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
};
export const mapsAt = (value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] => {
  const found = at(value, ...path);
  return isList(found) ? found.filter(isMap) : [];
};
/** Labels or annotations. */
export const textsAt = (value: Json | undefined, ...path: readonly string[]): Readonly<Record<string, string>> => {
  const found = at(value, ...path);
  if (!isMap(found)) return {};
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
};
export const labelsOf = (object: JsonObject): Readonly<Record<string, string>> => textsAt(object, 'metadata', 'labels');
export const annotationsOf = (object: JsonObject): Readonly<Record<string, string>> =>
  textsAt(object, 'metadata', 'annotations');
export const namespaceOf = (object: JsonObject): string => textAt(object, 'metadata', 'namespace');
export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name');
/** `<namespace>/<name>` */
export const idOf = (object: JsonObject): string => `${namespaceOf(object)}/${nameOf(object)}`;
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
