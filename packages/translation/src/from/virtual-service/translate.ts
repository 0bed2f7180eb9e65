import { type Client, noHeaderChanges } from '@isthmus/behavior';
import { type Code, codes } from '@isthmus/diagnostics';
import {
  type CompiledRoute,
  type CompiledService,
  type CompiledVirtualHost,
  compileService,
  defaultHashPolicy,
  type EffectiveConfig,
  type RegistryService,
  retriesOf,
  type ServicePort,
} from '@isthmus/istio';
import { child, rootField } from '@isthmus/kubernetes';
import { type Context, placeOf } from '../../context.ts';
import { configOf, isGuessed } from '../../effective-config.ts';
import type { Field } from '../../field.ts';
import { declareProtocols, portKey, spokenProtocol } from '../../service-ports.ts';
import { externalNames } from '../service-entry/external.ts';
import { loseRoutes, ownRoutes, settleBinding, settleRoutes } from './account.ts';
import type { RouteSettings } from './action.ts';
import { type Backends, backendsOf, sectionOf } from './backends.ts';
import { amongThose, type ClientUnit, clientUnits, isEverybody } from './client-units.ts';
import { translateDirectResponses } from './direct-responses.ts';
import { emitHttpRoutes, emitNoRetries, type PortRoutes } from './emit-http.ts';
import { type FoundConnections, translateConnections } from './emit-tcp.ts';
import { expand, type Step } from './expand.ts';
import { translateFaults } from './faults.ts';
import { type Layout, type LostStep, layOutUnits, type PlacedStep, type UnitSteps } from './layout.ts';
import { everyRequest } from './match.ts';
import type { Authorities } from './read-match.ts';
import { witnessInWords } from './witness.ts';

/** How clients call a service on a port; where it is not 80 they mostly write it too. */
function authoritiesOf({ namespace, host, resource, addresses }: RegistryService, port: number): Authorities {
  const withPort = (list: readonly string[]): string[] =>
    port === 80 ? [...list] : list.flatMap((name) => [name, `${name}:${port}`]);
  return {
    names: () => {
      const { name } = resource;
      return withPort([name, `${name}.${namespace}`, `${name}.${namespace}.svc`, host]);
    },
    others: () => withPort([...addresses, resource.name.toUpperCase()]),
  };
}

/** What a unit's clients meet on a port of a service. */
interface Found {
  readonly unit: ClientUnit;
  /** The virtual host of the service; undefined where Istio refuses the whole port. */
  readonly host: CompiledVirtualHost | undefined;
  readonly compiled: CompiledService;
}

const usualSettings = (config: EffectiveConfig, client: Client, host: string, port: number): RouteSettings => {
  const retries = retriesOf(child(config.mesh.config, 'defaultHttpRetryPolicy'), false);
  const hash = defaultHashPolicy(config, client, host, port);
  return { timeout: 0, retries, hash: hash === undefined ? [] : [hash], from: [] };
};

/** What a service does for clients without a VirtualService, as a step that hides the rules for other clients. */
function plainSteps(service: RegistryService, port: number, settings: RouteSettings): Step[] {
  const own = { namespace: service.namespace, name: service.resource.name };
  const action = {
    kind: 'forward',
    backends:
      service.resolution === 'original' || service.registry === 'external'
        ? []
        : [{ service: own, port, ...sectionOf(service, port), weight: 1, from: [] }],
    requestHeaders: noHeaderChanges,
    responseHeaders: noHeaderChanges,
    mirrors: [],
    settings,
    from: [],
  } as const;
  return [{ match: everyRequest, action, route: undefined }];
}

/** Says that a step's place cannot be kept, with a request that shows it and the rule that Istio tries first. */
function reportLostOrder(context: Context, service: RegistryService, { step, rival, shownBy }: LostStep): void {
  const { route } = step;
  if (route === undefined) return;
  const at = placeInRule(route);
  const other = rival.route === undefined ? undefined : placeInRule(rival.route);
  const request =
    shownBy === undefined
      ? `a request to ${service.host} that meets the conditions of both`
      : `${witnessInWords(shownBy)} to ${service.host}`;
  context.claim(at, 'unsupported', codes.virtualService.orderLost);
  const place = other === undefined ? undefined : placeOf(other);
  const related =
    place?.file === undefined
      ? []
      : [
          {
            file: place.file,
            ...(place.line === undefined ? {} : { line: place.line }),
            message: `Istio tries ${place.path ?? 'this rule'} first: ${request}`,
          },
        ];
  context.report(codes.virtualService.orderLost, { request, other: other?.path ?? 'what no rule takes' }, at, related);
}

