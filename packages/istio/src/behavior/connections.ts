import type { Destination, Forward, Route, RouteTable, VirtualHost, WeightedDestination } from '@isthmus/behavior';
import { noHeaderChanges } from '@isthmus/behavior';
import { effectiveNamespace, matchesLabels } from '@isthmus/kubernetes';
import type { ClientScope, EgressListener } from '../effective/client-scope.ts';
import type { EffectiveConnectionMatch, EffectiveConnectionRule } from '../effective/connection-rule.ts';
import type { ServiceOnPort } from '../effective/service-view.ts';
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
function destinationsOf({ route }: EffectiveConnectionRule, { config, client, port }: Place): WeightedDestination[] {
  const used = route.length === 1 ? route : route.filter(({ weight }) => (weight?.value ?? 0) > 0);
  return used.map(({ destination, weight }) => {
    const host = destination.host.host;
    const ports = config.scopeOf(client).service(host)?.ports ?? [];
    const number = destination.port?.value ?? (ports.length === 1 ? ports[0]?.port : undefined) ?? port;
    const subset = destination.subset?.value;
    const target: Destination = {
      host,
      ...(subset === undefined ? {} : { subset }),
      port: number,
      endpoints: endpointsOf(config, client, host, number, subset),
    };
    return { destination: target, weight: route.length === 1 ? 1 : (weight?.value ?? 0) };
  });
}

const forward = (destinations: readonly WeightedDestination[]): Forward => ({
  kind: 'forward',
  destinations,
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
    decision: forward(destinationsOf(rule, place)),
    rule: { kind: resource.kind, namespace: effectiveNamespace(resource), name: resource.name, path },
  };
}

function ownRoute({ service }: ServiceOnPort, { config, client, port }: Place): Route {
  const { host } = service;
  const destination = { host, port, endpoints: endpointsOf(config, client, host, port, undefined) };
  return { predicate: { headers: [], queryParameters: [] }, decision: forward([{ destination, weight: 1 }]) };
}

/**
 * Rules on server names: a virtual host for each list of them, whose "authority" is the name that the client asks for
 * (tls.go buildSidecarOutboundTLSFilterChainOpts). Rules for parts of the destination's addresses are left out.
 */
function serverNames(place: Place, rules: readonly EffectiveConnectionRule[]): VirtualHost[] {
  const handled = new Set<string>();
  const hosts: VirtualHost[] = [];
  for (const rule of rules) {
    if (rule.route.length === 0) continue;
    for (const match of rule.matches) {
      const names = match.sniHosts.map(({ value }) => value);
      const key = `${names.join(',')}|${match.destinationSubnets.map(({ value }) => value).join(',')}`;
      if (!concernsConnections(match, place) || handled.has(key)) continue;
      handled.add(key);
      hosts.push({ name: names.join(','), domains: names, routes: [routeOf(rule, match, place)] });
    }
  }
  return hosts;
}

/** The first rule without conditions on addresses that concerns the client (tls.go buildSidecarOutboundTCPFilterChainOpts). */
function firstRule(place: Place, rules: readonly EffectiveConnectionRule[]): Route | undefined {
  for (const rule of rules) {
    if (rule.route.length === 0) continue;
    if (rule.matches.length === 0) return routeOf(rule, undefined, place);
    const match = rule.matches.find((one) => concernsConnections(one, place) && one.destinationSubnets.length === 0);
    if (match !== undefined) return routeOf(rule, match, place);
  }
  return undefined;
}

/**
 * What a client's proxy does with connections to a port that is not HTTP: `tls` rules on TLS ports, by server name; the first
 * `tcp` rule on others; the service itself where no rule concerns the client. A server name that no rule has goes where the
 * client dialled, or is closed where only the registry's hosts are allowed.
 */
export function compileConnections(
  place: Place,
  listener: EgressListener,
  found: ServiceOnPort,
  scope: ClientScope,
): RouteTable {
  const name = `${found.service.host.toLowerCase()}:${place.port}`;
  const virtualServices = listener.virtualServices.matching(found.service.host);
  const otherwise: RouteTable['otherwise'] =
    scope.outboundTrafficPolicy === 'REGISTRY_ONLY'
      ? { kind: 'closed', reason: 'only hosts of the registry are allowed' }
      : { kind: 'passthrough' };
  const isTls = found.port.protocol === 'tls' || found.port.protocol === 'https';
  const named = isTls
    ? serverNames(
        place,
        virtualServices.flatMap(({ tls }) => tls),
      )
    : [];
  if (named.length > 0) return { virtualHosts: named, otherwise, opaque: true };
  const rule = isTls
    ? undefined
    : firstRule(
        place,
        virtualServices.flatMap(({ tcp }) => tcp),
      );
  const route = rule ?? ownRoute(found, place);
  return { virtualHosts: [{ name, domains: ['*'], routes: [route] }], otherwise, opaque: true };
}
