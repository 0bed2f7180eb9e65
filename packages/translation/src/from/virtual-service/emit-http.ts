import { codes } from '@isthmus/diagnostics';
import type { EffectiveHttpRule, HttpSetting, RegistryService, ServiceName, ServicePort } from '@isthmus/istio';
import { externalRef, meshServiceRef, type Reference, routeRef } from '@isthmus/kong-mesh';
import { child } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { roleFor } from '../../effective-config.ts';
import type { Field } from '../../field.ts';
import { shortHash } from '../../names.ts';
import { spokenProtocol } from '../../service-ports.ts';
import type { Action, Backend, RouteSettings } from './action.ts';
import { alike } from './alike.ts';
import { type Backends, sectionOf } from './backends.ts';
import { type ClientUnit, routedClientsRef } from './client-units.ts';
import { durationText } from './durations.ts';
import { hashPolicies } from './hash-policies.ts';
import { headerFilters } from './header-filters.ts';
import type { Layout, PlacedStep } from './layout.ts';
import type { HeaderCondition, QueryCondition } from './match.ts';
import { retrySection } from './retries.ts';

/** A port of a service with what is to become of its requests, for one unit of clients. */
export interface PortRoutes {
  readonly service: RegistryService;
  readonly port: ServicePort;
  readonly unit: ClientUnit;
  /** Part of the names of its policies; empty for all clients. */
  readonly suffix: string;
  readonly layout: Layout;
  /** What holds where no VirtualService says anything; settings like these need no policy. */
  readonly usual: RouteSettings;
  /** Whether some route of the service must not be retried, so that each needs a policy of its own (routing.md T68). */
  readonly retriesByRoute: boolean;
  /** Whether each rule has one match only, as rules for other clients are merged with it. */
  readonly oneMatchEach: boolean;
  /** Where the VirtualService names the service. */
  readonly hosts: readonly Field[];
}

type Home = Pick<Context, 'settings'>['settings'];

/** The namespace that policies about a service live in: its own, so that they hold for clients everywhere (routing.md 2.1). */
export const homeOf = ({ systemNamespace }: Home, service: RegistryService): string =>
  // A headless Service is named by labels, which outside of the system namespace would mean its own clients only.
  service.resolution === 'original' || service.registry === 'external' ? systemNamespace : service.namespace;

/** Labels of a policy; in the system namespace a zone's own policies have to say so. */
export const policyLabels = ({ mesh, systemNamespace }: Home, namespace: string): Readonly<Record<string, string>> => ({
  'kuma.io/mesh': mesh,
  ...(namespace === systemNamespace ? { 'kuma.io/origin': 'zone' } : {}),
});

/** Whether a service has several ports that carry connections, so that policies have to say which one they mean. */
export function hasSeveralPorts({ ports }: Pick<RegistryService, 'ports'>): boolean {
  let count = 0;
  for (const { protocol } of ports) if (protocol !== 'udp') count++;
  return count > 1;
}

/** How policies name a Service that is one of the estate or stands for a subset of it, or one port of it. */
export function portTarget(
  context: Context,
  service: RegistryService,
  as: ServiceName,
  port: ServicePort | undefined,
): Reference {
  if (service.registry === 'external') return externalRef(context.settings.target, as, as.namespace);
  const section = port === undefined ? {} : { sectionName: port.name === '' ? String(port.port) : port.name };
  if (service.resolution === 'original')
    return {
      kind: 'MeshService',
      labels: { 'k8s.kuma.io/namespace': as.namespace, 'k8s.kuma.io/service-name': as.name },
      ...section,
    };
  return { ...meshServiceRef(context.settings.target, as, service.namespace), ...section };
}

const serviceTarget = (context: Context, service: RegistryService, port: ServicePort | undefined): Reference =>
  portTarget(context, service, { namespace: service.namespace, name: service.resource.name }, port);

