import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { clusterNames } from '../../envoy-names.ts';
import { child, descend, entries, type Field, number, text } from '../../field.ts';
import type { Modification } from '../../mesh-proxy-patch.ts';
import { filterName, narrowing, type Patch, partNames, type Side, subFilterName } from './patch.ts';

/**
 * What becomes of a patch that no policy takes the place of (the mechanical table of edge.md 3.9): changes of a
 * MeshProxyPatch; nothing, as it did nothing in Istio; or nothing, as Kong Mesh has no way to do it.
 */
export type Fate =
  | { readonly kind: 'modifications'; readonly modifications: readonly Modification[] }
  /** What it is for holds without it. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'inert'; readonly reason: string }
  | { readonly kind: 'unsupported'; readonly reason: string };

const router = 'envoy.filters.http.router';
const connectionManager = 'envoy.filters.network.http_connection_manager';
const connectionManagerType =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

const unsupported = (reason: string): Fate => ({ kind: 'unsupported', reason });
const inert = (reason: string): Fate => ({ kind: 'inert', reason });

/** Filters that Istio has in every chain for HTTP, so that what is put beside them is always there (edge.md WP4). */
const alwaysThere = new Set([
  router,
  'envoy.filters.http.cors',
  'envoy.filters.http.fault',
  'envoy.filters.http.grpc_stats',
  'istio.metadata_exchange',
  'istio.stats',
]);

/** Names that only mean something beside Istio: its clusters, its own filters, and what those leave for others. */
const istioNames =
  /(?:inbound|outbound)\|\d*\||istio_authn|istio\.|filter_state\.(?:upstream|downstream)_peer|metadata_exchange|\brequest\.auth\b|\.svc\.[a-z.-]+_?cluster/;

/** A value's first name that Kong Mesh does not know; undefined where there is none. */
export function istioNameIn(value: Json): string | undefined {
  const text = JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? Number(one) : one));
  return istioNames.exec(text)?.[0];
}

const forSides = (sides: readonly Side[], make: (side: Side) => Modification): Fate => ({
  kind: 'modifications',
  modifications: sides.map(make),
});

/** A filter that is added: it needs its type, as Envoy knows filters by it alone. */
function isWholeFilter({ name, configType, value }: Patch): boolean {
  return (
    name !== undefined && name !== '' && configType !== undefined && partNames(value).join() === 'name,typed_config'
  );
}

function insertHttpFilter(context: Context, patch: Patch): Fate {
  const { operation, sides, value, match } = patch;
  const manager = filterName(patch);
  if (manager !== undefined && manager !== connectionManager) return inert(`no HTTP filter stands in ${manager}`);
  if (!isWholeFilter(patch) || value === undefined) return unsupported('it adds no filter with a type of its own');
  const anchor = subFilterName(patch);
  const hasAnchor = descend(match, 'listener', 'filterChain', 'filter', 'subFilter') !== undefined;
  if (operation === 'ADD' || (operation === 'INSERT_AFTER' && (!hasAnchor || anchor === router)))
    return inert('it puts the filter behind the router, which Envoy refuses');
  if (anchor !== undefined && /^envoy\.(?!filters\.)/.test(anchor))
    return inert(`the older name ${anchor} is no filter's any more`);
  if (anchor !== undefined && !alwaysThere.has(anchor))
    return unsupported(`it stands beside the filter ${anchor}, which Kong Mesh may not have`);
  const traced = context.derived(value, value.value);
  const isFirst = operation === 'INSERT_FIRST' || (operation === 'INSERT_BEFORE' && (!hasAnchor || anchor !== router));
  return forSides(sides, (side) => ({
    httpFilter: isFirst
      ? { match: { origin: side }, operation: 'AddFirst', value: traced }
      : { match: { origin: side, name: router }, operation: 'AddBefore', value: traced },
  }));
}

