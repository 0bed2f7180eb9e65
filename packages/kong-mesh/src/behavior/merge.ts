import { isMap, type Json, type JsonObject } from '@isthmus/kubernetes';

function patch(value: Json | undefined, over: Json): Json {
  if (!isMap(over)) return over;
  const base = isMap(value) ? value : {};
  const result: Record<string, Json> = { ...base };
  for (const [key, item] of Object.entries(over)) if (item !== null) result[key] = patch(base[key], item);
  return result;
}

/**
 * Merges configurations, the stronger ones later: objects leaf by leaf, lists as a whole (RFC 7396; kuma,
 * pkg/plugins/policies/core/rules/merge/merge.go). A null says nothing: Kuma's webhook drops it before it is stored.
 */
export const mergeConfs = (confs: readonly Json[]): JsonObject =>
  confs.reduce<JsonObject>((result, conf) => patch(result, conf) as JsonObject, {});
