import type { Json } from '@isthmus/kubernetes';
import { at, list, number, text } from '../json.ts';
import { annotatedService } from './backends.ts';
import { annotation, annotationList, type Cluster, type ClusterObject, type RouterFlavor } from './cluster.ts';
import {
  type Backend,
  type Condition,
  defaultTimeoutMs,
  type KongRoute,
  type KongService,
  noPlugins,
} from './kong-entities.ts';
import { ingressPriority } from './priority.ts';
import { annotatedConditions, isValidHost, validSnis, withAnnotations } from './route-settings.ts';
import { divide } from './traditional-routes.ts';
import { routeId } from './uuid.ts';

// kic/internal/ingress-class: the class's name, unless the controller's settings name another.
const className = 'kong';

interface IngressPath {
  readonly type: string;
  readonly path: string;
}

/** The paths of one Ingress that one host sends to one port of a Service: a Kong route. */
interface Bundle {
  readonly ingress: ClusterObject;
  readonly host: string;
  readonly backend: Backend;
  readonly paths: IngressPath[];
}

const isOurs = (ingress: ClusterObject): boolean =>
  (ingress.annotations['kubernetes.io/ingress.class'] ?? text(at(ingress.spec, 'ingressClassName'))) === className;

const portOf = (service: Json | undefined): number | string | undefined =>
  number(at(service, 'port', 'number')) ?? text(at(service, 'port', 'name'));

const portText = (port: Backend['port']): string => String(port ?? 'implicitPort');

function bundlesOf(ingress: ClusterObject): Bundle[] {
  const bundles = new Map<string, Bundle>();
  for (const rule of list(at(ingress.spec, 'rules'))) {
    const host = text(at(rule, 'host'), '');
    for (const one of list(at(rule, 'http', 'paths'))) {
      const service = at(one, 'backend', 'service');
      if (service === undefined) continue;
      const backend = {
        namespace: ingress.namespace,
        name: text(at(service, 'name'), ''),
        port: portOf(service),
        weight: undefined,
      };
      const key = `${host} ${backend.name} ${portText(backend.port)}`;
      const bundle = bundles.get(key) ?? { ingress, host, backend, paths: [] };
      bundles.set(key, bundle);
      const path = text(at(one, 'path'), '').replace(/\/{2,}/g, '/') || '/';
      bundle.paths.push({ type: text(at(one, 'pathType'), 'ImplementationSpecific'), path });
    }
  }
  return [...bundles.values()];
}

const inner = (path: string): string => path.replace(/^\/+|\/+$/g, '');
const relative = (path: string): string => path.replace(/^\/+/, '');
const regexPrefixOf = (ingress: ClusterObject): string => annotation(ingress, 'regex-prefix') || '/~';

/** The condition on a path in an expression (ingress_atc.go pathMatcherFromIngressPath). */
function pathConditions({ type, path }: IngressPath, regexPrefix: string): Condition[] {
  if (type === 'Prefix') {
    const base = inner(path);
    return base === ''
      ? [{ op: '^=', value: '/' }]
      : [
          { op: '==', value: `/${base}` },
          { op: '^=', value: `/${base}/` },
        ];
  }
  if (type === 'Exact') return [{ op: '==', value: `/${relative(path)}` }];
  if (!path.startsWith(regexPrefix)) return [{ op: '^=', value: path }];
  const regex = path.slice(regexPrefix.length) || '^/';
  return [{ op: '~', value: regex.startsWith('^') ? regex : `^${regex}` }];
}

/** The paths of the traditional router (ingress.go PathsFromIngressPaths). */
function traditionalPaths({ type, path }: IngressPath, regexPrefix: string): string[] {
  if (type === 'Prefix') {
    const base = inner(path);
    return base === '' ? ['/'] : [`/${base}/`, `~/${base}$`];
  }
  if (type === 'Exact') return [`~/${relative(path)}$`];
  return [path.startsWith(regexPrefix) ? `~${path.slice(regexPrefix.length)}` : path];
}

/** The length that counts of a path, and whether it counts as an expression (ingress_atc.go calculateIngressRoutePriorityTraits). */
function pathTraits(
  { type, path }: IngressPath,
  regexPrefix: string,
): { readonly length: number; readonly regex: boolean } {
  if (type === 'Exact') return { length: relative(path).length + 1, regex: true };
  if (type === 'Prefix') {
    const base = inner(path);
    return { length: base === '' ? 1 : base.length + 2, regex: true };
  }
  const regex = path.startsWith(regexPrefix);
  return { length: regex ? path.length - regexPrefix.length : path.length, regex };
}

