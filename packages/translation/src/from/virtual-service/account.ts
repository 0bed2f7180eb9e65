import type { Client } from '@isthmus/behavior';
import { type Code, codes } from '@isthmus/diagnostics';
import {
  addressWithin,
  type CompiledRoute,
  type EffectiveVirtualService,
  type HttpSetting,
  isDerived,
  isOrderGuessed,
  type RegistryService,
  writtenAt,
} from '@isthmus/istio';
import { child, descend, items, rootField } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import type { Field } from '../../field.ts';
import { differenceOf } from './rivals.ts';

/** Faults that the API has and Istio does not make (istio/pilot/pkg/networking/core/route/route.go TranslateFault, 1.32). */
const unreadFaults = [
  ['delay', 'exponentialDelay'],
  ['abort', 'http2Error'],
] as const;

/** Says that what is written in routes is carried over, as far as nothing else was said of its fields. */
export function settleRoutes(context: Context, routes: ReadonlySet<CompiledRoute>): void {
  const rules = new Set<CompiledRoute['rule']>();
  for (const { rule, match } of routes) {
    if (match !== undefined) for (const field of match.fields) context.settled(field);
    if (!rules.has(rule)) settleRule(context, rule);
    rules.add(rule);
  }
}

function settleRule(context: Context, { settings, name, delegatedBy }: CompiledRoute['rule']): void {
  if (settings.fault !== undefined)
    for (const [part, key] of unreadFaults)
      context.inert(descend(settings.fault, part, key), codes.virtualService.unreadFault, { field: `${part}.${key}` });
  for (const key in settings) context.settled(settings[key as HttpSetting]);
  for (const part of name) context.settled(part);
  if (delegatedBy === undefined) return;
  context.settled(child(delegatedBy, 'name'));
  context.settled(child(delegatedBy, 'delegate'));
}

const placeOfRoute = ({ rule, match }: CompiledRoute): Field => match?.fields[0] ?? rule.field;
const keyOfField = ({ resource, path }: Field): string => `${resource.source.file}:${resource.source.line} ${path}`;

/**
 * Says of routes that have no effect that nothing in them has one: of whole rules where that holds for each of their routes,
 * else of the matches.
 * @param lost the routes with the code that says why
 * @param kept the routes that have their effect
 */
export function loseRoutes(
  context: Context,
  lost: ReadonlyMap<CompiledRoute, Code>,
  kept: Iterable<CompiledRoute>,
): void {
  if (lost.size === 0) return;
  const rules = new Set(Array.from(kept, ({ rule }) => rule));
  for (const [{ rule, match }, code] of lost) {
    for (const field of match?.fields ?? []) context.claim(field, 'unsupported', code);
    if (rules.has(rule)) continue;
    context.claim(rule.field, 'unsupported', code);
    for (const setting of Object.values(rule.settings)) context.claim(setting, 'unsupported', code);
  }
}

/** The routes of some clients that others have not. */
export function ownRoutes(routes: readonly CompiledRoute[], others: readonly CompiledRoute[]): CompiledRoute[] {
  const known = new Set(others.map((route) => keyOfField(placeOfRoute(route))));
  return routes.filter((route) => !known.has(keyOfField(placeOfRoute(route))));
}

/** Whether age decides between two VirtualServices of a host: routes of the Gateway API stand apart, by namespace. */
function competes(rival: EffectiveVirtualService, own: EffectiveVirtualService): boolean {
  if (rival === own || rival.namespace === own.namespace) return true;
  const isPrivate = ({ resource, exportTo }: EffectiveVirtualService): boolean =>
    isDerived(resource) && !exportTo.has('*');
  return !isPrivate(rival) && !isPrivate(own);
}

/**
 * Says that a VirtualService has its effect on a service; of its hosts these are the ones that name it.
 * @param dialled for whom, on a port whose requests are read: that its order among others is not known matters where these differ
 */
export function settleBinding(
  context: Context,
  virtualService: EffectiveVirtualService,
  service: RegistryService,
  dialled?: { readonly client: Client; readonly port: number },
): Field[] {
  const name = service.host.toLowerCase();
  const naming = virtualService.hosts.filter(({ host }) => host.toLowerCase() === name);
  const wildcards =
    naming.length > 0
      ? []
      : virtualService.hosts.filter(({ host }) => host.startsWith('*') && name.endsWith(host.slice(1).toLowerCase()));
  const all = configOf(context).virtualServices.withHost(name);
  // Nearly all hosts have one VirtualService.
  const rivals = all.length < 2 ? all : all.filter((rival) => competes(rival, virtualService));
  const difference =
    rivals.length < 2 || !isOrderGuessed(rivals.map(({ resource }) => resource))
      ? undefined
      : dialled === undefined
        ? 'their rules for connections are tried one after the other'
        : differenceOf(configOf(context), dialled.client, service, dialled.port, rivals);
  for (const field of naming)
    if (difference === undefined) context.settled(field);
    else
      context.approximate(field, undefined, codes.virtualService.contested, {
        host: service.host,
        count: rivals.length,
        chosen: `${virtualService.namespace}/${writtenAt(rootField(virtualService.resource)).resource.name}`,
        difference,
      });
  for (const field of wildcards)
    context.approximate(field, undefined, codes.virtualService.wildcard, { host: field.host });
  const spec = child(rootField(virtualService.resource), 'spec');
  for (const gateway of virtualService.gateways) if (gateway.value === 'mesh') context.settled(gateway);
  for (const exported of items(child(spec, 'exportTo'))) context.settled(exported);
  return naming.length > 0 ? naming : wildcards;
}

