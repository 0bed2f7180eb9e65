import {
  child,
  descend,
  effectiveNamespace,
  type Field,
  items,
  type JsonObject,
  number,
  type Resource,
  rootField,
  text,
} from '@isthmus/kubernetes';
import { type Estate, ofKind } from '../../estate.ts';
import { compareCreation, isOrderGuessed } from '../creation-order.ts';
import { carry, type Derivable, derive, place } from '../derived.ts';
import { given, objectItems, textItems } from '../fields.ts';
import { hostsOverlap } from '../host.ts';
import type { MeshSettings } from '../mesh-settings.ts';
import { destinationsOf, hasBackends } from './backends.ts';
import { compareRank, type DerivedRule, RouteRefused } from './conversion.ts';
import { httpRulesOf } from './http.ts';

const group = 'gateway.networking.k8s.io';

export type MeshRouteKind = 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute' | 'TLSRoute';
const kinds: ReadonlySet<string> = new Set<MeshRouteKind>(['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute']);

/** A Service or ServiceEntry that a route is for. */
export interface MeshParent {
  readonly field: Field<JsonObject>;
  readonly kind: 'Service' | 'ServiceEntry';
  readonly namespace: string;
  readonly name: string;
  readonly port: Field<number> | undefined;
  /** Names that requests are sent to; none where the ServiceEntry is not in the import. */
  readonly hosts: readonly string[];
}

/** A route of the Gateway API that Istio takes for the mesh: it has a Service or ServiceEntry as a parent. */
export interface MeshRoute {
  readonly resource: Resource;
  readonly kind: MeshRouteKind;
  readonly parents: readonly MeshParent[];
  /** Why Istio makes nothing of it; undefined where it does. */
  readonly refused: { readonly field: Field; readonly reason: string } | undefined;
}

/** The routes of the Gateway API for the mesh, and the VirtualServices that Istio makes of them. */
export interface MeshRoutes {
  readonly routes: readonly MeshRoute[];
  readonly virtualServices: readonly Resource[];
  /** Rules of different routes that only the routes' age puts in order, where the import does not tell it. */
  readonly ties: readonly { readonly rule: Field; readonly other: Field }[];
}

/** Whether an object is a route of the Gateway API. */
export const isGatewayRoute = (resource: Resource): boolean => resource.group === group && kinds.has(resource.kind);

/** The parents of a route that are services of the mesh (conversion.go toInternalParentReference, 1.32). */
export function meshParentsOf(
  resource: Resource,
  hostsOf: (parent: Omit<MeshParent, 'hosts'>) => readonly string[],
): MeshParent[] {
  return objectItems(child(child(rootField(resource), 'spec'), 'parentRefs')).flatMap((field): MeshParent[] => {
    const ofGroup = text(given(field, 'group'))?.value ?? group;
    const kind = text(given(field, 'kind'))?.value ?? 'Gateway';
    const isService = ofGroup === '' && kind === 'Service';
    if (!isService && !(ofGroup === 'networking.istio.io' && kind === 'ServiceEntry')) return [];
    const parent = {
      field,
      kind: isService ? 'Service' : 'ServiceEntry',
      namespace: text(given(field, 'namespace'))?.value ?? effectiveNamespace(resource),
      name: text(child(field, 'name'))?.value ?? '',
      port: number(given(field, 'port')),
    } as const;
    return [{ ...parent, hosts: hostsOf(parent) }];
  });
}

/** A route's rules for one host and port of a parent. */
interface Part {
  readonly route: Resource;
  readonly parent: MeshParent;
  readonly host: string;
  readonly rules: readonly DerivedRule[];
}

/** A route in the Service's own namespace is for all clients, one in another only for clients of that one (edge.md K4). */
const exportToOf = (route: Resource, parent: MeshParent): { readonly exportTo?: readonly string[] } =>
  effectiveNamespace(route) === parent.namespace ? {} : { exportTo: ['.'] };

const identity = (name: string) =>
  ({ apiVersion: 'networking.istio.io/v1', group: 'networking.istio.io', kind: 'VirtualService', name }) as const;

function virtualServiceOf(route: Resource, name: string, parent: MeshParent, host: string, rules: Derivable): Resource {
  return derive(route, identity(name), {
    hosts: [carry(parent.field, host)],
    gateways: ['mesh'],
    ...exportToOf(route, parent),
    ...(rules as Record<string, Derivable>),
  });
}

const withPort = (port: MeshParent['port']): Readonly<Record<string, Derivable>> =>
  port === undefined ? {} : { port: carry(port, port.value) };

function httpOf({
  rules,
  parent,
}: Part): { readonly rank: DerivedRule['rank']; readonly rules: readonly Derivable[] }[] {
  return rules.map((one) => ({
    rank: one.rank,
    rules:
      one.matches.length === 0
        ? [place(one.rule, { ...(parent.port && { match: [withPort(parent.port)] }), ...one.settings(0) })]
        : one.matches.map((match, index) =>
            place(one.rule, {
              match: [place(one.match ?? one.rule, { ...match, ...withPort(parent.port) })],
              ...one.settings(index),
            }),
          ),
  }));
}

/** Neighbours of one rank that are of different routes, and may take the same requests. */
function tiesOf(parts: readonly Part[]): { rule: Field; other: Field }[] {
  const rules = parts.flatMap((part) => part.rules);
  return rules.flatMap((one, index) => {
    const other = rules
      .slice(index + 1)
      .find(
        (two) => two.rule.resource !== one.rule.resource && compareRank(one.rank, two.rank) === 0 && mayMeet(one, two),
      );
    return other === undefined ? [] : [{ rule: other.rule, other: one.rule }];
  });
}

