import { child, type Field, isMap, type JsonObject, text } from '@isthmus/kubernetes';
import { objectField } from './fields.ts';
import {
  type EffectiveHttpRule,
  type EffectiveMatch,
  type HttpSetting,
  httpSettings,
  type NamedCondition,
  type TextCondition,
  withSettings,
} from './http-rule.ts';
import type { MeshSettings } from './mesh-settings.ts';
import type { EffectiveVirtualService, LostRule } from './virtual-service.ts';

const part = (condition: Field | undefined, kind: 'exact' | 'prefix' | 'regex'): string =>
  (isMap(condition?.value) && typeof condition.value[kind] === 'string' ? condition.value[kind] : '') as string;

/** Whether the leaf's condition is not known to lie within the root's (virtualservice.go stringMatchConflict). */
function textConflict(root: Field | undefined, leaf: Field | undefined): boolean {
  if (root === undefined || leaf === undefined) return false;
  const isSet = (condition: Field): boolean =>
    (['exact', 'prefix', 'regex'] as const).some((kind) => part(condition, kind) !== '');
  if (part(root, 'regex') !== '' && isSet(leaf)) return true;
  if (part(leaf, 'regex') !== '' && isSet(root)) return true;
  const exact = part(root, 'exact');
  if (exact !== '') return part(leaf, 'prefix') !== '' || part(leaf, 'exact') !== exact;
  const prefix = part(root, 'prefix');
  const within = part(leaf, 'prefix') || part(leaf, 'exact');
  return prefix === '' || within === '' || !within.startsWith(prefix);
}

const textConditions: readonly TextCondition[] = ['uri', 'scheme', 'method', 'authority'];
const namedConditions: readonly NamedCondition[] = ['headers', 'withoutHeaders', 'queryParams'];

/** Whether a root's match rules a delegate's match out (virtualservice.go hasConflict). */
function hasConflict(root: EffectiveMatch, leaf: EffectiveMatch): boolean {
  if (textConditions.some((key) => textConflict(root.text[key], leaf.text[key]))) return true;
  for (const key of namedConditions)
    for (const [name, condition] of Object.entries(leaf.named[key]))
      if (textConflict(nonNull(root.named[key][name]), nonNull(condition))) return true;
  if ((root.ignoreUriCase?.value === true) !== (leaf.ignoreUriCase?.value === true)) return true;
  if (root.port !== undefined && leaf.port !== undefined && root.port.value !== leaf.port.value) return true;
  if (root.sourceNamespace !== undefined && root.sourceNamespace.value !== leaf.sourceNamespace?.value) return true;
  for (const [key, label] of Object.entries(leaf.sourceLabels)) {
    const wanted = root.sourceLabels[key];
    if (wanted !== undefined && wanted.value !== label.value) return true;
  }
  if (root.gateways.length === 0 || leaf.gateways.length === 0) return false;
  const allowed = new Set(root.gateways.map(({ value }) => value));
  return root.gateways.length < leaf.gateways.length || leaf.gateways.some(({ value }) => !allowed.has(value));
}

const nonNull = (field: Field | undefined): Field | undefined => (field?.value === null ? undefined : field);

/** Both matches together: the delegate's conditions, and the root's where the delegate says nothing. */
function mergeMatch(root: EffectiveMatch, leaf: EffectiveMatch): EffectiveMatch {
  return {
    fields: [...leaf.fields, ...root.fields],
    text: { ...root.text, ...leaf.text },
    named: {
      headers: { ...root.named.headers, ...leaf.named.headers },
      withoutHeaders: { ...root.named.withoutHeaders, ...leaf.named.withoutHeaders },
      queryParams: { ...root.named.queryParams, ...leaf.named.queryParams },
    },
    ignoreUriCase: leaf.ignoreUriCase ?? root.ignoreUriCase,
    port: leaf.port ?? root.port,
    sourceLabels: { ...root.sourceLabels, ...leaf.sourceLabels },
    sourceNamespace: leaf.sourceNamespace ?? root.sourceNamespace,
    gateways: leaf.gateways.length > 0 ? leaf.gateways : root.gateways,
  };
}

/** Undefined where a match of the delegate lies in none of the root's: the delegate's rule does not count at all. */
function mergeMatches(
  root: readonly EffectiveMatch[],
  leaf: readonly EffectiveMatch[],
): readonly EffectiveMatch[] | undefined {
  if (root.length === 0) return leaf;
  if (leaf.length === 0) return root;
  const merged: EffectiveMatch[] = [];
  for (const match of leaf) {
    const allowing = root.filter((candidate) => !hasConflict(candidate, match));
    if (allowing.length === 0) return undefined;
    merged.push(...allowing.map((candidate) => mergeMatch(candidate, match)));
  }
  return merged;
}

// `route` and `redirect` are the delegate's alone (virtualservice.go mergeHTTPRoute).
const inherited: readonly HttpSetting[] = httpSettings.filter((key) => key !== 'route' && key !== 'redirect');

function mergeRule(
  root: EffectiveHttpRule,
  leaf: EffectiveHttpRule,
  mesh: MeshSettings,
): EffectiveHttpRule | undefined {
  const matches = mergeMatches(root.matches, leaf.matches);
  if (matches === undefined) return undefined;
  const settings: Partial<Record<HttpSetting, Field>> = { ...leaf.settings };
  for (const key of inherited) {
    const setting = leaf.settings[key] ?? root.settings[key];
    if (setting !== undefined) settings[key] = setting;
  }
  return withSettings(
    { ...leaf, delegatedBy: root.field, name: [...root.name, ...leaf.name], matches },
    settings,
    mesh,
  );
}

/** The `delegate` of a rule. */
export const delegateOf = (rule: EffectiveHttpRule): Field<JsonObject> | undefined =>
  objectField(child(rule.field, 'delegate'));

/**
 * A root VirtualService with the rules of its delegates in the place of its own that delegate
 * (istio/pilot/pkg/model/virtualservice_controller.go mergeVirtualServices, virtualservice.go MergeHTTPRoutes, 1.32).
 * @param find the VirtualService without hosts of that name
 */
export function mergeDelegates(
  root: EffectiveVirtualService,
  find: (namespace: string, name: string) => EffectiveVirtualService | undefined,
  mesh: MeshSettings,
): EffectiveVirtualService {
  if (!root.http.some((rule) => delegateOf(rule) !== undefined)) return root;
  const http: EffectiveHttpRule[] = [];
  const lost: LostRule[] = [];
  for (const rule of root.http) {
    const reference = delegateOf(rule);
    if (reference === undefined) {
      http.push(rule);
      continue;
    }
    const namespace = text(child(reference, 'namespace'))?.value || root.namespace;
    const delegate = find(namespace, text(child(reference, 'name'))?.value ?? '');
    if (delegate === undefined) lost.push({ field: rule.field, reason: 'delegate missing' });
    else if (!delegate.exportTo.has('*') && !delegate.exportTo.has(root.namespace))
      lost.push({ field: rule.field, reason: 'delegate not exported' });
    else
      for (const leaf of delegate.http) {
        const merged = mergeRule(rule, leaf, mesh);
        if (merged === undefined) lost.push({ field: leaf.field, reason: 'conflict' });
        else http.push(merged);
      }
  }
  return { ...root, http, lost };
}
