import { effectiveNamespace, isList, isMap, type Json, type JsonObject, type Resource } from '@isthmus/kubernetes';
import type { ServiceFinder } from '../services.ts';

/** Where a share of the requests to a service goes. */
export interface Halves {
  /** What Istio keeps, from the destination as it is. */
  istio(destination: JsonObject): JsonObject;
  /** What Kong Mesh takes; undefined where there is no way to it. */
  kong(destination: JsonObject): JsonObject | undefined;
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
function divideRoute(route: readonly Json[], share: number, isOf: (host: string) => boolean, halves: Halves): Json[] {
  const alone = route.length === 1;
  const parts = route.flatMap((item): { split: JsonObject; weight: number }[] => {
    if (!isMap(item)) return [];
    const weight = weightOf(item, alone);
    const { destination } = item;
    if (!isMap(destination) || typeof destination.host !== 'string' || !isOf(destination.host))
      return [{ split: item, weight: weight * 100 }];
    const kong = halves.kong(destination);
    if (kong === undefined) return [{ split: item, weight: weight * 100 }];
    return [
      { split: { ...item, destination: halves.istio(destination) }, weight: weight * (100 - share) },
      { split: { ...item, destination: kong }, weight: weight * share },
    ];
  });
  const common = parts.reduce((sum, { weight }) => divisor(sum, weight), 0) || 1;
  // Weights that already add up to 100 are what people expect to read.
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const step = total === 10_000 && parts.every(({ weight }) => weight % 100 === 0) ? 100 : common;
  return parts.map(({ split, weight }) => ({ ...split, weight: weight / step }));
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
  for (const kind of ['http', 'tls', 'tcp']) {
    const rules = spec[kind];
    if (!isList(rules)) continue;
    divided[kind] = rules.map((rule) => {
      if (!isMap(rule) || !isList(rule.route)) return rule;
      const touches = rule.route.some(
        (item) =>
          isMap(item) &&
          isMap(item.destination) &&
          typeof item.destination.host === 'string' &&
          isOf(item.destination.host),
      );
      return touches ? { ...rule, route: divideRoute(rule.route, share, isOf, halves) } : rule;
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
