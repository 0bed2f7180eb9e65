import { codes } from '@isthmus/diagnostics';
import { compareCreation, isOrderGuessed } from '@isthmus/istio';
import type { RoutePath } from '@isthmus/kong-gateway';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, type Field, items, rootField, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { Unhandled } from '../../unhandled.ts';
import { type Binding, bind, gatewaysOf, isWider } from './bind.ts';
import { effectiveServers } from './effective.ts';
import { classOf, emitClass, emitGateway, emitSecretGrants, freeName, type SecretUse } from './emit-gateway.ts';
import {
  accountForService,
  answer,
  type BackendUse,
  emitBackendGrants,
  emitRoute,
  emitUnit,
  type RoutePart,
  sizeOf,
} from './emit-route.ts';
import { capturesPath, rewriteObjection } from './filters.ts';
import { translateConnections } from './l4.ts';
import { type Listener, listenersOf } from './listeners.ts';
import { keepOrder, overlap, type Placed } from './order.ts';
import { type IstioGateway, readGateway } from './read-gateway.ts';
import type { EdgeMatch } from './read-match.ts';
import { delegatedRules, type EdgeRule, readRules, takesAll } from './rules.ts';
import { hostUnits, type Unit, unitsOf } from './units.ts';
import { type GatewayWorkload, workloadOf } from './workload.ts';

/** Gateways on the same pods, and what is served there. */
interface Door {
  readonly workload: GatewayWorkload;
  readonly gateways: readonly IstioGateway[];
  readonly listeners: readonly Listener[];
}

/** A VirtualService at a door, read. */
interface Reading {
  readonly binding: Binding;
  readonly rules: readonly EdgeRule[];
  readonly units: readonly Unit[];
}

const nameOf = ({ resource, namespace }: { resource: Resource; namespace: string }): string =>
  `${namespace}/${resource.name}`;

// The egress gateway of Istio's profiles and samples; its hop is the zone egress in Kong Mesh (edge.md E1).
const isEgress = ({ selector }: IstioGateway): boolean =>
  Object.values(selector).some((value) => /egress-?gateway/.test(value));

function accountForGateway(context: Context, { spec, servers }: IstioGateway): void {
  for (const [, label] of Object.entries(items(child(spec, 'selector')))) context.settled(label);
  context.settled(child(spec, 'selector'));
  for (const { field, redirects, tls, portName } of servers) {
    context.settled(child(field, 'name'));
    const port = child(field, 'port');
    if (portName === '') context.settled(child(port, 'name'));
    const target = child(port, 'targetPort');
    context.inert(target, codes.gateway.unusedField, { field: 'targetPort' });
    context.inert(child(field, 'defaultEndpoint'), codes.gateway.unusedField, { field: 'defaultEndpoint' });
    if (redirects?.value === false) context.settled(redirects);
    if (tls !== undefined && Object.keys(tls.value as object).length === 0) context.settled(tls);
    const known = new Set(['port', 'hosts', 'tls', 'name', 'bind', 'defaultEndpoint']);
    for (const key of Object.keys(field.value as object))
      if (!known.has(key)) context.inert(child(field, key), codes.gateway.unknownField, { field: key });
    for (const key of Object.keys((port?.value ?? {}) as object))
      if (!['number', 'protocol', 'name', 'targetPort'].includes(key))
        context.inert(child(port, key), codes.gateway.unknownField, { field: key });
  }
  for (const key of Object.keys(spec.value as object))
    if (key !== 'selector' && key !== 'servers')
      context.inert(child(spec, key), codes.gateway.unknownField, { field: key });
}

