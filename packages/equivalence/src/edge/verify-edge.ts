import { type Client, findVirtualHost, type Route, type RouteTable } from '@isthmus/behavior';
import {
  compileGateways,
  type EffectiveConfig,
  type GatewayPort,
  type ProxyChange,
  pathNormalization,
} from '@isthmus/istio';
import { compileKongGateway, type KongGatewayBehavior, type RouterFlavor } from '@isthmus/kong-gateway';
import type { KongMeshBehavior } from '@isthmus/kong-mesh';
import { effectiveNamespace, isList, isMap, type JsonObject, type Resource } from '@isthmus/kubernetes';
import { compareRoutes } from '../compare-routes.ts';
import { waitsOfKong } from '../compare-waits.ts';
import { originationsOf } from '../connections.ts';
import type { Aspect, Difference, Verdict } from '../difference.ts';
import { followedAmong, notFollowed, proxyChangesOf, withProxyChanges, withWaits } from '../proxy-changes.ts';
import { everyRequest, narrow } from '../request-space.ts';
import { unfollowedBehind } from '../server-changes.ts';
import { connectionsBetween, type SimulationModel } from '../simulation-model.ts';
import { carriesGrpc } from '../verify-estate.ts';
import { type KongEdge, kongTable } from './kong-table.ts';

/** A host on a port of a gateway, as clients from outside call it. */
export interface EdgeSubject {
  /** The oldest Gateway of Istio's that serves the port. */
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** A host, `*.` and a suffix, or `*`. */
  readonly host: string;
  readonly client: Client;
}

/** Whether requests to a host get the same at Istio's gateway and at Kong Gateway. */
export interface EdgeVerification extends EdgeSubject {
  /** Of resilience the times that requests may take and how they are tried again are compared, and no more. */
  readonly aspect: Aspect;
  readonly verdict: Verdict;
  /** What decides in Istio: all Gateways of the port, and the VirtualServices with routes for the host. */
  readonly gateways: readonly Resource[];
  readonly virtualServices: readonly Resource[];
  /** What changes the gateway's pods by more than Istio's own configuration, and was compared. */
  readonly followed: readonly Resource[];
}

/**
 * The requests that are compared: without empty segments in their path and with each header once. Kong always treats others
 * in a way of its own: it merges slashes, and wants all values of a header to match (edge.md 2.3, T64).
 */
const comparable = {
  ...narrow(everyRequest, {
    condition: { part: 'path', match: { kind: 'regex', pattern: '(?s:.*)//(?s:.*)' } },
    holds: false,
  }),
  single: true,
} as const;

/** The Istio gateways whose place zone egresses take; nobody calls them from outside (edge.md E1). */
const isEgress = ({ client: { labels } }: GatewayPort): boolean =>
  Object.values(labels).some((value) => /egress-?gateway/.test(value));

/** What is compared of resilience at the edge; how long a stream may be silent where Istio's gateway was told. */
const ofResilience = ({ virtualHosts }: RouteTable): readonly Difference['what'][] => {
  const isTimed = virtualHosts.some(({ routes }) =>
    routes.some(({ decision }) => decision.kind === 'forward' && decision.idleTimeout !== undefined),
  );
  return isTimed ? ['timeout', 'retries', 'idle timeout'] : ['timeout', 'retries'];
};

/** A port of a gateway with the changes to its pods that the model follows. */
interface FollowedPort {
  readonly table: RouteTable;
  readonly followed: readonly ProxyChange[];
  readonly unfollowed: readonly ProxyChange[];
}

function followPort(config: EffectiveConfig, { client, gateways, table }: GatewayPort): FollowedPort {
  const changes = proxyChangesOf(config).ofGateway(client, gateways);
  // Listeners of gateways have the ports of their pods, not those that clients call.
  const isFollowed = followedAmong(changes, false);
  const followed = changes.filter(isFollowed);
  return { table: withWaits(table, followed), followed, unfollowed: changes.filter((one) => !isFollowed(one)) };
}

/** The destinations of routes that may be called by gRPC: Services that speak it, so that conditions of retries on its statuses count. */
const grpcAmong = (config: EffectiveConfig, client: Client, routes: readonly Route[]): readonly string[] => {
  const found = routes.flatMap(({ decision }) =>
    decision.kind !== 'forward'
      ? []
      : decision.destinations.flatMap(({ destination: { host, port } }) => {
          const service = config.scopeOf(client).service(host);
          return service !== undefined && carriesGrpc(service, port) ? [`${host}:${port}`] : [];
        }),
  );
  return [...new Set(found)];
};

