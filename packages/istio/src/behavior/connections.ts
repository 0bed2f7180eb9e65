import type { Destination, Forward, Route, RouteTable, VirtualHost, WeightedDestination } from '@isthmus/behavior';
import { noHeaderChanges } from '@isthmus/behavior';
import { child, descend, effectiveNamespace, matchesLabels, parseProtoDuration, text } from '@isthmus/kubernetes';
import type { EgressListener } from '../effective/client-scope.ts';
import type { EffectiveConnectionMatch, EffectiveConnectionRule } from '../effective/connection-rule.ts';
import type { ServiceOnPort } from '../effective/service-view.ts';
import { addressWithin } from './address.ts';
import { endpointsOf } from './destination.ts';
import type { Place } from './forward.ts';

/** Whether a match can hold for a client on a port; unlike in HTTP all parts count (istio/pilot/pkg/networking/core/tls.go matchTCP, 1.32). */
function concernsConnections(
  match: EffectiveConnectionMatch,
  { client, port }: Pick<Place, 'client' | 'port'>,
): boolean {
  return (
    (match.gateways.length === 0 || match.gateways.some(({ value }) => value === 'mesh')) &&
    matchesLabels(match.sourceLabels, client.labels) &&
    ((match.port?.value ?? 0) === 0 || match.port?.value === port) &&
    (!match.sourceNamespace?.value || match.sourceNamespace.value === client.namespace)
  );
}

/** Without a port of its own a destination has the one of the service, if it has one only (routing.md T57). */
function destinationsOf({ route }: EffectiveConnectionRule, place: Place): WeightedDestination[] {
  const used = route.length === 1 ? route : route.filter(({ weight }) => (weight?.value ?? 0) > 0);
  return used.map(({ destination, weight }) => {
    const host = destination.host.host;
    const ports = place.scope.service(host)?.ports ?? [];
    const number = destination.port?.value ?? (ports.length === 1 ? ports[0]?.port : undefined) ?? place.port;
    const subset = destination.subset?.value;
    const target: Destination = {
      host,
      ...(subset === undefined ? {} : { subset }),
      port: number,
      endpoints: endpointsOf(place, host, number, subset),
    };
    return { destination: target, weight: route.length === 1 ? 1 : (weight?.value ?? 0) };
  });
}

/** Envoy's default of `idle_timeout` (tcp_proxy.proto, 1.40), in milliseconds. */
const usualIdleTimeout = 3_600_000;

/**
 * Times are those that the policy of the first destination says for the service as a whole: not those for a port or a subset
 * (istio/pilot/pkg/networking/core/networkfilter.go buildOutboundNetworkFilters, 1.32).
 */
function timesOf({ config, client }: Place, [first]: readonly WeightedDestination[]) {
  const rule = first && config.destinationRule(client, first.destination.host);
  const pool = descend(rule?.trafficPolicy, 'connectionPool', 'tcp');
  const milliseconds = (key: string): number | undefined => {
    const written = text(child(pool, key))?.value;
    const duration = written === undefined ? undefined : parseProtoDuration(written);
    return duration === undefined ? undefined : Number(duration) / 1_000_000;
  };
  const longest = milliseconds('maxConnectionDuration');
  return {
    idleTimeout: milliseconds('idleTimeout') ?? usualIdleTimeout,
    ...(longest ? { maxConnectionDuration: longest } : {}),
  };
}

const forward = (place: Place, destinations: readonly WeightedDestination[]): Forward => ({
  kind: 'forward',
  destinations,
  ...timesOf(place, destinations),
  requestHeaders: noHeaderChanges,
  responseHeaders: noHeaderChanges,
  timeout: 0,
  mirrors: [],
  hash: [],
});

function routeOf(rule: EffectiveConnectionRule, match: EffectiveConnectionMatch | undefined, place: Place): Route {
  const { resource, path } = match?.field ?? rule.field;
  return {
    predicate: { headers: [], queryParameters: [] },
    decision: forward(place, destinationsOf(rule, place)),
    rule: { kind: resource.kind, namespace: effectiveNamespace(resource), name: resource.name, path },
  };
}

function ownRoute({ service }: ServiceOnPort, place: Place): Route {
  const { port } = place;
  const { host } = service;
  const destination = { host, port, endpoints: endpointsOf(place, host, port, undefined) };
  return { predicate: { headers: [], queryParameters: [] }, decision: forward(place, [{ destination, weight: 1 }]) };
}

/** A rule with one of its matches that concerns a client; none: the rule has no matches. */
interface Chain {
  readonly rule: EffectiveConnectionRule;
  readonly match: EffectiveConnectionMatch | undefined;
}

const subnetsOf = ({ match }: Chain): readonly string[] => match?.destinationSubnets.map(({ value }) => value) ?? [];

