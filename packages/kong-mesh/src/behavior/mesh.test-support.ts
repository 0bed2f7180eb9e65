import {
  type Decision,
  evaluate,
  type Forward,
  locationOf,
  normalizePath,
  type Request,
  type RouteTable,
  upstreamOf,
} from '@isthmus/behavior';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import { defaultPolicies } from '../defaults/default-policies.ts';
import type { TargetVersion } from '../version.ts';
import { compileKongMesh, type KongMeshBehavior } from './compile.ts';

/** A namespace that takes part in the mesh. */
export const namespace = (
  name: string,
  labels: JsonObject = { 'kuma.io/sidecar-injection': 'enabled' },
): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** A Service `<namespace>/<name>` that selects Pods by `app`, with ports `name:port:appProtocol`. */
export function service(at: string, ports: readonly string[] = ['http:80:http'], spec: JsonObject = {}): JsonObject {
  const [home = '', name = ''] = at.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: home },
    spec: {
      selector: { app: name },
      ports: ports.map((text) => {
        const [portName = '', port, appProtocol] = text.split(':');
        return { name: portName, port: Number(port), ...(appProtocol === undefined ? {} : { appProtocol }) };
      }),
      ...spec,
    },
  };
}

/** A policy `<namespace>/<name>`. */
export function policy(kind: string, at: string, spec: JsonObject, labels: JsonObject = {}): JsonObject {
  const [home = '', name = ''] = at.split('/');
  return { apiVersion: 'kuma.io/v1alpha1', kind, metadata: { name, namespace: home, labels }, spec };
}

/** A backend of version 2.x by name, on port 80 unless told otherwise. */
export const backend = (name: string, extra: JsonObject = {}): JsonObject => ({
  kind: 'MeshService',
  name,
  port: 80,
  ...extra,
});

/** A reference that every version reads as the one service of this name in a namespace. */
export const byLabels = (name: string, home = 'shop'): JsonObject => ({
  kind: 'MeshService',
  labels: { 'kuma.io/display-name': name, 'k8s.kuma.io/namespace': home },
});

export interface Rule {
  readonly matches: readonly JsonObject[];
  readonly filters?: readonly JsonObject[];
  readonly backendRefs?: readonly JsonObject[];
}

/** Rules of a MeshHTTPRoute as its `rules` writes them. */
export const rulesOf = (rules: readonly Rule[]): Json =>
  rules.map(({ matches, ...conf }) => ({ matches, default: conf as JsonObject }));

/** A MeshHTTPRoute `<namespace>/<name>` for the service `s` in its own namespace. */
export const route = (at: string, rules: readonly Rule[], spec: JsonObject = {}): JsonObject =>
  policy('MeshHTTPRoute', at, {
    to: [{ targetRef: { kind: 'MeshService', name: 's' }, rules: rulesOf(rules) }],
    ...spec,
  });

export const path = (type: string, value: string, extra: JsonObject = {}): JsonObject => ({
  path: { type, value },
  ...extra,
});
export const prefix = (value: string, extra: JsonObject = {}): JsonObject => path('PathPrefix', value, extra);
export const header = (name: string, value?: string, type = 'Exact'): JsonObject =>
  value === undefined ? { type: 'Present', name } : { type, name, value };

/** The services s, v1, v2 and v3 of the namespace shop, port 80 and http. */
export const shop: readonly JsonObject[] = [
  namespace('shop'),
  ...['s', 'v1', 'v2', 'v3'].map((name) => service(`shop/${name}`)),
];

export const client = { namespace: 'shop', labels: { app: 'client' } };

export interface MeshSetup {
  readonly version?: TargetVersion;
  readonly defaults?: boolean;
}

/** Compiles objects with the default policies of the version, unless they are left out. */
export function meshOf(
  objects: readonly JsonObject[],
  { version = '2.14', defaults = true }: MeshSetup = {},
): KongMeshBehavior {
  const brought = defaults ? defaultPolicies(version, 'default', 'kong-mesh-system') : [];
  return compileKongMesh([...objects, ...brought], {
    version,
    mesh: 'default',
    zone: 'default',
    systemNamespace: 'kong-mesh-system',
  });
}

/** A request written as `GET /path?query name=value …`, to the host `s`. */
export function request(text: string): Request {
  const [method = '', whole = '/', ...headers] = text.split(' ');
  const pairs = headers.map((pair): [string, string[]] => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, equals), [pair.slice(equals + 1)]];
  });
  return { method, authority: 's', path: normalizePath(whole) ?? whole, headers: Object.fromEntries(pairs) };
}

function forwardAsText(decision: Forward, asked: Request): string {
  const total = decision.destinations.reduce((sum, { weight }) => sum + weight, 0);
  const shares = decision.destinations.map(({ destination: { host, endpoints }, weight }) => {
    const name = endpoints.kind === 'none' ? String(endpoints.status ?? 503) : (host.split('.')[0] ?? '');
    return decision.destinations.length === 1 ? name : `${name} ${Math.round((weight / total) * 1000) / 10}%`;
  });
  const upstream = upstreamOf(decision, asked);
  return [
    shares.join(', '),
    ...(upstream.path === asked.path ? [] : [`as ${upstream.path}`]),
    ...(upstream.authority === asked.authority ? [] : [`at ${upstream.authority}`]),
  ].join(' ');
}

/** A decision in a few words: `v2`, `v1 90%, v2 10%`, `v2 as /new`, `302 http://s/x`, `404`, `no listener`. */
export function asText(decision: Decision, asked: Request): string {
  switch (decision.kind) {
    case 'forward':
      return forwardAsText(decision, asked);
    case 'redirect':
      return `${decision.status} ${locationOf(decision, asked)}`;
    case 'respond':
      return String(decision.status);
    case 'closed':
    case 'broken':
    case 'unknown':
      return `${decision.kind}: ${decision.reason}`;
    default:
      return decision.kind;
  }
}

/** What a table makes of a request. */
export function answer(table: RouteTable, text: string): string {
  const asked = request(text);
  return asText(evaluate(table, asked).decision, asked);
}

/** What the client's proxy makes of a request to port 80 of shop/s. */
export const ask = (objects: readonly JsonObject[], text: string, setup: MeshSetup = {}): string =>
  answer(meshOf([...shop, ...objects], setup).routeTable(client, { namespace: 'shop', name: 's' }, 80), text);

/** The decision for a request to port 80 of shop/s, which has to go on. */
export function forwardOf(objects: readonly JsonObject[], text: string, setup: MeshSetup = {}): Forward {
  const table = meshOf([...shop, ...objects], setup).routeTable(client, { namespace: 'shop', name: 's' }, 80);
  const { decision } = evaluate(table, request(text));
  if (decision.kind !== 'forward') throw new Error(`it does not go on: ${JSON.stringify(decision)}`);
  return decision;
}
