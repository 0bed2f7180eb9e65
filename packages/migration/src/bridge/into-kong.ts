import { dnsLabel, isList, isMap, type Json, type JsonObject, type Resource } from '@isthmus/kubernetes';
import type { BridgedPort, BridgedService, BridgeFacts } from './facts.ts';
import { bridgeObject, meshObject } from './object.ts';
import { placeOfService, placeOfWorkload } from './place-name.ts';
import type { Placed } from './placed.ts';
import { isJoined, type Progress, type ProgressOf, some } from './progress.ts';
import { remembered } from './remembered.ts';
import { ownTrustDomain } from './settings.ts';
import { divideRoutes, type Halves, kongSplit } from './share.ts';

/** What tells pods of both meshes apart: Istio's injector sets the first, the bridge the second. */
export const inIstioLabels = { 'security.istio.io/tlsMode': 'istio' } as const;
export const inKongLabels = { 'kuma.io/sidecar-injection': 'enabled' } as const;

/** Names of Istio's half and of Kong Mesh's half of a subset; `''` is the service without a subset. */
const half = (subset: string, mesh: 'istio' | 'kong'): string => (subset === '' ? mesh : `${subset}-${mesh}`);

const subsetOf = ({ subset }: JsonObject): string => (typeof subset === 'string' ? subset : '');

/** Both halves stand behind one Service, so that they are told apart by subsets. */
const bySubset: Halves = {
  istio: (destination) => ({ ...destination, subset: half(subsetOf(destination), 'istio') }),
  kong: (destination) => ({ destination: { ...destination, subset: half(subsetOf(destination), 'kong') } }),
};

/** Whether Kong Mesh demands mTLS of callers: wherever Istio demands or restricts anything (as the translation has it). */
export const demandsMtls = ({ strict, restricted }: BridgedService): boolean => strict || restricted;

/** Whether a share of the requests of a service can go to Kong Mesh: within a cluster its pods have to be divided for that. */
export const hasShares = ({ shiftable }: BridgedService, { input }: BridgeFacts): boolean =>
  shiftable || input.settings.topology === 'separate-clusters';

/**
 * How Istio's sidecars connect to pods of Kong Mesh. They choose plaintext by themselves, since these pods lack the label of
 * Istio's mTLS; a proxy that demands mTLS accepts theirs, with the identities of both trust domains (security.md 4.1.1, B1).
 */
function tlsToKong(service: BridgedService, { input }: BridgeFacts): JsonObject {
  if (!demandsMtls(service)) return { mode: 'DISABLE' };
  const domain = ownTrustDomain(input.names);
  const names = service.accounts.map((account) => {
    const [namespace, name] = account.split('/');
    return `spiffe://${domain}/ns/${namespace}/sa/${name}`;
  });
  return { mode: 'ISTIO_MUTUAL', ...(names.length === 0 ? {} : { subjectAltNames: names }) };
}

interface Subset {
  readonly name: string;
  readonly labels: JsonObject;
  readonly rest: JsonObject;
}

function halvesOf({ name, labels, rest }: Subset, tls: JsonObject): Json[] {
  const policy = isMap(rest.trafficPolicy) ? rest.trafficPolicy : {};
  return [
    { ...rest, name: half(name, 'istio'), labels: { ...labels, ...inIstioLabels } },
    { ...rest, name: half(name, 'kong'), labels: { ...labels, ...inKongLabels }, trafficPolicy: { ...policy, tls } },
  ];
}

/** A DestinationRule with both halves of each of its subsets, and of the service without one. */
function withHalves(object: JsonObject, tls: JsonObject): JsonObject {
  const spec = isMap(object.spec) ? object.spec : {};
  const own = isList(spec.subsets) ? spec.subsets.filter(isMap) : [];
  const subsets = own.map(
    ({ name, labels, ...rest }): Subset => ({
      name: typeof name === 'string' ? name : '',
      labels: isMap(labels) ? labels : {},
      rest,
    }),
  );
  return {
    ...object,
    spec: {
      ...spec,
      subsets: [...own, ...[{ name: '', labels: {}, rest: {} }, ...subsets].flatMap((subset) => halvesOf(subset, tls))],
    },
  };
}

const shiftName = ({ name }: BridgedService): string => dnsLabel(`${name}-bridge`);

