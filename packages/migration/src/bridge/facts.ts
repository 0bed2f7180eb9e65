import {
  type EffectiveMtls,
  effectiveMtls,
  indexServices,
  parseProtocol,
  readByIstio,
  readPeerAuthentication,
  type Service,
  scopeOf,
  selects,
  type Trust,
  trustOf,
  type Workload,
  workloadsOf,
} from '@isthmus/istio';
import { effectiveNamespace, isList, isMap, type JsonObject, matchesLabels, type Resource } from '@isthmus/kubernetes';
import { type EvidenceKind, likely, type ServiceEdge, type ServiceGraph } from '../graph/edge.ts';
import { destinationsOf, findServices, type MigratingService, type ServiceFinder } from '../services.ts';
import type { BridgeInput } from './input.ts';
import type { RouteKind } from './share.ts';

/** Protocols that a MeshExternalService knows. */
export type BridgedProtocol = 'http' | 'http2' | 'grpc' | 'tcp';

export interface BridgedPort {
  readonly name: string;
  readonly port: number;
  /** The port of its pods, or the name of that. */
  readonly targetPort: number | string;
  readonly protocol: BridgedProtocol;
  /**
   * The lists of a VirtualService that Istio routes its calls by: of a port whose protocol is not declared both those for
   * requests and those for connections, and of one that takes TLS of its callers those by server name only (istio,
   * pilot/pkg/networking/core/tls.go, 1.32).
   */
  readonly routedBy: readonly RouteKind[];
}

/** What the bridge has to know of a service. */
export interface BridgedService {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly service: MigratingService;
  /** Host names that its callers use, the full one first. */
  readonly hosts: readonly string[];
  /** Ports that take connections. */
  readonly ports: readonly BridgedPort[];
  /** Ports of transports that neither mesh carries, such as `53/UDP`. */
  readonly uncarried: readonly string[];
  readonly workloads: readonly Workload[];
  /** Service accounts of its workloads, `<namespace>/<account>`. */
  readonly accounts: readonly string[];
  /** Whether Istio demands mTLS on any port of any of its workloads. */
  readonly strict: boolean;
  /** Whether an AuthorizationPolicy selects any of its workloads. */
  readonly restricted: boolean;
  /** Whether any of these allows, so that whom none allows is refused. */
  readonly allowed: boolean;
  /** Whether its pods have sidecars of Istio, as far as is known. */
  readonly injected: boolean;
  /** Whether its pods can be doubled, so that a share of requests can go to each half: Deployments can. */
  readonly shiftable: boolean;
  /** Indexes into the estate's Istio resources that are about it. */
  readonly concerns: readonly number[];
}

/** A call between services, or from a Gateway of Istio (`gateway`) into the mesh. */
export interface BridgedCall {
  readonly from: string;
  readonly to: string;
  readonly gateway: boolean;
}

/** Everything that the bridge is computed from, looked up once. */
export interface BridgeFacts {
  readonly input: BridgeInput;
  readonly services: ReadonlyMap<string, BridgedService>;
  /** Likely calls, sorted. */
  readonly calls: readonly BridgedCall[];
  readonly callsTo: ReadonlyMap<string, readonly BridgedCall[]>;
  readonly callsFrom: ReadonlyMap<string, readonly BridgedCall[]>;
  /** The ports of a service that a caller is known to call; undefined where any evidence leaves the port open. */
  portsCalled(from: string, to: string): ReadonlySet<number> | undefined;
  /** Whether a caller is known to call single Pods of a service by their names. */
  namesPods(from: string, to: string): boolean;
  readonly trust: Trust;
  readonly finder: ServiceFinder;
  /** Namespace objects of the estate by name. */
  readonly namespaces: ReadonlyMap<string, Resource>;
  /** Whether Kong Mesh lets workloads connect only to what it knows, so that unknown addresses are refused. */
  readonly closed: boolean;
  /** How many services have a short name. */
  readonly sameNames: ReadonlyMap<string, number>;
  /** VirtualServices that send to a service, by service. */
  readonly routes: ReadonlyMap<string, readonly Resource[]>;
  /** DestinationRules for a service, by service. */
  readonly rules: ReadonlyMap<string, readonly Resource[]>;
}

const mapOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && isMap(value as JsonObject) ? (value as JsonObject) : {};

/** How calls of a port are carried, and routed, by the protocol that Istio reads; undefined: it finds that out of each connection. */
function carriedAs(protocol: string | undefined): Pick<BridgedPort, 'protocol' | 'routedBy'> {
  if (protocol === 'http' || protocol === 'http2' || protocol === 'grpc') return { protocol, routedBy: ['http'] };
  if (protocol === 'grpc-web') return { protocol: 'http', routedBy: ['http'] };
  if (protocol === 'https' || protocol === 'tls') return { protocol: 'tcp', routedBy: ['tls'] };
  return { protocol: 'tcp', routedBy: protocol === undefined ? ['http', 'tcp'] : ['tcp'] };
}

