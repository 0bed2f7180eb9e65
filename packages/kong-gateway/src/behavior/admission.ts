import type { Json } from '@isthmus/kubernetes';
import { at, list, text } from '../json.ts';
import { parentsOf } from './attachment.ts';
import { annotationList, type Cluster, type ClusterObject, type RouterFlavor } from './cluster.ts';
import { translateHttpRoutes } from './http-routes.ts';
import { isProtocol } from './route-settings.ts';

const filters = new Set([
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'URLRewrite',
  'ExtensionRef',
]);

/** Every rule after the first with a timeout has to have the same (K-5); compared as it is written. */
function timeoutProblem(rules: readonly Json[]): string | undefined {
  let first: string | undefined;
  for (const rule of rules) {
    const timeouts = at(rule, 'timeouts');
    const backendRequest = text(at(timeouts, 'backendRequest'));
    if (first === undefined) first = backendRequest;
    else if (timeouts === undefined) return 'timeout is set for one of the rules, but not set for another';
    // The controller fails where a later rule has other timeouts only.
    else if (backendRequest !== first)
      return 'timeout is set for one of the rules, but a different value is set in another rule';
  }
  return undefined;
}

function featureProblem(rules: readonly Json[], flavor: RouterFlavor): string | undefined {
  for (const [index, rule] of rules.entries()) {
    for (const [filterIndex, filter] of list(at(rule, 'filters')).entries()) {
      const type = text(at(filter, 'type'), '');
      if (!filters.has(type)) return `rules[${index}].filters[${filterIndex}]: filter type ${type} is unsupported`;
    }
    for (const [refIndex, ref] of list(at(rule, 'backendRefs')).entries()) {
      const place = `rules[${index}].backendRefs[${refIndex}]`;
      if (list(at(ref, 'filters')).length > 0) return `${place}: filters in backendRef is unsupported`;
      const [group, kind] = [text(at(ref, 'group'), ''), text(at(ref, 'kind'), 'Service')];
      if (group !== '' && group !== 'core')
        return `${place}: ${group} is not a supported group for httproute backendRefs, only core is supported`;
      if (kind !== 'Service')
        return `${place}: ${kind} is not a supported kind for httproute backendRefs, only Service is supported`;
    }
    for (const [matchIndex, match] of list(at(rule, 'matches')).entries())
      if (flavor !== 'expressions' && list(at(match, 'queryParams')).length > 0)
        return `rules[${index}].matches[${matchIndex}]: queryparam matching is supported with expression router only`;
  }
  return undefined;
}

/** Why the admission webhook refuses an HTTPRoute (kic/internal/admission/validation/gateway/httproute.go, 3.5); undefined where it does not. */
export function admissionProblem(cluster: Cluster, route: ClusterObject, flavor: RouterFlavor): string | undefined {
  if (parentsOf(cluster, route).next().done === true) return undefined;
  const rules = list(at(route.spec, 'rules'));
  const problem = timeoutProblem(rules) ?? featureProblem(rules, flavor);
  if (problem !== undefined) return `HTTPRoute spec did not pass validation: ${problem}`;
  const protocol = annotationList(route, 'protocols').find((name) => !isProtocol(name));
  if (protocol !== undefined)
    return `HTTPRoute has invalid Kong annotations: invalid konghq.com/protocols value: ${protocol}`;
  const hostnames = list(at(route.spec, 'hostnames')).flatMap((hostname) => text(hostname) ?? []);
  const { failures } = translateHttpRoutes(cluster, flavor, [{ route, hostnames }]);
  const messages = failures.map(({ message }) => message.replace("HTTPRoute can't be routed: ", ''));
  return messages.length === 0 ? undefined : `HTTPRoute failed schema validation: ${messages.join(', ')}`;
}
