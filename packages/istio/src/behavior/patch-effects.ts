import { isList, isMap, type Json, type JsonObject, mapOf } from '@isthmus/kubernetes';

/** What of traffic a change of a proxy may be about, as verdicts name it; `limits` of rates, which are no part of any verdict. */
export type Concern = 'routing' | 'resilience' | 'access' | 'transport' | 'limits';

/** What a change may do. */
export interface Effects {
  readonly concerns: readonly Concern[];
  /** Whether it may let in what was refused; what is put beside the other filters only refuses more. */
  readonly opens: boolean;
}

const limits: Effects = { concerns: ['limits'], opens: false };
const none: Effects = { concerns: [], opens: false };
const everything: Effects = { concerns: ['routing', 'resilience', 'access', 'transport'], opens: true };

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The names of what a value sets, in the spelling of Envoy's API, which has two. */
export const namesIn = (value: Json | undefined): string[] =>
  Object.keys(mapOf(value))
    .filter((name) => name !== '@type')
    .map(snakeCase);

/** Whether a value sets these alone. */
const setsOnly = (value: Json | undefined, names: RegExp): boolean => namesIn(value).every((name) => names.test(name));

const limiting = /^envoy\.filters\.(?:http|network)\.local_ratelimit$/;

/** Filters that only count and observe. */
const silent =
  /^(?:envoy\.filters\.http\.grpc_(?:http1_)?stats|istio\.stats|istio\.metadata_exchange|envoy\.filters\.network\.metadata_exchange)$/;

/** Filters that refuse nobody: they change how messages look, or hold them up. */
const unasking =
  /^envoy\.filters\.http\.(?:fault|compressor|decompressor|grpc_web|grpc_json_transcoder|grpc_http1_bridge|cors|buffer)$/;

/** The name of Envoy's filter that reads requests. */
export const connectionManager = 'envoy.filters.network.http_connection_manager';

/**
 * Settings of the connection manager that say what is written down of requests, and how a proxy names itself in the header
 * `server` of answers, which is each mesh's own.
 */
export const observing =
  /^(?:access_log|access_log_options|tracing|stat_prefix|server_name|server_header_transformation)$/;
const timing =
  /^(?:stream_idle_timeout|request_timeout|request_headers_timeout|drain_timeout|delayed_close_timeout|common_http_protocol_options)$/;
const ofStreams = /^(?:idle_timeout|max_connection_duration|max_stream_duration|max_requests_per_connection)$/;

/** Settings of clusters that decide how and how often an endpoint is tried, not which endpoints there are. */
const ofConnections =
  /^(?:connect_timeout|circuit_breakers|outlier_detection|lb_policy|(?:ring_hash|maglev|least_request|round_robin)_lb_config|common_lb_config|health_checks|upstream_connection_options|http2_protocol_options|common_http_protocol_options|http_protocol_options|max_requests_per_connection|per_connection_buffer_limit_bytes|dns_refresh_rate|track_cluster_stats|alt_stat_name)$/;
const ofSockets = /^(?:per_connection_buffer_limit_bytes|tcp_backlog_size|enable_mptcp|access_log|stat_prefix)$/;
const ofBoot = /^(?:stats_.*|admin|tracing|default_regex_engine)$/;

const inserts = /^(?:INSERT_|ADD$)/;

/** A patch as far as its effects go. */
export interface PatchShape {
  readonly applyTo: string;
  readonly operation: string;
  readonly value: JsonObject;
  /** The filter that it changes or stands beside: of the listener, and within the connection manager. */
  readonly filter: string | undefined;
  readonly subFilter: string | undefined;
}

function ofHttpFilter({ operation, value, subFilter }: PatchShape): Effects {
  // Without a filter's name these change none, nor does a name that no filter has any more (edge.md 3.9, verified by running).
  if (subFilter !== undefined && /^envoy\.(?!filters\.)/.test(subFilter)) return none;
  if (inserts.test(operation)) {
    const name = textOf(value.name);
    if (limiting.test(name)) return limits;
    if (silent.test(name)) return none;
    return { concerns: ['routing', 'resilience', ...(unasking.test(name) ? [] : (['access'] as const))], opens: false };
  }
  if (subFilter === undefined || operation === 'MERGE_AND_REPLACE_LIST' || silent.test(subFilter)) return none;
  if (limiting.test(subFilter)) return limits;
  const asks = subFilter !== 'envoy.filters.http.router' && !unasking.test(subFilter);
  return { concerns: ['routing', 'resilience', ...(asks ? (['access'] as const) : [])], opens: true };
}