/** The port of a workload that a port of a Service leads to; undefined where the import does not say which has the name. */
export const targetIn = ({ targetPort }: BridgedPort, { containerPorts }: Workload): number | undefined =>
  typeof targetPort === 'number' ? targetPort : containerPorts.find(({ name }) => name === targetPort)?.port;

/** Whether Kong Mesh demands mTLS of callers: wherever Istio demands or restricts anything (as the translation has it). */
export const demandsMtls = ({ strict, restricted }: BridgedService): boolean => strict || restricted;

function portsOf(known: Service | undefined, { origin, resource }: MigratingService): BridgedPort[] {
  if (known !== undefined)
    return known.ports.flatMap(({ name, port, targetPort, protocol, transport }) =>
      transport === 'TCP' ? [{ name, port, targetPort, ...carriedAs(protocol) }] : [],
    );
  const { ports } = mapOf(resource.object.spec);
  if (origin !== 'service-entry' || !isList(ports)) return [];
  return ports.flatMap((item) => {
    const { name, number, targetPort, protocol } = mapOf(item);
    if (typeof number !== 'number') return [];
    const carried = carriedAs(typeof protocol === 'string' ? parseProtocol(protocol) : undefined);
    const target = typeof targetPort === 'number' ? targetPort : number;
    return [{ name: typeof name === 'string' ? name : '', port: number, targetPort: target, ...carried }];
  });
}

function hostsOf({ origin, namespace, name, resource }: MigratingService, clusterDomain: string): string[] {
  if (origin === 'service')
    return [`${name}.${namespace}.svc.${clusterDomain}`, `${name}.${namespace}.svc`, `${name}.${namespace}`, name];
  const { hosts } = mapOf(resource.object.spec);
  return isList(hosts) ? hosts.filter((host): host is string => typeof host === 'string' && !host.includes('*')) : [];
}

const isStrict = ({ mode, ports }: EffectiveMtls): boolean =>
  mode === 'STRICT' || [...ports.values()].includes('STRICT');

/** The workloads behind each service, by namespace and selector. */
function workloadsBehind(
  services: readonly MigratingService[],
  known: ReadonlyMap<string, Service>,
  workloads: readonly Workload[],
): ReadonlyMap<string, readonly Workload[]> {
  const byLabel = new Map<string, Workload[]>();
  for (const workload of workloads)
    for (const [key, value] of Object.entries(workload.labels)) {
      const place = `${workload.namespace}\n${key}\n${value}`;
      const others = byLabel.get(place);
      if (others === undefined) byLabel.set(place, [workload]);
      else others.push(workload);
    }
  return new Map(
    services.map(({ id, namespace, origin, resource }) => {
      if (origin === 'workload-group') return [id, workloads.filter((one) => one.resource === resource)];
      const selector = known.get(id)?.selector;
      const [first] = Object.entries(selector ?? {});
      if (selector === undefined || first === undefined) return [id, []];
      const candidates = byLabel.get(`${namespace}\n${first[0]}\n${first[1]}`) ?? [];
      return [id, candidates.filter(({ labels }) => matchesLabels(selector, labels))];
    }),
  );
}

/** Whether Istio injects a workload's pods (istio, pkg/kube/inject/webhook.go, 1.32); a namespace that is not in the import does. */
function isInjected({ labels, inCluster }: Workload, namespace: Resource | undefined): boolean {
  const own = labels['sidecar.istio.io/inject'];
  if (!inCluster || own === 'true') return true;
  if (own === 'false') return false;
  if (namespace === undefined) return true;
  const { 'istio-injection': injection, 'istio.io/rev': revision } = namespace.labels;
  return injection === undefined ? revision !== undefined : injection === 'enabled';
}

const doubled = new Set(['Deployment', 'Rollout']);

/** Whether any emitted MeshPassthrough keeps workloads from addresses that the mesh does not know. */
function isClosed({ emitted }: BridgeInput): boolean {
  return emitted.some(({ role, object }) => {
    const { kind, spec } = object as { kind?: unknown; spec?: unknown };
    if (role === 'patch' || kind !== 'MeshPassthrough') return false;
    return mapOf(mapOf(spec).default).passthroughMode !== 'All';
  });
}