const pathValue = ({ match }: DerivedRule): string => String(descend(match, 'path', 'value')?.value ?? '/');

/** Prefixes and whole paths of one length that differ have no request in common. */
const mayMeet = (a: DerivedRule, b: DerivedRule): boolean =>
  a.rank.path === 'regex' ||
  a.rank.path === 'none' ||
  a.rule.resource.kind === 'GRPCRoute' ||
  pathValue(a) === pathValue(b);

/**
 * HTTPRoutes and GRPCRoutes of one namespace for one host and port are one VirtualService, their rules sorted together
 * (istio/pilot/pkg/config/kube/gateway/route_collections.go mergeHTTPRoutes, 1.32).
 */
function merge(parts: readonly Part[], ties: { rule: Field; other: Field }[]): Resource[] {
  const byKey = Map.groupBy(parts, ({ route, parent, host }) => {
    const port = parent.port === undefined ? '' : `~${parent.port.value}`;
    return `${effectiveNamespace(route)}${port}~${host}`;
  });
  return [...byKey].map(([name, own]) => {
    const ordered = [...own].sort((a, b) => compareCreation(a.route, b.route));
    const { route, parent, host } = ordered[0] as Part;
    if (isOrderGuessed(ordered.map((part) => part.route))) ties.push(...tiesOf(ordered));
    const rules = ordered.flatMap(httpOf).sort((a, b) => compareRank(a.rank, b.rank));
    return virtualServiceOf(route, name, parent, host, { http: rules.flatMap((one) => one.rules) });
  });
}

/** The connections of a rule; a rule without weights leads to nobody (conversion.go convertTCPRoute). */
function connectionsOf(rule: Field, mesh: MeshSettings): Derivable {
  const refs = child(rule, 'backendRefs');
  if (hasBackends(refs)) return destinationsOf(refs, mesh);
  return [{ destination: carry(refs ?? rule, { host: 'internal.cluster.local', port: { number: 65_535 } }) }];
}

/** The server names of a TLSRoute for a host of a parent: its own, else those of the parent (conversion.go augmentTLSPortMatch). */
function serverNames(spec: Field | undefined, { field, hosts }: MeshParent, host: string): Derivable {
  const written = textItems(child(spec, 'hostnames'));
  if (written.length === 0) return hosts.map((name) => carry(field, name));
  const used = written.length === 1 ? written : written.filter(({ value }) => hostsOverlap(host, value));
  return used.map((name) => carry(name, name.value));
}

function connectionRoutes(route: MeshRoute, mesh: MeshSettings): Resource[] {
  const spec = child(rootField(route.resource), 'spec');
  const rules = objectItems(child(spec, 'rules'));
  const isTls = route.kind === 'TLSRoute';
  let count = 0;
  return route.parents.flatMap((parent) =>
    parent.hosts.map((host) => {
      const derived = rules.map((rule): Derivable => {
        const port = withPort(parent.port);
        const match = isTls
          ? [{ sniHosts: serverNames(spec, parent, host), ...port }]
          : parent.port === undefined
            ? undefined
            : [port];
        return place(rule, { ...(match && { match }), route: connectionsOf(rule, mesh) });
      });
      const name = `${route.resource.name}~${isTls ? 'tls' : 'tcp'}~${count++}`;
      return virtualServiceOf(route.resource, name, parent, host, { [isTls ? 'tls' : 'tcp']: derived });
    }),
  );
}

function read(
  resource: Resource,
  parents: readonly MeshParent[],
  mesh: MeshSettings,
): { route: MeshRoute; parts: Part[]; own: Resource[] } {
  const kind = resource.kind as MeshRouteKind;
  const route: MeshRoute = { resource, kind, parents, refused: undefined };
  try {
    if (kind === 'TCPRoute' || kind === 'TLSRoute') return { route, parts: [], own: connectionRoutes(route, mesh) };
    const rules = httpRulesOf(child(rootField(resource), 'spec'), kind, mesh);
    const parts = parents.flatMap((parent) => parent.hosts.map((host) => ({ route: resource, parent, host, rules })));
    return { route, parts: rules.length === 0 ? [] : parts, own: [] };
  } catch (error) {
    if (!(error instanceof RouteRefused)) throw error;
    return { route: { ...route, refused: { field: error.field, reason: error.message } }, parts: [], own: [] };
  }
}

/** Reads the routes of the Gateway API for the mesh as Istio does, which makes VirtualServices of them. */
export function readMeshRoutes(estate: Estate, mesh: MeshSettings): MeshRoutes {
  const entries = new Map(
    ofKind(estate.istio, 'ServiceEntry')
      .filter(({ group: of }) => of === 'networking.istio.io')
      .map((entry) => [`${effectiveNamespace(entry)}/${entry.name}`, entry]),
  );
  const hostsOf = ({ kind, namespace, name }: Omit<MeshParent, 'hosts'>): string[] => {
    if (kind === 'Service') return [`${name}.${namespace}.svc.${mesh.clusterDomain}`];
    const entry = entries.get(`${namespace}/${name}`);
    return entry === undefined
      ? []
      : items(child(child(rootField(entry), 'spec'), 'hosts')).flatMap((host) => text(host)?.value ?? []);
  };
  const found = estate.context.filter(isGatewayRoute).flatMap((resource) => {
    const parents = meshParentsOf(resource, hostsOf);
    return parents.length === 0 ? [] : [read(resource, parents, mesh)];
  });
  const ties: { rule: Field; other: Field }[] = [];
  const merged = merge(
    found.flatMap(({ parts }) => parts),
    ties,
  );
  return {
    routes: found.map(({ route }) => route),
    virtualServices: [...merged, ...found.flatMap(({ own }) => own)],
    ties,
  };
}
