import { isHeadless } from '../services.ts';
import { type BridgedCall, type BridgedService, type BridgeFacts, demandsMtls } from './facts.ts';
import { closedIntoIstio, isReachedDirectly, openPorts } from './into-istio.ts';
import { closedIntoKong } from './into-kong.ts';
import { bridgeHost, gatewayHosts } from './kong-gateway.ts';
import { hasPodsInIstio, hasPodsInKong, type ProgressOf } from './progress.ts';
import { isRouted, routesThatMatter } from './routed.ts';
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

/** Ports that lose their callers with the last Pod in Istio: of transports that neither mesh carries. */
const uncarriedPorts = ({ uncarried }: BridgedService): { port: number; text: string }[] =>
  uncarried.map((name) => ({
    port: Number.parseInt(name, 10),
    text: `Port ${name} has no way into Kong Mesh, which carries TCP only: move its callers before it or together with it.`,
  }));

/** Ports in Istio that callers of Kong Mesh are not let through to. */
const closedPorts = (service: BridgedService, facts: BridgeFacts): { port: number; text: string }[] =>
  service.ports.flatMap(({ port }) =>
    openPorts(service, facts).some((open) => open.port === port)
      ? []
      : [
          {
            port,
            text: `Port ${port} has no way from Kong Mesh: Istio restricts who may call it, and no translated permission lets a caller through by its identity alone.`,
          },
        ],
  );

/** Names of single Pods, which lead nowhere from another cluster: only the one that they run in knows them. */
const namesOfPods = ({ service, name, namespace }: BridgedService): string[] =>
  isHeadless(service)
    ? [
        `${name} is headless: names of its single Pods (pod.${name}.${namespace}) have no way over the bridge. Move callers that use them together with it.`,
      ]
    : [];

/** What is to be known of ports whose callers bring TLS of their own, which Istio routes by the name that they ask for. */
function cautionsOfTls(service: BridgedService, facts: BridgeFacts): string[] {
  const isWithin = facts.input.settings.topology === 'same-cluster';
  return service.ports.flatMap((port) => {
    if (!port.routedBy.includes('tls') || isRouted(facts, service, port, 'tls')) return [];
    return isWithin
      ? [
          `Port ${port.port} takes TLS of its callers, which Istio does not divide: its connections go to Pods of both meshes, by their number, as soon as those run.`,
        ]
      : [
          `Port ${port.port} takes TLS of its callers: those that ask for another server name than ${service.hosts[0] ?? ''} or its short forms stay in Istio, past its routes.`,
        ];
  });
}

/** Rules that requests meet twice behind Kong Gateway: in Istio's proxies, and in those of Kong Mesh. */
const repeatedRules = (to: string, facts: BridgeFacts): string[] =>
  (facts.routes.get(to) ?? []).flatMap((resource) => {
    const actions = repeatedActions(resource);
    return actions.length === 0
      ? []
      : [`VirtualService ${resource.namespace}/${resource.name} ${actions.join(', ')}; Kong Mesh does so once more.`];
  });

/** Rules that calls from Kong Mesh do not meet: those for the mesh are for sidecars of Istio, and no gateway follows them. */
const passedRules = (service: BridgedService, facts: BridgeFacts): string[] =>
  routesThatMatter(facts, service).map(
    ({ namespace, name }) =>
      `VirtualService ${namespace}/${name} is for callers with sidecars of Istio: calls from Kong Mesh go past its rules.`,
  );

/** What calls on a way meet other than within Istio, in sentences: rules that they pass, and rules that they meet twice. */
export function otherRules({ kind, direction, to }: Way, facts: BridgeFacts): string[] {
  const service = facts.services.get(to);
  if (service === undefined || kind === 'closed') return [];
  if (direction === 'to-istio') return passedRules(service, facts);
  return kind === 'kong-gateway' ? repeatedRules(to, facts) : [];
}

/** A way that is none, and why. */
const closed = (call: Pick<Way, 'from' | 'to' | 'gateway' | 'direction'>, reason: string): Way => ({
  ...call,
  kind: 'closed',
  sentence: `There is no way for calls of ${call.from} to ${call.to}.`,
  reason,
  hosts: [],
  cautions: [],
});

function toKong({ from, to, gateway }: BridgedCall, service: BridgedService, facts: BridgeFacts): Way {
  const { settings } = facts.input;
  const common = { from, to, gateway, direction: 'to-kong' } as const;
  const reason = closedIntoKong(service, facts);
  if (reason !== undefined) return closed(common, reason);
  if (settings.topology === 'same-cluster') {
    const hosts = service.hosts;
    const cautions = service.shiftable
      ? cautionsOfTls(service, facts)
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
        cautions,
      };
    return {
      ...common,
      kind: 'direct-plaintext',
      sentence: `${from} calls ${to} directly and in plaintext, which Istio permits too.`,
      hosts,
      cautions,
    };
  }
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
      ...(service.strict
        ? [`Istio demands mTLS of whoever calls ${to}, and Kong Gateway does not: let only clusters of Istio reach it.`]
        : []),
      ...uncarriedPorts(service).map(({ text }) => text),
      ...namesOfPods(service),
      ...cautionsOfTls(service, facts),
      ...repeatedRules(to, facts),
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
      cautions: passedRules(service, facts),
    };
  const reason =
    closedIntoIstio(service, facts) ?? (service.ports.length === 0 ? `No port of ${to} is known.` : undefined);
  if (reason !== undefined) return closed(common, reason);
  return {
    ...common,
    kind: 'external-service',
    sentence: `${from} calls ${to} under its own name, through the zone egress of Kong Mesh and a gateway of Istio.`,
    hosts: service.hosts.slice(0, 1),
    cautions: [
      ...closedPorts(service, facts).map(({ text }) => text),
      ...(facts.input.settings.topology === 'separate-clusters' ? namesOfPods(service) : []),
      ...passedRules(service, facts),
    ],
  };
}

/**
 * What a way leaves without an answer, in sentences: of ports that the caller is known to call, or of all of them where any evidence
 * leaves the port open, and of Pods that it is known to name. What Pods in Istio still answer has one.
 */
export function callsWithoutWay({ kind, from, to }: Way, facts: BridgeFacts, progressOf: ProgressOf): string[] {
  const service = facts.services.get(to);
  if (service === undefined) return [];
  const called = facts.portsCalled(from, to);
  const isBetween = facts.input.settings.topology === 'separate-clusters';
  const isCutOff = kind === 'kong-gateway' && !hasPodsInIstio(progressOf(to));
  const lost = kind === 'external-service' ? closedPorts(service, facts) : isCutOff ? uncarriedPorts(service) : [];
  const pods = isBetween && (kind === 'external-service' || isCutOff) && facts.namesPods(from, to);
  return [
    ...lost.flatMap(({ port, text }) => (called === undefined || called.has(port) ? [text] : [])),
    ...(pods ? namesOfPods(service) : []),
  ];
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
