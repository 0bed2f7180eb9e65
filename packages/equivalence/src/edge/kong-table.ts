import type { Decision, HeaderChanges, MeshClient, PathRewrite, Route, RouteTable } from '@isthmus/behavior';
import { noHeaderChanges } from '@isthmus/behavior';
import {
  annotationList,
  type Condition,
  type HeaderChange,
  isLocation,
  type KongGatewayBehavior,
  type KongRoute,
  type ServedRoute,
  type ServedService,
} from '@isthmus/kong-gateway';
import type { KongMeshBehavior } from '@isthmus/kong-mesh';
import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import { waysOf } from './kong-predicates.ts';
import { type Forwarding, routesBehind, type Share } from './mesh-behind.ts';

/** What there is to know about a Kong Gateway for a table of its routes. */
export interface KongEdge {
  readonly gateway: KongGatewayBehavior;
  /** KongPlugins by `<namespace>/<name>`. */
  readonly plugins: ReadonlyMap<string, JsonObject>;
  /** The mesh that Kong's pods are in, as a delegated gateway: what becomes of requests to a Service. */
  readonly mesh: KongMeshBehavior;
  readonly client: MeshClient;
}

const at = (value: Json | undefined, key: string): Json | undefined =>
  value !== undefined && isMap(value) ? value[key] : undefined;
const texts = (value: Json | undefined): string[] =>
  value !== undefined && isList(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** Pairs of a transformer plugin: `name:value`. */
const pairs = (value: Json | undefined): (readonly [string, string])[] =>
  texts(value).map((one) => {
    const colon = one.indexOf(':');
    return colon < 0 ? [one, ''] : [one.slice(0, colon), one.slice(colon + 1)];
  });

/** What plugins do to a request that is forwarded, or why that cannot be told. */
interface Effects {
  readonly request: HeaderChange;
  readonly response: HeaderChange;
  readonly uri: string | undefined;
  /** The answer of a plugin in the place of the backend's. */
  readonly answer: Decision | undefined;
  readonly unknown: readonly string[];
}

const noChange: HeaderChange = { set: [], add: [], remove: [] };

/** The KongPlugins of a route: those of its rule, and those that annotations of its object name. */
function namedPlugins({ plugins }: KongEdge, { of, plugins: { named } }: KongRoute): (JsonObject | string)[] {
  return [...named, ...annotationList(of, 'plugins')].map(
    (name) => plugins.get(`${of.namespace}/${name}`) ?? `the plugin ${name} is not there`,
  );
}

/** What of the plugins is known: the ones that a translation writes for the edge (edge.md 2.6). */
function effectsOf(edge: KongEdge, route: KongRoute): Effects {
  const { request, response } = route.plugins;
  let effects: Effects = {
    request: request ?? noChange,
    response: response ?? noChange,
    uri: request?.uri,
    answer: undefined,
    unknown: [],
  };
  for (const plugin of namedPlugins(edge, route)) {
    if (typeof plugin === 'string') {
      effects = { ...effects, unknown: [...effects.unknown, plugin] };
      continue;
    }
    const config = at(plugin, 'config');
    if (plugin.plugin === 'request-termination') {
      const [status, body] = [at(config, 'status_code'), at(config, 'body')];
      effects = {
        ...effects,
        answer: {
          kind: 'respond',
          status: typeof status === 'number' ? status : 503,
          ...(typeof body === 'string' ? { body } : {}),
        },
      };
    } else if (plugin.plugin === 'request-transformer') {
      const [replace, add] = [at(config, 'replace'), at(at(config, 'add'), 'headers')];
      const uri = at(replace, 'uri');
      const set = new Map([...pairs(add), ...pairs(at(replace, 'headers'))]);
      effects = {
        ...effects,
        uri: typeof uri === 'string' ? uri : effects.uri,
        request: {
          set: [...effects.request.set, ...set],
          add: [...effects.request.add, ...pairs(at(at(config, 'append'), 'headers'))],
          remove: [...effects.request.remove, ...texts(at(at(config, 'remove'), 'headers'))],
        },
      };
    } else
      effects = {
        ...effects,
        unknown: [...effects.unknown, `what the plugin ${String(plugin.plugin)} does is not in the model`],
      };
  }
  return effects;
}

const isHost = ([name]: readonly [string, string]): boolean => name.toLowerCase() === 'host';

const changesOf = ({ set, add, remove }: HeaderChange): HeaderChanges => {
  const kept = { set: set.filter((pair) => !isHost(pair)), add, remove };
  return kept.set.length + add.length + remove.length === 0 ? noHeaderChanges : kept;
};

/** The literal text that an expression captures what follows of: `^/v1\.0(/.*)`; undefined where it is no such one. */
function capturedBehind(expression: string): string | undefined {
  const [, quoted] = /^\^((?:[^\\.+*?()|[\]{}^$]|\\[^A-Za-z0-9])*)\(\/?\.\*\)(?:\(\?:\))*\$?$/.exec(expression) ?? [];
  return quoted?.replace(/\\(.)/g, '$1');
}

/** How a path changes by a template of the controller's or of a translation's; null where that cannot be told. */
function rewriteOf(uri: string, path: Condition | undefined): PathRewrite | null {
  const [, before = '', call] = /^([^$]*)\$\((.*)\)$/.exec(uri) ?? [];
  if (call === undefined) return uri.includes('$(') ? null : { kind: 'full', value: uri };
  const otherwise = /== nil and "([^"]*)"/.exec(call)?.[1] ?? '';
  if (path?.op === '==') return { kind: 'full', value: before + otherwise };
  if (path?.op !== '~') return null;
  if (/\(\)(?:\(\?:\))*\$$/.test(path.value)) return { kind: 'full', value: before };
  const literal = capturedBehind(path.value);
  if (literal === undefined) return null;
  const slash = call.includes('or "/" ..') ? '/' : '';
  return { kind: 'prefix', length: literal.length, replacement: `${before}${slash}` };
}

