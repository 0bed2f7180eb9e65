import { codes } from '@isthmus/diagnostics';
import type { RoutePath } from '@isthmus/kong-gateway';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, eachLeaf, entries, type Field, items } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { emitSubsetService } from '../../subset-service.ts';
import { reportBackendTls } from './backend-tls.ts';
import { accountForMirror, accountForRetries } from './behind-kong.ts';
import { type Binding, gatewaysOf } from './bind.ts';
import { gatewayApi, gatewayName } from './emit-gateway.ts';
import { filtersOf, type Place } from './filters.ts';
import { reportProtocols } from './kong-annotations.ts';
import type { Listener } from './listeners.ts';
import { emitOutside } from './outside.ts';
import { emitPlugin } from './plugins.ts';
import type { Action, Backend } from './read-action.ts';
import type { EdgeMatch } from './read-match.ts';
import { redirectFilter } from './redirect.ts';
import { reportMeshRoutes } from './routes-behind.ts';
import type { EdgeRule } from './rules.ts';
import type { Unit } from './units.ts';

/** A backend of another namespace than its route's, for a ReferenceGrant. */
export interface BackendUse {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly name: string;
}

/** The longest time that Kong takes; without one it would cut every phase of a request at 60 s (edge.md V17). */
const noTimeout = '596h';

/** The references of a route to the listeners that it is for. */
export function parentsOf(context: Context, binding: Binding, listeners: readonly Listener[]): unknown[] {
  const fields = gatewaysOf(binding.resource);
  return listeners.map(({ gateway, name, draft, missing }) => {
    const field = fields.find(({ key }) => key === `${gateway.namespace}/${gateway.resource.name}`)?.field;
    const parent = {
      name: gatewayName(context, gateway, draft !== undefined && missing !== true),
      ...(gateway.namespace === binding.namespace ? {} : { namespace: gateway.namespace }),
      ...(missing === true ? {} : { sectionName: name }),
    };
    return field === undefined ? parent : context.exact(field, parent);
  });
}

/** The backends of a rule by Gateway API's rules: always with a port, without those that get no traffic. */
export function backendRefs(
  context: Context,
  kind: string,
  namespace: string,
  backends: readonly Backend[],
  uses: BackendUse[],
): unknown[] {
  return backends.flatMap((backend) => {
    const { host, portField, port, weight, service, subset } = backend;
    const alone = backends.length === 1;
    if (!alone && (weight?.value ?? 0) === 0) {
      context.settled(child(backend.field, 'destination'));
      context.settled(weight);
      return [];
    }
    if (backend.outside !== undefined) emitOutside(context, backend.namespace, backend.outside, host);
    else if (subset === undefined && context.services.get(backend.namespace, service) === undefined)
      context.report(codes.gateway.missingBackend, { service: `${backend.namespace}/${service}` }, host);
    if (subset !== undefined) {
      emitSubsetService(context, subset);
      context.approximate(subset.field, service, codes.gateway.subsetService, {
        subset: String(subset.field.value),
        service: `${backend.namespace}/${service}`,
      });
    }
    if (backend.namespace !== namespace) uses.push({ kind, from: namespace, to: backend.namespace, name: service });
    if (alone) context.settled(weight);
    // What is left of it, such as a port number of 0, says nothing.
    context.claim(child(backend.field, 'destination') as Field, 'inert', codes.gateway.unusedField);
    return [
      // Of what is outside a Service of another name stands there, as was said.
      (backend.outside === undefined ? context.exact : context.derived)(host, {
        name: subset === undefined ? service : context.derived(subset.field, service),
        ...(backend.namespace === namespace ? {} : { namespace: backend.namespace }),
        port: portField === undefined ? port : context.exact(portField, port),
        ...(alone || weight === undefined ? {} : { weight: context.exact(weight, weight.value) }),
      }),
    ];
  });
}

function conditions(
  context: Context,
  list: EdgeMatch['headers'],
  code: typeof codes.gateway.headerMatch | typeof codes.gateway.queryMatch,
): unknown {
  if (list.length === 0) return undefined;
  return list.map(({ field, name, type, value }) => context.approximate(field, { type, name, value }, code, { name }));
}