/** Routes for a service that no VirtualService is for: port by port, because a destination names its port. */
function plainRoutes(service: BridgedService, share: number, halves: Halves): JsonObject | undefined {
  const rules = (isTcp: boolean): Json[] =>
    service.ports.flatMap((port): Json[] => {
      if ((port.protocol === 'tcp') !== isTcp) return [];
      const destination = { host: service.hosts[0] ?? '', port: { number: port.port } };
      const kong = halves.kong(destination, isTcp ? 'tcp' : 'http');
      if (kong === undefined) return [];
      const route = [
        { destination: halves.istio(destination), weight: 100 - share },
        { ...kongSplit({}, kong), weight: share },
      ];
      return [{ match: [{ port: port.port }], route }];
    });
  const [http, tcp] = [rules(false), rules(true)];
  if (http.length + tcp.length === 0) return undefined;
  return bridgeObject(
    'networking.istio.io/v1',
    'VirtualService',
    { name: shiftName(service), namespace: service.namespace },
    {
      spec: {
        hosts: [service.hosts[0] ?? ''],
        ...(http.length === 0 ? {} : { http }),
        ...(tcp.length === 0 ? {} : { tcp }),
      },
    },
    service.id,
  );
}

const isForMesh = ({ object }: { readonly object: JsonObject }): boolean => {
  const { gateways } = isMap(object.spec) ? object.spec : {};
  return !isList(gateways) || gateways.length === 0 || gateways.includes('mesh');
};

const isFor = (facts: BridgeFacts, service: BridgedService): boolean =>
  (facts.routes.get(service.id) ?? []).some((resource) => {
    const { hosts } = isMap(resource.object.spec) ? resource.object.spec : {};
    const namespace = resource.namespace === '' ? 'default' : resource.namespace;
    const named = isList(hosts) ? hosts.filter((host): host is string => typeof host === 'string') : [];
    return isForMesh(resource) && named.some((host) => facts.finder.named(host, namespace).includes(service.id));
  });

/**
 * Why Istio's clients must not be let through to a service in Kong Mesh; undefined where they may be. Between clusters
 * Kong Mesh sees Kong Gateway in the place of every caller, and the gateway tells services apart by the host of a request.
 */
export function closedIntoKong(service: BridgedService, { input }: BridgeFacts): string | undefined {
  const { topology, widened } = input.settings;
  if (topology === 'same-cluster') return undefined;
  if (gatewayPorts(service).length === 0)
    return `${service.id} has no port of HTTP, and Kong Gateway tells services apart by the host of a request.`;
  return service.restricted && !widened.some((one) => one.service === service.id)
    ? `Istio restricts who may call ${service.id}, and Kong Mesh sees Kong Gateway in the place of every caller from Istio.`
    : undefined;
}

/** Services of which a share of the requests of Istio's clients goes to Kong Mesh. */
const joinedServices = (
  facts: BridgeFacts,
  progressOf: ProgressOf,
  scope: readonly BridgedService[],
): { service: BridgedService; progress: Progress }[] =>
  scope.flatMap((service) => {
    const progress = progressOf(service.id);
    return isJoined(progress) && closedIntoKong(service, facts) === undefined ? [{ service, progress }] : [];
  });

/** VirtualServices as they divide requests: one may send to several services, each with its own share. */
function divided(
  facts: BridgeFacts,
  joined: readonly { service: BridgedService; progress: Progress }[],
  halvesOfService: (service: BridgedService) => Halves,
  cluster: Placed['cluster'],
): Placed[] {
  const routes = new Map<Resource, { service: BridgedService; progress: Progress }[]>();
  const plains: Placed[] = [];
  for (const one of joined) {
    const { service, progress } = one;
    const halves = halvesOfService(service);
    for (const resource of facts.routes.get(service.id) ?? []) {
      const others = routes.get(resource);
      if (others === undefined) routes.set(resource, [one]);
      else others.push(one);
    }
    const plain = remembered(facts, `routes ${service.id} ${progress.share}`, (): Placed | undefined => {
      const object = isFor(facts, service) ? undefined : plainRoutes(service, progress.share, halves);
      return object && { cluster, object, service: service.id };
    });
    if (plain !== undefined) plains.push(plain);
  }
  const divisions = [...routes].map(([resource, services]) => {
    const shares = services.map(({ service, progress }) => `${service.id} ${progress.share}`).join(' ');
    return remembered(facts, `divided ${resource.namespace}/${resource.name} ${shares}`, (): Placed => {
      const object = services.reduce(
        (known, { service, progress }) =>
          divideRoutes(
            { ...resource, object: known },
            service.id,
            progress.share,
            facts.finder,
            halvesOfService(service),
          ),
        resource.object,
      );
      return { cluster, object, service: services.length === 1 ? (services[0]?.service.id ?? '') : '' };
    });
  });
  return [...divisions, ...plains];
}

