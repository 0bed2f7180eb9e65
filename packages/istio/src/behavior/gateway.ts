import type { Client, Decision, Route, RouteTable, VirtualHost } from '@isthmus/behavior';
import {
  child,
  effectiveNamespace,
  entries,
  flag,
  items,
  matchesLabels,
  number,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import { clientScopes, indexSidecars } from '../effective/client-scope.ts';
import type { EffectiveConfig } from '../effective/config.ts';
import { compareCreation } from '../effective/creation-order.ts';
import { type PortView, sortByVisibility } from '../effective/service-view.ts';
import type { EffectiveVirtualService } from '../effective/virtual-service.ts';
import { workloadsOf } from '../effective/workloads.ts';
import { createDenials } from './gateway-denials.ts';
import { isCatchAll } from './predicate.ts';
import { type CompiledRoute, compileRoutes } from './routes.ts';

interface ServerHost {
  /** Namespace whose VirtualServices may use it; `*` for all. */
  readonly namespace: string;
  readonly name: string;
}

interface Server {
  readonly gateway: Resource;
  readonly port: number;
  readonly use: 'http' | 'https' | 'other';
  readonly hosts: readonly ServerHost[];
  readonly redirects: boolean;
}

/** A port of gateway pods on which Istio reads requests. */
export interface GatewayPort {
  /** The Gateways that are served there, the oldest first. */
  readonly gateways: readonly Resource[];
  readonly port: number;
  readonly secure: boolean;
  /** The pods, as the client that they are to the services behind them. */
  readonly client: Client;
  /** Hosts as in the domains of the table; each has the routes of all VirtualServices for it. */
  readonly table: RouteTable;
}

// istio/pkg/config/protocol/instance.go (1.32), without regard to case.
const plain = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB']);

const nameOf = (resource: Resource): string => `${effectiveNamespace(resource)}/${resource.name}`;

function readHost(written: string, namespace: string): ServerHost {
  const [first = '', second] = written.toLowerCase().split('/');
  if (second === undefined) return { namespace: '*', name: first };
  return { namespace: first === '.' ? namespace : first, name: second };
}

function readServers(gateway: Resource): Server[] {
  const spec = child(rootField(gateway), 'spec');
  return items(child(spec, 'servers')).flatMap((server): Server[] => {
    const port = number(child(child(server, 'port'), 'number'))?.value;
    const protocol = text(child(child(server, 'port'), 'protocol'))?.value.toUpperCase() ?? '';
    const tls = child(server, 'tls');
    const mode = text(child(tls, 'mode'))?.value ?? 'PASSTHROUGH';
    if (port === undefined) return [];
    const ends = protocol === 'HTTPS' && mode !== 'PASSTHROUGH' && mode !== 'AUTO_PASSTHROUGH';
    return [
      {
        gateway,
        port,
        use: plain.has(protocol) ? 'http' : ends ? 'https' : 'other',
        hosts: items(child(server, 'hosts')).flatMap((host) => {
          const written = text(host)?.value;
          return written === undefined ? [] : [readHost(written, effectiveNamespace(gateway))];
        }),
        redirects: flag(child(tls, 'httpsRedirect'))?.value === true,
      },
    ];
  });
}

/**
 * The servers that count: a port speaks what its first server speaks, and a TLS server with one host that is taken is skipped
 * as a whole (istio/pilot/pkg/model/gateway.go mergeGateways, CheckDuplicates, 1.32; edge.md G18).
 */
function servedOf(gateways: readonly Resource[]): Server[] {
  const uses = new Map<number, boolean>();
  const taken = new Set<string>();
  return gateways.flatMap(readServers).filter(({ port, use, hosts }) => {
    const isPlain = use === 'http';
    if ((uses.get(port) ?? isPlain) !== isPlain) return false;
    const keys = hosts.map(({ name }) => `${port} ${name}`);
    if (!isPlain && keys.some((key) => taken.has(key))) return false;
    uses.set(port, isPlain);
    if (!isPlain) for (const key of keys) taken.add(key);
    return true;
  });
}

const covers = (wide: string, narrow: string): boolean =>
  wide === '*' || wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));

/** The narrower of two hosts; undefined where they have none in common (edge.md G6). */
const intersection = (a: string, b: string): string | undefined => (covers(a, b) ? b : covers(b, a) ? a : undefined);

const isVisible = ({ exportTo }: EffectiveVirtualService, namespace: string): boolean =>
  exportTo.has('*') || exportTo.has(namespace);

const everything = (decision: Decision): Route => ({ predicate: { headers: [], queryParameters: [] }, decision });
const toHttps = everything({ kind: 'redirect', status: 301, scheme: 'https' });

interface Domain {
  readonly routes: CompiledRoute[];
  redirects: boolean;
  /** The host of the server that it was found on. */
  server: string;
}

/** The routes of a virtual host in Envoy's order: those for everything last (httproute.go SortVHostRoutes). */
function virtualHost(name: string, { routes, redirects }: Domain, port: number, denied: readonly Route[]): VirtualHost {
  const last = routes.filter(({ match, route }) => isCatchAll(match, route.predicate));
  const first = routes.filter(({ match, route }) => !isCatchAll(match, route.predicate));
  const ordered = redirects ? [toHttps] : [...first, ...last].map(({ route }) => route);
  return { name: `${name}:${port}`, domains: [name], routes: [...denied, ...ordered] };
}