function group<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  return Map.groupBy(items, keyOf);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function callsOf({ edges, entries }: ServiceGraph, moving: ReadonlySet<string>): BridgedCall[] {
  const calls: BridgedCall[] = [
    ...edges
      .filter(({ from, to, confidence }) => confidence >= likely && moving.has(from) && moving.has(to))
      .map(({ from, to }) => ({ from, to, gateway: false })),
    ...entries.filter(({ to }) => moving.has(to)).map(({ from, to }) => ({ from, to, gateway: true })),
  ];
  return calls.sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

/** What says who may or could call whom, and never which port is called. */
const saysNoPort = new Set<EvidenceKind>(['principal', 'egress']);

function calledIn({ edges, entries }: ServiceGraph): Pick<BridgeFacts, 'portsCalled' | 'namesPods'> {
  const edgeOf = new Map<string, ServiceEdge>();
  for (const edge of [...edges, ...entries]) edgeOf.set(`${edge.from} ${edge.to}`, edge);
  const evidenceOf = (from: string, to: string) => edgeOf.get(`${from} ${to}`)?.evidence ?? [];
  return {
    portsCalled: (from, to) => {
      const evidence = evidenceOf(from, to).filter(({ kind }) => !saysNoPort.has(kind));
      const ports = evidence.flatMap(({ port }) => port ?? []);
      return ports.length === 0 || ports.length < evidence.length ? undefined : new Set(ports);
    },
    namesPods: (from, to) => evidenceOf(from, to).some(({ pod }) => pod),
  };
}

/** Looks up once what the bridge depends on. Services of Istio itself do not move and are not in it. */
export function bridgeFacts(input: BridgeInput): BridgeFacts {
  const { estate, graph, names, concerns } = input;
  const { clusterDomain, rootNamespace } = names;
  const replaced = new Set(graph.replaced.map(({ service }) => service));
  const moving = graph.services.filter(({ id }) => !replaced.has(id));
  const index = indexServices(estate, clusterDomain);
  const known = new Map(index.all.map((service) => [`${service.namespace}/${service.name}`, service]));
  const behind = workloadsBehind(moving, known, workloadsOf(estate));
  const trust = trustOf(estate, { rootNamespace, trustDomain: 'cluster.local' });
  const { istio } = readByIstio(estate, rootNamespace);
  const ofKind = (kind: string): Resource[] =>
    istio.filter((resource) => resource.kind === kind && resource.group === 'security.istio.io');
  const authentications = ofKind('PeerAuthentication').map((one) => readPeerAuthentication(one, trust.rootNamespace));
  const policies = ofKind('AuthorizationPolicy').map((one) => ({
    scope: scopeOf(one, trust.rootNamespace),
    allows: (mapOf(one.object.spec).action ?? 'ALLOW') === 'ALLOW',
  }));
  const namespaces = new Map(
    estate.context
      .filter(({ group: api, kind }) => api === '' && kind === 'Namespace')
      .map((resource) => [resource.name, resource]),
  );
  const services = new Map<string, BridgedService>();
  for (const service of moving) {
    const { id, namespace, name } = service;
    const workloads = behind.get(id) ?? [];
    const injected = workloads.every((workload) => isInjected(workload, namespaces.get(workload.namespace)));
    // Of pods that the import does not hold the labels that the Service asks for are known.
    const seen = workloads.length > 0 ? workloads : [{ namespace, labels: known.get(id)?.selector ?? {} }];
    services.set(id, {
      id,
      namespace,
      name,
      service,
      hosts: hostsOf(service, clusterDomain),
      ports: portsOf(known.get(id), service),
      uncarried: (known.get(id)?.ports ?? []).flatMap(({ port, transport }) =>
        transport === 'TCP' ? [] : [`${port}/${transport}`],
      ),
      workloads,
      accounts: [...new Set(workloads.map((one) => `${one.namespace}/${one.serviceAccount}`))].sort(compare),
      strict: seen.some((workload) => isStrict(effectiveMtls(authentications, workload))),
      restricted: seen.some((workload) => policies.some(({ scope }) => selects(scope, workload))),
      allowed: seen.some((workload) => policies.some(({ scope, allows }) => allows && selects(scope, workload))),
      injected,
      // Halves are told apart by the label that Istio's injector sets.
      shiftable:
        service.origin === 'service' && injected && workloads.every(({ resource }) => doubled.has(resource.kind)),
      concerns: concerns.get(id) ?? [],
    });
  }
  const calls = callsOf(graph, new Set(services.keys()));
  const finder = findServices(estate, moving, clusterDomain);
  const byHost = (kind: string, hosts: (resource: Resource) => readonly string[]): Map<string, Resource[]> => {
    const found = new Map<string, Resource[]>();
    for (const resource of istio) {
      if (resource.kind !== kind || resource.group !== 'networking.istio.io') continue;
      const ids = hosts(resource).flatMap((host) => finder.named(host, effectiveNamespace(resource)));
      for (const id of new Set(ids)) found.set(id, [...(found.get(id) ?? []), resource]);
    }
    return found;
  };
  return {
    input,
    services,
    calls,
    callsTo: group(calls, ({ to }) => to),
    callsFrom: group(
      calls.filter(({ gateway }) => !gateway),
      ({ from }) => from,
    ),
    ...calledIn(graph),
    trust,
    finder,
    routes: byHost('VirtualService', destinationsOf),
    rules: byHost('DestinationRule', ({ object }) => {
      const { host } = mapOf(object.spec);
      return typeof host === 'string' ? [host] : [];
    }),
    namespaces,
    closed: isClosed(input),
    sameNames: new Map([...group([...services.values()], ({ name }) => name)].map(([name, all]) => [name, all.length])),
  };
}