/**
 * Strict mTLS for restricted workloads as long as there are clients in Istio, who call them directly: these come with their
 * certificates, which a Permissive proxy does not end, and plaintext would pass every permission (security.md 4.1.4). Among
 * equals the smaller name wins, so that it holds against the translation's own (`mtls-…`).
 */
export function strictWhileBridging(facts: BridgeFacts, services: readonly BridgedService[]): Placed[] {
  const { names, settings } = facts.input;
  if (settings.topology !== 'same-cluster') return [];
  return services.flatMap((service) =>
    remembered(facts, `strict ${service.id}`, () =>
      service.restricted
        ? service.workloads.map(
            (workload): Placed => ({
              cluster: 'shared',
              service: service.id,
              object: meshObject(
                names,
                'MeshTLS',
                dnsLabel(`bridge-${placeOfWorkload(workload, facts)}`),
                {
                  targetRef: {
                    kind: 'Dataplane',
                    labels: { 'k8s.kuma.io/namespace': workload.namespace, ...workload.labels },
                  },
                  rules: [{ default: { mode: 'Strict' } }],
                },
                service.id,
              ),
            }),
          )
        : [],
    ),
  );
}

/**
 * For pods that change meshes in place there are no halves: Istio's clients come to all of them with mTLS, and accept the
 * identities of both meshes while they are mixed.
 */
function mutualFor(service: BridgedService, facts: BridgeFacts): Placed[] {
  const domains = [facts.trust.trustDomain, ownTrustDomain(facts.input.names)];
  const names = service.accounts.flatMap((account) => {
    const [namespace, name] = account.split('/');
    return domains.map((domain) => `spiffe://${domain}/ns/${namespace}/sa/${name}`);
  });
  const tls = { mode: 'ISTIO_MUTUAL', ...(names.length === 0 ? {} : { subjectAltNames: names }) };
  const withTls = (object: JsonObject): Placed => {
    const spec = isMap(object.spec) ? object.spec : {};
    const policy = isMap(spec.trafficPolicy) ? spec.trafficPolicy : {};
    const changed = { ...object, spec: { ...spec, trafficPolicy: { ...policy, tls } } };
    return { cluster: 'shared', service: service.id, object: changed };
  };
  const own = facts.rules.get(service.id) ?? [];
  if (own.some(({ namespace }) => namespace === service.namespace)) return own.map(({ object }) => withTls(object));
  const place = { name: shiftName(service), namespace: service.namespace };
  const spec = { host: service.hosts[0] ?? '' };
  const made = bridgeObject('networking.istio.io/v1', 'DestinationRule', place, { spec }, service.id);
  return [...own.map(({ object }) => withTls(object)), withTls(made)];
}

/**
 * The way from Istio's clients into Kong Mesh within one cluster: both halves of a service stand behind its one ClusterIP, told
 * apart by subsets of its DestinationRules, and VirtualServices divide the requests.
 */
function withinCluster(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  const all = joinedServices(facts, progressOf, scope).filter(({ service }) => service.service.origin === 'service');
  const joined = all.filter(({ service }) => service.shiftable);
  const inPlace = all.filter(
    ({ service, progress }) =>
      !service.shiftable && demandsMtls(service) && (service.injected || progress.at === 'migrated'),
  );
  const rules = joined.flatMap(({ service }) =>
    remembered(facts, `halves ${service.id}`, (): Placed[] => {
      const tls = tlsToKong(service, facts);
      const own = facts.rules.get(service.id) ?? [];
      const changed = own.map(
        (resource): Placed => ({
          cluster: 'shared',
          service: service.id,
          object: withHalves(resource.object, tls),
        }),
      );
      // Clients elsewhere look for the service's own rule where their namespace has none.
      if (own.some(({ namespace }) => namespace === service.namespace)) return changed;
      const spec = { host: service.hosts[0] ?? '' };
      const place = { name: shiftName(service), namespace: service.namespace };
      const made = bridgeObject('networking.istio.io/v1', 'DestinationRule', place, { spec }, service.id);
      return [...changed, { cluster: 'shared', service: service.id, object: withHalves(made, tls) }];
    }),
  );
  return [
    ...rules,
    ...inPlace.flatMap(({ service }) => remembered(facts, `in place ${service.id}`, () => mutualFor(service, facts))),
    ...divided(facts, joined, () => bySubset, 'shared'),
  ];
}

