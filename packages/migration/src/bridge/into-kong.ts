import { dnsLabel, type Json, type JsonObject, type Resource } from '@isthmus/kubernetes';
import { applicationTls, bySubset, rulesInPlace, rulesWithHalves } from './destination-rules.ts';
import { type BridgedService, type BridgeFacts, demandsMtls } from './facts.ts';
import { atGateway, byHost, kongGateway } from './kong-gateway.ts';
import { bridgeObject, meshObject } from './object.ts';
import { placeOfWorkload, shiftName } from './place-name.ts';
import type { Placed } from './placed.ts';
import { isJoined, type Progress, type ProgressOf, some } from './progress.ts';
import { remembered } from './remembered.ts';
import { isRouted } from './routed.ts';
import { divideRoutes, type Halves, kongSplit, type RouteKind } from './share.ts';

/** Whether a share of the requests of a service can go to Kong Mesh: within a cluster its pods have to be divided for that. */
export const hasShares = ({ shiftable }: BridgedService, { input }: BridgeFacts): boolean =>
  shiftable || input.settings.topology === 'separate-clusters';

/** Rules of one list for calls of a service that no VirtualService is for: port by port, because a destination names its port. */
function plainRules(
  facts: BridgeFacts,
  service: BridgedService,
  share: number,
  halves: Halves,
  kind: RouteKind,
): Json[] {
  return service.ports.flatMap((port): Json[] => {
    if (!port.routedBy.includes(kind) || isRouted(facts, service, port, kind)) return [];
    const destination = { host: service.hosts[0] ?? '', port: { number: port.port } };
    const kong = halves.kong(destination, kind);
    if (kong === undefined) return [];
    const names = kind === 'tls' ? { sniHosts: [...service.hosts] } : {};
    const route = [
      { destination: halves.istio(destination), weight: 100 - share },
      { ...kongSplit({}, kong), weight: share },
    ];
    return [{ match: [{ port: port.port, ...names }], route }];
  });
}

/**
 * Routes for calls of a service that no VirtualService is for. Rules by server name are in one of their own: its hosts have to hold
 * every name that clients ask for, and those of requests only the one that Istio knows.
 */
function plainRoutes(facts: BridgeFacts, service: BridgedService, share: number, halves: Halves): JsonObject[] {
  const rules = (kind: RouteKind): Json[] => plainRules(facts, service, share, halves, kind);
  const [http, tcp] = [rules('http'), rules('tcp')];
  // Within a cluster connections that bring TLS of their own are not divided.
  const tls = facts.input.settings.topology === 'same-cluster' ? [] : rules('tls');
  const of = (name: string, spec: JsonObject): JsonObject =>
    bridgeObject(
      'networking.istio.io/v1',
      'VirtualService',
      { name, namespace: service.namespace },
      { spec },
      service.id,
    );
  return [
    ...(http.length + tcp.length === 0
      ? []
      : [
          of(shiftName(service), {
            hosts: [service.hosts[0] ?? ''],
            ...(http.length === 0 ? {} : { http }),
            ...(tcp.length === 0 ? {} : { tcp }),
          }),
        ]),
    ...(tls.length === 0 ? [] : [of(dnsLabel(`${shiftName(service)}-tls`), { hosts: [...service.hosts], tls })]),
  ];
}

/**
 * Why Istio's clients must not be let through to a service in Kong Mesh; undefined where they may be. Between clusters
 * Kong Mesh sees Kong Gateway in the place of every caller.
 */
export function closedIntoKong(service: BridgedService, facts: BridgeFacts): string | undefined {
  const { topology, widened } = facts.input.settings;
  if (topology === 'same-cluster') {
    const rule = demandsMtls(service) ? applicationTls(facts, service) : undefined;
    return rule === undefined
      ? undefined
      : `DestinationRule ${rule.namespace}/${rule.name} makes Istio’s proxies call ${service.id} with TLS for its application, and its Pods in Kong Mesh demand the mTLS of the mesh.`;
  }
  if (service.service.origin !== 'service')
    return `${service.id} is outside of Kubernetes, and Kong Gateway leads to Services only.`;
  if (service.ports.length === 0) return `No port of ${service.id} is known.`;
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
    plains.push(
      ...remembered(facts, `routes ${service.id} ${progress.share}`, () =>
        plainRoutes(facts, service, progress.share, halves).map(
          (object): Placed => ({ cluster, object, service: service.id }),
        ),
      ),
    );
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
 * The way from Istio's clients into Kong Mesh within one cluster: both halves of a service stand behind its one ClusterIP, told
 * apart by subsets of its DestinationRules, and VirtualServices divide the requests.
 */
function withinCluster(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  const all = joinedServices(facts, progressOf, scope).filter(({ service }) => service.service.origin === 'service');
  const joined = all.filter(({ service }) => service.shiftable);
  const inPlace = all.filter(
    ({ service, progress }) => !service.shiftable && (service.injected || progress.at === 'migrated'),
  );
  return [
    ...joined.flatMap(({ service }) => rulesWithHalves(facts, service)),
    ...inPlace.flatMap(({ service }) => rulesInPlace(facts, service)),
    ...divided(facts, joined, () => bySubset, 'shared'),
  ];
}

/**
 * The way from Istio's clients into Kong Mesh of another cluster: Kong Gateway with a way for each port of a service, and
 * VirtualServices that send a share of the calls there.
 */
function acrossClusters(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  const joined = joinedServices(facts, progressOf, scope);
  // The gateway is there for other services, too.
  const isOne = (service: BridgedService): boolean =>
    isJoined(progressOf(service.id)) && closedIntoKong(service, facts) === undefined;
  if (joined.length === 0 && !some(facts.services.values(), isOne)) return [];
  return [
    ...kongGateway(facts),
    ...joined.flatMap(({ service }) => atGateway(service, facts)),
    ...divided(facts, joined, byHost(facts), 'istio'),
  ];
}

/** What lets Istio's clients reach services in Kong Mesh. */
export function intoKong(facts: BridgeFacts, progressOf: ProgressOf, scope: readonly BridgedService[]): Placed[] {
  return facts.input.settings.topology === 'same-cluster'
    ? withinCluster(facts, progressOf, scope)
    : acrossClusters(facts, progressOf, scope);
}