/** How much of an address the narrowest block of a chain that has it says; -1 without blocks, undefined where none has it. */
function narrowness(chain: Chain, address: string): number | undefined {
  const subnets = subnetsOf(chain);
  if (subnets.length === 0) return -1;
  const lengths = subnets
    .filter((block) => addressWithin(address, block))
    .map((block) => Number(block.split('/')[1] ?? (block.includes(':') ? 128 : 32)));
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

/**
 * The chains that count for the address that is dialled, which is decided before all else: those of the narrowest block
 * (routing.md 5.1 F; verified by running envoy 1.40). Undefined where the address matters and is not known, or is one of several
 * that do not agree.
 */
function chainsFor(chains: readonly Chain[], { addresses }: ServiceOnPort['service']): readonly Chain[] | undefined {
  if (chains.every((chain) => subnetsOf(chain).length === 0)) return chains;
  const found = addresses.map((address) => {
    const ranked = chains.map((chain) => ({ chain, rank: narrowness(chain, address) }));
    const most = Math.max(...ranked.map(({ rank = -2 }) => rank));
    return ranked.filter(({ rank }) => rank === most && rank !== undefined).map(({ chain }) => chain);
  });
  const [first] = found;
  return found.every((one) => one.length === first?.length && one.every((chain, at) => chain === first[at]))
    ? first
    : undefined;
}

/** The chains of `tls` rules: of equal ones the first (tls.go buildSidecarOutboundTLSFilterChainOpts, 1.32). */
function tlsChains(place: Place, rules: readonly EffectiveConnectionRule[]): Chain[] {
  const handled = new Set<string>();
  return rules.flatMap((rule) =>
    rule.route.length === 0
      ? []
      : rule.matches.flatMap((match): Chain[] => {
          const chain = { rule, match };
          const key = `${match.sniHosts.map(({ value }) => value).join(',')}|${subnetsOf(chain).join(',')}`;
          if (!concernsConnections(match, place) || handled.has(key)) return [];
          handled.add(key);
          return [chain];
        }),
  );
}

/** The chains of `tcp` rules, up to the first without conditions on addresses (tls.go buildSidecarOutboundTCPFilterChainOpts, 1.32). */
function tcpChains(place: Place, rules: readonly EffectiveConnectionRule[]): Chain[] {
  const chains: Chain[] = [];
  for (const rule of rules) {
    if (rule.route.length === 0) continue;
    const matches = rule.matches.length === 0 ? [undefined] : rule.matches;
    for (const match of matches) {
      if (match !== undefined && !concernsConnections(match, place)) continue;
      const chain = { rule, match };
      chains.push(chain);
      if (subnetsOf(chain).length === 0) return chains;
    }
  }
  return chains;
}

const undialled: RouteTable = {
  virtualHosts: [],
  otherwise: { kind: 'unknown', reason: 'rules for addresses of the destination depend on the one that is dialled' },
  opaque: true,
};

/** A virtual host for each list of server names, whose "authority" is the name that the client asks for. */
const serverNames = (place: Place, chains: readonly Chain[]): VirtualHost[] =>
  chains.map(({ rule, match }) => {
    const names = match?.sniHosts.map(({ value }) => value) ?? [];
    return { name: names.join(','), domains: names, routes: [routeOf(rule, match, place)] };
  });

/**
 * What a client's proxy does with connections to a port that is not HTTP: `tls` rules on TLS ports, by server name; the first
 * `tcp` rule on others; the service itself where no rule concerns the client. A server name that no rule has goes where the
 * client dialled, or is closed where only the registry's hosts are allowed.
 */
export function compileConnections(place: Place, listener: EgressListener, found: ServiceOnPort): RouteTable {
  const name = `${found.service.host.toLowerCase()}:${place.port}`;
  const virtualServices = listener.virtualServices.matching(found.service.host);
  const otherwise: RouteTable['otherwise'] =
    place.scope.outboundTrafficPolicy === 'REGISTRY_ONLY'
      ? { kind: 'closed', reason: 'only hosts of the registry are allowed' }
      : { kind: 'passthrough' };
  const isTls = found.port.protocol === 'tls' || found.port.protocol === 'https';
  const chains = isTls
    ? tlsChains(
        place,
        virtualServices.flatMap(({ tls }) => tls),
      )
    : tcpChains(
        place,
        virtualServices.flatMap(({ tcp }) => tcp),
      );
  const used = chainsFor(chains, found.service);
  if (used === undefined) return undialled;
  // With rules for server names nothing else is taken.
  if (isTls && chains.length > 0) return { virtualHosts: serverNames(place, used), otherwise, opaque: true };
  const [first] = used;
  const route = first === undefined ? ownRoute(found, place) : routeOf(first.rule, first.match, place);
  return { virtualHosts: [{ name, domains: ['*'], routes: [route] }], otherwise, opaque: true };
}