function insertNetworkFilter(context: Context, patch: Patch): Fate {
  const { operation, sides, value } = patch;
  if (!isWholeFilter(patch) || value === undefined) return unsupported('it adds no filter with a type of its own');
  if (operation === 'ADD' || operation === 'INSERT_AFTER')
    return unsupported('it stands behind filters that Kong Mesh orders in its own way');
  const anchor = filterName(patch);
  if (operation === 'INSERT_BEFORE' && anchor !== undefined && anchor !== connectionManager)
    return unsupported(`it stands beside the filter ${anchor}, which Kong Mesh may not have`);
  const traced = context.derived(value, value.value);
  return forSides(sides, (side) => ({
    networkFilter:
      operation === 'INSERT_BEFORE' && anchor === connectionManager
        ? { match: { origin: side, name: connectionManager }, operation: 'AddBefore', value: traced }
        : { match: { origin: side }, operation: 'AddFirst', value: traced },
  }));
}

/** Settings of the connection manager that hold what Kong Mesh makes of policies. */
const others = new Set([
  'http_filters',
  'route_config',
  'rds',
  'scoped_routes',
  'access_log',
  'tracing',
  'stat_prefix',
]);

function mergeNetworkFilter(context: Context, patch: Patch): Fate {
  const { sides, value, config, configType } = patch;
  if (value === undefined || config === undefined) return inert('it changes nothing');
  if (filterName(patch) !== undefined && filterName(patch) !== connectionManager)
    return unsupported(`only settings of ${connectionManager} are carried over`);
  if (configType !== undefined && configType !== connectionManagerType)
    return unsupported(`it is of the type ${configType}`);
  const other = partNames(config).find((name) => others.has(name));
  if (other !== undefined) return unsupported(`it changes ${other}, which Kong Mesh makes of its policies`);
  const settings = Object.fromEntries(entries(config).filter(([name]) => name !== '@type')) as Record<string, unknown>;
  const merged = Object.fromEntries(Object.keys(settings).map((key) => [key, child(config, key)?.value as Json]));
  const part: JsonObject = {
    name: connectionManager,
    typedConfig: { '@type': connectionManagerType, ...merged },
  };
  return forSides(sides, (side) => ({
    networkFilter: {
      match: { origin: side, name: connectionManager },
      operation: 'Patch',
      value: context.derived(config, part),
    },
  }));
}

function mergeHttpFilter(context: Context, patch: Patch): Fate {
  const { sides, value } = patch;
  const name = subFilterName(patch);
  if (name === undefined) return inert('it names no filter, so that it changes none');
  if (name !== router) return unsupported(`Kong Mesh may not have the filter ${name}, or makes it of its policies`);
  if (value === undefined) return inert('it changes nothing');
  return forSides(sides, (side) => ({
    httpFilter: { match: { origin: side, name }, operation: 'Patch', value: context.derived(value, value.value) },
  }));
}

function removeFilter(patch: Patch): Fate {
  const name = patch.applyTo === 'HTTP_FILTER' ? subFilterName(patch) : filterName(patch);
  if (name === undefined) return inert('it names no filter, so that it removes none');
  if (/^(?:istio[._]|envoy\.filters\.http\.(?:grpc_stats|wasm))/.test(name)) return { kind: 'settled' };
  return unsupported(`what Kong Mesh does with the filter ${name} follows from its policies`);
}

function filterFate(context: Context, patch: Patch): Fate {
  const { applyTo, operation } = patch;
  switch (operation) {
    case 'INSERT_FIRST':
    case 'INSERT_BEFORE':
    case 'INSERT_AFTER':
    case 'ADD':
      return applyTo === 'HTTP_FILTER' ? insertHttpFilter(context, patch) : insertNetworkFilter(context, patch);
    case 'MERGE':
      return applyTo === 'HTTP_FILTER' ? mergeHttpFilter(context, patch) : mergeNetworkFilter(context, patch);
    case 'REMOVE':
      return removeFilter(patch);
    case 'MERGE_AND_REPLACE_LIST':
      return inert('Istio does not apply this operation to filters');
    default:
      return unsupported('Kong Mesh cannot put one filter in the place of another');
  }
}

