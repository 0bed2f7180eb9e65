import { codes } from '@isthmus/diagnostics';
import { isGatewayRoute, type Service } from '@isthmus/istio';
import { effectiveNamespace, isList } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, items, number, rootField, text } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { annotateExtraServices } from '../../subset-service.ts';
import { detoursOf } from '../egress-gateway/detours.ts';
import { gatewayParents, servedGateways } from '../gateway-api/gateways.ts';
import { gatewaysOf } from './bind.ts';
import { type Backend, readRoute } from './read-action.ts';

const protocolAnnotation = 'konghq.com/protocol';
const retriesAnnotation = 'konghq.com/retries';

/** A Service behind Kong: of a subset the Service whose subset it is. */
interface Member {
  readonly namespace: string;
  readonly name: string;
  /** Undefined where the import does not have it. */
  readonly service: Service | undefined;
  readonly isSubset: boolean;
}

/** What all Services of some rules are annotated with, by what follows `konghq.com/`. */
type Annotations = Readonly<Record<string, string>>;

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

const isGrpc = ({ ports }: Service, port: number): boolean =>
  ports.find((one) => one.port === port)?.protocol === 'grpc';
const isAllGrpc = ({ ports }: Service): boolean =>
  ports.every(({ protocol, transport }) => protocol === 'grpc' || transport !== 'TCP');

/** The Services behind each rule at a gateway. */
function groupsOf(context: Context): Member[][] {
  const { replaced, refused } = detoursOf(context);
  const members = (backends: readonly Backend[]): Member[] =>
    backends
      .filter(({ weight }) => backends.length === 1 || (weight?.value ?? 0) !== 0)
      .map(({ namespace, service: name, subset }) => ({
        namespace,
        name,
        service: subset?.service ?? context.services.get(namespace, name),
        isSubset: subset !== undefined,
      }));
  const written = context.ofKind('VirtualService').flatMap((resource) => {
    const spec = child(rootField(resource), 'spec');
    // A VirtualService without hosts is one that others delegate to.
    const hosts = child(spec, 'hosts')?.value;
    const isAtEdge = !isList(hosts) || hosts.length === 0 || gatewaysOf(resource).length > 0;
    if (!isAtEdge || replaced.has(resource) || refused.has(resource)) return [];
    return ['http', 'tls', 'tcp'].flatMap((part) =>
      items(child(spec, part)).flatMap((rule) => {
        const route = child(rule, 'route');
        const action = route === undefined ? undefined : readRoute(context, route);
        return action?.kind === 'forward' ? [members(action.backends)] : [];
      }),
    );
  });
  const { served } = servedGateways(context);
  const copied = context.estate.context
    .filter(
      (route) => isGatewayRoute(route) && gatewayParents(route).some(({ key }) => served.get(key)?.class === 'edge'),
    )
    .flatMap((route) =>
      items(descend(rootField(route), 'spec', 'rules')).map((rule) =>
        items(child(rule, 'backendRefs')).flatMap((ref): Member[] => {
          const name = text(child(ref, 'name'))?.value;
          const isService = (text(child(ref, 'kind'))?.value ?? 'Service') === 'Service';
          if (name === undefined || !isService || number(child(ref, 'weight'))?.value === 0) return [];
          const namespace = text(child(ref, 'namespace'))?.value ?? effectiveNamespace(route);
          return [{ namespace, name, service: context.services.get(namespace, name), isSubset: false }];
        }),
      ),
    );
  return [...written, ...copied];
}

/** Services that share a rule, or are linked by others that do. */
function linked(groups: readonly (readonly Member[])[]): Member[][] {
  const parents = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
      root = parent;
    parents.set(key, root);
    return root;
  };
  const members = new Map<string, Member>();
  for (const group of groups)
    for (const member of group) {
      members.set(keyOf(member), member);
      parents.set(rootOf(keyOf(member)), rootOf(keyOf(group[0] as Member)));
    }
  return [...Map.groupBy(members.values(), (member) => rootOf(keyOf(member))).values()];
}

/**
 * What each Service behind Kong is annotated with. Where the Services of one rule differ in an annotation of Kong's the rule has
 * no route (edge.md T61), so that linked Services get the same or nothing: nothing where one is not in the import or says
 * something of its own.
 */
const annotationsOf = oncePerContext((context: Context): ReadonlyMap<string, Annotations> => {
  const found = new Map<string, Annotations>();
  for (const members of linked(groupsOf(context))) {
    const isFree = (annotation: string): boolean =>
      members.every(({ service }) => service !== undefined && service.resource.annotations[annotation] === undefined);
    const annotations: Annotations = {
      ...(isFree(retriesAnnotation) ? { [retriesAnnotation]: '0' } : {}),
      ...(isFree(protocolAnnotation) && members.every(({ service }) => service !== undefined && isAllGrpc(service))
        ? { [protocolAnnotation]: 'grpc' }
        : {}),
    };
    if (Object.keys(annotations).length > 0) for (const member of members) found.set(keyOf(member), annotations);
  }
  return found;
});

/** Has the Services that are made for subsets say to Kong what the others of their rules say. */
export const annotateSubsets = (context: Context): void =>
  annotateExtraServices(context, (name) => annotationsOf(context).get(keyOf(name)));

/**
 * Says of the backends of a rule that speak gRPC whether Kong is told so. It speaks HTTP/1.1 to a Service unless an annotation
 * of the Service says otherwise, for all of its ports (edge.md 2.3, 2.4): a Service that serves nothing but gRPC is
 * annotated, beside others of the same kind; any other waits for a person.
 */
export function reportProtocols(context: Context, backends: readonly Backend[]): void {
  for (const { namespace, service: name, port, host, subset } of backends) {
    const service = subset?.service ?? context.services.get(namespace, name);
    if (service === undefined || !isGrpc(service, port)) continue;
    if (subset === undefined && service.resource.annotations[protocolAnnotation] !== undefined) continue;
    const named = `${namespace}/${name}`;
    if (annotationsOf(context).get(named)?.[protocolAnnotation] === undefined)
      context.report(codes.gateway.grpcBackend, { service: named, port }, host);
    else context.report(codes.gateway.grpcAnnotated, { service: named }, host);
  }
}

/**
 * Patches the Services behind Kong: those of gRPC say so, and all say that Kong sends each request once. It would send five
 * more whose time is over, where Istio's gateway and Kong's sidecar try again by their own rules (edge.md V18, T19).
 */
export function annotateBackends(context: Context): void {
  const patched: string[] = [];
  const retried: string[] = [];
  const seen = new Set<string>();
  for (const { namespace, name, service, isSubset } of groupsOf(context).flat()) {
    const named = keyOf({ namespace, name });
    if (seen.has(named)) continue;
    seen.add(named);
    const annotations = annotationsOf(context).get(named);
    if (annotations?.[retriesAnnotation] === undefined) retried.push(named);
    else patched.push(named);
    if (annotations === undefined || isSubset || service === undefined) continue;
    context.emit({
      role: 'patch',
      base: service.resource,
      object: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, annotations } },
      services: [named],
    });
  }
  const inWords = (names: readonly string[]): string => {
    const [some, more] = [[...names].sort().slice(0, 3).join(', '), names.length - 3];
    return more > 0 ? `${some} and ${more} more` : some;
  };
  if (patched.length > 0) context.report(codes.gateway.sentOnce, { services: inWords(patched) }, undefined);
  if (retried.length > 0) context.report(codes.gateway.sentAgain, { services: inWords(retried) }, undefined);
}