/** Where a route stands: its match, or the rule that has none. */
const placeInRule = ({ match, rule }: NonNullable<Step['route']>): Field => match?.fields[0] ?? rule.field;

function reportLayout(
  context: Context,
  steps: readonly Step[],
  layout: Layout,
  service: RegistryService,
  hosts: readonly Field[],
): void {
  for (const lost of layout.lost) reportLostOrder(context, service, lost);
  for (const { route } of layout.respelled) {
    const { rewrite, redirect } = route?.rule.settings ?? {};
    const field = child(rewrite, 'uri') ?? child(redirect, 'prefixRewrite');
    if (field !== undefined) context.approximate(field, undefined, codes.virtualService.wholePath, {});
  }
  const open = layout.placed.some(({ step: { action, route } }) => action.kind === 'unmatched' && route === undefined);
  if (!open) return;
  const last = steps.findLast(({ route }) => route !== undefined)?.route;
  context.report(codes.virtualService.unmatched, { host: service.host }, last?.rule.field ?? hosts[0]);
  // No field says what no rule takes; it is the host that the rules are taken to be all of.
  for (const field of hosts) context.claim(field, 'approximate', codes.virtualService.unmatched);
}

/** Says of rules whose requests are refused, all of them, that nothing else that they say has an effect either. */
function loseRefused(context: Context, { placed }: Layout, answered: ReadonlySet<CompiledRoute>): void {
  if (!placed.some(({ step }) => step.action.kind === 'refuse')) return;
  const lost = new Map<CompiledRoute, Code>();
  const kept = new Set(answered);
  for (const { step } of placed) {
    if (step.route === undefined || answered.has(step.route)) continue;
    if (step.action.kind === 'refuse') lost.set(step.route, step.action.cause);
    else kept.add(step.route);
  }
  for (const route of kept) lost.delete(route);
  loseRoutes(context, lost, kept);
}

/** What becomes of the requests of a unit's clients on a port. */
interface PlannedUnit extends UnitSteps {
  readonly host: CompiledVirtualHost | undefined;
  /** What holds where no VirtualService says anything. */
  readonly usual: RouteSettings;
  /** Where its VirtualService names the service. */
  readonly hosts: readonly Field[];
}

function routesOf(units: readonly UnitSteps[]): Set<CompiledRoute> {
  const routes = new Set<CompiledRoute>();
  for (const { steps } of units) for (const { route } of steps) if (route !== undefined) routes.add(route);
  return routes;
}

/** Says of units that cannot be told apart from others that their own rules are lost. */
function reportConfused(
  context: Context,
  service: RegistryService,
  units: readonly PlannedUnit[],
  confused: readonly number[],
): void {
  for (const index of confused) {
    const { host, unit } = units[index] as PlannedUnit;
    const at = host?.virtualService?.resource ?? units[0]?.host?.virtualService?.resource;
    const clients = Object.entries(unit.labels).map(([key, value]) => `${key}=${value}`);
    context.report(codes.virtualService.clients, { host: service.host, clients: clients.join(', ') }, at);
    const others = unit.within.flatMap((other) => units[other]?.host?.routes ?? []);
    const own = ownRoutes(host?.routes ?? [], others);
    loseRoutes(context, new Map(own.map((route) => [route, codes.virtualService.clients])), others);
    for (const field of own.length > 0 ? [] : units.flatMap(({ hosts }) => hosts))
      context.claim(field, 'unsupported', codes.virtualService.clients);
  }
}

const isNotRetried = ({ step: { action } }: PlacedStep): boolean =>
  action.kind === 'forward' && action.settings.retries === undefined;