/** A name that a host stands for and no other host of the tables does. */
function nameFor(host: string, others: readonly string[]): string {
  if (!host.startsWith('*')) return host;
  const suffix = host === '*' ? '.example' : host.slice(1);
  for (let count = 0; ; count++) {
    const name = `${count === 0 ? 'any' : `any-${count}`}${suffix}`;
    const taken = others.some(
      (other) =>
        other === name || (other.startsWith('*.') && other.length > host.length && name.endsWith(other.slice(1))),
    );
    if (!taken) return name;
  }
}

/** The hosts that the routes of either side tell apart. */
function hostsOf({ table }: GatewayPort, gateway: KongGatewayBehavior): string[] {
  const before = table.virtualHosts.flatMap(({ domains }) => domains);
  const after = gateway.routes.flatMap(({ route: { hosts } }) =>
    hosts.length === 0 ? ['*'] : hosts.map(({ op, value }) => (op === '=^' ? `*${value}` : value)),
  );
  return [...new Set([...before, ...after])].sort();
}

/** The VirtualServices whose routes a host has. */
function virtualServicesOf(config: EffectiveConfig, table: RouteTable, authority: string): Resource[] {
  const routes = findVirtualHost(table, authority)?.routes ?? [];
  const names = new Set(routes.map(({ rule }) => rule && `${rule.namespace}/${rule.name}`));
  return config.virtualServices.all
    .filter(({ namespace, resource }) => names.has(`${namespace}/${resource.name}`))
    .map(({ resource }) => resource);
}

/** What a Kong Gateway would do with objects of the cluster; see `verifyEdge`. */
export interface EdgeCase {
  readonly config: EffectiveConfig;
  readonly objects: readonly JsonObject[];
  readonly mesh: KongMeshBehavior;
  readonly flavor: RouterFlavor;
}

/** The Gateways, routes and plugins that the pods of one gateway serve: those of its own class. */
function ownObjects(objects: readonly JsonObject[], { gateways }: GatewayPort): JsonObject[] {
  const keyOf = (object: JsonObject): string => {
    const { name = '', namespace = 'default' } = (isMap(object.metadata) ? object.metadata : {}) as Record<
      string,
      string
    >;
    return `${namespace}/${name}`;
  };
  const names = new Set(gateways.map((gateway) => `${effectiveNamespace(gateway)}/${gateway.name}`));
  const isGateway = ({ kind, apiVersion }: JsonObject): boolean =>
    kind === 'Gateway' && String(apiVersion).startsWith('gateway.networking.k8s.io/');
  const classes = new Set(
    objects.flatMap((object) =>
      isGateway(object) && names.has(keyOf(object)) && isMap(object.spec) ? [object.spec.gatewayClassName] : [],
    ),
  );
  // Each class has a controller and data planes of its own; the others' Gateways are not seen.
  return objects.filter(
    (object) => !isGateway(object) || (isMap(object.spec) && classes.has(object.spec.gatewayClassName)),
  );
}

const secret = (namespace: string, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  data: { 'tls.crt': '', 'tls.key': '' },
});

/**
 * What an import leaves out: the Secrets of certificates are taken to be there, and namespaces to have the label of their
 * name, as every API server writes it.
 */
function withSurroundings(objects: readonly JsonObject[]): JsonObject[] {
  const kept = objects.filter(({ kind }) => kind !== 'Namespace' && kind !== 'Secret');
  const labels = new Map<string, JsonObject>();
  for (const { kind, metadata } of objects) {
    if (!isMap(metadata)) continue;
    const name = String((kind === 'Namespace' ? metadata.name : metadata.namespace) ?? 'default');
    const written = kind === 'Namespace' && isMap(metadata.labels) ? metadata.labels : (labels.get(name) ?? {});
    labels.set(name, { ...written, 'kubernetes.io/metadata.name': name });
  }
  const secrets = kept.flatMap(({ kind, metadata, spec }) => {
    if (kind !== 'Gateway' || !isMap(spec) || !isList(spec.listeners) || !isMap(metadata)) return [];
    return spec.listeners.flatMap((listener) => {
      const refs =
        isMap(listener) && isMap(listener.tls) && isList(listener.tls.certificateRefs)
          ? listener.tls.certificateRefs
          : [];
      return refs
        .filter(isMap)
        .map((ref) => secret(String(ref.namespace ?? metadata.namespace ?? 'default'), String(ref.name)));
    });
  });
  const namespaces = [...labels].map(
    ([name, own]): JsonObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: own } }),
  );
  return [...kept, ...secrets, ...namespaces];
}