function openDoors(context: Context): { doors: Door[]; egress: ReadonlySet<string>; known: ReadonlySet<string> } {
  const gateways: IstioGateway[] = [];
  const egress = new Set<string>();
  const known = new Set<string>();
  for (const resource of context.ofKind('Gateway')) {
    if (resource.group !== 'networking.istio.io') continue;
    const gateway = readGateway(resource);
    known.add(nameOf({ resource, namespace: resource.namespace || 'default' }));
    if ('refused' in gateway) {
      context.report(codes.gateway.refusedByIstio, { reason: gateway.reason }, gateway.refused);
      context.claim(child(rootField(resource), 'spec') ?? gateway.refused, 'inert', codes.gateway.refusedByIstio);
    } else if (isEgress(gateway)) {
      egress.add(nameOf(gateway));
      context.report(codes.gateway.egress, {}, child(gateway.spec, 'selector') ?? gateway.spec);
      context.claim(gateway.spec, 'unsupported', codes.gateway.egress);
    } else gateways.push(gateway);
  }
  const workloads = new Map(gateways.map((gateway) => [gateway, workloadOf(context, gateway)]));
  const groups = Map.groupBy(gateways, (gateway) => workloads.get(gateway)?.key ?? '');
  const doors = [...groups.values()].map((group): Door => {
    const workload = workloads.get(group[0] as IstioGateway) as GatewayWorkload;
    const servers = effectiveServers(context, group);
    const listeners = group.flatMap((gateway) => {
      accountForGateway(context, gateway);
      return listenersOf(context, gateway, workload, servers.get(gateway) ?? []);
    });
    return { workload, gateways: group, listeners };
  });
  return { doors, egress, known };
}

function emitDoors(context: Context, doors: readonly Door[]): void {
  const uses: SecretUse[] = [];
  const classes = new Set<string>();
  for (const { workload, gateways, listeners } of doors) {
    for (const gateway of gateways) {
      const own = listeners.filter((listener) => listener.gateway === gateway);
      if (own.length === 0) continue;
      classes.add(classOf(gateway));
      emitGateway(context, gateway, own, workload, uses);
    }
    reportSharedPorts(context, listeners);
  }
  for (const name of [...classes].sort()) emitClass(context, name);
  emitSecretGrants(context, uses);
  if (classes.size > 0) context.report(codes.gateway.delegated, { classes: [...classes].sort().join(', ') }, undefined);
}

/** Kong serves a route on every port of its protocol: ports with other hosts are not kept apart (edge.md 2.2, V10). */
function reportSharedPorts(context: Context, listeners: readonly Listener[]): void {
  for (const protocol of ['HTTP', 'HTTPS'] as const) {
    const own = listeners.filter((listener) => listener.protocol === protocol);
    const hostsOf = (port: number): string =>
      own
        .flatMap((one) => (one.port === port ? [one.host] : []))
        .sort()
        .join(' ');
    const ports = [...new Set(own.map(({ port }) => port))].sort((a, b) => a - b);
    const [first, ...others] = ports;
    if (first === undefined) continue;
    for (const port of others) {
      if (hostsOf(port) === hostsOf(first)) continue;
      const at = own.find((one) => one.port === port) as Listener;
      context.report(codes.gateway.portsShared, { port, other: first, protocol }, at.server.number);
    }
  }
}

const timeoutKey = ({ timeout }: EdgeRule): string => timeout?.value ?? '';

/** The routes that the rules of a VirtualService are divided into: by timeout, and by what a route can hold. */
function groupsOf(rules: readonly EdgeRule[]): ReadonlyMap<number, string> {
  const groups = new Map<number, string>();
  const filled = new Map<string, { rules: number; matches: number; number: number }>();
  for (const rule of rules) {
    const key = timeoutKey(rule);
    const size = sizeOf(rule);
    const state = filled.get(key) ?? { rules: 0, matches: 0, number: 0 };
    const full = state.rules + size.rules > 16 || state.matches + size.matches > 128;
    const next = full
      ? { ...size, number: state.number + 1 }
      : { rules: state.rules + size.rules, matches: state.matches + size.matches, number: state.number };
    filled.set(key, next);
    groups.set(rule.index, `${key}#${next.number}`);
  }
  return groups;
}