/**
 * A block of addresses that a connection may be dialled to. Clients dial a Service by its own address, so that with that the
 * rule is for all of its connections or for none; a headless Service has those of its Pods.
 * @returns whether that can be told
 */
function accountForSubnet(context: Context, subnet: Field<string>, services: readonly RegistryService[]): boolean {
  const isKnown = services.length > 0 && services.every(({ addresses }) => addresses.length > 0);
  const within = services.flatMap(({ addresses }) => addresses).filter((one) => addressWithin(one, subnet.value));
  if (!isKnown) context.unsupported(subnet, codes.virtualService.destinationSubnet, { subnet: subnet.value });
  else if (within.length === 0) context.inert(subnet, codes.virtualService.otherSubnet, { subnet: subnet.value });
  else context.settled(subnet);
  return isKnown;
}

/**
 * What is left of VirtualServices once everything is translated: rules that Istio never gets to, VirtualServices that another
 * one for the same host hides, hosts that are none of the mesh's.
 */
export function accountForVirtualServices(context: Context): void {
  const config = configOf(context);
  const { virtualServices, registry, mesh } = config;
  const isOfCluster = (host: string): boolean =>
    host.endsWith(`.svc.${mesh.clusterDomain}`) || (host.startsWith('*') && isCovered(host));
  const isCovered = (wildcard: string): boolean =>
    registry.all.some(({ host }) => host.toLowerCase().endsWith(wildcard.slice(1).toLowerCase()));
  const services = (hosts: EffectiveVirtualService['hosts']): RegistryService[] =>
    hosts.flatMap(({ host }) => registry.withHost(host)).filter((one) => one.registry === 'kubernetes');
  for (const { resource, hosts, inMesh, lost, http, tcp, tls } of virtualServices.all) {
    const spec = child(rootField(resource), 'spec');
    if (!inMesh || spec === undefined) continue;
    for (const { field, reason } of lost) context.inert(field, codes.virtualService.delegateLost, { reason });
    const external = hosts.filter(({ host }) => registry.withHost(host).some((one) => one.registry !== 'kubernetes'));
    if (external.length > 0) {
      const untold = new Set(context.unclaimed(spec).map(({ path }) => path));
      for (const field of external)
        if (untold.has(field.path)) context.unsupported(field, codes.virtualService.externalHost, { host: field.host });
    }
    const plain = hosts.filter(
      ({ host }) => host.includes('.') && !registry.withHost(host).length && !isOfCluster(host),
    );
    for (const field of plain) context.unsupported(field, codes.virtualService.plainHost, { host: field.host });
    let isDialledKnown = true;
    const ofConnections = [...tcp, ...tls];
    for (const { matches } of ofConnections)
      for (const match of matches) {
        context.inert(child(match.field, 'sourceSubnet'), codes.virtualService.sourceSubnet, {});
        for (const subnet of match.destinationSubnets)
          isDialledKnown = accountForSubnet(context, subnet, services(hosts)) && isDialledKnown;
      }
    // Nothing was emitted for these connections.
    for (const field of isDialledKnown ? [] : [...hosts, ...ofConnections.map((rule) => rule.field)])
      context.claim(field, 'unsupported', codes.virtualService.destinationSubnet);
    const isSniffed =
      tcp.length > 0 &&
      hosts.some(({ host }) =>
        registry.withHost(host).some(({ ports }) => ports.some(({ protocol }) => protocol === undefined)),
      );
    if (isSniffed)
      for (const { field } of tcp)
        if (context.unclaimed(field).length > 0) context.unsupported(field, codes.virtualService.sniffedTcp, {});
    const open = context.unclaimed(spec);
    if (open.length === 0) continue;
    const isUsed = hosts.some(
      (field) => !open.some(({ path }) => path === field.path) && !external.includes(field) && !plain.includes(field),
    );
    // Its rules are for requests that carry the host, wherever these are sent: nothing is emitted for those.
    if (plain.length > 0 && !isUsed && external.length === 0) {
      for (const field of open) context.claim(field, 'unsupported', codes.virtualService.plainHost);
      continue;
    }
    if (external.length > 0 && !isUsed) {
      for (const field of open) context.claim(field, 'unsupported', codes.virtualService.externalHost);
      continue;
    }
    for (const field of isUsed ? hosts : [])
      if (open.some(({ path }) => path === field.path))
        context.inert(field, codes.virtualService.hostWithoutEffect, { host: field.value });
    const dead = http.filter(({ field }) => open.some(({ path }) => path.startsWith(`${field.path}.`)));
    for (const { field } of dead) if (isUsed) context.report(codes.virtualService.dead, {}, field);
    const code = isUsed ? codes.virtualService.dead : codes.virtualService.ineffective;
    if (!isUsed) context.report(codes.virtualService.ineffective, {}, resource);
    for (const field of context.unclaimed(spec)) context.claim(field, 'inert', code);
  }
  for (const { resource } of virtualServices.delegates) {
    const spec = child(rootField(resource), 'spec');
    const open = spec === undefined ? [] : context.unclaimed(spec);
    if (open.length === 0) continue;
    context.report(codes.virtualService.delegateUnused, {}, resource);
    for (const field of open) context.claim(field, 'inert', codes.virtualService.delegateUnused);
  }
}
