import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, entries, type Field, items, number, rootField, text } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { type IstioGateway, readGateway, type Server } from '../gateway/read-gateway.ts';
import { gatewayKey } from '../gateway/read-match.ts';
import { workloadOf } from '../gateway/workload.ts';
import { type Entry, readEntry } from '../service-entry/read.ts';

/** One leg of the way of a host through an egress gateway. */
interface Leg {
  readonly host: string;
  /** `client`: from the sidecars to the gateway; `gateway`: from there to the host. */
  readonly from: 'client' | 'gateway';
  readonly layer: 'http' | 'tcp';
  readonly gateways: readonly string[];
  /** The port that the applications call, or that the gateway listens on; undefined where it is not said. */
  readonly port: number | undefined;
  /** The port that it goes on to. */
  readonly to: Field<number> | undefined;
  readonly resource: Resource;
}

/** The way of a host through an egress gateway, both legs of it, for which a MeshExternalService can stand. */
export interface Detour {
  readonly host: string;
  readonly layer: 'http' | 'tcp';
  /** The port that applications call; undefined for all ports of the host. */
  readonly port: number | undefined;
  /** The port that the gateway calls the host on; undefined where it is the same. */
  readonly to: Field<number> | undefined;
}

/** The egress gateways of an estate, and what is led through them. */
export interface Detours {
  /** Gateways by `namespace/name`. */
  readonly gateways: ReadonlyMap<string, IstioGateway>;
  readonly all: readonly Detour[];
  /** VirtualServices that say nothing else, which a MeshExternalService makes needless. */
  readonly replaced: ReadonlySet<Resource>;
  /** Why another VirtualService of an egress gateway cannot be left out. */
  readonly refused: ReadonlyMap<Resource, string>;
}

// The egress gateway of Istio's profiles and samples; its hop is the zone egress in Kong Mesh (edge.md E1).
const isEgress = ({ selector }: IstioGateway): boolean =>
  Object.values(selector).some((value) => /egress-?gateway/.test(value));

class Refused extends Error {}

const ownTls =
  'applications speak TLS to the host themselves, and the zone egress is not told by SNI where it goes (let the mesh start TLS, or let them go out directly by a MeshPassthrough)';

/** The egress gateways among those that Istio accepts. */
function readGateways(context: Context): Map<string, IstioGateway> {
  const found = context.ofKind('Gateway').flatMap((resource): [string, IstioGateway][] => {
    if (resource.group !== 'networking.istio.io') return [];
    const gateway = readGateway(resource);
    if ('refused' in gateway || !isEgress(gateway)) return [];
    return [[`${gateway.namespace}/${resource.name}`, gateway]];
  });
  return new Map(found);
}

/** Whether a host is that of the Service before the pods of an egress gateway. */
function isGatewayService(
  context: Context,
  gateways: readonly IstioGateway[],
  host: string,
  namespace: string,
): boolean {
  const named = context.services.named(host, namespace);
  if (named === undefined) return /^[a-z0-9-]*egress-?gateway[a-z0-9-]*\./.test(host);
  const service = context.services.all.find((one) => one.namespace === named.namespace && one.name === named.name);
  const selector = service?.selector;
  if (selector === undefined) return /egress-?gateway/.test(named.name);
  return gateways.some((gateway) =>
    Object.entries(selector).every(([key, value]) => workloadOf(context, gateway).labels[key] === value),
  );
}

/** Why a server cannot be left out; undefined where the zone egress does what it does. */
function objectionTo({ family, mode }: Server): string | undefined {
  if (family === 'http' || family === 'tcp' || mode === 'ISTIO_MUTUAL') return undefined;
  if (mode === 'PASSTHROUGH') return ownTls;
  return 'the gateway ends TLS with a certificate of its own';
}

/** The fields of a rule that say something beside where it goes. */
function plainRule(rule: Field): void {
  const other = entries(rule).find(([name]) => name !== 'match' && name !== 'route' && name !== 'name');
  if (other !== undefined) throw new Refused(`a rule has \`${other[0]}\`, which only a gateway of one's own does`);
  const [route, another] = items(child(rule, 'route'));
  if (route === undefined || another !== undefined) throw new Refused('a rule has several destinations');
  const extra = entries(route).find(([name]) => name !== 'destination' && name !== 'weight');
  if (extra !== undefined) throw new Refused(`a route has \`${extra[0]}\`, which only a gateway of one's own does`);
}

