import { codes } from '@isthmus/diagnostics';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, type Field, items, rootField, text } from '../../field.ts';
import { isServable, type Listener } from './listeners.ts';
import { gatewayKey } from './read-match.ts';
import type { GatewayWorkload } from './workload.ts';

/** A host of a VirtualService on a listener that offers it. */
export interface Served {
  readonly listener: Listener;
  /** The narrower of the two names; `*` for every host. */
  readonly host: string;
  readonly from: Field<string>;
}

/** A VirtualService on the gateways of one workload. */
export interface Binding {
  readonly resource: Resource;
  readonly spec: Field;
  readonly namespace: string;
  readonly workload: GatewayWorkload;
  readonly served: readonly Served[];
  /** Why the routes for a host must wait for a person, those for connections (TLS, TCP) or for requests; undefined where they need not. */
  draftFor(host: string, connections?: boolean): string | undefined;
}

const covers = (wide: string, narrow: string): boolean =>
  wide === '*' || wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));

/** The hosts that both names mean: the narrower one; undefined where they have none in common (edge.md G6). */
export function intersection(server: string, service: string): string | undefined {
  if (covers(server, service)) return service;
  return covers(service, server) ? server : undefined;
}

/** Whether a host is wider than another one. */
export const isWider = (wide: string, narrow: string): boolean => wide !== narrow && covers(wide, narrow);

/** The hosts of a VirtualService; a name without a dot means a Service, which clients outside of the cluster do not call. */
export function hostsOf(context: Context, resource: Resource, spec: Field): { field: Field<string>; host: string }[] {
  return items(child(spec, 'hosts')).flatMap((item) => {
    const field = text(item);
    if (field === undefined) return [];
    const named = context.services.named(field.value.toLowerCase(), resource.namespace);
    if (field.value.includes('.') || field.value === '*' || named === undefined)
      return [{ field, host: field.value.toLowerCase() }];
    const host = `${named.name}.${named.namespace}.svc.${context.settings.clusterDomain}`;
    return [{ field, host }];
  });
}

/** The gateways of a VirtualService by their full names, without `mesh`. */
export function gatewaysOf(resource: Resource): { field: Field<string>; key: string }[] {
  const namespace = resource.namespace || 'default';
  return items(child(child(rootField(resource), 'spec'), 'gateways')).flatMap((item) => {
    const field = text(item);
    return field === undefined || field.value === 'mesh' ? [] : [{ field, key: gatewayKey(field.value, namespace) }];
  });
}

const keyOf = ({ gateway }: Listener): string => `${gateway.namespace}/${gateway.resource.name}`;

/** Binds a VirtualService to the listeners of one workload; of several listeners of a port the one with the nearest host. */
export function bind(
  context: Context,
  resource: Resource,
  listeners: readonly Listener[],
  workload: GatewayWorkload,
  draftFor: Binding['draftFor'],
): Binding {
  const spec = child(rootField(resource), 'spec') as Field;
  const namespace = resource.namespace || 'default';
  const keys = new Set(gatewaysOf(resource).map(({ key }) => key));
  const served: Served[] = [];
  for (const { field, host } of hostsOf(context, resource, spec)) {
    const servable = isServable(host);
    if (servable !== 'yes') {
      const code = servable === 'everything' ? codes.gateway.doubleHyphen : codes.gateway.hostNotServable;
      context.unsupported(field, code, { host });
      continue;
    }
    const found = listeners.flatMap((listener) => {
      if (!keys.has(keyOf(listener))) return [];
      if (!listener.hosts.some((one) => one.namespace === '*' || one.namespace === namespace)) return [];
      const common = listener.protocol === 'TCP' ? '*' : intersection(listener.host, host);
      return common === undefined ? [] : [{ listener, host: common, from: field }];
    });
    for (const one of found) {
      const nearer = found.some(
        (other) =>
          other.host === one.host &&
          keyOf(other.listener) === keyOf(one.listener) &&
          other.listener.server.number.value === one.listener.server.number.value &&
          isWider(one.listener.host, other.listener.host),
      );
      const known = served.some((other) => other.listener === one.listener && other.host === one.host);
      if (!nearer && !known) served.push(one);
    }
    if (found.length === 0) context.inert(field, codes.gateway.hostNotOffered, { host });
    else context.settled(field);
    if (found.length > 0 && !field.value.includes('.') && field.value !== '*')
      context.report(codes.gateway.shortHost, { host: field.value, name: host }, field);
  }
  return { resource, spec, namespace, workload, served, draftFor };
}