function matchesOf(context: Context, match: EdgeMatch, path: RoutePath): unknown[] {
  for (const field of match.deciding) context.settled(field);
  const uri = match.uri;
  const written =
    uri === undefined
      ? path
      : match.form.kind === 'regex'
        ? context.approximate(uri, path, codes.gateway.regexDialect, {})
        : context.exact(uri, path);
  const rest = {
    path: written,
    headers: conditions(context, match.headers, codes.gateway.headerMatch),
    queryParams: conditions(context, match.queryParams, codes.gateway.queryMatch),
  };
  const { methods, methodField } = match;
  if (methods === undefined || methodField === undefined) return [rest];
  return methods.map((method) => ({ ...rest, method: context.exact(methodField, method) }));
}

const methodsOf = ({ methods }: EdgeMatch): number => methods?.length ?? 1;

/** The number of rules of Gateway API that a rule takes: a redirect one for each match, others one for 64 matches. */
export function sizeOf({ action, matches }: EdgeRule): { rules: number; matches: number } {
  const count = matches.reduce((sum, match) => sum + methodsOf(match), 0);
  return { rules: action.kind === 'redirect' ? count : Math.ceil(count / 64), matches: count };
}

const chunk = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));

/** Accounts for what a rule says that no filter of Kong can do at the edge. */
function accountForRest(context: Context, { field, parts, action }: EdgeRule): void {
  context.settled(child(field, 'name'));
  const retries = parts('retries');
  const backends = action.kind === 'forward' ? action.backends : [];
  if (retries !== undefined) accountForRetries(context, retries, backends);
  for (const name of ['mirror', 'mirrors', 'mirrorPercent', 'mirrorPercentage', 'mirror_percent']) {
    const mirror = parts(name);
    if (mirror !== undefined) accountForMirror(context, mirror, backends);
  }
  const fault = parts('fault');
  if (fault !== undefined && action.kind !== 'respond') context.unsupported(fault, codes.gateway.fault, {});
  const known = new Set([
    'name',
    'match',
    'route',
    'redirect',
    'directResponse',
    'delegate',
    'rewrite',
    'timeout',
    'retries',
    'fault',
    'mirror',
    'mirrors',
    'mirrorPercent',
    'mirrorPercentage',
    'mirror_percent',
    'corsPolicy',
    'headers',
  ]);
  if (action.kind === 'redirect' || action.kind === 'respond') {
    for (const name of ['headers', 'corsPolicy', 'rewrite']) {
      const part = parts(name);
      if (part !== undefined) context.unsupported(part, codes.gateway.besideAnswer, { field: name });
    }
    for (const name of ['route', 'redirect', 'directResponse', 'fault']) {
      const part = parts(name);
      if (part !== undefined) context.claim(part, 'inert', codes.gateway.besideAnswer);
    }
  }
  for (const [name, part] of entries(field))
    if (!known.has(name)) context.inert(part, codes.gateway.unknownField, { field: name });
}

function respond(context: Context, action: Extract<Action, { kind: 'respond' }>, place: Place): unknown {
  const { status, body, from } = action;
  const config = {
    status_code: context.derived(from, status),
    content_type: body === undefined || body === '' ? undefined : 'text/plain',
    body: body === undefined || body === '' ? undefined : context.derived(from, body),
  };
  return emitPlugin(context, { ...place, name: `${place.name}-response` }, 'request-termination', config);
}

/** The plugin that answers in the place of what Kong cannot do, or of a rule that no request of a host matches. */
export function answer(context: Context, namespace: string, role: EmittedRole, status: 403 | 404 | 503): unknown {
  if (status === 403)
    // As Envoy's RBAC filter says it.
    return emitPlugin(context, { namespace, name: 'denied-by-policy', role, services: [] }, 'request-termination', {
      status_code: status,
      content_type: 'text/plain',
      body: 'RBAC: access denied',
    });
  const name = status === 404 ? 'no-rule-matches' : 'not-carried-over';
  const message = status === 404 ? 'no rule of this host matches' : 'this route was not carried over from Istio';
  return emitPlugin(context, { namespace, name, role, services: [] }, 'request-termination', {
    status_code: status,
    message,
  });
}

