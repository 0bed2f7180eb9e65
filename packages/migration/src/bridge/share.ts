import {
  effectiveNamespace,
  isList,
  isMap,
  type Json,
  type JsonObject,
  mapOf,
  type Resource,
} from '@isthmus/kubernetes';
import type { ServiceFinder } from '../services.ts';

/** Where a share of the requests to a service goes. */
export interface Halves {
  /** What Istio keeps, from the destination as it is. */
  istio(destination: JsonObject): JsonObject;
  /** What Kong Mesh takes of requests, or of connections that are no requests; undefined where there is no way to it. */
  kong(destination: JsonObject, kind: RouteKind): KongHalf | undefined;
  /**
   * Ports of a list of rules of which each has a way of its own, where a destination without a port can mean several: Istio takes the port that the
   * request came to (istio, pilot/pkg/networking/core/route, GetDestinationCluster, 1.32).
   */
  readonly ports?: (kind: RouteKind) => readonly number[];
}

/** The lists of rules of a VirtualService. */
export type RouteKind = 'http' | 'tls' | 'tcp';

export interface KongHalf {
  readonly destination: JsonObject;
  /** Headers that requests go there with. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A destination of a route as Kong Mesh's half of it. */
export function kongSplit(split: JsonObject, { destination, headers }: KongHalf): JsonObject {
  if (headers === undefined) return { ...split, destination };
  const own = mapOf(split.headers);
  const request = mapOf(own.request);
  const set = { ...mapOf(request.set), ...headers };
  return { ...split, destination, headers: { ...own, request: { ...request, set } } };
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

const weightOf = (split: JsonObject, alone: boolean): number => {
  const { weight } = split;
  return typeof weight === 'number' ? weight : alone ? 100 : 0;
};

/**
 * Divides the destinations of one route that are for a service, in proportion: `share` percent of what each takes goes to Kong Mesh.
 * Weights stay whole numbers, which Istio compares with their sum (istio, pkg/config/validation, 1.32).
 */
function divideRoute(
  route: readonly Json[],
  kind: RouteKind,
  share: number,
  isOf: (host: string) => boolean,
  halves: Halves,
): Json[] {
  const alone = route.length === 1;
  const parts = route.flatMap((item): { split: JsonObject; weight: number }[] => {
    if (!isMap(item)) return [];
    const weight = weightOf(item, alone);
    const { destination } = item;
    if (!isMap(destination) || typeof destination.host !== 'string' || !isOf(destination.host))
      return [{ split: item, weight: weight * 100 }];
    const kong = halves.kong(destination, kind);
    if (kong === undefined) return [{ split: item, weight: weight * 100 }];
    return [
      { split: { ...item, destination: halves.istio(destination) }, weight: weight * (100 - share) },
      { split: kongSplit(item, kong), weight: weight * share },
    ];
  });
  const common = parts.reduce((sum, { weight }) => divisor(sum, weight), 0) || 1;
  // Weights that already add up to 100 are what people expect to read.
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const step = total === 10_000 && parts.every(({ weight }) => weight % 100 === 0) ? 100 : common;
  return parts.map(({ split, weight }) => ({ ...split, weight: weight / step }));
}

/**
 * A rule with a destination that names no port, once for each port that calls can come to, and then for all other ports: only
 * so does each name the port that it means.
 */
function perPort(rule: JsonObject, ports: readonly number[], isOwn: (item: Json) => item is JsonObject): JsonObject[] {
  const route = isList(rule.route) ? rule.route : [];
  const isOpen = (item: Json): item is JsonObject =>
    isOwn(item) && mapOf(mapOf(item.destination).port).number === undefined;
  if (ports.length === 0 || !route.some(isOpen)) return [rule];
  const matches = isList(rule.match) && rule.match.length > 0 ? rule.match.filter(isMap) : [{}];
  const copies = ports.flatMap((number): JsonObject[] => {
    const match = matches.flatMap((one) =>
      one.port === undefined || one.port === number ? [{ ...one, port: number }] : [],
    );
    if (match.length === 0) return [];
    const named = route.map((item) =>
      isOpen(item) ? { ...item, destination: { ...mapOf(item.destination), port: { number } } } : item,
    );
    return [{ ...rule, match, route: named }];
  });
  return [...copies, rule];
}

/** A VirtualService that sends a share of the requests for a service to Kong Mesh; the same one where it sends none to it. */
export function divideRoutes(
  resource: Resource,
  service: string,
  share: number,
  finder: ServiceFinder,
  halves: Halves,
): JsonObject {
  const namespace = effectiveNamespace(resource);
  const isOf = (host: string): boolean => finder.named(host, namespace).includes(service);
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const divided: Record<string, Json> = { ...spec };
  const isOwn = (item: Json): item is JsonObject =>
    isMap(item) && isMap(item.destination) && typeof item.destination.host === 'string' && isOf(item.destination.host);
  for (const kind of ['http', 'tls', 'tcp'] as const) {
    const rules = spec[kind];
    if (!isList(rules)) continue;
    divided[kind] = rules.flatMap((rule): Json[] => {
      if (!isMap(rule) || !isList(rule.route) || !rule.route.some(isOwn)) return [rule];
      return perPort(rule, halves.ports?.(kind) ?? [], isOwn).map((one) => ({
        ...one,
        route: divideRoute(isList(one.route) ? one.route : [], kind, share, isOf, halves),
      }));
    });
  }
  return { ...resource.object, spec: divided };
}

/** What a rule of a VirtualService does that Kong Mesh, where the same rule stands, would do a second time. */
export function repeatedActions(resource: Resource): string[] {
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const rules = isList(spec.http) ? spec.http.filter(isMap) : [];
  const found = new Set<string>();
  for (const rule of rules) {
    if (rule.rewrite !== undefined) found.add('rewrites');
    const headers = isMap(rule.headers) ? rule.headers : {};
    for (const part of [headers.request, headers.response])
      if (isMap(part) && part.add !== undefined) found.add('adds headers');
    if (rule.mirror !== undefined || rule.mirrors !== undefined) found.add('mirrors');
    if (rule.fault !== undefined) found.add('injects faults');
  }
  return [...found];
}
