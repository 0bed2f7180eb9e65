import { codes } from '@isthmus/diagnostics';
import { compareCreation } from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, type Field, items, rootField, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { Unhandled } from '../../unhandled.ts';
import { detoursOf } from '../egress-gateway/detours.ts';
import { emitBehindKong } from './behind-kong.ts';
import { type Binding, bind, gatewaysOf, isWider } from './bind.ts';
import { type Door, emitDoors, missingDoors, nameOf, openDoors } from './door.ts';
import { freeName } from './emit-gateway.ts';
import {
  accountForService,
  answer,
  type BackendUse,
  emitBackendGrants,
  emitRoute,
  emitUnit,
  type RoutePart,
} from './emit-route.ts';
import { rewriteObjection } from './filters.ts';
import type { GuardEntry } from './guard-entries.ts';
import { entriesFor, type Guard, guardFor } from './guards.ts';
import { annotateSubsets } from './kong-annotations.ts';
import { translateConnections } from './l4.ts';
import { groupsOf, placeMatches, type Reading, reportUnknownOrder, usedMatches } from './placement.ts';
import { orderFor, type RouterOrder, unitObjection } from './router-order.ts';
import { delegatedRules, guardRules, readRules, takesAll } from './rules.ts';
import { hostUnits, type Unit, unitsOf } from './units.ts';
import type { GatewayWorkload } from './workload.ts';

function read(context: Context, binding: Binding, entries: readonly GuardEntry[]): Reading | Field {
  try {
    const guarding = guardRules(entries);
    const own = readRules(context, binding);
    const rules = [...guarding, ...own.map((rule) => ({ ...rule, index: rule.index + guarding.length }))];
    const objection = rules.map(rewriteObjection).find((field) => field !== undefined);
    if (objection !== undefined) return objection;
    return { binding, rules, units: unitsOf(binding, rules) };
  } catch (error) {
    if (error instanceof Unhandled) return error.field;
    throw error;
  }
}

/** Bindings that share a host: the order of their rules is one. */
function componentsOf(bindings: readonly Binding[]): Binding[][] {
  const parents = bindings.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] as number;
    parents[index] = root;
    return root;
  };
  const byHost = new Map<string, number>();
  for (const [index, { served }] of bindings.entries()) {
    for (const { host } of served) {
      const other = byHost.get(host);
      if (other === undefined) byHost.set(host, index);
      else parents[rootOf(index)] = rootOf(other);
    }
  }
  return [...Map.groupBy(bindings.keys(), rootOf).values()].map((members) =>
    members.map((index) => bindings[index] as Binding).sort((a, b) => compareCreation(a.resource, b.resource)),
  );
}

/** Nothing of these VirtualServices is emitted but an answer for their hosts, so that no wider host takes their requests. */
function withhold(
  context: Context,
  bindings: readonly Binding[],
  at: Field,
  why: typeof codes.gateway.withheld | typeof codes.gateway.tooMany,
): void {
  context.report(why, { field: at.path }, at);
  for (const binding of bindings) {
    for (const item of [...items(child(binding.spec, 'http')), ...delegatedRules(context, binding)])
      context.claim(item, 'unsupported', why);
    for (const [index, unit] of hostUnits(binding).entries()) {
      const name = dnsLabel(`${binding.resource.name}-withheld${index === 0 ? '' : `-${index + 1}`}`);
      const filter = answer(context, binding.namespace, { role: 'resource', stage: 'edge' }, 503);
      emitRoute(context, binding, unit, name, [closing(filter)], []);
    }
  }
}

const closing = (filter: unknown): unknown => ({
  matches: [{ path: { type: 'PathPrefix', value: '/' } }],
  filters: [filter],
});

/** The routes of a unit by group; numbered where there are several, so that their names sort as their rules do. */
function partsOf(
  context: Context,
  binding: Binding,
  unit: Unit,
  suffix: string,
  groups: ReadonlyMap<number, string>,
  { priorityOf }: RouterOrder,
): RoutePart[] {
  const byGroup = [...Map.groupBy(unit.rules, ({ index }) => groups.get(index) ?? '').values()];
  const width = String(byGroup.length).length;
  return byGroup.map((rules, index) => {
    const part = byGroup.length === 1 ? '' : `-${String(index + 1).padStart(width, '0')}`;
    const priority = rules[0] === undefined ? undefined : priorityOf(rules[0]);
    return {
      name: freeName(context, 'HTTPRoute', binding.namespace, dnsLabel(`${binding.resource.name}${suffix}${part}`)),
      rules,
      ...(priority === undefined ? {} : { priority }),
    };
  });
}

