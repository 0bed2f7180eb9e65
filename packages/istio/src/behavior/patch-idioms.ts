import type { HeaderChanges, Milliseconds, RateLimit, ServerFault, Waits } from '@isthmus/behavior';
import { camelCase, type Json, type JsonObject, mapOf, parseProtoDuration } from '@isthmus/kubernetes';
import { type ClusterIdiom, clusterIdiomOf } from './cluster-idiom.ts';
import { connectionManager, namesIn, objectsIn, observing, type PatchShape } from './patch-effects.ts';

/** What a patch does, in the words of the model. */
export type Idiom =
  /** Of the connection manager: how long it waits for a client, and how long a stream may be silent. */
  | { readonly kind: 'waits'; readonly waits: Waits; readonly streamIdle?: Milliseconds }
  /** A limit on the requests that come in; before all that may refuse them where `isFirst`, else behind it. */
  | { readonly kind: 'rate limit'; readonly limit: RateLimit; readonly isFirst?: true }
  /** Failures made on purpose of what comes in. */
  | { readonly kind: 'fault'; readonly fault: ServerFault; readonly isFirst?: true }
  /** Of every route of a client: what is merged into its retries. */
  | { readonly kind: 'retries'; readonly retries: MergedRetries }
  | ClusterIdiom;

/** What a merge sets of retries; what it leaves out stays, or is Envoy's default where there were none. */
export interface MergedRetries {
  readonly attempts?: number;
  readonly on?: readonly string[];
  readonly perTryTimeout?: Milliseconds;
}

/** A field of Envoy's API, which has two spellings. */
const part = (value: Json | undefined, name: string): Json | undefined =>
  mapOf(value)[name] ?? mapOf(value)[camelCase(name)];

const setsOnly = (value: Json | undefined, names: ReadonlySet<string>): boolean =>
  namesIn(value).every((name) => names.has(name));

function millisecondsIn(value: Json | undefined): Milliseconds | undefined {
  const found = typeof value === 'string' ? parseProtoDuration(value) : undefined;
  return found === undefined || found < 0n ? undefined : Number(found) / 1_000_000;
}

/** Fields of the connection manager that are understood; `request_timeout` and others are for what clients send. */
const waiting: Readonly<Record<string, keyof Waits>> = {
  request_headers_timeout: 'headers',
  request_timeout: 'request',
};

/**
 * Timeouts of the connection manager. The filter is named, since a patch for none is made to filters of every kind
 * (istio/pilot/pkg/networking/core/envoyfilter/listener_patch.go networkFilterMatch, 1.32).
 */
function waitsOf({ operation, value, filter }: PatchShape): Idiom | undefined {
  if (operation !== 'MERGE' || filter !== connectionManager) return undefined;
  if (typeof value.name === 'string' && value.name !== connectionManager) return undefined;
  const config = part(value, 'typed_config');
  const waits: { -readonly [Name in keyof Waits]: Milliseconds } = {};
  let streamIdle: Milliseconds | undefined;
  for (const name of namesIn(config)) {
    if (observing.test(name)) continue;
    const field = part(config, name);
    if (name === 'common_http_protocol_options') {
      const connection = millisecondsIn(part(field, 'idle_timeout'));
      if (connection === undefined || !setsOnly(field, new Set(['idle_timeout']))) return undefined;
      waits.connection = connection;
      continue;
    }
    const time = millisecondsIn(field);
    if (time === undefined) return undefined;
    const known = waiting[name];
    if (known !== undefined) waits[known] = time;
    else if (name === 'stream_idle_timeout') streamIdle = time;
    else return undefined;
  }
  return { kind: 'waits', waits, ...(streamIdle === undefined ? {} : { streamIdle }) };
}

const parts: Readonly<Record<string, number>> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

/** A share of Envoy's in percent; undefined where it is none. */
function percentOf(share: Json | undefined): number | undefined {
  const { numerator, denominator = 'HUNDRED' } = mapOf(share);
  const whole = parts[String(denominator)];
  return typeof numerator === 'number' && whole !== undefined ? (numerator / whole) * 100 : undefined;
}