const pluginsOf = (objects: readonly JsonObject[]): Map<string, JsonObject> =>
  new Map(
    objects.flatMap((object) => {
      if (object.kind !== 'KongPlugin' || !isMap(object.metadata)) return [];
      const { name, namespace = 'default' } = object.metadata as Record<string, string>;
      return [[`${namespace}/${name}`, object] as const];
    }),
  );

/** What decides any request to one port of a gateway; `simulate` takes it. */
export function edgeModel({ objects: given, mesh, flavor, config }: EdgeCase, port: GatewayPort): SimulationModel {
  const objects = withSurroundings(given);
  const gateway = compileKongGateway(ownObjects(objects, port), { flavor, webhook: true });
  const edge: KongEdge = { gateway, plugins: pluginsOf(objects), mesh, client: { ...port.client, isGateway: true } };
  const hosts = hostsOf(port, gateway);
  const tables = hosts.map((host) => ({ host, table: kongTable(edge, nameFor(host, hosts), port.secure) }));
  const setting = pathNormalization(config.mesh);
  const { table: before, unfollowed } = followPort(config, port);
  const routes = before.virtualHosts.flatMap((own) => own.routes);
  const behind = unfollowedBehind(
    config,
    routes.map(({ decision }) => decision),
  );
  const changes = [...new Set([...unfollowed, ...behind])].filter(({ concerns }) => concerns.includes('routing'));
  const waits = waitsOfKong(before.waits);
  const after: RouteTable = {
    virtualHosts: tables.flatMap(({ host, table }) =>
      table.virtualHosts.map((own) => ({ ...own, name: host, domains: [host] })),
    ),
    otherwise: tables.find(({ table }) => table.otherwise.kind === 'broken')?.table.otherwise ?? {
      kind: 'respond',
      status: 404,
    },
    ...(waits === undefined ? {} : { waits }),
  };
  return {
    before,
    after,
    ...(setting === undefined ? {} : { pathNormalization: setting }),
    grpc: grpcAmong(config, port.client, routes),
    connections: connectionsBetween(before, after, originationsOf(config, port.client)),
    undecided: [
      'Kong Gateway gives each phase of a request its time; which phases there are is not compared.',
      ...(changes.length === 0 ? [] : [`${notFollowed(changes)}.`]),
    ],
    ...(port.secure ? { scheme: 'https' } : {}),
    mergesSlashes: true,
    only: ofResilience(before),
  };
}

/** The ports of gateways that are compared, by the oldest Gateway of each. */
export const comparablePorts = (config: EffectiveConfig): GatewayPort[] =>
  compileGateways(config).filter((port) => port.gateways.length > 0 && !isEgress(port));

/**
 * Compares, host by host, what Istio's gateways do with requests from outside and what Kong Gateway does once everything that
 * was emitted is applied, with the mesh behind it.
 */
export function* verifyEdge(
  { config, objects: given, mesh, flavor }: EdgeCase,
  only: (port: GatewayPort) => boolean = () => true,
): Generator<EdgeVerification> {
  const objects = withSurroundings(given);
  const plugins = pluginsOf(objects);
  for (const port of comparablePorts(config).filter(only)) {
    const [oldest] = port.gateways as readonly [Resource];
    const gateway = compileKongGateway(ownObjects(objects, port), { flavor, webhook: true });
    const { table, followed, unfollowed } = followPort(config, port);
    const waits = waitsOfKong(table.waits);
    const only = new Set(ofResilience(table));
    const hosts = hostsOf(port, gateway);
    for (const host of hosts) {
      const authority = nameFor(host, hosts);
      const target: RouteTable = kongTable(
        { gateway, plugins, mesh, client: { ...port.client, isGateway: true } },
        authority,
        port.secure,
      );
      const routes = findVirtualHost(table, authority)?.routes ?? [];
      const verdicts = compareRoutes(table, waits === undefined ? target : { ...target, waits }, [authority], {
        among: comparable,
        ...(port.secure ? { scheme: 'https' } : {}),
        grpc: grpcAmong(config, port.client, routes),
        destinations: originationsOf(config, port.client),
        only,
      });
      const subject = {
        namespace: effectiveNamespace(oldest),
        name: oldest.name,
        port: port.port,
        host,
        client: port.client,
        gateways: port.gateways,
        virtualServices: virtualServicesOf(config, table, authority),
        followed: followed.map(({ resource }) => resource),
      };
      const behind = unfollowedBehind(
        config,
        routes.map(({ decision }) => decision),
      );
      for (const aspect of ['routing', 'resilience'] as const) {
        const changes = [...new Set([...unfollowed, ...behind])].filter(({ concerns }) => concerns.includes(aspect));
        yield { ...subject, aspect, verdict: withProxyChanges(verdicts[aspect], changes, []) };
      }
    }
  }
}
