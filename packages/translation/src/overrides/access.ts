import { isList, isMap, type Json } from '@isthmus/kubernetes';
import type { EmittedObject } from '../emitted.ts';
import { isSame, valueIn } from './json-patch.ts';

/** Kinds that decide who is let through, in the mesh and at its edge, or that can hold Envoy's filters which do. */
const deciding = new Set([
  'Mesh',
  'MeshIdentity',
  'MeshTrust',
  'MeshTLS',
  'MeshTrafficPermission',
  'MeshOPA',
  'MeshPassthrough',
  'MeshProxyPatch',
  'Gateway',
  'HTTPRoute',
  'TLSRoute',
  'TCPRoute',
  'ReferenceGrant',
  'KongPlugin',
  'KongClusterPlugin',
]);

const at = (object: EmittedObject | undefined, ...keys: string[]): Json | undefined =>
  keys.reduce<Json | undefined>(valueIn, object as unknown as Json);

const listAt = (rule: Json, key: string): readonly Json[] => {
  const list = at(rule as unknown as EmittedObject, 'default', key);
  return isList(list) ? list : [];
};

const everyIn = (some: readonly Json[], all: readonly Json[]): boolean =>
  some.every((one) => all.some((other) => isSame(one, other)));

const knownKeys = new Set(['allow', 'deny', 'allowWithShadowDeny']);

/** All entries of a permission; undefined where it says something else too, which nobody has thought of here. */
function entriesOf(object: EmittedObject): Record<'allow' | 'deny', readonly Json[]> | undefined {
  const rules = at(object, 'spec', 'rules');
  if (!isList(rules) || at(object, 'spec', 'from') !== undefined) return undefined;
  for (const rule of rules) {
    const said = at(rule as unknown as EmittedObject, 'default');
    if (!isMap(said) || !Object.keys(said).every((key) => knownKeys.has(key))) return undefined;
  }
  return {
    allow: rules.flatMap((rule) => [...listAt(rule, 'allow'), ...listAt(rule, 'allowWithShadowDeny')]),
    deny: rules.flatMap((rule) => listAt(rule, 'deny')),
  };
}

const applies = (object: EmittedObject): Json | undefined => at(object, 'spec', 'targetRef');

/** Whether a permission lets through no one whom another one does not: what is allowed shrinks, what is denied grows. */
function isNarrower(before: EmittedObject | undefined, after: EmittedObject | undefined): boolean {
  const from = before === undefined ? { allow: [], deny: [] } : entriesOf(before);
  const to = after === undefined ? { allow: [], deny: [] } : entriesOf(after);
  if (from === undefined || to === undefined) return false;
  if (before !== undefined && after !== undefined) {
    if (!isSame(applies(before), applies(after))) return false;
    if (!isSame(before.metadata as Json, after.metadata as Json)) return false;
  }
  return everyIn(to.allow, from.allow) && everyIn(from.deny, to.deny);
}

/**
 * Whether a change of what is applied may let through who was kept out. Only of permissions whose entries become fewer callers it is
 * known that it does not; every other change of a kind that decides about access counts as one that may.
 * @param before absent where nothing was applied; @param after absent where nothing is any more
 */
export function mayWiden(before: EmittedObject | undefined, after: EmittedObject | undefined): boolean {
  const kind = (after ?? before)?.kind;
  if (kind === undefined || !deciding.has(kind)) return false;
  return !(kind === 'MeshTrafficPermission' && isNarrower(before, after));
}