function emitReading(
  context: Context,
  reading: Reading,
  closed: (unit: Unit) => readonly string[],
  order: RouterOrder,
  uses: BackendUse[],
): void {
  const { binding, rules, units } = reading;
  const groups = groupsOf(rules, context.settings.router);
  const used = usedMatches(reading);
  for (const [index, unit] of units.entries()) {
    const suffix = units.length === 1 ? '' : `-${index + 1}`;
    emitUnit(context, binding, unit, partsOf(context, binding, unit, suffix, groups, order), order.pathOf, uses);
    const hosts = closed(unit);
    if (hosts.length === 0) continue;
    const filter = answer(
      context,
      binding.namespace,
      unit.draft === undefined
        ? { role: 'resource', stage: 'edge' }
        : { role: 'draft', stage: 'edge', why: unit.draft },
      404,
    );
    emitRoute(
      context,
      binding,
      { ...unit, hosts },
      dnsLabel(`${binding.resource.name}${suffix}-unmatched`),
      [closing(filter)],
      [],
    );
  }
  for (const { field, matches, action } of rules) {
    if (action.kind === 'guarded') continue;
    const dead = matches.filter((match) => !used.has(match));
    if (dead.length === matches.length) context.inert(field, codes.gateway.deadRule, {});
    else for (const match of dead) context.inert(match.field, codes.gateway.deadRule, {});
  }
}

function translateDoor(context: Context, door: Door, bindings: readonly Binding[], uses: BackendUse[]): void {
  const { router } = context.settings;
  const around = {
    hosts: bindings.flatMap(({ served }) => served.map(({ host }) => host)),
    secure: door.listeners.some(({ protocol }) => protocol === 'HTTPS'),
  };
  const wide = [...new Set(around.hosts)].filter((host) => host.startsWith('*'));
  for (const component of componentsOf(bindings)) {
    const readings: Reading[] = [];
    let bad: Field | undefined;
    for (const binding of component) {
      const reading = read(context, binding, entriesFor(door.guards));
      if ('binding' in reading) readings.push(reading);
      else bad ??= reading;
    }
    const placed = placeMatches(readings, router);
    const order = bad === undefined ? orderFor(placed, router) : undefined;
    if (bad !== undefined || order === undefined) {
      const at = bad ?? (component[0]?.spec as Field);
      withhold(context, component, at, bad === undefined ? codes.gateway.tooMany : codes.gateway.withheld);
      continue;
    }
    reportUnknownOrder(context, placed);
    const caught = new Set(
      readings.flatMap(({ units }) =>
        units.flatMap((unit) => (unit.rules.some(({ matches }) => matches.some(takesAll)) ? unit.hosts : [])),
      ),
    );
    // A host whose rules do not take everything answers 404 in Istio; in Kong wider hosts and plain HTTP go on looking.
    const closed = ({ hosts, redirects }: Unit): string[] =>
      hosts.filter(
        (host) => !caught.has(host) && (redirects !== undefined || wide.some((other) => isWider(other, host))),
      );
    for (const reading of readings) {
      const units =
        router === 'expressions'
          ? reading.units
          : reading.units.map((unit) => ({ ...unit, draft: unit.draft ?? unitObjection(unit, reading.units, around) }));
      emitReading(context, { ...reading, units }, closed, order, uses);
    }
  }
  emitBareRedirects(context, door, bindings);
}

/** Istio redirects every host of such a server, with routes or without (edge.md G7). */
function emitBareRedirects(context: Context, { listeners, workload }: Door, bindings: readonly Binding[]): void {
  for (const listener of listeners) {
    const { redirects, gateway, host, name, draft } = listener;
    if (redirects === undefined || draft !== undefined) continue;
    if (bindings.some(({ served }) => served.some((one) => one.listener === listener && one.host === host))) continue;
    const binding: Binding = { ...gateway, workload, served: [], draftFor: () => undefined };
    const unit: Unit = { hosts: [host], from: [], listeners: [listener], rules: [], redirects, draft };
    const filter = answer(context, gateway.namespace, { role: 'resource', stage: 'edge' }, 404);
    emitRoute(context, binding, unit, dnsLabel(`${gateway.resource.name}-${name}-redirect`), [closing(filter)], []);
  }
}

const titleOf = ({ resource }: Guard): string => `${resource.kind} ${resource.namespace || 'default'}/${resource.name}`;