/** What is served on one port, of Gateways on the same pods (istio/pilot/pkg/networking/core/gateway.go buildGatewayHTTPRouteConfig, 1.32). */
function tableOf(config: EffectiveConfig, client: Client, port: number, servers: readonly Server[]): RouteTable {
  const domains = new Map<string, Domain>();
  const domain = (name: string, server: string): Domain | undefined => {
    const known = domains.get(name);
    // Of servers with TLS the one whose host is nearest takes the connection.
    if (known !== undefined && servers[0]?.use === 'https' && known.server !== server) {
      if (covers(server, known.server)) return undefined;
      domains.delete(name);
    }
    const found = domains.get(name) ?? { routes: [], redirects: false, server };
    domains.set(name, found);
    return found;
  };
  const known: PortView = {
    all: [],
    byHost: new Map(
      config.registry.all.flatMap((service) => {
        const [first] = service.ports;
        return first === undefined ? [] : [[service.host.toLowerCase(), { service, port: first }] as const];
      }),
    ),
    ofGateway: true,
  };
  const scope = config.scopeOf(client);
  for (const { gateway, hosts, redirects } of servers) {
    const name = nameOf(gateway);
    for (const virtualService of config.virtualServices.all) {
      const { namespace } = virtualService;
      const isOf = (written: string): boolean => (written.includes('/') ? written : `${namespace}/${written}`) === name;
      if (!virtualService.gateways.some(({ value }) => isOf(value))) continue;
      if (!isVisible(virtualService, client.namespace)) continue;
      const routes = compileRoutes(virtualService, { config, client, scope, port, known, isOf });
      if (routes.length === 0) continue;
      for (const host of hosts) {
        if (host.namespace !== '*' && host.namespace !== namespace) continue;
        for (const { host: own } of virtualService.hosts) {
          const common = intersection(host.name, own.toLowerCase());
          const found = common === undefined ? undefined : domain(common, host.name);
          if (found?.routes.some((route) => route.virtualService === virtualService) !== false) continue;
          found.routes.push(...routes);
        }
      }
    }
    if (!redirects) continue;
    // Hosts without any VirtualService are redirected too (edge.md G7).
    for (const host of hosts) domain(host.name, host.name);
    for (const [host, one] of domains) if (hosts.some((own) => covers(own.name, host))) one.redirects = true;
  }
  const denials = createDenials(config, client);
  const hosts = [...domains].map(([host, one]) => virtualHost(host, one, port, denials(host)));
  const broken = hosts.flatMap(({ routes }) => routes).find(({ decision }) => decision.kind === 'broken')?.decision;
  return broken === undefined
    ? { virtualHosts: hosts, otherwise: { kind: 'respond', status: 404 } }
    : { virtualHosts: [], otherwise: broken };
}

/** What gateways know: no Sidecar is for them (istio/pilot/pkg/model/push_context.go getSidecarScope, 1.32). */
function withoutSidecars(config: EffectiveConfig): EffectiveConfig {
  const { mesh, registry, virtualServices, estate, destinationRules } = config;
  const none = indexSidecars({ ...estate, istio: [] }, mesh);
  const scopeOf = clientScopes({ mesh, registry, visibility: sortByVisibility(registry), virtualServices }, none);
  return {
    ...config,
    scopeOf,
    destinationRule(client, host) {
      const service = scopeOf(client).service(host);
      return service && destinationRules.find(client, service);
    },
  };
}

const selectorOf = (gateway: Resource): Record<string, string> =>
  Object.fromEntries(
    entries(child(child(rootField(gateway), 'spec'), 'selector')).map(([key, { value }]) => [key, String(value)]),
  );

/**
 * The ports of all gateway pods of an estate on which Istio reads requests, with what becomes of them. Gateways with one
 * selector are taken to be on the same pods; where the import does not show the pods, the selector stands for their labels
 * and the Gateway's namespace for theirs.
 */
export function compileGateways(known: EffectiveConfig): GatewayPort[] {
  const config = withoutSidecars(known);
  const gateways = config.estate.istio
    .filter(({ kind, group }) => kind === 'Gateway' && group === 'networking.istio.io')
    .sort(compareCreation);
  const keyOf = (gateway: Resource): string => JSON.stringify(Object.entries(selectorOf(gateway)).sort());
  const pods = workloadsOf(config.estate).filter(({ inCluster }) => inCluster);
  return [...Map.groupBy(gateways, keyOf).values()].flatMap((same) => {
    const [first] = same as [Resource];
    const selector = selectorOf(first);
    const pod =
      Object.keys(selector).length === 0 ? undefined : pods.find(({ labels }) => matchesLabels(selector, labels));
    const client = { namespace: pod?.namespace ?? effectiveNamespace(first), labels: { ...(pod?.labels ?? selector) } };
    const served = servedOf(same).filter(({ use }) => use !== 'other');
    return [...Map.groupBy(served, ({ port }) => port)].map(([port, servers]): GatewayPort => {
      const names = new Set(servers.map(({ gateway }) => gateway));
      return {
        gateways: same.filter((gateway) => names.has(gateway)),
        port,
        secure: servers[0]?.use === 'https',
        client,
        table: tableOf(config, client, port, servers),
      };
    });
  });
}