function ruleOf(
  context: Context,
  rule: EdgeRule,
  unit: Unit,
  place: Place,
  pathOf: (match: EdgeMatch) => RoutePath,
  uses: BackendUse[],
  timeout: unknown,
): unknown[] {
  const { action } = rule;
  const closed = (at: Field, why: string): unknown[] => {
    context.report(codes.gateway.ruleClosed, { why }, at);
    context.claim(rule.field, 'unsupported', codes.gateway.ruleClosed);
    const matches = rule.matches.flatMap((match) => matchesOf(context, match, pathOf(match)));
    const filters = [answer(context, place.namespace, place.role, 503)];
    return chunk(matches, 64).map((some) => ({ matches: some, filters, timeouts: timeout }));
  };
  if (action.kind === 'closed') return closed(action.at, action.why);
  if (action.kind === 'guarded') {
    const filters = [answer(context, place.namespace, place.role, action.status)];
    const matches = rule.matches.flatMap((match) => matchesOf(context, match, pathOf(match)));
    return chunk(matches, 64).map((some) => ({ matches: some, filters, timeouts: timeout }));
  }
  accountForRest(context, rule);
  if (action.kind === 'redirect') {
    const filter = redirectFilter(context, action.field, unit);
    if (typeof filter === 'string') return closed(action.field, filter);
    return rule.matches
      .flatMap((match) => matchesOf(context, match, pathOf(match)))
      .map((match) => ({ matches: [match], filters: [filter], timeouts: timeout }));
  }
  const matches = chunk(
    rule.matches.flatMap((match) => matchesOf(context, match, pathOf(match))),
    64,
  );
  if (action.kind === 'respond') {
    for (const field of action.from) context.claim(field, 'approximate', codes.gateway.directResponse);
    context.report(codes.gateway.directResponse, {}, action.from[0] ?? rule.field);
    const filters = [respond(context, action, place)];
    return matches.map((some) => ({ matches: some, filters, timeouts: timeout }));
  }
  const filters = filtersOf(context, rule, action.backends, place);
  reportProtocols(context, action.backends);
  reportMeshRoutes(context, action.backends);
  const refs = backendRefs(context, 'HTTPRoute', place.namespace, action.backends, uses);
  return matches.map((some) => ({ matches: some, filters, backendRefs: refs, timeouts: timeout }));
}

/** A route of a unit: the rules of one timeout, as many as a route can hold. */
export interface RoutePart {
  readonly name: string;
  readonly rules: readonly EdgeRule[];
  /** `konghq.com/regex-priority`, where the router goes by it. */
  readonly priority?: number;
}

/** The plugin that checks client certificates, for a person to name the authorities in (edge.md 2.6). */
function emitClientCheck(context: Context, { namespace }: Binding, { listeners, draft }: Unit): string | undefined {
  const listener = listeners.find(({ clientCertificates }) => clientCertificates);
  if (listener === undefined || draft === undefined) return undefined;
  const name = dnsLabel(`${listener.gateway.resource.name}-client-certificates`);
  const config = {
    ca_certificates: ['identifiers of the authorities: Secrets with the label konghq.com/ca-cert'],
    skip_consumer_lookup: true,
    revocation_check_mode: 'IGNORE_CA_ERROR',
  };
  emitPlugin(
    context,
    { namespace, name, role: { role: 'draft', stage: 'edge', why: draft }, services: [] },
    'mtls-auth',
    config,
  );
  return name;
}

function annotationsOf(
  context: Context,
  binding: Binding,
  unit: Unit,
  priority: number | undefined,
): Record<string, unknown> | undefined {
  const { redirects } = unit;
  const check = emitClientCheck(context, binding, unit);
  if (redirects === undefined && check === undefined && priority === undefined) return undefined;
  return {
    ...(redirects === undefined
      ? {}
      : {
          'konghq.com/protocols': context.derived(redirects, 'https'),
          'konghq.com/https-redirect-status-code': context.exact(redirects, '301'),
        }),
    ...(check === undefined ? {} : { 'konghq.com/plugins': check }),
    ...(priority === undefined ? {} : { 'konghq.com/regex-priority': String(priority) }),
  };
}

/** The hostnames of a route: each once (T66), none where every host is meant (T51). */
function hostnamesOf(context: Context, { hosts, from }: Unit): unknown {
  for (const field of from) context.settled(field);
  if (hosts.includes('*')) return undefined;
  return hosts.map((host) => context.derived(from, host));
}