function redirectTo(location: string, keepPath: boolean, status: number): Decision {
  const url = new URL(location);
  const [, authority = ''] = /^[a-z+.-]+:\/\/([^/?]*)/.exec(location) ?? [];
  const rest = location.slice(location.indexOf(authority) + authority.length);
  return {
    kind: 'redirect',
    status,
    scheme: url.protocol.replace(/:$/, ''),
    host: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    // The plugin writes the path that it is told, and drops the query.
    ...(keepPath ? {} : { path: { kind: 'full', value: rest.includes('?') ? rest : `${rest || '/'}` } }),
  };
}

/** Requests on their way to Services, whose routes in the mesh decide once more. */
interface Onward extends Forwarding {
  readonly kind: 'onward';
  readonly shares: readonly Share[];
}

/** What Kong does with the requests that a route takes in one way. */
function decide(
  edge: KongEdge,
  { route, service }: ServedRoute,
  path: Condition | undefined,
  asked: { readonly host: string; readonly secure: boolean },
): Decision | Onward {
  const { secure } = asked;
  const { protocols, httpsRedirectStatus, plugins } = route;
  const effects = effectsOf(edge, route);
  if (protocols.includes('https') && !protocols.includes('http') && !secure)
    return httpsRedirectStatus === 426
      ? { kind: 'respond', status: 426 }
      : { kind: 'redirect', status: httpsRedirectStatus, scheme: 'https' };
  const responseHeaders = changesOf(effects.response);
  const answers = responseHeaders === noHeaderChanges ? {} : { responseHeaders };
  if (plugins.redirect !== undefined) {
    const { location, keepPath, status } = plugins.redirect;
    if (!isLocation(location)) return { kind: 'broken', reason: `Kong refuses a redirect to ${location}` };
    return { ...redirectTo(location, keepPath, status), ...answers } as Decision;
  }
  const [unknown] = effects.unknown;
  if (effects.answer !== undefined)
    return unknown === undefined ? effects.answer : { kind: 'unknown', reason: unknown };
  if (service.terminated) return { kind: 'respond', status: 500 };
  const targets = service.targets.filter(({ weight }) => weight > 0);
  if (targets.length === 0) return { kind: 'respond', status: 503 };
  const rewrite = effects.uri === undefined ? undefined : rewriteOf(effects.uri, path);
  if (rewrite === null) return { kind: 'unknown', reason: `what ${effects.uri} makes of paths cannot be told` };
  if (route.stripPath) return { kind: 'unknown', reason: 'konghq.com/strip-path is not in the model of paths' };
  const shares = targets.map(({ service: of, port, weight }): Share => {
    const [namespace = '', name = ''] = of.split('/');
    return { weight, service: `${of}:${port}`, table: edge.mesh.routeTable(edge.client, { namespace, name }, port) };
  });
  const host = effects.request.set.findLast(isHost)?.[1];
  return {
    kind: 'onward',
    shares,
    sent: {
      rewrite,
      replaced: path?.op === '~' ? (capturedBehind(path.value) ?? '') : (path?.value ?? ''),
      authority: host === undefined && route.preserveHost === true ? undefined : (host ?? service.name),
      host: asked.host,
      requestHeaders: changesOf(effects.request),
      responseHeaders,
    },
    timeout: timeoutOf(service),
    // What is sent must come on within the time of a phase (nginx's proxy_read_timeout).
    idleTimeout: service.timeoutMs >= longest ? 0 : service.timeoutMs,
    unknown,
  };
}

