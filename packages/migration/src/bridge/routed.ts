import { effectiveNamespace, isList, isMap, type JsonObject, mapOf, type Resource } from '@isthmus/kubernetes';
import type { BridgedPort, BridgedService, BridgeFacts } from './facts.ts';
import { remembered } from './remembered.ts';
import type { RouteKind } from './share.ts';

const isForMesh = ({ gateways }: JsonObject): boolean =>
  !isList(gateways) || gateways.length === 0 || gateways.includes('mesh');

/** The VirtualServices of the mesh that are for a service, and not only send to it. */
const routesFor = (facts: BridgeFacts, service: BridgedService): readonly Resource[] =>
  remembered(facts, `routes for ${service.id}`, () =>
    (facts.routes.get(service.id) ?? []).filter((resource) => {
      const spec = mapOf(resource.object.spec);
      const { hosts } = spec;
      const namespace = effectiveNamespace(resource);
      const named = isList(hosts) ? hosts.filter((host): host is string => typeof host === 'string') : [];
      return isForMesh(spec) && named.some((host) => facts.finder.named(host, namespace).includes(service.id));
    }),
  );

/**
 * Whether a VirtualService of the user has a rule of a list for calls of a port of a service. Istio looks at each list, and at the
 * port in its matches, by itself: what none is for goes to the service as it is (istio, pilot/pkg/networking/core, 1.32).
 */
export function isRouted(facts: BridgeFacts, service: BridgedService, { port }: BridgedPort, kind: RouteKind): boolean {
  return routesFor(facts, service).some(({ object }) => {
    const rules = mapOf(object.spec)[kind];
    return (
      isList(rules) &&
      rules.filter(isMap).some(({ match }) => {
        const matches = isList(match) ? match.filter(isMap) : [];
        return matches.length === 0 || matches.some((one) => one.port === undefined || one.port === port);
      })
    );
  });
}

/** Whether a rule sends whatever comes to the service itself, and does nothing else with it. */
function isPlain(rule: JsonObject, isOwn: (host: string) => boolean): boolean {
  const { route, name: _, ...rest } = rule;
  const [only, ...others] = isList(route) ? route.filter(isMap) : [];
  const { host, subset } = mapOf(only?.destination);
  return (
    Object.keys(rest).length === 0 &&
    only !== undefined &&
    others.length === 0 &&
    only.headers === undefined &&
    typeof host === 'string' &&
    subset === undefined &&
    isOwn(host)
  );
}

/** The VirtualServices for a service of which a rule does more than to send its calls to it. */
export const routesThatMatter = (facts: BridgeFacts, service: BridgedService): readonly Resource[] =>
  remembered(facts, `routes that matter for ${service.id}`, () =>
    routesFor(facts, service).filter((resource) => {
      const namespace = effectiveNamespace(resource);
      const isOwn = (host: string): boolean => facts.finder.named(host, namespace).includes(service.id);
      const spec = mapOf(resource.object.spec);
      return (['http', 'tls', 'tcp'] as const).some((kind) => {
        const rules = spec[kind];
        return isList(rules) && !rules.filter(isMap).every((rule) => isPlain(rule, isOwn));
      });
    }),
  );
