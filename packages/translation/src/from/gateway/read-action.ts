import { codes } from '@isthmus/diagnostics';
import { parseDuration } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, items, number, text } from '../../field.ts';
import { type Subset, subsetOf } from '../../subset-service.ts';
import { type Outside, outsideName, readOutside } from './outside.ts';
import { below, type Parts } from './parts.ts';

/** A backend of a rule. */
export interface Backend {
  readonly field: Field;
  readonly host: Field<string>;
  readonly namespace: string;
  readonly service: string;
  /** The subset that it is for, which has a Service of its own. */
  readonly subset: (Subset & { readonly field: Field }) | undefined;
  /** What the Service stands for, where that is outside of the cluster. */
  readonly outside?: Outside;
  readonly portField: Field<number> | undefined;
  readonly port: number;
  readonly weight: Field<number> | undefined;
}

/** What Kong does with the requests of a rule. */
export type Action =
  | { readonly kind: 'forward'; readonly backends: readonly Backend[] }
  | { readonly kind: 'redirect'; readonly field: Field }
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly body: string | undefined;
      readonly from: readonly Field[];
    }
  /** What the gateway's pods enforce: refused, or closed since Kong cannot check it. */
  | { readonly kind: 'guarded'; readonly status: 403 | 503 }
  /** Something that Kong cannot do: its requests are answered 503, so that none goes on to another rule. */
  | { readonly kind: 'closed'; readonly at: Field; readonly why: string };

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

const closed = (at: Field, why: string): Action => ({ kind: 'closed', at, why });

/** How a rule sends its requests. */
interface Sending {
  /** Whether it has one destination. */
  readonly alone: boolean;
  /** The host that it rewrites that of its requests to. */
  readonly authority: string | undefined;
}

function readBackend(context: Context, field: Field, sending: Sending): Backend | Action {
  const destination = child(field, 'destination');
  const host = text(child(destination, 'host'));
  if (destination === undefined || host === undefined) return closed(field, 'it has no destination');
  const named = context.services.named(host.value.toLowerCase(), field.resource.namespace);
  const subset = child(destination, 'subset');
  const written = number(descend(destination, 'port', 'number'));
  const portField = written?.value === 0 ? undefined : written;
  if (named === undefined || !label.test(named.name) || !label.test(named.namespace)) {
    if (subset !== undefined) return closed(subset, 'Kong Mesh knows no subsets of what is outside of the cluster');
    const outside = readOutside(context, { host: host.value.toLowerCase(), port: portField?.value, ...sending });
    if (typeof outside === 'string') return closed(host, outside);
    return {
      field,
      host,
      namespace: field.resource.namespace || 'default',
      service: outsideName(outside),
      subset: undefined,
      outside,
      portField,
      port: outside.port.port,
      weight: number(child(field, 'weight')),
    };
  }
  const service = context.services.get(named.namespace, named.name);
  if (
    portField !== undefined &&
    !(Number.isInteger(portField.value) && portField.value > 0 && portField.value < 65_536)
  )
    return closed(portField, 'its port is none');
  const [single, ...others] = service?.ports ?? [];
  const port = portField?.value ?? (others.length === 0 ? single?.port : undefined);
  if (port === undefined)
    return closed(
      host,
      service === undefined ? 'the port of its Service is not known' : 'its Service has several ports',
    );
  if (service !== undefined && !service.ports.some((one) => one.port === port))
    return closed(portField ?? host, `Service ${named.name} has no port ${port}`);
  const own = subset === undefined ? undefined : subsetOf(context, named, text(subset)?.value ?? '');
  if (own === 'unknown')
    return closed(subset as Field, 'its subset cannot be told: Service or DestinationRule is missing');
  return {
    field,
    host,
    namespace: named.namespace,
    service: own?.name ?? named.name,
    subset: own === undefined ? undefined : { ...own, field: subset as Field },
    portField,
    port,
    weight: number(child(field, 'weight')),
  };
}

/**
 * The destinations of a rule; `closed` where Kong cannot send there.
 * @param authority the host that the rule rewrites that of its requests to
 */
