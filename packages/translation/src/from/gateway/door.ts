import { codes } from '@isthmus/diagnostics';
import { isMap, mapOf, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, rootField } from '../../field.ts';
import { detoursOf } from '../egress-gateway/detours.ts';
import { gatewaysOf } from './bind.ts';
import { effectiveServers } from './effective.ts';
import { classOf, emitClass, emitGateway, emitSecretGrants, type SecretUse } from './emit-gateway.ts';
import { type Guard, guardsOf } from './guards.ts';
import { type Listener, listenersOf } from './listeners.ts';
import { type IstioGateway, readGateway } from './read-gateway.ts';
import { type GatewayWorkload, workloadOf } from './workload.ts';

/** Gateways on the same pods, and what is served there. */
export interface Door {
  readonly workload: GatewayWorkload;
  readonly gateways: readonly IstioGateway[];
  readonly listeners: readonly Listener[];
  /** What the gateway enforces before any route. */
  readonly guards: readonly Guard[];
}

/** `namespace/name`. */
export const nameOf = ({ resource, namespace }: { resource: Resource; namespace: string }): string =>
  `${namespace}/${resource.name}`;

function accountForGateway(context: Context, { spec, servers }: IstioGateway): void {
  context.settled(child(spec, 'selector'));
  for (const { field, redirects, tls, portName } of servers) {
    context.settled(child(field, 'name'));
    const port = child(field, 'port');
    if (portName === '') context.settled(child(port, 'name'));
    const target = child(port, 'targetPort');
    context.inert(target, codes.gateway.unusedField, { field: 'targetPort' });
    context.inert(child(field, 'defaultEndpoint'), codes.gateway.unusedField, { field: 'defaultEndpoint' });
    if (redirects?.value === false) context.settled(redirects);
    if (tls?.value === null || (isMap(tls?.value) && Object.keys(tls.value).length === 0)) context.settled(tls);
    const known = new Set(['port', 'hosts', 'tls', 'name', 'bind', 'defaultEndpoint']);
    for (const key of Object.keys(mapOf(field.value)))
      if (!known.has(key)) context.inert(child(field, key), codes.gateway.unknownField, { field: key });
    for (const key of Object.keys(mapOf(port?.value)))
      if (!['number', 'protocol', 'name', 'targetPort'].includes(key))
        context.inert(child(port, key), codes.gateway.unknownField, { field: key });
  }
  for (const key of Object.keys(mapOf(spec.value)))
    if (key !== 'selector' && key !== 'servers')
      context.inert(child(spec, key), codes.gateway.unknownField, { field: key });
}

/** Reads the Gateways of the import and opens a door for each of their workloads. */
export function openDoors(context: Context): {
  doors: Door[];
  egress: ReadonlySet<string>;
  known: ReadonlySet<string>;
} {
  const gateways: IstioGateway[] = [];
  const egress = new Set(detoursOf(context).gateways.keys());
  const known = new Set<string>();
  for (const resource of context.ofKind('Gateway')) {
    if (resource.group !== 'networking.istio.io') continue;
    const gateway = readGateway(resource);
    known.add(nameOf({ resource, namespace: resource.namespace || 'default' }));
    if ('refused' in gateway) {
      context.report(codes.gateway.refusedByIstio, { reason: gateway.reason }, gateway.refused);
      context.claim(child(rootField(resource), 'spec') ?? gateway.refused, 'inert', codes.gateway.refusedByIstio);
    } else if (!egress.has(nameOf(gateway))) gateways.push(gateway);
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
    return { workload, gateways: group, listeners, guards: guardsOf(context, workload, group.map(nameOf)) };
  });
  return { doors, egress, known };
}

/** Emits what stands for the Gateways themselves: classes, Gateways, grants for certificates. */
export function emitDoors(context: Context, doors: readonly Door[]): void {
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
  if (classes.size > 0)
    context.report(
      codes.gateway.delegated,
      { classes: [...classes].sort().join(', '), router: context.settings.router },
      undefined,
    );
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

/**
 * Doors for Gateways that VirtualServices name and the import lacks: with one listener for every host, so that their routes
 * can be drafted.
 */
export function missingDoors(edge: readonly Resource[], known: (key: string) => boolean, context: Context): Door[] {
  const missing = new Map<string, Resource>();
  for (const resource of edge)
    for (const { key } of gatewaysOf(resource)) if (!known(key) && !missing.has(key)) missing.set(key, resource);
  return [...missing].flatMap(([key, { apiVersion, source }]): Door[] => {
    const [namespace = '', name = ''] = key.split('/');
    const spec = { servers: [{ port: { number: 80, name: 'any', protocol: 'HTTP' }, hosts: ['*'] }] };
    const resource: Resource = {
      apiVersion,
      group: 'networking.istio.io',
      kind: 'Gateway',
      namespace,
      name,
      labels: {},
      annotations: {},
      object: { spec },
      source,
    };
    const gateway = readGateway(resource);
    if ('refused' in gateway) return [];
    const workload = workloadOf(context, gateway);
    const draft = `Gateway ${key} is not in the import: its listeners, hosts and certificates are unknown.`;
    const listeners = listenersOf(context, gateway, workload, gateway.servers).map((listener) => ({
      ...listener,
      draft,
      missing: true,
    }));
    return [{ workload, gateways: [gateway], listeners, guards: [] }];
  });
}