function ofNetworkFilter({ operation, value, filter }: PatchShape): Effects {
  if (inserts.test(operation)) {
    const name = textOf(value.name);
    if (limiting.test(name)) return limits;
    return silent.test(name) ? none : { concerns: ['routing', 'resilience', 'access'], opens: false };
  }
  if (operation === 'MERGE_AND_REPLACE_LIST' || (filter !== undefined && silent.test(filter))) return none;
  if (filter === undefined && operation !== 'MERGE') return none;
  if (filter !== undefined && limiting.test(filter)) return limits;
  const config = mapOf(value.typed_config ?? value.typedConfig);
  if (operation === 'MERGE' && (filter ?? connectionManager) === connectionManager) {
    const left = namesIn(config).filter((name) => !observing.test(name));
    if (left.length === 0) return none;
    const options = config.common_http_protocol_options ?? config.commonHttpProtocolOptions;
    if (left.every((name) => timing.test(name)) && setsOnly(options, ofStreams))
      return { concerns: ['resilience'], opens: false };
  }
  return { concerns: ['routing', 'resilience', 'access'], opens: true };
}

function ofCluster({ operation, value }: PatchShape): Effects {
  // A cluster that is added is one that nothing of Istio's sends to.
  if (operation === 'ADD') return none;
  if (operation !== 'MERGE' && operation !== 'MERGE_AND_REPLACE_LIST')
    return { concerns: ['routing', 'resilience'], opens: false };
  const breakers = value.circuit_breakers ?? value.circuitBreakers;
  // Thresholds that are merged stand behind those of Istio, and Envoy uses the first (edge.md 3.9, verified by running).
  if (operation === 'MERGE' && setsOnly(value, /^circuit_breakers$/) && setsOnly(breakers, /^thresholds$/)) return none;
  return { concerns: setsOnly(value, ofConnections) ? ['resilience'] : ['routing', 'resilience'], opens: false };
}

function ofRoutes({ operation, value }: PatchShape): Effects {
  if (operation !== 'MERGE') return { concerns: ['routing', 'resilience', 'access'], opens: true };
  if (setsOnly(value, /^rate_limits$/)) return limits;
  const { route } = value;
  if (setsOnly(value, /^route$/) && setsOnly(route, /^(?:retry_policy|timeout|idle_timeout|hedge_policy)$/))
    return { concerns: ['resilience'], opens: false };
  if (setsOnly(value, /^(?:retry_policy|hedge_policy)$/)) return { concerns: ['resilience'], opens: false };
  if (setsOnly(value, /^(?:request|response)_headers_to_(?:add|remove)$/))
    return { concerns: ['routing', 'resilience'], opens: false };
  const perFilter = namesOfFilters(value);
  if (setsOnly(value, /^typed_per_filter_config$/) && perFilter.every((name) => limiting.test(name))) return limits;
  return { concerns: ['routing', 'resilience', 'access'], opens: true };
}

const namesOfFilters = (value: JsonObject): string[] =>
  Object.keys(mapOf(value.typed_per_filter_config ?? value.typedPerFilterConfig));

/** Whether a patch is of what is done with requests, so that connections whose bytes nobody reads never meet it. */
export const isOfRequests = ({ applyTo, operation, value, filter }: PatchShape): boolean =>
  /^(?:HTTP_FILTER|ROUTE_CONFIGURATION|VIRTUAL_HOST|HTTP_ROUTE)$/.test(applyTo) ||
  (applyTo === 'NETWORK_FILTER' && operation === 'MERGE' && (filter ?? textOf(value.name)) === connectionManager);

/**
 * What a patch of Envoy's configuration may change of what verdicts are about: everything, unless it is known what it sets.
 * Nothing where Istio or Envoy does nothing with such a patch.
 */
export function effectsOf(patch: PatchShape): Effects {
  const { applyTo, operation, value } = patch;
  if (operation === '') return none;
  switch (applyTo) {
    case 'HTTP_FILTER':
      return ofHttpFilter(patch);
    case 'NETWORK_FILTER':
      return ofNetworkFilter(patch);
    case 'CLUSTER':
      return ofCluster(patch);
    case 'ROUTE_CONFIGURATION':
    case 'VIRTUAL_HOST':
    case 'HTTP_ROUTE':
      return ofRoutes(patch);
    case 'LISTENER':
      return operation === 'MERGE' && setsOnly(value, ofSockets) ? none : everything;
    case 'BOOTSTRAP':
      return setsOnly(value, ofBoot) ? none : everything;
    case 'FILTER_CHAIN':
    case 'LISTENER_FILTER':
      return everything;
    case 'EXTENSION_CONFIG':
      // What is added here only says what a filter that some other patch adds does.
      return operation === 'ADD' ? none : everything;
    default:
      return none;
  }
}

/** What a module or a script in a proxy may do: whatever it likes with a message, but let in whom others refuse. */
export const ofExtension: Effects = { concerns: ['routing', 'resilience', 'access'], opens: false };

/** The items of a list that are objects. */
export const objectsIn = (value: Json | undefined): JsonObject[] => (isList(value) ? value.filter(isMap) : []);