/** Translates the HTTP routes of one port of a service for all its clients. */
function translatePort(
  context: Context,
  config: EffectiveConfig,
  backends: Backends,
  service: RegistryService,
  port: ServicePort,
  found: readonly Found[],
): void {
  if (found.every(({ host }) => host?.virtualService === undefined)) return;
  const authorities =
    service.registry === 'external'
      ? { names: () => [service.host], others: () => [] }
      : authoritiesOf(service, port.port);
  const units = found.map(({ unit, host }): PlannedUnit => {
    const usual = usualSettings(config, unit.client, service.host, port.port);
    if (host?.virtualService === undefined) {
      const steps = unit.within.length === 0 ? [] : plainSteps(service, port.port, usual);
      return { unit, host, usual, steps, hosts: [] };
    }
    const dialled = { client: unit.client, service, port: port.port };
    const steps = expand(context, backends, host.routes, dialled, authorities);
    return { unit, host, usual, steps, hosts: settleBinding(context, host.virtualService, service, dialled) };
  });
  if (service.registry === 'external' && !isExternalRoute(context, found, units)) return;
  settleRoutes(context, routesOf(units));
  const { layouts, confused } = layOutUnits(units, context.settings.target === '2.14');
  reportConfused(context, service, units, confused);
  let inUse = 0;
  let retriesByRoute = false;
  for (const layout of layouts) {
    if (layout === undefined || layout.placed.length === 0) continue;
    inUse++;
    retriesByRoute ||= layout.placed.some(isNotRetried);
  }
  translateFaults(context, backends, service, port, units);
  // A single unit may be one namespace, with nothing written for everybody else.
  const isForAll = units.every(({ unit }) => isEverybody(unit));
  for (let index = 0; index < units.length; index++) {
    const { host, steps } = units[index] as PlannedUnit;
    const layout = layouts[index];
    const options = { isForAll, answers404: layout?.unmatched === true };
    const answered = translateDirectResponses(context, service, port, host?.routes ?? [], steps, options);
    if (layout !== undefined) loseRefused(context, layout, answered);
  }
  if (inUse === 0) return;
  const emitted: PortRoutes[] = [];
  for (let index = 0; index < units.length; index++) {
    const { unit, steps, usual, hosts } = units[index] as PlannedUnit;
    const layout = layouts[index];
    if (layout === undefined || layout.placed.length === 0) continue;
    reportLayout(context, steps, layout, service, hosts);
    // The strongest of policies alike is the one whose name comes first: who has more labels.
    const suffix = index === 0 ? '' : `clients-${String(units.length - index).padStart(3, '0')}`;
    emitted.push({ service, port, unit, suffix, layout, usual, retriesByRoute, oneMatchEach: inUse > 1, hosts });
  }
  if (service.registry === 'kubernetes' && port.protocol === undefined)
    backends.read.add(portKey({ namespace: service.namespace, name: service.resource.name }, port.port));
  for (const routes of emitted) {
    emitHttpRoutes(context, backends, routes);
    if (retriesByRoute) emitNoRetries(context, routes);
  }
}

/** Whether the routes of an external host need nothing but the host itself; else nothing of them is translated. */
function isExternalRoute(
  context: Context,
  found: readonly Found[],
  units: readonly { readonly steps: readonly Step[] }[],
): boolean {
  const isPlain = units.every(({ steps }) =>
    steps.every(
      ({ action }) => action.kind === 'redirect' || (action.kind === 'forward' && action.backends.length === 0),
    ),
  );
  for (const { host } of found) {
    const spec = host?.virtualService && child(rootField(host.virtualService.resource), 'spec');
    for (const field of host?.virtualService?.hosts ?? [])
      if (isPlain) context.approximate(field, undefined, codes.virtualService.externalRoutes, { host: field.host });
      else context.unsupported(field, codes.virtualService.externalHost, { host: field.host });
    if (spec !== undefined && isPlain) context.claim(spec, 'approximate', codes.virtualService.externalRoutes);
    else if (spec !== undefined) context.claim(spec, 'unsupported', codes.virtualService.externalHost);
  }
  return isPlain;
}

/** The MeshExternalService that stands for a port of an external host, in the place of a Service. */
function asExternal(service: RegistryService, port: ServicePort, name: string, namespace: string): RegistryService {
  return { ...service, namespace, ports: [port], resource: { ...service.resource, namespace, name } };
}