/** A name for policies; a dot keeps it apart from those of other Services. */
export function policyName(...parts: readonly string[]): string {
  let name = '';
  for (const part of parts) if (part !== '') name = name === '' ? part : `${name}.${part}`;
  return name.length <= 58 ? name : `${name.slice(0, 49)}-${shortHash(name)}`;
}

/** A value that follows from fields, if from any. */
const traced = (context: Context, fields: readonly Field[], value: unknown): unknown =>
  fields.length === 0 ? value : context.derived(fields, value);

function backendRef(context: Context, backend: Backend, home: string): unknown {
  const { service, external, port, section, weight, from } = backend;
  const named = external ? externalRef : meshServiceRef;
  const reference = named(context.settings.target, service, home);
  const ref =
    section === undefined ? { ...reference, port, weight } : { ...reference, sectionName: section, port, weight };
  return traced(context, from, ref);
}

/** A percentage as the schema takes it: whole, or a decimal in quotes. */
export const percentageOf = (percentage: number): number | string =>
  Number.isInteger(percentage) ? percentage : String(percentage);

/** The filters of an action, each with the settings of the rule that it carries over. */
function filtersOf(
  context: Context,
  action: Action,
  home: string,
  settings: EffectiveHttpRule['settings'] | undefined,
): unknown[] {
  const filters: unknown[] = [];
  if (action.kind === 'refuse' || action.kind === 'unmatched') return filters;
  const add = (filter: object, ...keys: readonly HttpSetting[]): void => {
    const fields = keys.flatMap((key) => settings?.[key] ?? []);
    filters.push(traced(context, fields, filter));
  };
  const path = action.path && {
    type: action.path.type,
    [action.path.type === 'ReplaceFullPath' ? 'replaceFullPath' : 'replacePrefixMatch']: action.path.value,
  };
  if (action.kind === 'forward')
    for (const filter of headerFilters(action.requestHeaders, 'Request')) add(filter, 'headers');
  for (const filter of headerFilters(action.responseHeaders, 'Response')) add(filter, 'headers');
  if (action.kind === 'redirect') {
    const { scheme, hostname, port, status } = action;
    const requestRedirect = {
      ...(scheme === undefined ? {} : { scheme }),
      ...(hostname === undefined ? {} : { hostname }),
      ...(port === undefined ? {} : { port }),
      ...(path === undefined ? {} : { path }),
      statusCode: status,
    };
    add({ type: 'RequestRedirect', requestRedirect }, 'redirect');
    return filters;
  }
  const { hostname, mirrors } = action;
  if (hostname !== undefined || path !== undefined) {
    const urlRewrite = { ...(hostname === undefined ? {} : { hostname }), ...(path === undefined ? {} : { path }) };
    add({ type: 'URLRewrite', urlRewrite }, 'rewrite');
  }
  for (const { backend, percentage } of mirrors) {
    const requestMirror = {
      ...(percentage === 100 ? {} : { percentage: percentageOf(percentage) }),
      backendRef: backendRef(context, { ...backend, weight: 1 }, home),
    };
    add({ type: 'RequestMirror', requestMirror }, 'mirrorPercentage', 'mirrorPercent');
  }
  return filters;
}

function conditionOf(context: Context, { name, type, value, from }: HeaderCondition | QueryCondition): unknown {
  const condition = value === undefined ? { name, type } : { name, type, value };
  return from === undefined ? condition : context.derived(from, condition);
}

function matchOf(context: Context, { step: { match }, path }: PlacedStep): unknown {
  const { pathFrom = [], method, methodFrom, headers, queryParams } = match;
  const written: Record<string, unknown> = { path: traced(context, pathFrom, path) };
  if (method !== undefined) written.method = methodFrom === undefined ? method : context.derived(methodFrom, method);
  if (headers.length > 0) written.headers = headers.map((one) => conditionOf(context, one));
  if (queryParams.length > 0) written.queryParams = queryParams.map((one) => conditionOf(context, one));
  return written;
}