/** The names of the clusters that a patch is for; none: all of its side. Undefined where they cannot be told. */
function clusterNamesOf(context: Context, { match, resource, place }: Patch): string[] | undefined {
  const cluster = child(match, 'cluster');
  if (entries(cluster).length === 0) return [];
  if (place === 'SIDECAR_INBOUND') return undefined;
  if (entries(cluster).some(([name]) => name !== 'service' && name !== 'portNumber')) return undefined;
  const host = text(child(cluster, 'service'))?.value.toLowerCase();
  const port = number(child(cluster, 'portNumber'))?.value;
  const named = host === undefined ? undefined : context.services.named(host, resource.namespace || 'default');
  if (named === undefined) return undefined;
  const known = configOf(context)
    .registry.all.filter(
      (one) => one.registry === 'kubernetes' && one.namespace === named.namespace && one.resource.name === named.name,
    )
    .flatMap(({ ports }) => ports)
    .filter((one) => port === undefined || one.port === port);
  const names = known.flatMap((one) => clusterNames(context.settings, named, one));
  return names.length === 0 ? undefined : names;
}

function clusterFate(context: Context, patch: Patch): Fate {
  const { operation, sides, value, place } = patch;
  if (value === undefined) return inert('it changes nothing');
  if (operation === 'ADD') {
    if (partNames(value).includes('name'))
      return {
        kind: 'modifications',
        modifications: [{ cluster: { operation: 'Add', value: context.derived(value, value.value) } }],
      };
    return unsupported('the cluster that it adds has no name');
  }
  if (operation !== 'MERGE') return unsupported('it takes a cluster of Istio away, or puts another in its place');
  const names = clusterNamesOf(context, patch);
  if (names === undefined) return unsupported('it is for some clusters only, which have other names in Kong Mesh');
  const list = entries(value).find(([, field]) => Array.isArray(field.value));
  if (list !== undefined) return unsupported(`what it says of ${list[0]} would be appended to what Kong Mesh says`);
  if (place === 'GATEWAY') return unsupported('it is for gateways');
  const traced = context.derived(value, value.value);
  if (names.length > 0)
    return {
      kind: 'modifications',
      modifications: names.map((name) => ({
        cluster: { match: { origin: 'outbound', name }, operation: 'Patch', value: traced },
      })),
    };
  return forSides(sides, (side) => ({
    cluster: { match: { origin: side }, operation: 'Patch', value: traced },
  }));
}

/** Settings of listeners that say nothing of where connections go. */
const listenerSettings = new Set(['per_connection_buffer_limit_bytes', 'tcp_backlog_size', 'enable_mptcp']);

function listenerFate(context: Context, patch: Patch): Fate {
  const { operation, sides, value } = patch;
  if (operation !== 'MERGE' || value === undefined)
    return unsupported('listeners are made by Kong Mesh from Services and policies');
  const other = partNames(value).find((name) => !listenerSettings.has(name));
  if (other !== undefined) return unsupported(`it changes ${other} of listeners, which are others in Kong Mesh`);
  return forSides(sides, (side) => ({
    listener: { match: { origin: side }, operation: 'Patch', value: context.derived(value, value.value) },
  }));
}

/** Whether a patch is for every virtual host and every route. */
function isForAllRoutes(match: Field | undefined): boolean {
  const configuration = child(match, 'routeConfiguration');
  const host = child(configuration, 'vhost');
  const route = child(host, 'route');
  return (
    entries(configuration).every(([name]) => name === 'vhost') &&
    entries(host).every(([name, field]) => name === 'route' || (name === 'name' && field.value === '')) &&
    entries(route).every(([name, field]) => name === 'action' && field.value === 'ANY')
  );
}

const appended = /^(?:request|response)_headers_to_(?:add|remove)$|^rate_limits$/;