const ofLimit = new Set([
  'stat_prefix',
  'token_bucket',
  'filter_enabled',
  'filter_enforced',
  'response_headers_to_add',
  'status',
]);

/** The headers of the answer to a request beyond a limit; undefined where they are not understood. */
function headersOf(config: Json | undefined): HeaderChanges | undefined {
  const written = part(config, 'response_headers_to_add');
  const set: [string, string][] = [];
  const add: [string, string][] = [];
  for (const item of objectsIn(written)) {
    const { key, value } = mapOf(item.header);
    if (typeof key !== 'string' || typeof value !== 'string') return undefined;
    if (!setsOnly(item, new Set(['header', 'append_action', 'append']))) return undefined;
    const action = part(item, 'append_action') ?? (item.append === false ? 'OVERWRITE_IF_EXISTS_OR_ADD' : undefined);
    if (action === 'OVERWRITE_IF_EXISTS_OR_ADD') set.push([key.toLowerCase(), value]);
    else if (action === undefined || action === 'APPEND_IF_EXISTS_OR_ADD') add.push([key.toLowerCase(), value]);
    else return undefined;
  }
  return { remove: [], set, add };
}

/** The settings of a filter that is added, out of the struct that may wrap them (udpa.type.v1.TypedStruct). */
function addedConfig(value: JsonObject): Json | undefined {
  const typed = part(value, 'typed_config');
  const type = mapOf(typed)['@type'];
  return typeof type === 'string' && type.endsWith('.TypedStruct') ? part(typed, 'value') : typed;
}

/**
 * Where a filter is added: directly before the router, or before all others, as it is without a filter to stand beside
 * (istio/pilot/pkg/networking/core/envoyfilter/listener_patch.go patchHTTPFilters, 1.32); undefined for other places.
 */
function placeOf({ operation, subFilter }: PatchShape): { readonly isFirst?: true } | undefined {
  if (operation === 'INSERT_FIRST') return { isFirst: true };
  if (operation !== 'INSERT_BEFORE') return undefined;
  if (subFilter === undefined) return { isFirst: true };
  return subFilter === 'envoy.filters.http.router' ? {} : undefined;
}

/**
 * A bucket of requests (envoy, extensions/filters/http/local_ratelimit/v3/local_rate_limit.proto and
 * type/v3/token_bucket.proto, 1.40): without both shares the filter does nothing, and a status below 400 counts as 429.
 */
function rateLimitOf(shape: PatchShape): Idiom | undefined {
  const { value } = shape;
  const place = placeOf(shape);
  if (place === undefined) return undefined;
  const config = addedConfig(value);
  if (!setsOnly(config, ofLimit)) return undefined;
  for (const name of ['filter_enabled', 'filter_enforced'])
    if (percentOf(part(part(config, name), 'default_value')) !== 100) return undefined;
  const bucket = part(config, 'token_bucket');
  const [most, filled = 1] = [part(bucket, 'max_tokens'), part(bucket, 'tokens_per_fill')];
  const interval = millisecondsIn(part(bucket, 'fill_interval'));
  const headers = headersOf(config);
  if (typeof most !== 'number' || typeof filled !== 'number' || !interval || headers === undefined) return undefined;
  const code = mapOf(part(config, 'status')).code ?? 429;
  if (typeof code !== 'number') return undefined;
  const requests = Math.min(most, filled);
  if (requests < 1) return undefined;
  return {
    kind: 'rate limit',
    ...place,
    limit: {
      requests,
      ...(most > requests ? { most } : {}),
      interval,
      status: code < 400 ? 429 : code,
      ...(headers.set.length + headers.add.length === 0 ? {} : { headers }),
    },
  };
}