/** Steps that need policies of their own for how long and how often requests are tried. */
interface Segment {
  readonly settings: RouteSettings | undefined;
  readonly steps: readonly PlacedStep[];
}

/** Cuts the steps where their settings change; their order among the others of equal rank goes by the names of the policies. */
function segmentsOf(placed: readonly PlacedStep[]): Segment[] {
  const segments: { settings: RouteSettings | undefined; steps: PlacedStep[] }[] = [];
  for (const one of placed) {
    const { action } = one.step;
    const settings = action.kind === 'forward' ? action.settings : undefined;
    const current = segments.at(-1);
    const fits =
      current !== undefined &&
      (settings === undefined || current.settings === undefined || alike(settings, current.settings));
    if (!fits) segments.push({ settings, steps: [one] });
    else {
      current.steps.push(one);
      if (current.settings === undefined) current.settings = settings;
      else if (settings !== undefined && settings.from.length > 0)
        current.settings = { ...current.settings, from: [...new Set([...current.settings.from, ...settings.from])] };
    }
  }
  return segments;
}

const isOfRetries = ({ path }: Field): boolean => path.endsWith('retries');

/** Emits the MeshHTTPRoutes of a port for one unit of clients, with the policies for their routes. */
export function emitHttpRoutes(context: Context, backends: Backends, routes: PortRoutes): void {
  const { service, port, unit, suffix, layout, hosts, usual } = routes;
  const home = homeOf(context.settings, service);
  const several = hasSeveralPorts(service);
  const name = policyName(service.resource.name, several ? String(port.port) : '', suffix);
  const clients = routedClientsRef(context, unit);
  const target = serviceTarget(context, service, several ? port : undefined);
  const services = [`${service.namespace}/${service.resource.name}`];
  const emit = (stage: 'routing' | 'resilience', kind: string, as: string, to: readonly object[]): void =>
    context.emit({
      ...roleFor(context, service, stage),
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind,
        metadata: { name: as, namespace: home, labels: policyLabels(context.settings, home) },
        spec: { targetRef: clients, to },
      },
      services,
    });
  // Of each kind one policy: its entries are resolved one by one (kuma pkg/plugins/policies/core/rules/outbound/resourcerules.go, 2.13 to 3.0).
  const resilience = new Map<string, object[]>();
  const say = (kind: string, route: Reference, content: unknown): void => {
    const entry = { targetRef: route, default: content };
    const entries = resilience.get(kind);
    if (entries === undefined) resilience.set(kind, [entry]);
    else entries.push(entry);
  };
  const nobody = (): Backend => ({ service: backends.nobody(service), port: port.port, weight: 1, from: [] });

  /**
   * Backends of a redirect, which nothing is sent to: where rules of policies are merged, those of others would come in, and
   * without one that resolves 2.14 leaves the whole rule out (routing.md 2.2, 2.3).
   */
  const aside = (): readonly Backend[] =>
    routes.oneMatchEach && service.registry === 'kubernetes' && service.resolution !== 'original'
      ? [
          {
            service: { namespace: service.namespace, name: service.resource.name },
            port: port.port,
            ...sectionOf(service, port.port),
            weight: 1,
            from: [],
          },
        ]
      : [];

  function ruleOf(steps: readonly PlacedStep[]): unknown {
    const { action, route } = (steps[0] as PlacedStep).step;
    const filters = filtersOf(context, action, home, route?.rule.settings);
    const sent = action.kind === 'forward' ? action.backends : action.kind === 'redirect' ? aside() : [nobody()];
    const rule: { filters?: unknown[]; backendRefs?: unknown[] } = {};
    // What other policies say about the same matches must not shine through.
    if (filters.length > 0 || routes.oneMatchEach) rule.filters = filters;
    if (sent.length > 0 || routes.oneMatchEach)
      rule.backendRefs = sent.map((backend) => backendRef(context, backend, home));
    const from = action.kind === 'forward' || action.kind === 'redirect' ? action.from : [];
    return { matches: steps.map((one) => matchOf(context, one)), default: traced(context, from, rule) };
  }

  function rulesOf(steps: readonly PlacedStep[]): unknown[] {
    const groups: PlacedStep[][] = [];
    for (const one of steps) {
      const current = groups.at(-1);
      const first = current?.[0];
      if (
        !routes.oneMatchEach &&
        current !== undefined &&
        first !== undefined &&
        first.step.route?.rule === one.step.route?.rule &&
        alike(first.step.action, one.step.action)
      )
        current.push(one);
      else groups.push([one]);
    }
    return groups.map(ruleOf);
  }

  const segments = segmentsOf(layout.placed);
  for (const [index, { settings, steps }] of segments.entries()) {
    const as = segments.length === 1 ? name : `${name}.${String(index).padStart(3, '0')}`;
    const rules = rulesOf(steps);
    if (layout.unmatched && index === segments.length - 1)
      rules.push({
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        default: {
          backendRefs: [
            {
              ...meshServiceRef(
                context.settings.target,
                { namespace: service.namespace, name: 'unmatched-requests-get-404' },
                home,
              ),
              port: port.port,
              weight: 1,
            },
          ],
        },
      });
    emit('routing', 'MeshHTTPRoute', as, [{ targetRef: traced(context, hosts, target), rules }]);
    if (settings !== undefined) keepSettings({ namespace: home, name: as }, settings);
  }
  for (const [kind, to] of resilience) emit('resilience', kind, name, to);

  function keepSettings(route: ServiceName, { timeout, retries, hash, from }: RouteSettings): void {
    const ref = routeRef(context.settings.target, route);
    const keeps = context.settings.defaults === 'keep';
    if (timeout > 0)
      say('MeshTimeout', ref, {
        http: {
          requestTimeout: traced(context, from, durationText(timeout)),
          ...(keeps ? { streamIdleTimeout: '0s' } : {}),
        },
      });
    const protocol = spokenProtocol(port, true);
    const isOwn = !alike(retries, usual.retries) && (keeps || from.some(isOfRetries));
    const section = isOwn || routes.retriesByRoute ? retrySection(retries, protocol) : undefined;
    if (
      section !== undefined &&
      retries !== undefined &&
      // Retries that differ in what Kong Mesh has no word for come to the same.
      (routes.retriesByRoute || !alike(section, retrySection(usual.retries, protocol)))
    ) {
      if (section.lost.length > 0)
        for (const field of from.filter(isOfRetries))
          context.approximate(child(field, 'retryOn') ?? field, undefined, codes.virtualService.retryOn, {
            conditions: section.lost.join(', '),
          });
      say('MeshRetry', ref, { [protocol]: traced(context, from, section.section) });
    }
    if (!alike(hash, usual.hash)) say('MeshLoadBalancingStrategy', ref, { hashPolicies: hashPolicies(hash) });
  }
}

/** Switches retries off for a whole port, where some of its routes must have none: a policy for a route cannot (routing.md T68). */
export function emitNoRetries(context: Context, { service, port, unit, suffix }: PortRoutes): void {
  const protocol = spokenProtocol(port, true);
  if (protocol !== 'http' && protocol !== 'grpc') return;
  const several = hasSeveralPorts(service);
  context.emit({
    ...roleFor(context, service, 'resilience'),
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshRetry',
      metadata: {
        name: policyName(service.resource.name, several ? String(port.port) : '', suffix, 'no-retries'),
        namespace: homeOf(context.settings, service),
        labels: policyLabels(context.settings, homeOf(context.settings, service)),
      },
      spec: {
        targetRef: routedClientsRef(context, unit),
        to: [
          {
            targetRef: serviceTarget(context, service, several ? port : undefined),
            default: { [protocol]: { numRetries: 0 } },
          },
        ],
      },
    },
    services: [`${service.namespace}/${service.resource.name}`],
  });
}
