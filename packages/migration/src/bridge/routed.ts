import { effectiveNamespace, isList, isMap, type JsonObject, mapOf } from '@isthmus/kubernetes';
import type { BridgedPort, BridgedService, BridgeFacts } from './facts.ts';
import { remembered } from './remembered.ts';
import type { RouteKind } from './share.ts';

const isForMesh = ({ gateways }: JsonObject): boolean =>
  !isList(gateways) || gateways.length === 0 || gateways.includes('mesh');

/** The VirtualServices of the mesh that are for a service, and not only send to it. */
const specsFor = (facts: BridgeFacts, service: BridgedService): readonly JsonObject[] =>
  remembered(facts, `routes for ${service.id}`, () =>
    (facts.routes.get(service.id) ?? []).flatMap((resource) => {
      const spec = mapOf(resource.object.spec);
      const { hosts } = spec;
      const namespace = effectiveNamespace(resource);
      const named = isList(hosts) ? hosts.filter((host): host is string => typeof host === 'string') : [];
      const isOwn = named.some((host) => facts.finder.named(host, namespace).includes(service.id));
      return isOwn && isForMesh(spec) ? [spec] : [];
    }),
  );

/**
 * Whether a VirtualService of the user has a rule of a list for calls of a port of a service. Istio looks at each list, and at the
 * port in its matches, by itself: what none is for goes to the service as it is (istio, pilot/pkg/networking/core, 1.32).
 */
export function isRouted(facts: BridgeFacts, service: BridgedService, { port }: BridgedPort, kind: RouteKind): boolean {
  return specsFor(facts, service).some((spec) => {
    const rules = spec[kind];
    return (
      isList(rules) &&
      rules.filter(isMap).some(({ match }) => {
        const matches = isList(match) ? match.filter(isMap) : [];
        return matches.length === 0 || matches.some((one) => one.port === undefined || one.port === port);
      })
    );
  });
}
