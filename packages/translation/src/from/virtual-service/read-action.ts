import type { Client } from '@isthmus/behavior';
import {
  type Forward,
  type HeaderChanges,
  noHeaderChanges,
  type PathRewrite,
  type Redirect,
  type WeightedDestination,
} from '@isthmus/behavior';
import { codes } from '@isthmus/diagnostics';
import type { CompiledRoute, EffectiveRouteDestination, RegistryService } from '@isthmus/istio';
import { isIpAddress } from '@isthmus/kong-mesh';
import { child, type Field } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import type { Action, Backend, MirrorTo } from './action.ts';
import type { Backends, Target } from './backends.ts';

/** Where a route is used. */
export interface Dialled {
  readonly client: Client;
  readonly service: RegistryService;
  readonly port: number;
}

/** What a route does, before its path is placed. */
export interface Reading {
  readonly action: Action;
  readonly rewrite: PathRewrite | undefined;
  /** The field that asks for the rewrite. */
  readonly rewriteField: Field | undefined;
}

const hostname = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
/** Whether Kong Mesh takes a text for a host (routing.md 2.3, validator item 9). */
const isHostname = (text: string): boolean => text.length <= 253 && hostname.test(text) && !isIpAddress(text);

// The pattern of header names in Kong Mesh's schema, which is about names that are set or added.
const headerName = /^[a-z0-9!#$%&'*+\-.^_`|~]+$/;

function usableHeaders(context: Context, changes: HeaderChanges, at: Field | undefined): HeaderChanges {
  if (changes.set.length === 0 && changes.add.length === 0) return changes;
  const isUsable = ([name]: readonly [string, string]): boolean => headerName.test(name.toLowerCase());
  const [bad] = [...changes.set, ...changes.add].filter((one) => !isUsable(one));
  if (bad !== undefined && at !== undefined) context.unsupported(at, codes.virtualService.headerName, { name: bad[0] });
  return { ...changes, set: changes.set.filter(isUsable), add: changes.add.filter(isUsable) };
}

const isEmpty = ({ remove, set, add }: HeaderChanges): boolean => remove.length + set.length + add.length === 0;

const namesIn = ({ remove, set, add }: HeaderChanges): string[] =>
  [...remove, ...[...set, ...add].map(([name]) => name)].map((name) => name.toLowerCase());

/** The changes of all destinations and of the route in one list; undefined where that does something else. */
function common(decision: Forward, side: 'requestHeaders' | 'responseHeaders'): HeaderChanges | undefined {
  const { destinations, [side]: route } = decision;
  if (destinations.every(({ [side]: changes }) => changes === undefined || isEmpty(changes))) return route;
  const own = destinations.map((one) => one[side] ?? noHeaderChanges);
  const [first, ...others] = own;
  if (first === undefined || others.some((one) => JSON.stringify(one) !== JSON.stringify(first))) return undefined;
  // A destination's changes come first (routing.md 3.3); of different headers the order does not matter.
  const names = new Set(namesIn(route));
  if (namesIn(first).some((name) => names.has(name))) return undefined;
  return {
    remove: [...first.remove, ...route.remove],
    set: [...first.set, ...route.set],
    add: [...first.add, ...route.add],
  };
}

function toBackend(
  backends: Backends,
  dialled: Dialled,
  target: Exclude<Target, { kind: 'dialled' }>,
  weight: number,
  from: readonly Field[],
): Backend {
  if (target.kind === 'nobody') return { service: backends.nobody(dialled.service), port: dialled.port, weight, from };
  const { service, external, port, section } = target;
  if (section === undefined && external === undefined) return { service, port, weight, from };
  return { service, ...(external && { external }), port, ...(section !== undefined && { section }), weight, from };
}

/** The destinations of a forward with the entries of `route` that they are from. */
function used({ rule }: CompiledRoute): readonly EffectiveRouteDestination[] {
  return rule.route.length === 1 ? rule.route : rule.route.filter(({ weight }) => (weight?.value ?? 0) !== 0);
}

/** Those of two fields that are written. */
function written(one: Field | undefined, other: Field | undefined): readonly Field[] {
  if (one === undefined) return other === undefined ? [] : [other];
  return other === undefined ? [one] : [one, other];
}

function readMirrors(
  context: Context,
  backends: Backends,
  { rule }: CompiledRoute,
  decision: Forward,
  dialled: Dialled,
): MirrorTo[] {
  return rule.mirrors.flatMap(({ destination, percentage }): MirrorTo[] => {
    const mirror = decision.mirrors.find(
      ({ destination: { host, port, subset } }) =>
        host === destination.host.host &&
        subset === destination.subset?.value &&
        port === (destination.port?.value ?? dialled.port),
    );
    if (mirror === undefined || mirror.destination.endpoints.kind === 'none') return [];
    const target = backends.target(dialled.client, mirror.destination, destination, dialled, true);
    if (target.kind !== 'service') return [];
    context.approximate(destination.field, undefined, codes.virtualService.mirrorHost, {
      host: destination.host.value,
    });
    const from = written(destination.field, percentage);
    return [{ backend: toBackend(backends, dialled, target, 1, from), percentage: mirror.percentage }];
  });
}

/** The Services that a forward sends to; none where one of its destinations is the address that was dialled. */
function readBackends(
  backends: Backends,
  entries: readonly EffectiveRouteDestination[],
  { destinations }: Forward,
  dialled: Dialled,
): Backend[] {
  const targets: Exclude<Target, { kind: 'dialled' }>[] = [];
  for (let index = 0; index < destinations.length; index++) {
    const { destination } = destinations[index] as WeightedDestination;
    const entry = entries[index] as EffectiveRouteDestination;
    const target = backends.target(dialled.client, destination, entry.destination, dialled, true);
    if (target.kind !== 'dialled') targets.push(target);
  }
  if (targets.length < destinations.length) return [];
  return targets.map((target, index) => {
    const { destination, weight } = entries[index] as EffectiveRouteDestination;
    const part = (destinations[index] as WeightedDestination).weight;
    return toBackend(backends, dialled, target, part, written(destination.field, weight));
  });
}

function readForward(
  context: Context,
  backends: Backends,
  compiled: CompiledRoute,
  decision: Forward,
  dialled: Dialled,
): Action {
  const { settings, mirrors } = compiled.rule;
  const entries = used(compiled);
  const listed = readBackends(backends, entries, decision, dialled);
  const copies = mirrors.length === 0 ? [] : readMirrors(context, backends, compiled, decision, dialled);
  const requestHeaders = common(decision, 'requestHeaders');
  const responseHeaders = common(decision, 'responseHeaders');
  const own = decision.destinations[0]?.authority;
  const isOne = decision.destinations.every((one) => one.authority === own);
  const authority = decision.authority ?? (isOne ? own : undefined);
  const isDivided =
    requestHeaders === undefined || responseHeaders === undefined || (decision.authority === undefined && !isOne);
  if (isDivided)
    for (const { headers } of entries)
      if (headers !== undefined) context.unsupported(headers, codes.virtualService.destinationHeaders, {});
  const isWritable = authority === undefined || isHostname(authority);
  if (!isWritable) {
    const field = child(settings.rewrite, 'authority') ?? settings.headers ?? entries[0]?.headers;
    if (field !== undefined) context.unsupported(field, codes.virtualService.hostRewrite, { host: authority });
  }
  return {
    kind: 'forward',
    backends: listed,
    requestHeaders: usableHeaders(context, requestHeaders ?? decision.requestHeaders, settings.headers),
    responseHeaders: usableHeaders(context, responseHeaders ?? decision.responseHeaders, settings.headers),
    mirrors: copies,
    settings: {
      timeout: decision.timeout,
      retries: decision.retries,
      hash: decision.hash,
      from: written(settings.timeout, settings.retries),
    },
    from: written(settings.route, settings.headers),
    ...(authority === undefined || !isWritable ? {} : { hostname: authority }),
  };
}

function readRedirect(context: Context, { rule }: CompiledRoute, decision: Redirect): Action {
  const { redirect, headers } = rule.settings;
  const { host, path, scheme } = decision;
  const [name, ...port] = host?.split(':') ?? [];
  const number = port.length === 1 && /^\d+$/.test(port[0] ?? '') ? Number(port[0]) : undefined;
  const isWritable =
    host === undefined ||
    (name !== undefined &&
      isHostname(name) &&
      (port.length === 0 || (number !== undefined && decision.port === undefined)));
  if (!isWritable || (scheme !== undefined && scheme !== 'http' && scheme !== 'https')) {
    context.unsupported(redirect as Field, codes.virtualService.redirect, { what: host ?? scheme ?? '' });
    return { kind: 'refuse', cause: codes.virtualService.redirect };
  }
  if (path?.kind === 'full' && path.value.includes('?'))
    context.approximate(child(redirect, 'uri') ?? (redirect as Field), undefined, codes.virtualService.redirectQuery, {
      uri: path.value,
    });
  return {
    kind: 'redirect',
    status: decision.status,
    ...(scheme === undefined ? {} : { scheme }),
    ...(name === undefined ? {} : { hostname: name }),
    ...(decision.port === undefined && number === undefined ? {} : { port: decision.port ?? (number as number) }),
    responseHeaders: usableHeaders(context, decision.responseHeaders ?? noHeaderChanges, headers),
    from: written(redirect, headers),
  };
}

/**
 * Reads what a route does with its requests; what Kong Mesh cannot express is reported, and refused where it matters. Direct
 * responses are refused here and reported where it is known whether a patch can give them.
 */
export function readAction(context: Context, backends: Backends, compiled: CompiledRoute, dialled: Dialled): Reading {
  const { settings } = compiled.rule;
  const { decision } = compiled.route;
  const rewriteField = child(settings.rewrite, 'uri') ?? child(settings.rewrite, 'uriRegexRewrite') ?? settings.rewrite;
  if (settings.corsPolicy !== undefined && decision.kind !== 'respond')
    context.unsupported(settings.corsPolicy, codes.virtualService.cors, {});
  switch (decision.kind) {
    case 'forward':
      return {
        action: readForward(context, backends, compiled, decision, dialled),
        rewrite: decision.rewrite,
        rewriteField,
      };
    case 'redirect':
      return {
        action: readRedirect(context, compiled, decision),
        rewrite: decision.path,
        rewriteField: child(settings.redirect, 'prefixRewrite') ?? settings.redirect,
      };
    case 'respond': {
      const isBare = decision.status === 404 && !decision.body && decision.fault === undefined;
      const action: Action =
        isBare && decision.responseHeaders === undefined
          ? { kind: 'unmatched' }
          : { kind: 'refuse', cause: codes.virtualService.directResponse };
      return { action, rewrite: undefined, rewriteField: undefined };
    }
    default:
      return {
        action: { kind: 'refuse', cause: codes.virtualService.broken },
        rewrite: undefined,
        rewriteField: undefined,
      };
  }
}