export function readRoute(context: Context, field: Field, authority?: string): Action {
  const backends: Backend[] = [];
  const list = items(field);
  for (const item of list) {
    const backend = readBackend(context, item, { alone: list.length === 1, authority });
    if ('kind' in backend) return backend;
    backends.push(backend);
  }
  if (list.length === 0) return closed(field, 'it has no destinations');
  if (list.length > 1 && backends.every(({ weight }) => (weight?.value ?? 0) === 0))
    return closed(field, 'its destinations have no weight');
  return { kind: 'forward', backends };
}

function readResponse(field: Field): Action {
  const status = number(child(field, 'status'));
  if (status === undefined || status.value < 200 || status.value > 599) return closed(field, 'its status is none');
  const body = child(field, 'body');
  const string = text(child(body, 'string'));
  if (body !== undefined && entries(body).length > 0 && string === undefined)
    return closed(body, 'its body is not a text');
  return { kind: 'respond', status: status.value, body: string?.value, from: [status, ...(string ? [string] : [])] };
}

// Fifty percent of nothing is nothing; only all of them can be answered by a plugin.
function readAbort(fault: Field | undefined): Action | undefined {
  const abort = child(fault, 'abort');
  const status = number(child(abort, 'httpStatus'));
  const share = number(descend(abort, 'percentage', 'value'));
  if (status === undefined || child(fault, 'delay') !== undefined || (share !== undefined && share.value < 100))
    return undefined;
  if (child(abort, 'percentage') !== undefined && share === undefined) return undefined;
  return {
    kind: 'respond',
    status: status.value,
    body: 'fault filter abort',
    from: [status, ...(share ? [share] : [])],
  };
}

/** A rule that delegates to nobody that is known. */
export const closedDelegate = (rule: Field): Action =>
  closed(child(rule, 'delegate') ?? rule, 'the VirtualService that it delegates to is not in the import');

/** What a rule does; what Kong cannot do is `closed` with the reason. */
export function readAction(context: Context, rule: Field, parts: Parts): Action {
  const regexRewrite = below(parts, 'rewrite', 'uriRegexRewrite');
  if (regexRewrite !== undefined) return closed(regexRewrite, 'Kong cannot replace what an expression finds in a path');
  const redirect = parts('redirect');
  if (redirect !== undefined) return { kind: 'redirect', field: redirect };
  const response = parts('directResponse');
  if (response !== undefined) return readResponse(response);
  const abort = readAbort(parts('fault'));
  if (abort !== undefined) return abort;
  const route = parts('route');
  return route === undefined
    ? closed(rule, 'it says nothing of where its requests go')
    : readRoute(context, route, text(below(parts, 'rewrite', 'authority'))?.value);
}

/** A rule's timeout as Gateway API spells it, and its field; undefined where the rule has none. */
export interface Timeout {
  readonly field: Field<string>;
  readonly value: string;
}

function gatewayDuration(milliseconds: bigint): string {
  const parts: [bigint, string][] = [
    [milliseconds / 3_600_000n, 'h'],
    [(milliseconds / 60_000n) % 60n, 'm'],
    [(milliseconds / 1000n) % 60n, 's'],
    [milliseconds % 1000n, 'ms'],
  ];
  return parts.flatMap(([count, unit]) => (count === 0n ? [] : [`${count}${unit}`])).join('');
}

/** The timeout of a rule, cut to milliseconds, the smallest unit of Gateway API's durations; undefined where it has none. */
export function readTimeout(context: Context, parts: Parts): Timeout | undefined {
  const field = parts('timeout');
  const timeout = text(field);
  const nanoseconds = timeout === undefined ? undefined : parseDuration(timeout.value);
  if (field === undefined) return undefined;
  if (timeout === undefined || nanoseconds === undefined || nanoseconds < 0n) {
    context.inert(field, codes.gateway.timeoutRefused, {});
    return undefined;
  }
  if (nanoseconds === 0n) {
    context.settled(field);
    return undefined;
  }
  const milliseconds = nanoseconds / 1_000_000n || 1n;
  return { field: timeout, value: gatewayDuration(milliseconds) };
}
