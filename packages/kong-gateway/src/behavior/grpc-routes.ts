import type { Json } from '@isthmus/kubernetes';
import { at, list, text } from '../json.ts';
import type { Attachment } from './attachment.ts';
import { annotatedService, usableBackends } from './backends.ts';
import { type Cluster, type ClusterObject, namedListeners, type RouterFlavor } from './cluster.ts';
import {
  type Condition,
  defaultTimeoutMs,
  type KongRoute,
  type KongService,
  type NamedCondition,
  noPlugins,
} from './kong-entities.ts';
import { grpcPriority, orderBits } from './priority.ts';
import { isValidHost, validSnis, withAnnotations } from './route-settings.ts';
import { divide } from './traditional-routes.ts';
import { routeId } from './uuid.ts';

const rulesOf = ({ spec }: ClusterObject): readonly Json[] => list(at(spec, 'rules'));

/** The matches of a rule; one that asks nothing where it has none. */
const matchesOf = (rule: Json): readonly Json[] => {
  const matches = list(at(rule, 'matches'));
  return matches.length === 0 ? [{}] : matches;
};

/** The condition on the path of a method match in an expression (grpcroute_atc.go methodMatcherFromGRPCMethodMatch). */
function pathCondition(method: Json | undefined): Condition[] {
  if (method === undefined) return [];
  const [service, name] = [text(at(method, 'service')), text(at(method, 'method'))];
  if (service === undefined && name === undefined) return [{ op: '^=', value: '/' }];
  if (text(at(method, 'type'), 'Exact') === 'RegularExpression')
    return [{ op: '~', value: `^/${service ?? '.+'}/${name ?? '.+'}` }];
  if (name === undefined) return [{ op: '^=', value: `/${service}/` }];
  return service === undefined ? [{ op: '=^', value: `/${name}` }] : [{ op: '==', value: `/${service}/${name}` }];
}

const headerConditions = (match: Json): NamedCondition[] =>
  list(at(match, 'headers')).map((one) => ({
    name: text(at(one, 'name'), '').toLowerCase().replaceAll('_', '-'),
    any: [
      {
        op: text(at(one, 'type'), 'Exact') === 'RegularExpression' ? '~' : '==',
        value: text(at(one, 'value'), ''),
      },
    ],
  }));

