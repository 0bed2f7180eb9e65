import type { Target } from './backends.ts';
import { type EdgeRequest, escapePath, headerValues, hostOf, normalisePath, splitTarget } from './edge-request.ts';
import type { HeaderChange, KongRoute, KongService, Origin } from './kong-entities.ts';
import type { Winner } from './router.ts';

/** The match of an object that decided. */
export interface DecidedBy {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The matches that take the request, the first first; none for an Ingress. */
  readonly matches: readonly Origin[];
  /** Another route has the same priority: ids decided. */
  readonly tie: boolean;
}

/** Changes to headers on the way; `Host` is not among them. */
interface Headers {
  readonly requestHeaders?: HeaderChange;
  readonly responseHeaders?: HeaderChange;
}

/** What a Kong Gateway does with a request. `by` is absent where no route takes it. */
export type KongDecision = { readonly by?: DecidedBy } & (
  | ({
      readonly kind: 'forward';
      /** With the relative weights that the balancer gets; where all are 0 it finds nobody. */
      readonly backends: readonly Target[];
      /** Path and query as the backend sees them. */
      readonly path: string;
      /** The Host header as the backend sees it; undefined: the backend's own name. */
      readonly host?: string;
      readonly timeoutMs: number;
    } & Headers)
  | ({ readonly kind: 'redirect'; readonly status: number; readonly location: string } & Headers)
  | ({ readonly kind: 'respond'; readonly status: number; readonly grpcStatus?: number } & Headers)
  /** Kong does not take the configuration of this route. */
  | ({ readonly kind: 'refusedByKong'; readonly problem: string } & Headers)
);

const isHost = ([name]: readonly [string, string]): boolean => name.toLowerCase() === 'host';
const changesOf = (change: HeaderChange | undefined): HeaderChange | undefined => {
  if (change === undefined) return undefined;
  const kept = { set: change.set.filter((pair) => !isHost(pair)), add: change.add, remove: change.remove };
  return kept.set.length + kept.add.length + kept.remove.length === 0 ? undefined : kept;
};

const headersOf = ({ plugins: { request, response } }: KongRoute, forwards: boolean): Headers => {
  const [requestHeaders, responseHeaders] = [forwards ? changesOf(request) : undefined, changesOf(response)];
  return {
    ...(requestHeaders === undefined ? {} : { requestHeaders }),
    ...(responseHeaders === undefined ? {} : { responseHeaders }),
  };
};

/** Renders the templates that the controller writes for a replaced prefix (`filters.ts`); other text stays. */
export function renderUri(template: string, captures: Winner['captures']): string {
  const [, before = '', call] = /^([^$]*)\$\((.*)\)$/.exec(template) ?? [];
  if (call === undefined) return template;
  const captured = captures?.[1];
  const otherwise = /== nil and "([^"]*)"/.exec(call)?.[1] ?? '';
  if (captured === undefined) return before + otherwise;
  return `${before}${call.includes('or "/" ..') ? '/' : ''}${captured}`;
}

/** The path that a Kong service gets, whose own path is `/` (kong/router/utils.lua get_upstream_uri_v0). */
function strippedPath(path: string, taken: string | undefined): string {
  const rest = path.slice((taken ?? '/').length);
  const clean = rest === '.' || rest === '..' ? '' : rest.replace(/^(\.\/|\.\.\/)/, '');
  return clean === '' ? '/' : clean.startsWith('/') ? clean : `/${clean}`;
}

/** Path and query upstream. */
function upstreamPath({ route, taken, captures }: Winner, request: EdgeRequest): string {
  const { path, query } = splitTarget(request.path);
  const normal = normalisePath(path);
  const uri = route.plugins.request?.uri;
  const chosen = uri !== undefined ? renderUri(uri, captures) : route.stripPath ? strippedPath(normal, taken) : normal;
  return `${escapePath(chosen)}${query === undefined ? '' : `?${query}`}`;
}

/** The Location of the `redirect` plugin (kong/plugins/redirect/handler.lua, 3.9). */
function locationOf(location: string, keepPath: boolean, request: EdgeRequest): string {
  if (!keepPath) return location;
  const { path, query = '' } = splitTarget(request.path);
  const url = new URL(location);
  url.pathname = normalisePath(path);
  url.search = query;
  return url.href;
}

/** Whether Kong takes the `location` of its `redirect` plugin (kong/db/schema/typedefs.lua url). */
export const isLocation = (location: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/]/.test(location);

function upstreamHost(
  route: KongRoute,
  service: { readonly targets: readonly Target[] },
  request: EdgeRequest,
): string | undefined {
  const set = route.plugins.request?.set.findLast(isHost)?.[1];
  if (set !== undefined) return set;
  if (route.preserveHost === true) return request.host;
  const [target, ...others] = service.targets;
  // The name of the only target; of several the chosen one.
  if (target !== undefined && others.length === 0)
    return `${target.service.replace(/^(.*)\/(.*)$/, '$2.$1')}.svc:${target.port}`;
  return undefined;
}

/** What Kong does with a request that a route takes, or none (kong/runloop/handler.lua access, 3.9). */
export function decide(
  winner: Winner | undefined,
  service: (KongService & { readonly targets: readonly Target[] }) | undefined,
  request: EdgeRequest,
): KongDecision {
  if (winner === undefined || service === undefined) return { kind: 'respond', status: 404 };
  const { route, tie, origins } = winner;
  const { kind, namespace, name } = route.of;
  const by = { by: { kind, namespace, name, matches: origins, tie } };
  const { protocols, httpsRedirectStatus } = route;
  const { redirect } = route.plugins;
  const answer = headersOf(route, false);
  if (protocols.includes('https') && !protocols.includes('http') && request.scheme === 'http') {
    if (httpsRedirectStatus === 426) return { ...by, kind: 'respond', status: 426, ...answer };
    const location = `https://${hostOf(request.host).toLowerCase()}${request.path}`;
    return { ...by, kind: 'redirect', status: httpsRedirectStatus, location, ...answer };
  }
  if (protocols.includes('grpc') || protocols.includes('grpcs')) {
    // HTTP/2 is taken for granted where the content is gRPC.
    const isGrpc = headerValues(request, 'content-type').some((value) => value.startsWith('application/grpc'));
    if (!isGrpc) return { ...by, kind: 'respond', status: 415, ...answer };
    if (!protocols.includes('grpc') && request.scheme === 'http')
      return { ...by, kind: 'respond', status: 200, grpcStatus: 1, ...answer };
  }
  if (redirect !== undefined && !isLocation(redirect.location))
    return { ...by, kind: 'refusedByKong', problem: `redirect location '${redirect.location}'`, ...answer };
  if (redirect !== undefined) {
    const location = locationOf(redirect.location, redirect.keepPath, request);
    return { ...by, kind: 'redirect', status: redirect.status, location, ...answer };
  }
  if (service.terminated) return { ...by, kind: 'respond', status: 500, ...answer };
  const targets = service.targets;
  if (targets.length === 0) return { ...by, kind: 'respond', status: 503, ...answer };
  const host = upstreamHost(route, service, request);
  return {
    ...by,
    kind: 'forward',
    backends: targets,
    path: upstreamPath(winner, request),
    ...(host === undefined ? {} : { host }),
    timeoutMs: service.timeoutMs,
    ...headersOf(route, true),
  };
}
