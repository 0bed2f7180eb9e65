import type { JsonObject } from '@isthmus/kubernetes';
import { admissionProblem } from './admission.ts';
import { type Attachment, attach, createListeners } from './attachment.ts';
import { annotationFailures, type Failure, type Target, targetsOf } from './backends.ts';
import { type Cluster, type ClusterObject, isServed, type RouterFlavor, readCluster } from './cluster.ts';
import { decide, isLocation, type KongDecision } from './decide.ts';
import type { EdgeRequest } from './edge-request.ts';
import { translateGrpcRoutes } from './grpc-routes.ts';
import { translateHttpRoutes } from './http-routes.ts';
import { translateIngresses } from './ingresses.ts';
import type { KongRoute, KongService } from './kong-entities.ts';
import type { Listener } from './listeners.ts';
import { comparePlace, findRoute, unloadable } from './router.ts';

/** How a Kong Gateway and its controller run. */
export interface KongGatewayOptions {
  readonly flavor: RouterFlavor;
  /** What the controller's admission webhook refuses is not in the cluster. */
  readonly webhook: boolean;
  /** Of the GatewayClasses that it serves, where its settings name another than Kong's own. */
  readonly controller?: string;
}

/** A Kong service as it is sent to the gateway. */
export interface ServedService extends KongService {
  readonly targets: readonly Target[];
}

/** A route with its service. */
export interface ServedRoute {
  readonly route: KongRoute;
  readonly service: ServedService;
}

/** What a Kong Gateway makes of the objects of a cluster. */
export interface KongGatewayBehavior {
  readonly flavor: RouterFlavor;
  readonly gateways: readonly { readonly gateway: ClusterObject; readonly listeners: readonly Listener[] }[];
  /** Of HTTPRoutes and GRPCRoutes in the cluster. */
  readonly attachments: readonly Attachment[];
  readonly refusedByAdmission: readonly { readonly route: ClusterObject; readonly message: string }[];
  readonly failures: readonly Failure[];
  /** What Kong's schemas and its router refuse. */
  readonly refusedByKong: readonly string[];
  /** The routes that the router has loaded, in the order in which it tries them. */
  readonly routes: readonly ServedRoute[];
  /** Decides one request; see edge.md 2.3 for what this model leaves out (plugins by name, TLS, load balancing). */
  readonly decide: (request: EdgeRequest) => KongDecision;
}

/** Kong's schema takes 1 ms to 2^31 - 2 ms for a service's timeouts (kong/db/schema/entities/services.lua nonzero_timeout). */
const isTimeout = (milliseconds: number): boolean => milliseconds >= 1 && milliseconds <= 2_147_483_646;

/** Why Kong refuses routes or services, by name (read in its schemas, 3.9). */
function schemaProblems(services: readonly KongService[]): string[] {
  const routes = services.flatMap((service) => service.routes);
  const names = Map.groupBy(
    routes.filter(({ part }) => part === 0),
    ({ name }) => name,
  );
  return [
    ...[...names].flatMap(([name, same]) => (same.length > 1 ? [`${same.length} routes named ${name}`] : [])),
    ...[...names.values()].flatMap((same) =>
      same.flatMap(({ name, plugins: { redirect } }) =>
        redirect === undefined || isLocation(redirect.location)
          ? []
          : [`${name}: redirect location '${redirect.location}' is not a URL`],
      ),
    ),
    ...services.flatMap(({ name, timeoutMs }) =>
      isTimeout(timeoutMs) ? [] : [`${name}: timeout ${timeoutMs} is not between 1 and 2147483646`],
    ),
  ];
}

/** Compiles the objects of a cluster as Kong's ingress controller 3.5 and Kong Gateway 3.9 do. */
export function compileKongGateway(
  objects: readonly JsonObject[],
  { flavor, webhook, controller }: KongGatewayOptions,
): KongGatewayBehavior {
  const cluster: Cluster = readCluster(objects, controller);
  const listenersIn = createListeners(cluster);
  const refusedByAdmission = cluster.of('HTTPRoute').flatMap((route) => {
    const message = admissionProblem(cluster, route, flavor);
    return message === undefined ? [] : [{ route, message }];
  });
  const absent = new Set(webhook ? refusedByAdmission.map(({ route }) => route) : []);
  const attachments = [...cluster.of('GRPCRoute'), ...cluster.of('HTTPRoute')].flatMap((route) =>
    absent.has(route) ? [] : [attach(cluster, route, listenersIn)],
  );
  const accepted = (kind: string): Attachment[] =>
    attachments.filter((one) => one.route.kind === kind && one.accepted && one.error === undefined);
  const http = translateHttpRoutes(cluster, flavor, accepted('HTTPRoute'));
  const failures = [...http.failures];
  const served = [
    ...translateIngresses(cluster, flavor),
    ...http.services,
    ...translateGrpcRoutes(cluster, flavor, accepted('GRPCRoute')),
  ].flatMap((service): ServedService[] => {
    const differing = annotationFailures(cluster, service);
    const { targets, failures: unusable } = targetsOf(cluster, service, differing.length > 0);
    failures.push(...differing, ...unusable);
    return differing.length > 0 ? [] : [{ ...service, targets }];
  });
  const problems = unloadable(served.flatMap((service) => service.routes));
  const routes = served
    .flatMap((service) => service.routes.map((route): ServedRoute => ({ route, service })))
    .filter(({ route }) => !problems.has(route))
    .sort((a, b) => comparePlace(b.route, a.route));
  const serviceOf = new Map(routes.map(({ route, service }) => [route, service]));
  const refusedByKong = [
    ...new Set([
      ...schemaProblems(served),
      ...[...problems].map(([{ name }, problem]) => `expression of ${name} does not load: ${problem}`),
    ]),
  ];
  const loaded = routes.map(({ route }) => route);
  const clash = flavor !== 'expressions' && refusedByKong.some((problem) => / routes named /.test(problem));
  return {
    flavor,
    gateways: cluster
      .of('Gateway')
      .filter((gateway) => isServed(cluster, gateway))
      .map((gateway) => ({ gateway, listeners: listenersIn(gateway) })),
    attachments,
    refusedByAdmission,
    failures,
    refusedByKong,
    routes,
    decide: (request) => {
      if (clash) return { kind: 'refusedByKong', problem: 'routes of one name' };
      const winner = findRoute(loaded, request, flavor);
      return decide(winner, winner && serviceOf.get(winner.route), request);
    },
  };
}