/** The name under which a service of separate clusters is reached through Kong Gateway. */
export const bridgeHost = ({ name, namespace }: BridgedService, { input }: BridgeFacts): string =>
  `${name}.${namespace}.${input.settings.domain}`;

/** Where Kong Gateway answers. */
export const gatewayHost = ({ input }: BridgeFacts): string => `kong.${input.settings.domain}`;

/** Host names that requests come with: a short name only where no other service has it, since the gateway tells them apart by it. */
export function gatewayHosts(service: BridgedService, facts: BridgeFacts): string[] {
  const isUnique = facts.sameNames.get(service.name) === 1;
  return [
    bridgeHost(service, facts),
    ...service.hosts.filter((host) => host !== service.name || service.service.origin !== 'service' || isUnique),
  ];
}

/**
 * Ports that Kong Gateway leads to. It tells by a Service's annotation `konghq.com/protocol` what to speak to all of its ports, so
 * that gRPC beside other requests has no way: over HTTP/1.1 it would lose its trailers.
 */
export function gatewayPorts({ ports }: BridgedService): BridgedPort[] {
  const http = ports.filter(({ protocol }) => protocol !== 'tcp');
  return http.every(isGrpc) ? http : http.filter((port) => !isGrpc(port));
}

const isGrpc = ({ protocol }: BridgedPort): boolean => protocol === 'grpc';

/** What Kong Gateway has to be told of a Service that it leads to; nothing where it speaks HTTP, which it does by itself. */
export const gatewayAnnotations = (service: BridgedService): Readonly<Record<string, string>> =>
  gatewayPorts(service).some(isGrpc) ? { 'konghq.com/protocol': 'grpc' } : {};

/** Says at Kong Gateway which port of a service a request is for: its host does not, and any port of the gateway is the same. */
const portHeader = 'isthmus-port';

/** Whether requests for a service have to name their port. */
const namesPorts = (service: BridgedService): boolean => gatewayPorts(service).length > 1;

const gatewayName = 'isthmus-bridge';

/** Kong Gateway's side, once: a class, and one listener that ends TLS for every bridged service. */
function kongGateway({ input }: BridgeFacts): Placed[] {
  const { gatewayNamespace: namespace } = input.settings;
  const place = (object: JsonObject): Placed => ({ cluster: 'kong', service: '', object });
  return [
    place(
      bridgeObject(
        'gateway.networking.k8s.io/v1',
        'GatewayClass',
        { name: gatewayName, annotations: { 'konghq.com/gatewayclass-unmanaged': 'true' } },
        { spec: { controllerName: 'konghq.com/kic-gateway-controller' } },
        '',
      ),
    ),
    place(
      bridgeObject(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        { name: gatewayName, namespace },
        {
          spec: {
            gatewayClassName: gatewayName,
            listeners: [
              {
                name: 'https',
                port: 443,
                protocol: 'HTTPS',
                tls: {
                  mode: 'Terminate',
                  certificateRefs: [{ group: '', kind: 'Secret', name: `${gatewayName}-cert` }],
                },
                allowedRoutes: { namespaces: { from: 'All' } },
              },
            ],
          },
        },
        '',
      ),
    ),
  ];
}

/** The rule of a port: of several, each takes the requests that name it, and no rule takes those that name none. */
function ruleAtGateway(service: BridgedService, { port }: BridgedPort): JsonObject {
  const path = { type: 'PathPrefix', value: '/' };
  const backendRefs = [{ name: service.name, port }];
  if (!namesPorts(service)) return { matches: [{ path }], backendRefs };
  return {
    matches: [{ path, headers: [{ type: 'Exact', name: portHeader, value: String(port) }] }],
    filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: [portHeader] } }],
    backendRefs,
  };
}

const routeAtGateway = (service: BridgedService, facts: BridgeFacts): Placed => ({
  cluster: 'kong',
  service: service.id,
  object: bridgeObject(
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    { name: shiftName(service), namespace: service.namespace },
    {
      spec: {
        parentRefs: [{ name: gatewayName, namespace: facts.input.settings.gatewayNamespace }],
        hostnames: gatewayHosts(service, facts),
        rules: gatewayPorts(service).map((port) => ruleAtGateway(service, port)),
      },
    },
    service.id,
  ),
});

