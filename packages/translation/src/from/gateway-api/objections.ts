import { checkEdgeResource } from '@isthmus/kong-gateway';
import { isMap, type Json, type JsonObject, mapOf, type Resource } from '@isthmus/kubernetes';

const list = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isMap) : []);
const expression = (condition: JsonObject): boolean => condition.type === 'RegularExpression';

function ofRule(rule: JsonObject): string | undefined {
  for (const match of list(rule.matches)) {
    const conditions = [mapOf(match.path), ...list(match.headers), ...list(match.queryParams)];
    if (conditions.some(expression))
      return 'Kong looks for a regular expression anywhere, Istio compares the whole text: write `^(?:…)$`';
    if (list(match.queryParams).some(({ name }) => !/^[A-Za-z0-9_.]+$/.test(String(name))))
      return 'a query parameter has a name that the expressions router cannot read';
  }
  for (const filter of list(rule.filters)) {
    const redirect = mapOf(filter.requestRedirect);
    if (filter.type !== 'RequestRedirect') continue;
    if (redirect.hostname === undefined) return 'Kong redirects to a host that is named only';
    if (redirect.scheme === undefined) return 'Kong redirects to http where no scheme is named';
    if (mapOf(redirect.path).type === 'ReplacePrefixMatch') return 'Kong keeps the prefix of a path that it redirects';
  }
  return undefined;
}

/** Times that differ between rules of one route, which Kong refuses (edge.md K-5). */
function timesDiffer(rules: readonly JsonObject[]): boolean {
  const times = rules.map(({ timeouts }) => mapOf(timeouts).backendRequest);
  return new Set(times).size > 1;
}

/**
 * Why the copy of a route is not to be applied unseen: Kong would refuse it, or serve requests in another way
 * (edge.md 2.3); undefined where nothing is known against it.
 * @param copy the route as it would be emitted
 */
export function objectionTo(route: Resource, copy: JsonObject, others: readonly Resource[]): string | undefined {
  const spec = mapOf(copy.spec);
  const rules = list(spec.rules);
  const [refused] = checkEdgeResource(copy);
  const refusal = refused && `Kong refuses it at ${refused.path}: ${refused.message}`;
  if (route.kind === 'TCPRoute' || route.kind === 'TLSRoute')
    return refusal ?? `Kong's ingress controller reads a ${route.kind} with the feature gate GatewayAlpha only`;
  if (route.kind === 'GRPCRoute' && others.some(({ kind }) => kind === 'HTTPRoute'))
    return 'an HTTPRoute of the same host takes all requests before it';
  const hosts = Array.isArray(spec.hostnames) ? spec.hostnames : [];
  if (hosts.some((host) => String(host).includes('--')))
    return 'a host with a double hyphen would take the requests of every host';
  if (timesDiffer(rules)) return 'Kong wants one timeout for all rules of a route';
  return refusal ?? rules.map(ofRule).find((reason) => reason !== undefined);
}