/** The matches that some listener comes to; the others are dead. */
const usedMatches = ({ units }: Reading): ReadonlySet<EdgeMatch> =>
  new Set(units.flatMap(({ rules }) => rules.flatMap(({ matches }) => matches)));

/** Istio's order of all matches of VirtualServices that share hosts: by age, those for everything last (edge.md V3). */
function placeMatches(readings: readonly Reading[]): { match: EdgeMatch; placed: Placed; reading: Reading }[] {
  const all = readings.flatMap((reading) => {
    const groups = groupsOf(reading.rules);
    const used = usedMatches(reading);
    return reading.rules.flatMap((rule) =>
      rule.matches
        .filter((match) => used.has(match))
        .map((match) => ({
          match,
          reading,
          placed: {
            form: match.form,
            methods: match.methods === undefined ? undefined : new Set(match.methods),
            exactHeaders: new Map(
              match.headers.flatMap(({ name, type, value }) => (type === 'Exact' ? [[name, value] as const] : [])),
            ),
            headers: match.headers.length,
            queryParams: match.queryParams.length,
            capture: capturesPath(rule),
            group: `${nameOf(reading.binding)}|${groups.get(rule.index)}`,
          },
        })),
    );
  });
  if (readings.length === 1) return all;
  return [...all.filter(({ match }) => !takesAll(match)), ...all.filter(({ match }) => takesAll(match))];
}

/** Whether the order of two VirtualServices matters and manifests do not tell it. */
function reportUnknownOrder(context: Context, placed: ReturnType<typeof placeMatches>): void {
  for (const [index, one] of placed.entries()) {
    const other = placed
      .slice(0, index)
      .find(
        (before) =>
          before.reading !== one.reading &&
          !takesAll(one.match) &&
          isOrderGuessed([before.reading.binding.resource, one.reading.binding.resource]) &&
          overlap(before.placed, one.placed),
      );
    if (other === undefined) continue;
    context.report(
      codes.gateway.orderUnknown,
      { other: nameOf(other.reading.binding) },
      one.match.uri ?? one.match.field,
    );
    return;
  }
}