/**
 * How long a request may take at Kong. It gives each phase of a request its time (edge.md K-6); one whose time is over it sends
 * again, as often as it retries, if the method allows that: to the next address of the upstream, which may be the same
 * (nginx's proxy_next_upstream; kong/runloop/balancer/round_robin.lua, 3.9, read).
 */
const timeoutOf = ({ timeoutMs, retries }: ServedService): number =>
  timeoutMs >= longest ? 0 : timeoutMs * (retries + 1);

// 24 days: what stands for none, since Kong takes no 0 (edge.md K-6).
const longest = 2_000_000_000;

const hostFits = ({ hosts }: KongRoute, host: string): boolean =>
  hosts.length === 0 || hosts.some(({ op, value }) => (op === '=^' ? host.endsWith(value) : host === value));

const grpc: Readonly<Record<string, string>> = { grpc: 'http', grpcs: 'https' };

/** Whether a route looks at requests of a scheme at all; one for https alone answers plain requests too. */
function schemeFits({ protocols }: KongRoute, secure: boolean, { flavor }: KongGatewayBehavior): boolean {
  if (flavor !== 'expressions' || (protocols.length === 1 && protocols[0] === 'https')) return true;
  return protocols.some((protocol) => (grpc[protocol] ?? protocol) === (secure ? 'https' : 'http'));
}

/** What a Kong Gateway does with the requests to one host: its routes in the order in which it tries them. */
export function kongTable(edge: KongEdge, host: string, secure: boolean): RouteTable {
  const { gateway } = edge;
  const clash = gateway.refusedByKong[0];
  if (clash !== undefined)
    return { virtualHosts: [], otherwise: { kind: 'broken', reason: `Kong refuses its configuration: ${clash}` } };
  const routes = gateway.routes.flatMap((served): Route[] => {
    const { route } = served;
    if (!hostFits(route, host) || !schemeFits(route, secure, gateway)) return [];
    const { kind, namespace, name } = route.of;
    return waysOf(route, gateway.flavor).flatMap(({ path, predicate }): Route[] => {
      const [origin] = route.origins;
      const place = origin === undefined ? 'spec' : `spec.rules[${origin.rule}]`;
      const rule = { kind, namespace, name, path: place };
      const decision = decide(edge, served, path, { host, secure });
      if (decision.kind !== 'onward') return [{ predicate, decision, rule }];
      return routesBehind(predicate, decision, decision.shares).map((one) => ({ rule, ...one }));
    });
  });
  return { virtualHosts: [{ name: host, domains: [host], routes }], otherwise: { kind: 'respond', status: 404 } };
}