/** The gateways and port of a rule's conditions, which must be all that they say. */
function placeOf(
  rule: Field,
  resource: Resource,
  own: readonly string[],
): { gateways: string[]; ports: (number | undefined)[] } {
  const gateways = new Set<string>();
  const ports = new Set<number | undefined>();
  const matches = items(child(rule, 'match'));
  for (const match of matches) {
    const condition = entries(match).find(([name]) => name !== 'gateways' && name !== 'port');
    if (condition !== undefined) throw new Refused(`a rule is for some requests only (\`${condition[0]}\`)`);
    const named = items(child(match, 'gateways')).flatMap((item) => text(item)?.value ?? []);
    for (const name of named.length === 0 ? own : named)
      gateways.add(gatewayKey(name, resource.namespace || 'default'));
    ports.add(number(child(match, 'port'))?.value);
  }
  if (matches.length === 0) {
    for (const name of own) gateways.add(gatewayKey(name, resource.namespace || 'default'));
    ports.add(undefined);
  }
  return { gateways: [...gateways], ports: [...ports] };
}

function legsOf(
  context: Context,
  gateways: ReadonlyMap<string, IstioGateway>,
  resource: Resource,
  hosts: readonly string[],
): Leg[] {
  const spec = child(rootField(resource), 'spec');
  if (items(child(spec, 'tls')).length > 0) throw new Refused(ownTls);
  const names = items(child(spec, 'gateways')).flatMap((item) => text(item)?.value ?? []);
  const own = names.length === 0 ? ['mesh'] : names;
  const rules = (['http', 'tcp'] as const).flatMap((layer) =>
    items(child(spec, layer)).map((rule) => ({ layer, rule })),
  );
  return rules.flatMap(({ layer, rule }) => {
    plainRule(rule);
    const { gateways: at, ports } = placeOf(rule, resource, own);
    const destination = child(items(child(rule, 'route'))[0], 'destination');
    const host = text(child(destination, 'host'))?.value.toLowerCase() ?? '';
    const to = number(child(child(destination, 'port'), 'number'));
    const isClient = at.every((name) => name === 'mesh');
    if (!isClient && !at.every((name) => gateways.has(name)))
      throw new Refused('a rule is for sidecars and gateways at once, or for another gateway');
    if (isClient && !isGatewayService(context, [...gateways.values()], host, resource.namespace || 'default'))
      throw new Refused(`a rule for sidecars leads to ${host}, past the egress gateway`);
    if (!isClient && !hosts.includes(host)) throw new Refused(`the gateway leads to another host, ${host}`);
    const common = { layer, from: isClient ? 'client' : 'gateway', gateways: at, to, resource } as const;
    return hosts
      .filter((one) => isClient || one === host)
      .flatMap((one) => ports.map((port): Leg => ({ ...common, host: one, port })));
  });
}

/** The ServiceEntries for hosts, as far as a MeshExternalService can stand for them. */
const externalEntries = oncePerContext((context): ReadonlyMap<string, Entry> => {
  const found = new Map<string, Entry>();
  for (const resource of context.ofKind('ServiceEntry')) {
    const entry = readEntry(resource);
    if ('refused' in entry || entry.resolution === 'NONE' || entry.selector !== undefined || entry.internal) continue;
    for (const { value } of entry.hosts) if (!value.includes('*')) found.set(value.toLowerCase(), entry);
  }
  return found;
});

/** Joins the legs of a host; a reason where they are no way from its clients to it. */
function join(
  context: Context,
  host: string,
  legs: readonly Leg[],
  gateways: ReadonlyMap<string, IstioGateway>,
): Detour[] {
  const entry = externalEntries(context).get(host);
  if (entry === undefined) throw new Refused(`no ServiceEntry says where ${host} is`);
  const outward = legs.filter(({ from }) => from === 'gateway');
  const [second] = outward;
  if (second === undefined) throw new Refused('nothing leads from the gateway to the host');
  if (new Set(outward.map(({ to }) => to?.value)).size > 1)
    throw new Refused('the gateway calls the host on several ports');
  if (second.to !== undefined && entry.endpoints.length > 0)
    throw new Refused('the ServiceEntry has endpoints of its own, whose ports the gateway would choose');
  for (const key of outward.flatMap((leg) => leg.gateways))
    for (const server of gateways.get(key)?.servers ?? []) {
      const isFor = server.hosts.some(
        ({ name }) => name === '*' || name === host || host.endsWith(name.replace(/^\*/, '')),
      );
      const objection = isFor ? objectionTo(server) : undefined;
      if (objection !== undefined) throw new Refused(objection);
    }
  const inward = legs.filter(({ from }) => from === 'client');
  if (inward.length === 0) throw new Refused('nothing leads sidecars to the gateway');
  return inward.map(({ port, layer }) => ({ host, layer, port, to: second.to }));
}