function expressionRoute({ ingress, host, paths }: Bundle, name: string): KongRoute {
  const regexPrefix = regexPrefixOf(ingress);
  const hosts = [...(host === '' ? [] : [host]), ...annotationList(ingress, 'host-aliases')];
  const { headers = {}, methods = [] } = annotatedConditions(ingress);
  const snis = validSnis(ingress);
  const traits = paths.map((path) => pathTraits(path, regexPrefix));
  const headerCount = Object.keys(headers).length;
  return {
    name,
    id: routeId(name),
    part: 0,
    of: ingress,
    origins: [],
    hosts: hosts
      .filter(isValidHost)
      .map((one) => (one.startsWith('*') ? { op: '=^', value: one.slice(1) } : { op: '==', value: one })),
    snis,
    methods,
    paths: paths.flatMap((path) => pathConditions(path, regexPrefix)),
    headers: Object.entries(headers).map(([header, values]) => ({
      name: header.toLowerCase().replaceAll('_', '-'),
      any: values.map((value) => (value.startsWith('~*') ? { op: '~', value: value.slice(2) } : { op: '==', value })),
    })),
    queries: [],
    priority: ingressPriority({
      fields: [paths.length, hosts.length, headerCount, methods.length, snis.length].filter((count) => count > 0)
        .length,
      plainHost: hosts.length > 0 && !hosts.some((one) => one.startsWith('*')),
      headers: headerCount,
      regex: traits.some(({ regex }) => regex),
      length: Math.max(0, ...traits.map(({ length }) => length)),
    }),
    ...withAnnotations(ingress, { protocols: ['http', 'https'], preserveHost: true, stripPath: false }),
    plugins: noPlugins,
  };
}

function traditionalRoutes({ ingress, host, paths }: Bundle, name: string): KongRoute[] {
  const written = paths.flatMap((path) => traditionalPaths(path, regexPrefixOf(ingress)));
  return divide({
    name,
    of: ingress,
    origins: [],
    hosts: host === '' ? [] : [host],
    methods: [],
    paths: written,
    headers: {},
    settings: withAnnotations(ingress, { protocols: ['http', 'https'], preserveHost: true, stripPath: false }),
    plugins: noPlugins,
  });
}

/** The route of the oldest Ingress with a default backend (translate_ingress.go getDefaultBackendService). */
function defaultBackend(
  ingresses: readonly ClusterObject[],
  flavor: RouterFlavor,
): readonly [Backend, ClusterObject, KongRoute[]] | undefined {
  const [oldest] = ingresses
    .filter(({ spec }) => at(spec, 'defaultBackend', 'service') !== undefined)
    .sort((a, b) => (a.created < b.created ? -1 : a.created > b.created ? 1 : 0));
  if (oldest === undefined) return undefined;
  const service = at(oldest.spec, 'defaultBackend', 'service');
  const backend = {
    namespace: oldest.namespace,
    name: text(at(service, 'name'), ''),
    port: portOf(service),
    weight: undefined,
  };
  const bundle: Bundle = { ingress: oldest, host: '', backend, paths: [{ type: 'Prefix', path: '/' }] };
  const name = `${oldest.namespace}.${oldest.name}`;
  const routes =
    flavor === 'expressions' ? [{ ...expressionRoute(bundle, name), priority: 0n }] : traditionalRoutes(bundle, name);
  return [backend, oldest, routes];
}

/** Translates Ingresses of the class `kong` into Kong's services (subtranslator/ingress{,_atc}.go, 3.5). */
export function translateIngresses(cluster: Cluster, flavor: RouterFlavor): KongService[] {
  const ours = cluster.of('Ingress').filter(isOurs);
  const services = new Map<
    string,
    { readonly backend: Backend; readonly parent: ClusterObject; readonly routes: KongRoute[] }
  >();
  const add = (backend: Backend, parent: ClusterObject, routes: readonly KongRoute[]): void => {
    const name = `${backend.namespace}.${backend.name}.${portText(backend.port)}`;
    const service = services.get(name) ?? { backend, parent, routes: [] };
    services.set(name, service);
    service.routes.push(...routes);
  };
  for (const bundle of ours.flatMap(bundlesOf)) {
    const { ingress, host, backend } = bundle;
    const name = `${ingress.namespace}.${ingress.name}.${backend.name}.${host.replaceAll('*', '_')}.${portText(backend.port)}`;
    add(backend, ingress, flavor === 'expressions' ? [expressionRoute(bundle, name)] : traditionalRoutes(bundle, name));
  }
  const last = defaultBackend(ours, flavor);
  if (last !== undefined) add(...last);
  return [...services].map(([name, { backend, parent, routes }]) => {
    const { timeoutMs = defaultTimeoutMs, retries } = annotatedService(cluster, [backend]);
    return { name, parent, backends: [backend], terminated: false, timeoutMs, retries, routes };
  });
}