interface Split {
  readonly route: ClusterObject;
  readonly hostname: string;
  readonly rule: number;
  readonly match: number;
  readonly written: Json;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const compareSplit = (a: Split, b: Split): number =>
  byText(a.route.created, b.route.created) ||
  byText(a.route.namespace, b.route.namespace) ||
  byText(a.route.name, b.route.name) ||
  a.rule - b.rule ||
  a.match - b.match;

const splitsOf = ({ route, hostnames }: Pick<Attachment, 'route' | 'hostnames'>): Split[] =>
  (hostnames.length === 0 ? [''] : hostnames).flatMap((hostname) =>
    rulesOf(route).flatMap((rule, index) =>
      matchesOf(rule).map((written, match) => ({ route, hostname, rule: index, match, written })),
    ),
  );

const serviceOf = (
  cluster: Cluster,
  route: ClusterObject,
  name: string,
  rule: Json,
  routes: readonly KongRoute[],
): KongService => {
  const refs = list(at(rule, 'backendRefs'));
  const backends = usableBackends(cluster, route, refs);
  const annotated = annotatedService(cluster, backends);
  return {
    name,
    parent: route,
    backends,
    terminated: backends.length === 0 && refs.length > 0,
    timeoutMs: annotated.timeoutMs ?? defaultTimeoutMs,
    retries: annotated.retries,
    routes,
  };
};

function expressionServices(
  cluster: Cluster,
  attached: readonly Pick<Attachment, 'route' | 'hostnames'>[],
): KongService[] {
  const equal = Map.groupBy(attached.flatMap(splitsOf), ({ hostname, written }) => {
    const method = at(written, 'method');
    const [service, name] = [text(at(method, 'service'), ''), text(at(method, 'method'), '')];
    return grpcPriority(hostname, service, name, list(at(written, 'headers')).length);
  });
  const placed = [...equal].flatMap(([base, same]) =>
    same.sort(compareSplit).map((split, index) => ({ split, priority: base + orderBits(8, index) })),
  );
  const named = Map.groupBy(placed, ({ split: { route, hostname, rule } }) => {
    const host = hostname === '' ? '_' : hostname.replaceAll('*', '_');
    return `grpcroute.${route.namespace}.${route.name}.${host}.${rule}`;
  });
  return [...named].map(([name, members]) => {
    const [{ split }] = members as [(typeof members)[number]];
    const { route } = split;
    const protocols = new Set<string>();
    for (const listener of namedListeners(cluster, route)) {
      if (at(listener, 'protocol') === 'HTTP') protocols.add('grpc');
      if (at(listener, 'protocol') === 'HTTPS') protocols.add('grpcs');
    }
    const settings = withAnnotations(route, { protocols: [...protocols].sort(), preserveHost: true, stripPath: false });
    const snis = validSnis(route);
    const routes = members.map(({ split: { hostname, rule, match, written }, priority }): KongRoute => {
      const known = hostname !== '' && isValidHost(hostname);
      const routeName = `${name}.${match}`;
      return {
        name: routeName,
        id: routeId(routeName),
        part: 0,
        of: route,
        origins: [{ rule, match }],
        hosts: known
          ? [hostname.startsWith('*') ? { op: '=^', value: hostname.slice(1) } : { op: '==', value: hostname }]
          : [],
        snis,
        methods: [],
        paths: pathCondition(at(written, 'method')),
        headers: headerConditions(written),
        queries: [],
        priority,
        ...settings,
        plugins: noPlugins,
      };
    });
    return serviceOf(cluster, route, name, rulesOf(route)[split.rule] as Json, routes);
  });
}

/** The hostnames of a route's listeners, for a route without its own (getGRPCRouteHostnamesAsSliceOfStringPointers). */
const listenerHostnames = (cluster: Cluster, route: ClusterObject): string[] =>
  [...namedListeners(cluster, route)].flatMap((listener) => text(at(listener, 'hostname')) ?? []);

function traditionalPath(method: Json | undefined): string[] {
  if (method === undefined) return [];
  const regex = text(at(method, 'type'), 'Exact') === 'RegularExpression';
  return [`~/${text(at(method, 'service'), '.+')}/${text(at(method, 'method'), regex ? '.+' : '')}`];
}

function traditionalServices(
  cluster: Cluster,
  { route, hostnames }: Pick<Attachment, 'route' | 'hostnames'>,
): KongService[] {
  const hosts = hostnames.length > 0 ? hostnames : listenerHostnames(cluster, route);
  const settings = withAnnotations(route, { protocols: ['grpc', 'grpcs'], preserveHost: undefined, stripPath: false });
  return rulesOf(route).map((rule, index) => {
    const service = `grpcroute.${route.namespace}.${route.name}.${index}`;
    const isEmpty = list(at(rule, 'matches')).length === 0;
    const routes = matchesOf(rule).flatMap((match, matchIndex) => {
      const headers: Record<string, string[]> = {};
      for (const one of list(at(match, 'headers'))) {
        const name = text(at(one, 'name'), '');
        const values = headers[name] ?? [];
        headers[name] = [...values, text(at(one, 'value'), '')];
      }
      const paths = isEmpty && hosts.length === 0 ? ['/'] : traditionalPath(at(match, 'method'));
      return divide({
        name: `${service}.${matchIndex}`,
        of: route,
        origins: [{ rule: index, match: matchIndex, paths }],
        hosts,
        methods: [],
        paths,
        headers,
        settings,
        plugins: noPlugins,
      });
    });
    return serviceOf(cluster, route, service, rule, routes);
  });
}

/** Translates GRPCRoutes into Kong's services (translator/translate_grpcroute.go, subtranslator/grpcroute{,_atc}.go, 3.5). */
export const translateGrpcRoutes = (
  cluster: Cluster,
  flavor: RouterFlavor,
  attached: readonly Pick<Attachment, 'route' | 'hostnames'>[],
): KongService[] =>
  flavor === 'expressions'
    ? expressionServices(cluster, attached)
    : attached.flatMap((one) => traditionalServices(cluster, one));
