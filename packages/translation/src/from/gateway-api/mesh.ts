import { codes } from '@isthmus/diagnostics';
import type { MeshRoute } from '@isthmus/istio';
import { child, descend, items, number, rootField } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { eachLeaf, type Field } from '../../field.ts';

/** What the reading of Kong Mesh itself leaves out of an HTTPRoute (edge.md 1.14). */
function lostByKongMesh(spec: Field | undefined): string[] {
  const lost = new Set<string>();
  for (const rule of items(child(spec, 'rules'))) {
    for (const key of ['timeouts', 'retry', 'sessionPersistence'] as const)
      if (child(rule, key) !== undefined) lost.add(key);
    for (const filter of items(child(rule, 'filters'))) {
      const type = child(filter, 'type')?.value;
      if (type === 'CORS' || type === 'ExtensionRef') lost.add(String(type));
    }
    for (const backend of items(child(rule, 'backendRefs')))
      if (items(child(backend, 'filters')).length > 0) lost.add('filters of backends');
  }
  return [...lost];
}

/** Leaves that say how others are to be read, and those of backends that get nothing. */
function settleForm(context: Context, spec: Field): void {
  const rules = items(child(spec, 'rules'));
  for (const rule of rules) {
    const backends = items(child(rule, 'backendRefs'));
    for (const backend of backends) if (number(child(backend, 'weight'))?.value === 0) context.settled(backend);
    for (const filter of [rule, ...backends].flatMap((part) => items(child(part, 'filters'))))
      context.settled(child(filter, 'type'));
  }
}

function leavesIn(field: Field): number {
  let count = 0;
  eachLeaf(field.value, field.path, () => count++);
  return count;
}

const topOf = (path: string): string =>
  path
    .replace(/^spec\./, '')
    .replace(/\[\d+\]/g, '')
    .replace(/^rules\./, '')
    .split('.')
    .slice(0, 1)
    .join('.');

function accountForRoute(context: Context, { resource, kind, parents, refused }: MeshRoute, isOnlyMesh: boolean): void {
  const spec = child(rootField(resource), 'spec');
  if (spec === undefined) return;
  if (refused !== undefined) {
    context.report(codes.gatewayApi.refused, { kind, reason: refused.reason }, refused.field);
    if (isOnlyMesh) context.claim(spec, 'inert', codes.gatewayApi.refused);
    return;
  }
  for (const parent of parents)
    if (parent.hosts.length === 0) {
      const name = `${parent.namespace}/${parent.name}`;
      context.inert(parent.field, codes.gatewayApi.noParent, { kind: parent.kind, name });
    }
  if (kind === 'HTTPRoute') {
    const lost = lostByKongMesh(spec);
    const said = lost.length === 0 ? 'nothing that is written here' : lost.join(', ');
    context.report(codes.gatewayApi.alsoRead, { lost: said }, resource);
  }
  settleForm(context, spec);
  // Of several routes that Istio makes one VirtualService of, the parents of the first stand for those of all.
  const rules = child(spec, 'rules');
  const isUsed = rules !== undefined && context.unclaimed(rules).length < leavesIn(rules);
  for (const parent of parents)
    if (isUsed && context.unclaimed(parent.field).length === leavesIn(parent.field)) context.settled(parent.field);
  if (!isOnlyMesh) return;
  const open = context.unclaimed(spec);
  const [first] = open;
  if (first === undefined) return;
  const names = [...new Set(open.map(({ path }) => topOf(path)))].sort();
  context.report(codes.gatewayApi.unread, { kind, fields: names.join(', ') }, first);
  for (const field of open) context.claim(field, 'inert', codes.gatewayApi.unread);
}

/**
 * Routes with a Service or ServiceEntry as a parent. Istio makes VirtualServices of them, which are translated as any other;
 * here is said what is left (edge.md 3.12, K4 and K5).
 */
export function accountForMeshRoutes(context: Context): void {
  const { routes, ties } = configOf(context).meshRoutes;
  for (const route of routes) {
    const parents = items(descend(rootField(route.resource), 'spec', 'parentRefs'));
    accountForRoute(context, route, parents.length === route.parents.length);
  }
  for (const { rule, other } of ties) {
    const { kind, namespace, name } = other.resource;
    context.approximate(rule, undefined, codes.gatewayApi.tie, { other: `${kind} ${namespace}/${name}` });
  }
}
