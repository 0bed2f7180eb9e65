import type { BridgedCall, BridgedService, BridgeFacts } from './facts.ts';
import { callerHost, closedIntoIstio, isReachedDirectly } from './into-istio.ts';
import { bridgeHost, closedIntoKong, demandsMtls, gatewayHosts, gatewayPorts } from './into-kong.ts';
import { hasPodsInIstio, hasPodsInKong, type ProgressOf } from './progress.ts';
import { repeatedActions } from './share.ts';

/** How a call gets from one mesh into the other (security.md 4.1.1). */
export type WayKind = 'direct-mtls' | 'direct-plaintext' | 'kong-gateway' | 'external-service' | 'closed';

/** The way of the calls from one service to another while they stand in different meshes. */
export interface Way {
  readonly from: string;
  readonly to: string;
  /** Whether it starts at a Gateway of Istio. */
  readonly gateway: boolean;
  readonly direction: 'to-kong' | 'to-istio';
  readonly kind: WayKind;
  /** In a sentence. */
  readonly sentence: string;
  /** Why it is closed; only of `closed`. */
  readonly reason?: string;
  /** Host names that callers go on using. */
  readonly hosts: readonly string[];
  /** What is to be looked at by hand. */
  readonly cautions: readonly string[];
}

/** What is to be known of ports that Kong Gateway has no way to: their callers lose them with the last Pod in Istio. */
const cautionsOfPorts = (service: BridgedService, kept: readonly number[]): string[] =>
  service.ports.flatMap(({ port, protocol }) => {
    if (kept.includes(port)) return [];
    const why =
      protocol === 'grpc'
        ? 'it is gRPC beside other requests, of which Kong Gateway speaks one to a Service: divide the Service'
        : 'Kong Gateway tells services apart by the host of a request: move its callers before it or together with it';
    return [`Port ${port} has no way into Kong Mesh and stays in Istio, since ${why}.`];
  });

function toKong({ from, to, gateway }: BridgedCall, service: BridgedService, facts: BridgeFacts): Way {
  const { settings } = facts.input;
  const common = { from, to, gateway, direction: 'to-kong' } as const;
  if (settings.topology === 'same-cluster') {
    const hosts = service.hosts;
    const inPlace = service.shiftable
      ? []
      : [
          service.injected
            ? `${to} is not made of Deployments alone: its pods change meshes in place, without shares.`
            : `Pods of ${to} have no sidecar of Istio, by which halves are told apart: they change meshes in place, without shares.`,
        ];
    if (demandsMtls(service))
      return {
        ...common,
        kind: 'direct-mtls',
        sentence: `${from} calls ${to} directly, with the mTLS of Istio, which Kong Mesh trusts.`,
        hosts,
        cautions: inPlace,
      };
    return {
      ...common,
      kind: 'direct-plaintext',
      sentence: `${from} calls ${to} directly and in plaintext, which Istio permits too.`,
      hosts,
      cautions: inPlace,
    };
  }
  const ports = gatewayPorts(service).map(({ port }) => port);
  const reason = closedIntoKong(service, facts);
  if (reason !== undefined)
    return {
      ...common,
      kind: 'closed',
      sentence: `There is no way for calls of ${from} to ${to}.`,
      reason,
      hosts: [],
      cautions: [],
    };
  const lost =
    facts.sameNames.get(service.name) === 1
      ? []
      : [`Several services are called ${service.name}: callers that use the short name need another.`];
  return {
    ...common,
    kind: 'kong-gateway',
    sentence: `${from} calls ${to} through Kong Gateway at ${bridgeHost(service, facts)}.`,
    hosts: gatewayHosts(service, facts),
    cautions: [
      ...lost,
      ...cautionsOfPorts(service, ports),
      ...(facts.routes.get(to) ?? []).flatMap((resource) => {
        const actions = repeatedActions(resource);
        return actions.length === 0
          ? []
          : [
              `VirtualService ${resource.namespace}/${resource.name} ${actions.join(', ')}; Kong Mesh does so once more.`,
            ];
      }),
    ],
  };
}

function toIstio({ from, to, gateway }: BridgedCall, service: BridgedService, facts: BridgeFacts): Way {
  const common = { from, to, gateway, direction: 'to-istio' } as const;
  if (isReachedDirectly(service, facts))
    return {
      ...common,
      kind: 'direct-plaintext',
      sentence: `${from} calls ${to} directly and in plaintext, which Istio permits.`,
      hosts: service.hosts,
      cautions: [],
    };
  const reason =
    closedIntoIstio(service, facts) ?? (service.ports.length === 0 ? `No port of ${to} is known.` : undefined);
  if (reason !== undefined)
    return {
      ...common,
      kind: 'closed',
      sentence: `There is no way for calls of ${from} to ${to}.`,
      reason,
      hosts: [],
      cautions: [],
    };
  const [first, ...others] = service.ports;
  return {
    ...common,
    kind: 'external-service',
    sentence: `${from} calls ${to} under its own name, through the zone egress of Kong Mesh and a gateway of Istio.`,
    hosts: first === undefined ? [] : [callerHost(service, first)],
    cautions: others.map(
      (port) => `Port ${port.port} is reached as ${callerHost(service, port)}: one name stands for one port.`,
    ),
  };
}

/**
 * What a way leaves without an answer: ports that only Pods in Istio still answer once these are gone, in sentences. Evidence of
 * calls does not say which port they are for, so that each of them counts.
 */
export function portsWithoutWay({ kind, to }: Way, facts: BridgeFacts, progressOf: ProgressOf): string[] {
  const service = facts.services.get(to);
  if (service === undefined || kind !== 'kong-gateway' || hasPodsInIstio(progressOf(to))) return [];
  return cautionsOfPorts(
    service,
    gatewayPorts(service).map(({ port }) => port),
  );
}

/**
 * The ways of all likely calls that cross between the meshes with services as far as they have come. A caller or callee that is
 * in both meshes crosses with a part of its calls.
 * @param calls the likely calls where it is absent
 */
export function crossingWays(
  facts: BridgeFacts,
  progressOf: ProgressOf,
  calls: readonly BridgedCall[] = facts.calls,
): Way[] {
  return calls.flatMap((call): Way[] => {
    const service = facts.services.get(call.to);
    if (service === undefined || call.from === call.to) return [];
    const caller = call.gateway ? undefined : progressOf(call.from);
    const callee = progressOf(call.to);
    const fromIstio = caller === undefined || hasPodsInIstio(caller);
    const fromKong = caller !== undefined && hasPodsInKong(caller);
    return [
      // Gateways of Istio end with it: external traffic comes through Kong Gateway once a service is retired.
      ...(fromIstio && hasPodsInKong(callee) && !(call.gateway && callee.at === 'retired')
        ? [toKong(call, service, facts)]
        : []),
      ...(fromKong && hasPodsInIstio(callee) ? [toIstio(call, service, facts)] : []),
    ];
  });
}