/** Faults (envoy, extensions/filters/http/fault/v3/fault.proto, 1.40), without conditions on requests. */
function faultOf(shape: PatchShape): Idiom | undefined {
  const { value } = shape;
  const place = placeOf(shape);
  if (place === undefined) return undefined;
  const config = addedConfig(value);
  if (!setsOnly(config, new Set(['abort', 'delay']))) return undefined;
  const [abort, delay] = [part(config, 'abort'), part(config, 'delay')];
  const found: { -readonly [Name in 'abort' | 'delay']?: ServerFault[Name] } = {};
  if (delay !== undefined) {
    const duration = millisecondsIn(part(delay, 'fixed_delay'));
    const percentage = percentOf(part(delay, 'percentage'));
    if (!setsOnly(delay, new Set(['fixed_delay', 'percentage']))) return undefined;
    if (duration === undefined || percentage === undefined) return undefined;
    if (percentage > 0) found.delay = { percentage, duration };
  }
  if (abort !== undefined) {
    const status = part(abort, 'http_status');
    const percentage = percentOf(part(abort, 'percentage'));
    if (!setsOnly(abort, new Set(['http_status', 'percentage']))) return undefined;
    if (typeof status !== 'number' || percentage === undefined) return undefined;
    if (percentage > 0) found.abort = { percentage, status };
  }
  return { kind: 'fault', ...place, fault: found };
}

/**
 * Retries that are merged into all routes (istio/pilot/pkg/networking/core/envoyfilter/rc_patch.go, 1.32; envoy,
 * config/route/v3/route_components.proto RetryPolicy, 1.40). A wrapped 0 leaves what was there.
 */
function retriesOf({ operation, value }: PatchShape): Idiom | undefined {
  const route = part(value, 'route');
  const policy = part(route, 'retry_policy');
  if (operation !== 'MERGE' || !setsOnly(value, new Set(['route'])) || !setsOnly(route, new Set(['retry_policy'])))
    return undefined;
  if (!setsOnly(policy, new Set(['retry_on', 'num_retries', 'per_try_timeout']))) return undefined;
  const [on, attempts, perTry] = ['retry_on', 'num_retries', 'per_try_timeout'].map((name) => part(policy, name));
  const tokens = typeof on === 'string' ? on.split(',').map((token) => token.trim()) : undefined;
  if (on !== undefined && tokens?.every((token) => /^[a-z0-9-]*[a-z][a-z0-9-]*$/.test(token)) !== true)
    return undefined;
  if (attempts !== undefined && (typeof attempts !== 'number' || attempts < 1)) return undefined;
  const perTryTimeout = millisecondsIn(perTry);
  if (perTry !== undefined && !perTryTimeout) return undefined;
  return {
    kind: 'retries',
    retries: {
      ...(typeof attempts === 'number' ? { attempts } : {}),
      ...(tokens === undefined ? {} : { on: tokens }),
      ...(perTryTimeout === undefined ? {} : { perTryTimeout }),
    },
  };
}

const ofHttp: Readonly<Record<string, (shape: PatchShape) => Idiom | undefined>> = {
  'envoy.filters.http.local_ratelimit': rateLimitOf,
  'envoy.filters.http.fault': faultOf,
};

/**
 * What a patch does, where all of it is understood and its place is all that its side of the proxy has but for one port;
 * undefined for any other (edge.md 3.9, the table of idioms).
 */
export function idiomOf(shape: PatchShape, match: JsonObject): Idiom | undefined {
  if (shape.applyTo === 'CLUSTER') return clusterIdiomOf(shape, match);
  const { context: _, listener, ...others } = match;
  if (Object.keys(others).length > 0) return undefined;
  if (shape.applyTo === 'HTTP_ROUTE') return listener === undefined ? retriesOf(shape) : undefined;
  const { portNumber: _port, filterChain, ...named } = mapOf(listener);
  if (Object.keys(named).length > 0 || !setsOnly(filterChain, new Set(['filter']))) return undefined;
  const { name: _name, subFilter: _sub, ...more } = mapOf(mapOf(filterChain).filter);
  if (Object.keys(more).length > 0) return undefined;
  if (shape.applyTo === 'NETWORK_FILTER') return waitsOf(shape);
  if (shape.applyTo !== 'HTTP_FILTER' || (shape.filter ?? connectionManager) !== connectionManager) return undefined;
  return ofHttp[typeof shape.value.name === 'string' ? shape.value.name : '']?.(shape);
}