/** Emits one HTTPRoute. */
export function emitRoute(
  context: Context,
  binding: Binding,
  unit: Unit,
  name: string,
  rules: readonly unknown[],
  services: readonly string[],
  priority?: number,
): void {
  const role: EmittedRole =
    unit.draft === undefined ? { role: 'resource', stage: 'edge' } : { role: 'draft', stage: 'edge', why: unit.draft };
  context.emit({
    ...role,
    object: {
      apiVersion: `${gatewayApi}/v1`,
      kind: 'HTTPRoute',
      metadata: {
        name,
        namespace: binding.namespace,
        annotations: annotationsOf(context, binding, unit, priority),
      } as never,
      spec: {
        parentRefs: parentsOf(context, binding, unit.listeners),
        hostnames: hostnamesOf(context, unit),
        rules,
      },
    },
    services,
  });
}

/** Emits the routes of a unit: each part has one timeout, since Kong takes one for all rules of a route (K-5). */
export function emitUnit(
  context: Context,
  binding: Binding,
  unit: Unit,
  parts: readonly RoutePart[],
  pathOf: (match: EdgeMatch) => RoutePath,
  uses: BackendUse[],
): void {
  const role: EmittedRole =
    unit.draft === undefined ? { role: 'resource', stage: 'edge' } : { role: 'draft', stage: 'edge', why: unit.draft };
  for (const { name, rules, priority } of parts) {
    const services = [
      ...new Set(
        rules.flatMap(({ action }) =>
          action.kind === 'forward' ? action.backends.map((one) => `${one.namespace}/${one.service}`) : [],
        ),
      ),
    ].sort();
    const built = rules.flatMap((rule) => {
      const place = { namespace: binding.namespace, name: dnsLabel(`${name}-${rule.index + 1}`), role, services };
      const { timeout } = rule;
      if (rule.action.kind === 'forward') reportBackendTls(context, binding, rule.action.backends);
      const value =
        timeout === undefined
          ? context.settings.defaults === 'keep'
            ? { backendRequest: noTimeout }
            : undefined
          : {
              backendRequest: context.approximate(timeout.field, timeout.value, codes.gateway.timeoutPerPhase, {
                timeout: timeout.value,
              }),
            };
      return ruleOf(context, rule, unit, place, pathOf, uses, value);
    });
    emitRoute(context, binding, unit, name, built, services, priority);
  }
}

/** Emits a ReferenceGrant for each pair of namespaces, so that routes may name Services of another one. */
export function emitBackendGrants(context: Context, uses: readonly BackendUse[]): void {
  for (const [, same] of Map.groupBy(uses, ({ from, to }) => `${to} ${from}`)) {
    const { from, to } = same[0] as BackendUse;
    const kinds = [...new Set(same.map(({ kind }) => kind))].sort();
    const names = [...new Set(same.map(({ name }) => name))].sort();
    context.emit({
      role: 'resource',
      stage: 'edge',
      object: {
        apiVersion: `${gatewayApi}/v1beta1`,
        kind: 'ReferenceGrant',
        metadata: { name: dnsLabel(`routes-of-${from}`), namespace: to },
        spec: {
          from: kinds.map((kind) => ({ group: gatewayApi, kind, namespace: from })),
          to: names.map((name) => ({ group: '', kind: 'Service', name })),
        },
      },
      services: names.map((name) => `${to}/${name}`),
    });
  }
}

const knownParts = new Set(['hosts', 'gateways', 'http', 'tls', 'tcp', 'exportTo']);

/** Fields of a VirtualService beside its routes, hosts and gateways; empty lists and maps say nothing. */
export function accountForService(context: Context, spec: Field): void {
  for (const item of items(child(spec, 'exportTo'))) context.settled(item);
  for (const [name, part] of entries(spec))
    if (!knownParts.has(name)) context.inert(part, codes.gateway.unknownField, { field: name });
  eachLeaf(spec.value, spec.path, (path, value) => {
    if (typeof value === 'object')
      context.claim({ resource: spec.resource, path, value }, 'inert', codes.gateway.unusedField);
  });
}