/** Routes behind a policy of the gateway are drafts: applied as they are, they would let in what it refuses. */
const draftBehind =
  ({ guards }: Door): Binding['draftFor'] =>
  (host, connections = false) => {
    // What denies requests by their paths denies connections without regard to them.
    const guard = connections ? guards[0] : guardFor(guards, host);
    return guard && `${titleOf(guard)} restricts what enters here: its counterpart at Kong must stand first.`;
  };

function reportGuards(context: Context, { guards, gateways }: Door, bindings: readonly Binding[]): void {
  const [gateway] = gateways;
  if (gateway === undefined) return;
  const report = (
    code: typeof codes.gateway.guarded | typeof codes.gateway.tokensClosed,
    some: readonly Guard[],
  ): void => {
    if (some.length > 0) context.report(code, { policies: some.map(titleOf).join(', ') }, gateway.spec);
  };
  // Of a host that a denial is about in part only, nothing can be answered alike for all names.
  const waiting = guards.filter(
    (guard) =>
      guard.entries === undefined ||
      bindings.some(({ served }) => served.some(({ host }) => guardFor([guard], host) !== undefined)),
  );
  report(codes.gateway.guarded, waiting);
  report(
    codes.gateway.tokensClosed,
    guards.filter((guard) => guard.resource.kind === 'RequestAuthentication' && !waiting.includes(guard)),
  );
}

function isVisible(resource: Resource, workload: GatewayWorkload): boolean {
  const values = items(child(child(rootField(resource), 'spec'), 'exportTo')).map(({ value }) => value);
  if (values.length === 0 || values.includes('*') || workload.namespace === undefined) return true;
  const own = resource.namespace || 'default';
  return values.some((value) => (value === '.' ? own : value) === workload.namespace);
}

/**
 * Gateways and the VirtualServices bound to them (edge.md 3.1, 3.2): Gateway API resources for Kong Gateway, in Istio's
 * order of rules for its expressions router. What cannot be kept is closed, never opened.
 */
export function translateGateways(context: Context): void {
  annotateSubsets(context);
  const { doors, egress, known } = openDoors(context);
  emitDoors(context, doors);
  const uses: BackendUse[] = [];
  const edge = context.ofKind('VirtualService').filter((resource) => gatewaysOf(resource).length > 0);
  for (const resource of edge) {
    const spec = child(rootField(resource), 'spec') as Field;
    accountForService(context, spec);
    for (const { field, key } of gatewaysOf(resource)) {
      if (!egress.has(key) && !known.has(key))
        context.approximate(field, undefined, codes.gateway.missing, { gateway: key });
    }
  }
  const absent = missingDoors(edge, (key) => known.has(key) || egress.has(key), context);
  for (const door of [...doors, ...absent]) {
    const keys = new Set(door.gateways.map(nameOf));
    const draftFor = draftBehind(door);
    const bindings = edge.flatMap((resource) => {
      if (!gatewaysOf(resource).some(({ key }) => keys.has(key))) return [];
      if (isVisible(resource, door.workload)) return [bind(context, resource, door.listeners, door.workload, draftFor)];
      context.inert(child(child(rootField(resource), 'spec'), 'exportTo'), codes.gateway.notVisible, {});
      return [];
    });
    reportGuards(context, door, bindings);
    translateDoor(context, door, bindings, uses);
    for (const binding of bindings) {
      translateConnections(context, binding, uses);
      // Of a gateway that serves nothing of it: every other claim outweighs this one.
      for (const { field } of gatewaysOf(binding.resource)) context.claim(field, 'inert', codes.gateway.hostNotOffered);
    }
  }
  emitBackendGrants(context, uses);
  emitBehindKong(context);
  const { replaced, refused } = detoursOf(context);
  for (const resource of edge)
    if (!replaced.has(resource) && !refused.has(resource)) accountForUnbound(context, resource, [...doors, ...absent]);
}

/** What a VirtualService says for gateways that serve none of it. */
function accountForUnbound(context: Context, resource: Resource, doors: readonly Door[]): void {
  const spec = child(rootField(resource), 'spec');
  const names = items(child(spec, 'gateways')).map((item) => text(item)?.value);
  const keys = gatewaysOf(resource).map(({ key }) => key);
  const served = doors.some((door) => door.gateways.some((gateway) => keys.includes(nameOf(gateway))));
  if (names.includes('mesh') || spec === undefined) return;
  // What a Gateway that is not in the import might have served beside HTTP.
  if (served) {
    for (const part of ['tls', 'tcp'])
      for (const rule of items(child(spec, part)))
        for (const leaf of context.unclaimed(rule)) context.claim(leaf, 'unsupported', codes.gateway.missing);
    return;
  }
  context.claim(spec, 'unsupported', codes.gateway.missing);
}
