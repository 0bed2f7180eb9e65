import { isList, isMap } from './json.ts';
import type { Json, JsonObject } from './resource.ts';

/** Keys by which a strategic merge finds the item of a list; lists without one are replaced (k8s.io/api/core/v1, `patchMergeKey`). */
const mergeKeys: Readonly<Record<string, string>> = { ports: 'port', containers: 'name', env: 'name', volumes: 'name' };

function patchList(list: readonly Json[], patch: readonly Json[], key: string): Json[] {
  const result = [...list];
  for (const item of patch) {
    const index = isMap(item) ? result.findIndex((one) => isMap(one) && one[key] === item[key]) : -1;
    if (index < 0) result.push(item);
    else result[index] = patchValue(result[index] as Json, item);
  }
  return result;
}

function patchValue(value: Json | undefined, patch: Json, name?: string): Json {
  // Into what is not there a patch is merged as into an empty map: its nulls take nothing away and are nothing themselves.
  if (isMap(patch)) return applyPatch(value !== undefined && isMap(value) ? value : {}, patch);
  const key = name === undefined ? undefined : mergeKeys[name];
  return key !== undefined && isList(value) && isList(patch) ? patchList(value, patch, key) : patch;
}

/**
 * An object after a strategic-merge patch, as Kustomize and kubectl apply it: maps merge, a null takes a key away, lists of ports,
 * containers, variables and volumes merge by their key. Neither argument changes.
 */
export function applyPatch(object: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = patchValue(result[key], value, key);
  }
  return result;
}