/** VirtualServices of hosts outside of the cluster that became MeshExternalServices. */
function translateExternalHosts(context: Context, config: EffectiveConfig, backends: Backends): void {
  const { systemNamespace } = context.settings;
  const names = externalNames(context);
  for (const service of names.size === 0 ? [] : config.registry.all) {
    if (service.registry !== 'external') continue;
    for (const port of service.ports) {
      const name = names.get(`${service.host.toLowerCase()}:${port.port}`);
      if (name === undefined) continue;
      const units = clientUnits(config, service);
      const found = units.flatMap((unit): Found[] => {
        const compiled = compileService(config, unit.client, service.host, port.port);
        return compiled === undefined || compiled.kind === 'connections'
          ? []
          : [{ unit, compiled, host: ownHost(compiled, service) }];
      });
      if (found.length > 0)
        translatePort(
          context,
          config,
          backends,
          asExternal(service, port, name, systemNamespace),
          port,
          amongThose(units, found),
        );
    }
  }
}

/** Ports where retries differ whatever anybody writes (routing.md T69, T70). */
function reportRetries(context: Context, service: RegistryService, port: ServicePort): void {
  if (isGuessed(context, service) || context.settings.defaults === 'adopt') return;
  const protocol = spokenProtocol(port, false);
  if (protocol !== 'http2' && protocol !== 'grpc') return;
  const parameters = { service: `${service.namespace}/${service.resource.name}`, port: port.port };
  if (protocol === 'grpc') context.report(codes.virtualService.grpcRetries, parameters, service.resource);
  else context.report(codes.virtualService.http2Retries, parameters, service.resource);
}

/** The virtual host of a service among those of a port. */
function ownHost({ hosts, table }: CompiledService, service: RegistryService): CompiledVirtualHost | undefined {
  if (table.otherwise.kind === 'broken') return undefined;
  return hosts.find((one) => one.service?.host === service.host);
}

/**
 * VirtualServices of sidecars, from what Istio makes of all resources together: for each Service, HTTP port and group of
 * clients the ordered list of routes, as MeshHTTPRoutes that treat every request alike, with the policies and Services that
 * these need (routing.md 3 to 5).
 */
export function translateVirtualServices(context: Context): void {
  const config = configOf(context);
  const backends = backendsOf(context);
  const services = config.registry.all.filter(
    ({ registry, resolution }) => registry === 'kubernetes' && resolution !== 'alias',
  );
  for (const service of services) {
    const units = clientUnits(config, service);
    for (const port of service.ports) {
      if (port.protocol === 'udp') continue;
      reportRetries(context, service, port);
      const connections: FoundConnections[] = [];
      const found: Found[] = [];
      for (const unit of units) {
        const compiled = compileService(config, unit.client, service.host, port.port);
        if (compiled?.kind === 'connections') connections.push({ unit, compiled });
        else if (compiled !== undefined) found.push({ unit, compiled, host: ownHost(compiled, service) });
      }
      const broken = found.find(({ compiled }) => compiled.table.otherwise.kind === 'broken');
      if (broken !== undefined) {
        const { otherwise } = broken.compiled.table;
        const reason = otherwise.kind === 'broken' ? otherwise.reason : '';
        const [at] = config.virtualServices.withHost(service.host.toLowerCase());
        context.report(codes.virtualService.broken, { host: service.host, port: port.port, reason }, at?.resource);
        // What the running proxies do instead nobody can tell from these manifests.
        for (const { resource } of config.virtualServices.withHost(service.host.toLowerCase())) {
          const spec = child(rootField(resource), 'spec');
          if (spec !== undefined) context.claim(spec, 'unsupported', codes.virtualService.broken);
        }
        continue;
      }
      if (isGuessed(context, service))
        for (const { host } of found)
          for (const field of host?.virtualService?.hosts ?? [])
            if (field.host === service.host)
              context.report(codes.virtualService.unknownService, { service: service.host }, field);
      if (connections.length > 0)
        translateConnections(context, config, backends, service, port, amongThose(units, connections));
      if (found.length > 0) translatePort(context, config, backends, service, port, amongThose(units, found));
    }
  }
  translateExternalHosts(context, config, backends);
  declareProtocols(context, services, backends.read);
  backends.emit();
}