function read(context: Context, binding: Binding): Reading | Field {
  try {
    const rules = readRules(context, binding);
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
): RoutePart[] {
  const byGroup = [...Map.groupBy(unit.rules, ({ index }) => groups.get(index) ?? '').values()];
  const width = String(byGroup.length).length;
  return byGroup.map((rules, index) => {
    const part = byGroup.length === 1 ? '' : `-${String(index + 1).padStart(width, '0')}`;
    return {
      name: freeName(context, 'HTTPRoute', binding.namespace, dnsLabel(`${binding.resource.name}${suffix}${part}`)),
      rules,
    };
  });
}

function emitReading(
  context: Context,
  reading: Reading,
  closed: (unit: Unit) => readonly string[],
  pathOf: (match: EdgeMatch) => RoutePath,
  uses: BackendUse[],
): void {
  const { binding, rules, units } = reading;
  const groups = groupsOf(rules);
  const used = usedMatches(reading);
  for (const [index, unit] of units.entries()) {
    const suffix = units.length === 1 ? '' : `-${index + 1}`;
    emitUnit(context, binding, unit, partsOf(context, binding, unit, suffix, groups), pathOf, uses);
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
  for (const { field, matches } of rules) {
    const dead = matches.filter((match) => !used.has(match));
    if (dead.length === matches.length) context.inert(field, codes.gateway.deadRule, {});
    else for (const match of dead) context.inert(match.field, codes.gateway.deadRule, {});
  }
}

function translateDoor(context: Context, door: Door, bindings: readonly Binding[], uses: BackendUse[]): void {
  const wide = [...new Set(bindings.flatMap(({ served }) => served.map(({ host }) => host)))].filter((host) =>
    host.startsWith('*'),
  );
  for (const component of componentsOf(bindings)) {
    const readings: Reading[] = [];
    let bad: Field | undefined;
    for (const binding of component) {
      const reading = read(context, binding);
      if ('binding' in reading) readings.push(reading);
      else bad ??= reading;
    }
    const placed = placeMatches(readings);
    const paths = bad === undefined ? keepOrder(placed.map((one) => one.placed)) : undefined;
    if (bad !== undefined || paths === undefined) {
      const at = bad ?? (component[0]?.spec as Field);
      withhold(context, component, at, bad === undefined ? codes.gateway.tooMany : codes.gateway.withheld);
      continue;
    }
    reportUnknownOrder(context, placed);
    const pathOf = new Map(placed.map(({ match }, index) => [match, paths[index] as RoutePath]));
    const lookUp = (match: EdgeMatch): RoutePath => pathOf.get(match) as RoutePath;
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
    for (const reading of readings) emitReading(context, reading, closed, lookUp, uses);
  }
  emitBareRedirects(context, door, bindings);
}

/** Istio redirects every host of such a server, with routes or without (edge.md G7). */
function emitBareRedirects(context: Context, { listeners }: Door, bindings: readonly Binding[]): void {
  for (const listener of listeners) {
    const { redirects, gateway, host, name, draft } = listener;
    if (redirects === undefined || draft !== undefined) continue;
    if (bindings.some(({ served }) => served.some((one) => one.listener === listener && one.host === host))) continue;
    const binding: Binding = { ...gateway, workload: undefined as never, served: [] };
    const unit: Unit = { hosts: [host], from: [], listeners: [listener], rules: [], redirects, draft };
    const filter = answer(context, gateway.namespace, { role: 'resource', stage: 'edge' }, 404);
    emitRoute(context, binding, unit, dnsLabel(`${gateway.resource.name}-${name}-redirect`), [closing(filter)], []);
  }
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
  const { doors, egress, known } = openDoors(context);
  emitDoors(context, doors);
  const uses: BackendUse[] = [];
  const edge = context.ofKind('VirtualService').filter((resource) => gatewaysOf(resource).length > 0);
  for (const resource of edge) {
    const spec = child(rootField(resource), 'spec') as Field;
    accountForService(context, spec);
    for (const { field, key } of gatewaysOf(resource)) {
      if (egress.has(key)) context.unsupported(field, codes.gateway.egressRoute, { gateway: key });
      else if (!known.has(key)) context.unsupported(field, codes.gateway.missing, { gateway: key });
    }
  }
  for (const door of doors) {
    const keys = new Set(door.gateways.map(nameOf));
    const bindings = edge.flatMap((resource) => {
      if (!gatewaysOf(resource).some(({ key }) => keys.has(key))) return [];
      if (isVisible(resource, door.workload)) return [bind(context, resource, door.listeners, door.workload)];
      context.inert(child(child(rootField(resource), 'spec'), 'exportTo'), codes.gateway.notVisible, {});
      return [];
    });
    translateDoor(context, door, bindings, uses);
    for (const binding of bindings) {
      translateConnections(context, binding, uses);
      // Of a gateway that serves nothing of it: every other claim outweighs this one.
      for (const { field } of gatewaysOf(binding.resource)) context.claim(field, 'inert', codes.gateway.hostNotOffered);
    }
  }
  emitBackendGrants(context, uses);
  for (const resource of edge) accountForUnbound(context, resource, doors, egress);
}

/** What a VirtualService says for gateways that serve none of it. */
function accountForUnbound(
  context: Context,
  resource: Resource,
  doors: readonly Door[],
  egress: ReadonlySet<string>,
): void {
  const spec = child(rootField(resource), 'spec');
  const names = items(child(spec, 'gateways')).map((item) => text(item)?.value);
  const keys = gatewaysOf(resource).map(({ key }) => key);
  const served = doors.some((door) => door.gateways.some((gateway) => keys.includes(nameOf(gateway))));
  if (names.includes('mesh') || served || spec === undefined) return;
  context.claim(
    spec,
    'unsupported',
    keys.some((key) => egress.has(key)) ? codes.gateway.egressRoute : codes.gateway.missing,
  );
}