/** Headers that are changed, and what a rate limit counts: lists that are appended to, as in Istio. */
function headersFate(context: Context, patch: Patch): Fate {
  const { applyTo, operation, sides, value, match } = patch;
  if (operation !== 'MERGE' || value === undefined)
    return unsupported('routes are made by Kong Mesh from Services and policies');
  if (!isForAllRoutes(match)) return unsupported('it is for some routes only, which have other names in Kong Mesh');
  const other = partNames(value).find(
    (name) => !(appended.test(name) && (applyTo === 'VIRTUAL_HOST' || name !== 'rate_limits')),
  );
  if (other !== undefined) return unsupported(`it changes ${other} of routes, which are others in Kong Mesh`);
  if (applyTo === 'VIRTUAL_HOST')
    return forSides(sides, (side) => ({
      virtualHost: { match: { origin: side }, operation: 'Patch', value: context.derived(value, value.value) },
    }));
  return forSides(sides, (side) => ({
    networkFilter: {
      match: { origin: side, name: connectionManager },
      operation: 'Patch',
      value: context.derived(value, {
        name: connectionManager,
        typedConfig: { '@type': connectionManagerType, routeConfig: value.value },
      }),
    },
  }));
}

/** What Kong Mesh has no modification for (edge.md 1.7). */
const unreachable: Readonly<Record<string, string>> = {
  BOOTSTRAP: 'no MeshProxyPatch reaches how Envoy starts',
  EXTENSION_CONFIG: 'Kong Mesh serves no configurations of extensions',
  FILTER_CHAIN: 'filter chains have no names in Kong Mesh',
  LISTENER_FILTER: 'no MeshProxyPatch reaches filters of listeners',
  HTTP_ROUTE: 'routes are made by Kong Mesh from Services and policies',
};

/** The clusters that a value sends something to. */
function clustersIn(value: Json): string[] {
  if (isList(value)) return value.flatMap(clustersIn);
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    (key === 'cluster' || key === 'cluster_name' || key === 'clusterName') && typeof item === 'string'
      ? [item]
      : clustersIn(item),
  );
}

/** The clusters that the patches of one EnvoyFilter add, by name. */
export const addedClusters = (patches: readonly Patch[]): ReadonlySet<string> =>
  new Set(
    patches.flatMap(({ applyTo, operation, name }) =>
      applyTo === 'CLUSTER' && operation === 'ADD' && name !== undefined ? [name] : [],
    ),
  );

/**
 * What becomes of a patch that no policy takes the place of.
 * @param clusters those that the same EnvoyFilter adds: Envoy refuses filters that name others than it has
 */
export function fateOf(context: Context, patch: Patch, clusters: ReadonlySet<string>): Fate {
  const { applyTo, sides, value } = patch;
  if (patch.operation === '') return inert('it names no operation, which Istio refuses');
  const unreached = unreachable[applyTo];
  if (unreached !== undefined) return unsupported(unreached);
  if (sides.length === 0) return unsupported(`it is for ${patch.place === 'WAYPOINT' ? 'waypoints' : 'gateways'}`);
  const narrow = narrowing(context, patch);
  if (narrow !== undefined) return unsupported(narrow);
  const name = value === undefined || patch.operation === 'REMOVE' ? undefined : istioNameIn(value.value);
  if (name !== undefined) return unsupported(`it refers to \`${name}\`, which is Istio's`);
  const missing =
    value === undefined || applyTo === 'CLUSTER'
      ? undefined
      : clustersIn(value.value).find((one) => !clusters.has(one));
  if (missing !== undefined) return unsupported(`it sends to the cluster ${missing}, which it does not add`);
  switch (applyTo) {
    case 'HTTP_FILTER':
    case 'NETWORK_FILTER':
      return filterFate(context, patch);
    case 'CLUSTER':
      return clusterFate(context, patch);
    case 'LISTENER':
      return listenerFate(context, patch);
    case 'ROUTE_CONFIGURATION':
    case 'VIRTUAL_HOST':
      return headersFate(context, patch);
    default:
      return inert(`${applyTo || 'nothing'} is no part of a configuration that Istio knows`);
  }
}
