import { codes } from '@isthmus/diagnostics';
import { isGatewayRoute } from '@isthmus/istio';
import { effectiveNamespace, isMap, type Json, type JsonObject, mapOf, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import type { EmittedObject, EmittedRole } from '../../emitted.ts';
import { child, descend, type Field, items, rootField, text } from '../../field.ts';
import { intersection } from '../gateway/bind.ts';
import { emitClass, freeName, gatewayApi } from '../gateway/emit-gateway.ts';
import { gatewayParents, type ServedGateway, servedGateways } from './gateways.ts';
import { objectionTo } from './objections.ts';

const list = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isMap) : []);
const without = (object: JsonObject, ...keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

const roleOf = (why: string | undefined): EmittedRole =>
  why === undefined ? { role: 'resource', stage: 'edge' } : { role: 'draft', stage: 'edge', why: `${why}.` };

/** Says that a resource is copied, or drafted, and claims what nothing else was said of. */
function account(context: Context, resource: Resource, name: string, why: string | undefined): void {
  const { kind } = resource;
  const code = why === undefined ? codes.gatewayApi.retargeted : codes.gatewayApi.draftAtEdge;
  if (why === undefined) context.report(codes.gatewayApi.retargeted, { kind, name }, resource);
  else context.report(codes.gatewayApi.draftAtEdge, { kind, why }, resource);
  const spec = child(rootField(resource), 'spec');
  for (const field of spec === undefined ? [] : context.unclaimed(spec)) context.claim(field, 'approximate', code);
}

function lose(context: Context, field: Field | undefined, name: string): void {
  if (field !== undefined) context.unsupported(field, codes.gatewayApi.lostAtEdge, { field: name });
}

/** Why a Gateway's copy is not to be applied unseen: Istio checks what Kong would not. */
function gatewayObjection(spec: JsonObject, { guards }: ServedGateway): string | undefined {
  const [guard] = guards;
  if (list(spec.listeners).length === 0)
    return 'its listeners stand elsewhere, in ListenerSets, which Kong does not read';
  if (guard !== undefined)
    return `${guard.resource.kind} ${guard.resource.namespace}/${guard.resource.name} restricts what enters here, and its counterpart at Kong must stand first`;
  if (isMap(mapOf(spec.tls).frontend))
    return 'certificates of clients are checked here, which a Gateway of Kong does not do';
  for (const listener of list(spec.listeners)) {
    const tls = mapOf(listener.tls);
    if (isMap(tls.frontendValidation) || isMap(tls.options))
      return 'a listener has TLS settings of its own, which may check certificates of clients';
    if (listener.protocol === 'TLS' && tls.mode !== 'Passthrough')
      return 'Kong has no route for TLS that ends here and goes on as TCP';
  }
  return undefined;
}

function listenerOf(context: Context, listener: Field): JsonObject {
  const value = mapOf(listener.value);
  const tls = mapOf(value.tls);
  const references = list(tls.certificateRefs);
  const allowed = mapOf(value.allowedRoutes);
  // A listener that lists GRPCRoute is invalid in Kong, and so are its HTTPRoutes (edge.md T67).
  if (allowed.kinds !== undefined)
    lose(context, descend(listener, 'allowedRoutes', 'kinds'), 'the kinds of a listener');
  for (const field of items(descend(listener, 'tls', 'certificateRefs')).slice(1))
    lose(context, field, 'more than one certificate of a listener');
  return {
    ...value,
    ...(value.allowedRoutes === undefined ? {} : { allowedRoutes: without(allowed, 'kinds') }),
    ...(references.length > 1 ? { tls: { ...tls, certificateRefs: references.slice(0, 1) } } : {}),
  };
}

function emitGateway(
  context: Context,
  gateway: ServedGateway,
): { readonly name: string; readonly why: string | undefined } {
  const { resource } = gateway;
  const namespace = effectiveNamespace(resource);
  const spec = child(rootField(resource), 'spec') as Field;
  const why = gatewayObjection(mapOf(spec.value), gateway);
  const name = freeName(context, 'Gateway', namespace, resource.name);
  for (const key of ['addresses', 'infrastructure', 'allowedListeners', 'defaultScope', 'tls'])
    lose(context, child(spec, key), key);
  context.emit({
    ...roleOf(why),
    object: {
      apiVersion: `${gatewayApi}/v1`,
      kind: 'Gateway',
      metadata: { name, namespace },
      spec: {
        gatewayClassName: context.derived(child(spec, 'gatewayClassName') ?? spec, 'kong'),
        listeners: items(child(spec, 'listeners')).map((listener) =>
          context.derived(listener, listenerOf(context, listener)),
        ),
      },
    },
    services: [],
  });
  account(context, resource, name, why);
  return { name, why };
}

/** The hosts of a route at the listeners that it names, each once: Kong makes a route of each, and takes no two of a name (edge.md T60, T66). */
function hostsOf(route: JsonObject, listeners: readonly JsonObject[]): readonly string[] | undefined {
  const offered = listeners.map(({ hostname }) => (typeof hostname === 'string' ? hostname : '*'));
  const own = Array.isArray(route.hostnames) ? route.hostnames.map(String) : [];
  const wanted = own.length === 0 ? ['*'] : own;
  const found = wanted.flatMap((host) => offered.flatMap((other) => intersection(other, host) ?? []));
  return found.includes('*') || found.length === 0 ? undefined : [...new Set(found)].sort();
}

interface Copies {
  readonly gateways: ReadonlyMap<string, { readonly name: string; readonly why: string | undefined }>;
  readonly routes: readonly Resource[];
}

function reportMissing(context: Context, ref: Field): void {
  const name = text(child(ref, 'name'));
  const isService = (text(child(ref, 'kind'))?.value ?? 'Service') === 'Service';
  const namespace = text(child(ref, 'namespace'))?.value ?? effectiveNamespace(ref.resource);
  if (name === undefined || !isService || context.services.get(namespace, name.value) !== undefined) return;
  context.report(codes.gatewayApi.missingBackend, { service: `${namespace}/${name.value}` }, name);
}

/** A rule without what Kong does not read; timeouts keep the part that it does. */
function ruleOf(context: Context, rule: Field): JsonObject {
  const value = mapOf(rule.value);
  const timeouts = mapOf(value.timeouts);
  lose(context, descend(rule, 'timeouts', 'request'), '`timeouts.request`');
  for (const key of ['retry', 'sessionPersistence']) lose(context, child(rule, key), `\`${key}\``);
  for (const ref of items(child(rule, 'backendRefs'))) reportMissing(context, ref);
  return {
    ...without(value, 'timeouts', 'retry', 'sessionPersistence'),
    ...(timeouts.backendRequest === undefined ? {} : { timeouts: { backendRequest: timeouts.backendRequest } }),
  };
}

function emitRoute(context: Context, route: Resource, copies: Copies): void {
  const { served } = servedGateways(context);
  const spec = child(rootField(route), 'spec') as Field;
  const parents = gatewayParents(route).filter(({ key }) => served.get(key)?.class === 'edge');
  const references = items(child(spec, 'parentRefs'));
  const used = parents.map(({ index }) => references[index] as Field);
  const listeners = parents.flatMap(({ index, key }) => {
    const section = text(child(references[index], 'sectionName'))?.value;
    const all = list(mapOf(served.get(key)?.resource.object.spec).listeners);
    return section === undefined ? all : all.filter(({ name }) => name === section);
  });
  const hosts = route.kind === 'TCPRoute' ? undefined : hostsOf(mapOf(spec.value), listeners);
  const namespace = effectiveNamespace(route);
  const name = freeName(context, route.kind, namespace, route.name);
  const rules = items(child(spec, 'rules'));
  const parentRefs = parents.map(({ index, key }) => ({
    ...(references[index]?.value as JsonObject),
    name: copies.gateways.get(key)?.name ?? '',
  }));
  const plain = rules.map((rule) => ruleOf(context, rule));
  const head = { apiVersion: route.apiVersion, kind: route.kind, metadata: { name, namespace } };
  const copy: JsonObject = {
    ...head,
    spec: { parentRefs, ...(hosts === undefined ? {} : { hostnames: hosts }), rules: plain },
  };
  const why =
    parents.map(({ key }) => copies.gateways.get(key)?.why).find((one) => one !== undefined) ??
    (hosts === undefined && Array.isArray(mapOf(spec.value).hostnames)
      ? 'none of its hosts is one of its Gateway'
      : undefined) ??
    objectionTo(route, copy, copies.routes);
  context.emit({
    ...roleOf(why),
    object: {
      ...head,
      spec: {
        parentRefs: parentRefs.map((reference, index) => context.derived(used[index] as Field, reference)),
        ...(hosts === undefined ? {} : { hostnames: context.derived(child(spec, 'hostnames') ?? spec, hosts) }),
        rules: plain.map((rule, index) => context.derived(rules[index] as Field, rule)),
      },
    } as EmittedObject,
    services: [],
  });
  account(context, route, name, why);
}

function accountForOther(context: Context, { resource, class: kind }: ServedGateway): void {
  const spec = child(rootField(resource), 'spec') as Field;
  if (kind === 'waypoint') {
    context.report(codes.gateway.waypoint, {}, resource);
    context.claim(spec, 'unsupported', codes.gateway.waypoint);
  } else if (kind === 'remote') {
    const network = resource.labels['topology.istio.io/network'] ?? 'unknown';
    context.report(codes.gatewayApi.remote, { network }, resource);
    context.claim(spec, 'unsupported', codes.gatewayApi.remote);
  } else {
    context.report(codes.gatewayApi.eastWest, {}, resource);
    context.claim(spec, 'unsupported', codes.gatewayApi.eastWest);
  }
}

/**
 * Gateways of Istio's classes and the routes that name them: copies for Kong's class under names of their own, so that both
 * doors stand side by side; drafts where Kong would let in more or answer otherwise (edge.md 3.12, K1 to K3).
 */
export function translateIstioGateways(context: Context): void {
  const { served, known } = servedGateways(context);
  const gateways = new Map<string, { readonly name: string; readonly why: string | undefined }>();
  for (const [key, gateway] of served)
    if (gateway.class === 'edge') gateways.set(key, emitGateway(context, gateway));
    else accountForOther(context, gateway);
  if (gateways.size > 0) emitClass(context, 'kong');
  const routes = context.estate.context.filter(
    (resource) => isGatewayRoute(resource) && gatewayParents(resource).some(({ key }) => gateways.has(key)),
  );
  for (const route of routes) emitRoute(context, route, { gateways, routes });
  for (const route of context.estate.context.filter(isGatewayRoute))
    for (const { key } of gatewayParents(route))
      if (!known.has(key)) context.report(codes.gatewayApi.noGateway, { name: key, kind: route.kind }, route);
}
