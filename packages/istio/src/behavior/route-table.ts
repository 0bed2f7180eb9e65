import type { Client, Decision, RouteTable } from '@isthmus/behavior';
import { type ClientScope, listenerFor } from '../effective/client-scope.ts';
import type { EffectiveConfig } from '../effective/config.ts';
import { domainsOf } from '../effective/service-domains.ts';
import type { EffectiveVirtualService } from '../effective/virtual-service.ts';
import { compileConnections } from './connections.ts';
import { isHttp } from './protocol.ts';
import { compileRoutes } from './routes.ts';
import { type CompiledVirtualHost, compileVirtualHosts, placeOf } from './virtual-hosts.ts';

/** What becomes of requests whose authority no virtual host has (istio/pilot/pkg/networking/core/httproute.go buildCatchAllVirtualHost, 1.32). */
function unknownHost({ outboundTrafficPolicy }: ClientScope): Decision {
  return outboundTrafficPolicy === 'REGISTRY_ONLY' ? { kind: 'respond', status: 502 } : { kind: 'passthrough' };
}

/** What becomes of connections that no listener takes (istio/pilot/pkg/networking/core/listener_builder.go, 1.32). */
function unknownConnection({ outboundTrafficPolicy }: ClientScope): Decision {
  return outboundTrafficPolicy === 'REGISTRY_ONLY'
    ? { kind: 'closed', reason: 'only hosts of the registry are allowed' }
    : { kind: 'no listener' };
}

/**
 * What becomes of what is sent to a service that a client does not know (Sidecar, exportTo), under the service's names: where
 * others declare HTTP on the port their listener takes it, and has no virtual host for it.
 */
export function unknownService(config: EffectiveConfig, client: Client, port: number): Decision {
  const scope = config.scopeOf(client);
  const listener = listenerFor(scope, port);
  const known = listener?.services.onPort(port).all;
  if (known?.some((one) => one.port.protocol !== undefined && isHttp(one.port))) return unknownHost(scope);
  const decision = unknownConnection(scope);
  // Without a listener the connection goes to the address dialled.
  return decision.kind === 'no listener' ? { kind: 'passthrough' } : decision;
}

function tableOf(hosts: readonly CompiledVirtualHost[], otherwise: Decision): RouteTable {
  // Envoy refuses a route table as a whole (routing.md T85).
  for (const { virtualHost } of hosts)
    for (const { decision } of virtualHost.routes)
      if (decision.kind === 'broken') return { virtualHosts: [], otherwise: decision };
  return { virtualHosts: hosts.map(({ virtualHost }) => virtualHost), otherwise };
}

/**
 * What a client's proxy does with HTTP requests to a port: Istio's route table for all services that declare HTTP there, by
 * the authority of the request, whatever address was dialled. Where no service declares HTTP on the port nobody looks at
 * requests: `no listener`, or `closed` where only hosts of the registry are allowed.
 */
export function compileRouteTable(config: EffectiveConfig, client: Client, port: number): RouteTable {
  const scope = config.scopeOf(client);
  const listener = listenerFor(scope, port);
  const place = listener && placeOf(config, client, scope, listener, port);
  const declared = place?.known.all.some((one) => one.port.protocol !== undefined && isHttp(one.port));
  if (listener === undefined || place === undefined || !declared)
    return { virtualHosts: [], otherwise: unknownConnection(scope) };
  return tableOf(compileVirtualHosts(place, listener), unknownHost(scope));
}

/** What a service's port does to a client's traffic, with what it was made of. */
export interface CompiledService {
  readonly table: RouteTable;
  /** The virtual hosts of the table; empty for traffic that Istio does not take for HTTP. */
  readonly hosts: readonly CompiledVirtualHost[];
  /**
   * `declared`: the port says HTTP, the request's authority decides; `sniffed`: it says nothing, the address dialled decides;
   * `connections`: Istio looks at no request.
   */
  readonly kind: 'declared' | 'sniffed' | 'connections';
}

/**
 * What a client's proxy does with what is sent to one service on one port, under the names of the service: the part of
 * `compileRouteTable` that concerns it, the table of its own that a sniffed port has, or its connections. Undefined where
 * the client knows no such service or port.
 */
export function compileService(
  config: EffectiveConfig,
  client: Client,
  host: string,
  port: number,
): CompiledService | undefined {
  const scope = config.scopeOf(client);
  const listener = listenerFor(scope, port);
  const place = listener && placeOf(config, client, scope, listener, port);
  const found = place?.known.byHost.get(host.toLowerCase());
  if (listener === undefined || place === undefined || found === undefined) return undefined;
  const { service, port: own } = found;
  if (own.protocol === 'udp' || service.resolution === 'alias') return undefined;
  if (!isHttp(own)) return { table: compileConnections(place, listener, found), hosts: [], kind: 'connections' };
  const domains = domainsOf(service, client, config.registry, config.mesh.clusterDomain);
  const hosts = compileVirtualHosts(place, listener, { service, domains });
  if (own.protocol !== undefined) return { table: tableOf(hosts, unknownHost(scope)), hosts, kind: 'declared' };
  // httproute.go getVirtualHostsForSniffedServicePort: the virtual host that has the service's full name, for any authority.
  const name = service.host.toLowerCase();
  const sniffed = hosts
    .filter(({ virtualHost }) => virtualHost.domains.includes(name))
    .map((one) => ({ ...one, virtualHost: { ...one.virtualHost, domains: ['*'] } }));
  return { table: tableOf(sniffed, { kind: 'respond', status: 404 }), hosts: sniffed, kind: 'sniffed' };
}

/**
 * What VirtualServices with a host would each do with the requests of a client if each were the first for it, in the order in which
 * they compete; those without a route for the client on the port are never used and left out.
 */
export function rivalTables(
  config: EffectiveConfig,
  client: Client,
  host: string,
  port: number,
): { readonly virtualService: EffectiveVirtualService; readonly table: RouteTable }[] {
  const scope = config.scopeOf(client);
  const listener = listenerFor(scope, port);
  if (listener === undefined) return [];
  const place = placeOf(config, client, scope, listener, port);
  return listener.virtualServices.matching(host).flatMap((virtualService) => {
    const routes = compileRoutes(virtualService, place).map(({ route }) => route);
    const virtualHosts = [{ name: host, domains: ['*'], routes }];
    return routes.length === 0 ? [] : [{ virtualService, table: { virtualHosts, otherwise: unknownHost(scope) } }];
  });
}