/**
 * The ways through egress gateways (edge.md 3.7 E1): a VirtualService that leads a host's requests from sidecars to the gateway
 * and from there to the host, and says nothing else. A MeshExternalService stands for both legs, since it is reached through
 * the zone egress only. Whatever else is asked of the way is a reason to leave it to a person.
 */
export const detoursOf = oncePerContext((context): Detours => {
  const gateways = readGateways(context);
  const refused = new Map<Resource, string>();
  const legs: Leg[] = [];
  const candidates = new Map<Resource, readonly string[]>();
  for (const resource of gateways.size === 0 ? [] : context.ofKind('VirtualService')) {
    const spec = child(rootField(resource), 'spec');
    const hosts = items(child(spec, 'hosts')).flatMap((item) => text(item)?.value.toLowerCase() ?? []);
    const names = items(child(spec, 'gateways')).flatMap((item) => text(item)?.value ?? []);
    const isBound = names.some((name) => gateways.has(gatewayKey(name, resource.namespace || 'default')));
    const leads = [...items(child(spec, 'http')), ...items(child(spec, 'tcp')), ...items(child(spec, 'tls'))].some(
      (rule) =>
        items(child(rule, 'route')).some((route) => {
          const host = text(child(child(route, 'destination'), 'host'))?.value.toLowerCase();
          return (
            host !== undefined &&
            isGatewayService(context, [...gateways.values()], host, resource.namespace || 'default')
          );
        }),
    );
    if (!isBound && !leads) continue;
    candidates.set(resource, hosts);
    try {
      const wild = hosts.find((host) => host.includes('*'));
      if (wild !== undefined) throw new Refused(`${wild} is no single host, and a MeshExternalService has one`);
      legs.push(...legsOf(context, gateways, resource, hosts));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.set(resource, error.message);
    }
  }
  const all: Detour[] = [];
  for (const [host, own] of Map.groupBy(legs, (leg) => leg.host)) {
    const involved = [...candidates].filter(([, hosts]) => hosts.includes(host)).map(([resource]) => resource);
    const known = involved.map((resource) => refused.get(resource)).find((reason) => reason !== undefined);
    try {
      if (known !== undefined) throw new Refused(known);
      all.push(...join(context, host, own, gateways));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      for (const resource of involved) if (!refused.has(resource)) refused.set(resource, error.message);
    }
  }
  // What shares a host with a VirtualService that is left to a person is left as well.
  const left = new Set<string>();
  for (let grown = -1; grown !== left.size; ) {
    grown = left.size;
    for (const [resource, hosts] of candidates) {
      const shared = hosts.find((host) => left.has(host));
      if (shared !== undefined && !refused.has(resource))
        refused.set(resource, `another VirtualService of ${shared} is left to a person`);
      if (refused.has(resource)) for (const host of hosts) left.add(host);
    }
  }
  const replaced = [...candidates.keys()].filter((resource) => !refused.has(resource));
  return {
    gateways,
    all: all.filter(({ host }) => !left.has(host)),
    replaced: new Set(replaced),
    refused,
  };
});

/** The way of a host's port through an egress gateway; undefined where it goes out directly. */
export const detourOf = (context: Context, host: string, layer: string, port: number): Detour | undefined =>
  detoursOf(context).all.find(
    (one) => one.host === host.toLowerCase() && one.layer === layer && (one.port === undefined || one.port === port),
  );

/** Whether a port of a host is called by an egress gateway, on another port's behalf. */
export const isBehindDetour = (context: Context, host: string, port: number): boolean =>
  detoursOf(context).all.some((one) => one.host === host.toLowerCase() && one.to?.value === port && one.port !== port);
