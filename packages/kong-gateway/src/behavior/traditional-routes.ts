import type { ClusterObject } from './cluster.ts';
import type { Condition, KongRoute, NamedCondition, Origin, RoutePlugins } from './kong-entities.ts';
import { traditionalPriority } from './priority.ts';
import { annotatedConditions, normalProtocols, type RouteSettings, regexPriorityOf } from './route-settings.ts';
import { dividedId, routeId } from './uuid.ts';

/** A route for the traditional_compatible router, as the controller writes it. */
export interface TraditionalRoute {
  readonly name: string;
  readonly of: ClusterObject;
  readonly origins: readonly (Omit<Origin, 'paths'> & { readonly paths: readonly string[] })[];
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
  /** `~` and an expression, or a prefix. */
  readonly paths: readonly string[];
  /** Values by name; `~*` and an expression, or a text. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly settings: RouteSettings;
  readonly plugins: RoutePlugins;
}

/** A condition on the path as the router compiles it (kong/router/transform.lua path_val_transform). */
const pathCondition = (path: string): Condition =>
  path.startsWith('~') ? { op: '~', value: `^${path.slice(1).replaceAll('?<', '?P<')}` } : { op: '^=', value: path };

// The value of a header is lowered for the comparison, and so is the pattern.
const headerCondition = (value: string): Condition =>
  value.startsWith('~*') ? { op: '~', value: value.slice(2).toLowerCase() } : { op: '==', value: value.toLowerCase() };

const hostCondition = (host: string): Condition =>
  host.startsWith('*') ? { op: '=^', value: host.slice(1) } : { op: '==', value: host };

/** Paths that are tried together: all expressions, or the prefixes of one length (group_by_regex_or_length). */
function groupPaths(paths: readonly string[]): (readonly string[])[] {
  const groups = Map.groupBy(paths, (path) => (path.startsWith('~') ? 0 : new TextEncoder().encode(path).length));
  return groups.size === 0 ? [[]] : [...groups.values()];
}

/** The routes that the router makes of one: a route for each group of its paths (split_routes_and_services_by_path). */
export function divide(written: TraditionalRoute): KongRoute[] {
  const { name, of, origins, settings, plugins } = written;
  const annotated = annotatedConditions(of);
  const hosts = [...new Set([...written.hosts, ...annotated.hostAliases])];
  const methods = annotated.methods ?? written.methods;
  const snis = annotated.snis ?? [];
  const headers = annotated.headers ?? written.headers;
  const id = routeId(name);
  const groups = groupPaths(written.paths);
  return groups.map((paths, index) => ({
    name,
    id: groups.length === 1 ? id : dividedId(id, index + 1),
    part: index,
    of,
    origins: origins.flatMap((origin) => {
      const own = origin.paths.filter((path) => paths.includes(path));
      return own.length === 0 && paths.length > 0 ? [] : [{ ...origin, paths: own.map(pathCondition) }];
    }),
    hosts: hosts.map(hostCondition),
    snis,
    methods,
    paths: paths.map(pathCondition),
    headers: Object.entries(headers).map(
      ([header, values]): NamedCondition => ({
        name: header.toLowerCase().replaceAll('_', '-'),
        any: values.map(headerCondition),
      }),
    ),
    queries: [],
    priority: traditionalPriority({
      methods: methods.length,
      snis: snis.length,
      hosts,
      headers: Object.keys(headers).length,
      paths,
      regexPriority: regexPriorityOf(of),
    }),
    ...settings,
    protocols: normalProtocols(settings.protocols),
    plugins,
  }));
}
