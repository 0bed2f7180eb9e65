import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import { filledOf, mapOf, textOf } from './value.ts';

/** Why a patch cannot be followed: the control plane fails on it, or it does what is not modelled. */
export class UnfollowedPatch extends Error {}

const unescaped = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

function indexIn(list: readonly Json[], token: string, adds: boolean): number {
  if (token === '-' && adds) return list.length;
  if (!/^-?\d+$/.test(token)) throw new UnfollowedPatch(`${token} is no place in a list`);
  const index = Number(token) < 0 ? list.length + Number(token) + (adds ? 1 : 0) : Number(token);
  if (index < 0 || index > list.length - (adds ? 0 : 1)) throw new UnfollowedPatch(`a list has no place ${token}`);
  return index;
}

function put(list: readonly Json[], token: string, value: Json): Json[] {
  const at = indexIn(list, token, true);
  return [...list.slice(0, at), value, ...list.slice(at)];
}

/** One operation at a path. Objects that an `add` goes through and that are not there are made; a `remove` of nothing does nothing. */
function at(json: Json | undefined, path: readonly string[], op: string, value: Json): Json | undefined {
  const [token, ...rest] = path;
  if (token === undefined) return op === 'remove' ? undefined : value;
  if (isList(json)) {
    if (rest.length === 0 && op === 'add') return put(json, token, value);
    const index = indexIn(json, token, false);
    const changed = at(json[index], rest, op, value);
    return json.flatMap((one, place) => (place !== index ? [one] : changed === undefined ? [] : [changed]));
  }
  if (json !== undefined && !isMap(json)) throw new UnfollowedPatch(`/${path.join('/')} leads through a plain value`);
  const known = json?.[token];
  if (known === undefined && op === 'remove') return json;
  if (known === undefined && op === 'replace') throw new UnfollowedPatch(`nothing is there to replace at ${token}`);
  if (known === undefined && /^(?:-|\d+)$/.test(rest[0] ?? '')) throw new UnfollowedPatch(`no list is at ${token}`);
  const { [token]: _, ...others } = json ?? {};
  const changed = at(known, rest, op, value);
  return changed === undefined ? others : { ...others, [token]: changed };
}

/**
 * Applies operations of JSON patches as Kuma does (pkg/plugins/policies/core/jsonpatch, 2.14: negative places, missing paths are
 * made by `add` and passed over by `remove`). Throws an UnfollowedPatch where the control plane would fail, for `move` and `copy`,
 * and where a list would have to be made.
 */
export function applyJsonPatches(json: JsonObject, operations: readonly Json[]): JsonObject {
  return operations.reduce<JsonObject>((result, item) => {
    const { op, path, value } = mapOf(item);
    const name = filledOf(op) ?? '';
    if (!['add', 'remove', 'replace'].includes(name))
      throw new UnfollowedPatch(`the operation ${name} is not modelled`);
    const tokens = (textOf(path) ?? '').split('/').slice(1).map(unescaped);
    return mapOf(at(result, tokens, name, value ?? null));
  }, json);
}