/** Who may call at Kong Gateway what Istio restricts: only what a person decided about, since the gateway's identity is all that is left. */
function gatewayPermission(service: BridgedService, facts: BridgeFacts): Placed[] {
  const { names, settings } = facts.input;
  if (!service.restricted || !settings.widened.some((one) => one.service === service.id)) return [];
  const value = `spiffe://${ownTrustDomain(names)}/ns/${settings.gatewayNamespace}/sa`;
  return service.workloads.map(
    (workload, index): Placed => ({
      cluster: 'kong',
      service: service.id,
      object: meshObject(
        names,
        'MeshTrafficPermission',
        dnsLabel(`bridge-${placeOfService(service, facts)}${index === 0 ? '' : `-${index + 1}`}`),
        {
          targetRef: { kind: 'Dataplane', labels: { 'k8s.kuma.io/namespace': service.namespace, ...workload.labels } },
          rules: [{ default: { allow: [{ spiffeID: { type: 'Prefix', value } }] } }],
        },
        service.id,
      ),
    }),
  );
}

/** Istio's side of one service: its name at the gateway as an external host, and TLS towards it. */
function externalHost(service: BridgedService, facts: BridgeFacts): Placed[] {
  const host = bridgeHost(service, facts);
  // gRPC needs HTTP/2, which Istio speaks to ports that say so only.
  const protocol = gatewayPorts(service).some(isGrpc) ? 'GRPC' : 'HTTP';
  const place = { name: dnsLabel(`${service.name}-kong`), namespace: service.namespace };
  const of = (object: JsonObject): Placed => ({ cluster: 'istio', service: service.id, object });
  return [
    of(
      bridgeObject(
        'networking.istio.io/v1',
        'ServiceEntry',
        place,
        {
          spec: {
            hosts: [host],
            location: 'MESH_EXTERNAL',
            resolution: 'DNS',
            ports: [{ number: 80, name: protocol.toLowerCase(), protocol, targetPort: 443 }],
            endpoints: [{ address: gatewayHost(facts) }],
          },
        },
        service.id,
      ),
    ),
    of(
      bridgeObject(
        'networking.istio.io/v1',
        'DestinationRule',
        place,
        // A credential would need a workloadSelector: without one sidecars make no TLS at all (istio, cluster_tls.go, 1.32).
        {
          spec: {
            host,
            trafficPolicy: { tls: { mode: 'SIMPLE', sni: host, caCertificates: '/etc/isthmus-bridge/ca.pem' } },
          },
        },
        service.id,
      ),
    ),
  ];
}

/**
 * Both halves have hosts of their own: the service as it is, and its name at Kong Gateway. Requests come there with the original
 * host, which says nothing of the port: where several have a way, a header does, in place of any that the caller sent.
 */
const byHost =
  (facts: BridgeFacts) =>
  (service: BridgedService): Halves => {
    const ports = gatewayPorts(service);
    return {
      ...(service.ports.length > 1 ? { ports: ports.map(({ port }) => port) } : {}),
      istio: (destination) => destination,
      kong(destination, kind) {
        if (kind !== 'http') return undefined;
        const named = isMap(destination.port) ? destination.port.number : undefined;
        const number = named ?? (service.ports.length === 1 ? ports[0]?.port : undefined);
        if (!ports.some(({ port }) => port === number)) return undefined;
        return {
          destination: { host: bridgeHost(service, facts), port: { number: 80 } },
          ...(namesPorts(service) ? { headers: { [portHeader]: String(number) } } : {}),
        };
      },
    };
  };

/**
 * The way from Istio's clients into Kong Mesh of another cluster: Kong Gateway with a route for each service under its original
 * host names, and VirtualServices that send a share of the requests there.
 */
function acrossClusters(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  const joined = joinedServices(facts, progressOf, scope);
  // The gateway is there for other services, too.
  const isOne = (service: BridgedService): boolean =>
    isJoined(progressOf(service.id)) && closedIntoKong(service, facts) === undefined;
  if (joined.length === 0 && !some(facts.services.values(), isOne)) return [];
  return [
    ...remembered(facts, 'gateway', () => kongGateway(facts)),
    ...joined.flatMap(({ service }) =>
      remembered(facts, `gateway ${service.id}`, () => [
        routeAtGateway(service, facts),
        ...gatewayPermission(service, facts),
        ...externalHost(service, facts),
      ]),
    ),
    ...divided(facts, joined, byHost(facts), 'istio'),
  ];
}

/** What lets Istio's clients reach services in Kong Mesh. */
export function intoKong(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  return facts.input.settings.topology === 'same-cluster'
    ? withinCluster(facts, progressOf, scope)
    : acrossClusters(facts, progressOf, scope);
}
