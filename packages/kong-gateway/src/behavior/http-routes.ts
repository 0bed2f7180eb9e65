import { type Json, parseDuration } from '@isthmus/kubernetes';
import { at, list, text } from '../json.ts';
import type { Attachment } from './attachment.ts';
import { annotatedService, type Failure, usableBackends } from './backends.ts';
import { type Cluster, type ClusterObject, namedListeners, type RouterFlavor } from './cluster.ts';
import { pluginsOf, redirects, replacesPrefix, UnsupportedFilter, withoutSlash } from './filters.ts';
import {
  type Condition,
  defaultTimeoutMs,
  type KongRoute,
  type KongService,
  type RoutePlugins,
} from './kong-entities.ts';
import { httpPriority, orderBits, type RoutePath, type Traits } from './priority.ts';
import { isValidHost, validSnis, withAnnotations } from './route-settings.ts';
import { divide } from './traditional-routes.ts';
import { routeId } from './uuid.ts';

/** A rule of an HTTPRoute with its matches; where it says none it takes every path (the CRD's default). */
interface Rule {
  readonly index: number;
  readonly rule: Json;
  readonly matches: readonly Json[];
}

/** An HTTPRoute that the controller translates, with its effective hostnames. */
interface TranslatedRoute {
  readonly route: ClusterObject;
  readonly hostnames: readonly string[];
  readonly rules: readonly Rule[];
}

const rulesOf = ({ spec }: ClusterObject): Rule[] =>
  list(at(spec, 'rules')).map((rule, index) => {
    const matches = list(at(rule, 'matches'));
    return { index, rule, matches: matches.length === 0 ? [{}] : matches };
  });

const pathOf = (match: Json): RoutePath => ({
  type: text(at(match, 'path', 'type'), 'PathPrefix') as RoutePath['type'],
  value: text(at(match, 'path', 'value'), '/'),
});

// Keys of maps sorted, as structs of Go are written in one order.
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join()}]`;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return `{${Object.entries(value)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
    .join()}}`;
}

const withDefaults = (value: Json, defaults: Readonly<Record<string, Json>>): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...defaults, ...value } : value;

const backendDefaults = { group: '', kind: 'Service', weight: 1 };

/** What rules with the same backends in any order have in common: they share one Kong service (groupRulesByBackendRefs). */
const backendsKey = ({ rule }: Rule): string =>
  list(at(rule, 'backendRefs'))
    .map((ref) => canonical(withDefaults(ref, backendDefaults)))
    .sort()
    .join(';');

const filtersKey = ({ rule }: Rule): string => list(at(rule, 'filters')).map(canonical).sort().join(';');

/** The protocols of a route: those of the listeners that its parents name; none: Kong's default. */
function protocolsOf(cluster: Cluster, route: ClusterObject): readonly string[] {
  const found = [...namedListeners(cluster, route)].flatMap((listener) => {
    const protocol = text(at(listener, 'protocol'), '');
    return protocol === 'HTTP' || protocol === 'HTTPS' ? [protocol.toLowerCase()] : [];
  });
  return found.length === 0 ? ['http', 'https'] : [...new Set(found)].sort();
}

const condition = (one: Json): Condition => ({
  op: text(at(one, 'type'), 'Exact') === 'RegularExpression' ? '~' : '==',
  value: text(at(one, 'value'), ''),
});

/** The condition on the path in an expression (httproute_atc.go pathMatcherFromHTTPPathMatch). */
function pathConditions({ type, value }: RoutePath, captures: boolean): Condition[] {
  if (type === 'Exact') return [{ op: '==', value }];
  if (type === 'RegularExpression') return [{ op: '~', value: value.startsWith('^') ? value : `^${value}` }];
  const path = withoutSlash(value);
  if (captures)
    return [
      { op: '==', value: path },
      { op: '~', value: path === '/' ? '^/(.*)' : `^${path}(/.*)` },
    ];
  return path === '/'
    ? [{ op: '^=', value: '/' }]
    : [
        { op: '==', value: path },
        { op: '^=', value: `${path}/` },
      ];
}

const hostConditions = (hostname: string): Condition[] => {
  if (hostname === '' || !isValidHost(hostname)) return [];
  return hostname.startsWith('*') ? [{ op: '=^', value: hostname.slice(1) }] : [{ op: '==', value: hostname }];
};

const traitsOf = (match: Json): Traits => ({
  path: pathOf(match),
  method: at(match, 'method') !== undefined,
  headers: list(at(match, 'headers')).length,
  queryParams: list(at(match, 'queryParams')).length,
});

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Split extends TranslatedRoute {
  readonly hostname: string;
  readonly rule: Rule;
  readonly match: number;
}

/** A match with one hostname, in the order of equals: the oldest route, then by namespace and name, rule and match. */
const compareSplit = (a: Split, b: Split): number =>
  byText(a.route.created, b.route.created) ||
  byText(a.route.namespace, b.route.namespace) ||
  byText(a.route.name, b.route.name) ||
  a.rule.index - b.rule.index ||
  a.match - b.match;

/** The priorities of all matches of all HTTPRoutes; equal ones are numbered (assignRoutePriorityToSplitHTTPRouteMatches). */
function prioritiesOf(routes: readonly TranslatedRoute[]): Map<Rule, Map<string, bigint[]>> {
  const split = routes.flatMap((translated) =>
    (translated.hostnames.length === 0 ? [''] : translated.hostnames).flatMap((hostname) =>
      translated.rules.flatMap((rule): Split[] =>
        rule.matches.map((_, match) => ({ ...translated, hostname, rule, match })),
      ),
    ),
  );
  const equal = Map.groupBy(split, ({ hostname, rule, match }) =>
    httpPriority(hostname, traitsOf(rule.matches[match] as Json)),
  );
  const result = new Map<Rule, Map<string, bigint[]>>();
  for (const [base, same] of equal) {
    for (const [index, { rule, hostname, match }] of same.sort(compareSplit).entries()) {
      const byMatch = result.get(rule) ?? new Map<string, bigint[]>();
      result.set(rule, byMatch);
      const key = `${hostname} ${match}`;
      byMatch.set(key, [...(byMatch.get(key) ?? []), base + orderBits(12, index)]);
    }
  }
  return result;
}

function expressionRoutes(
  cluster: Cluster,
  translated: TranslatedRoute,
  rules: readonly Rule[],
  priorities: Map<Rule, Map<string, bigint[]>>,
): KongRoute[] {
  const { route, hostnames } = translated;
  const settings = withAnnotations(route, {
    protocols: protocolsOf(cluster, route),
    preserveHost: true,
    stripPath: false,
  });
  const snis = validSnis(route);
  const seen = new Map<string, number>();
  return rules.flatMap((rule) =>
    (hostnames.length === 0 ? [''] : hostnames).flatMap((hostname) =>
      rule.matches.map((match, index): KongRoute => {
        const path = pathOf(match);
        const name = `httproute.${route.namespace}.${route.name}.${hostname === '' ? '_' : hostname.replaceAll('*', '_')}.${rule.index}.${index}`;
        const nth = seen.get(name) ?? 0;
        seen.set(name, nth + 1);
        const method = text(at(match, 'method'));
        return {
          name,
          id: routeId(name),
          part: 0,
          of: route,
          origins: [{ rule: rule.index, match: index }],
          hosts: hostConditions(hostname),
          snis,
          methods: method === undefined ? [] : [method],
          paths: pathConditions(path, replacesPrefix(rule.rule)),
          headers: list(at(match, 'headers')).map((one) => ({
            name: text(at(one, 'name'), '').toLowerCase().replaceAll('_', '-'),
            any: [condition(one)],
          })),
          queries: list(at(match, 'queryParams')).map((one) => ({
            name: text(at(one, 'name'), ''),
            any: [condition(one)],
          })),
          priority: priorities.get(rule)?.get(`${hostname} ${index}`)?.[nth] ?? 0n,
          ...settings,
          plugins: pluginsOf(list(at(rule.rule, 'filters')), path.value),
        };
      }),
    ),
  );
}

/** Paths of the traditional router (httproute.go generateKongRoutePathFromHTTPRouteMatch); nothing is escaped. */
function traditionalPaths({ type, value }: RoutePath): string[] {
  if (type === 'Exact') return [`~${value}$`];
  if (type === 'RegularExpression') return [`~${value}`];
  return [`~${value}$`, value.endsWith('/') ? value : `${value}/`];
}

const capturingPaths = (value: string): string[] => {
  const path = withoutSlash(value);
  return [`~${path}$`, path === '/' ? '~/(.*)' : `~${path}(/.*)`];
};

/** The headers of a match; throws where two conditions name one header in the same spelling. */
function traditionalHeaders(match: Json): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const one of list(at(match, 'headers'))) {
    const name = text(at(one, 'name'), '');
    if (Object.hasOwn(headers, name))
      throw new UnsupportedFilter(`multiple header matches for the same header are not allowed: ${name}`);
    const { op, value } = condition(one);
    headers[name] = [op === '~' ? `~*${value}` : value];
  }
  return headers;
}

interface Matched {
  readonly rule: Rule;
  readonly index: number;
  readonly match: Json;
}

/** What matches have in common that become one route: method, headers and query parameters (httpRouteMatchMeta.getKey). */
function matchKey({ match }: Matched): string {
  const unique = (name: string, lower: boolean): Json[] => {
    const found = new Map<string, Json>();
    for (const one of list(at(match, name))) {
      const key = text(at(one, 'name'), '');
      const written = withDefaults(one, { type: 'Exact' });
      const named = lower ? withDefaults({ name: key.toLowerCase() }, written as Record<string, Json>) : written;
      if (!found.has(lower ? key.toLowerCase() : key)) found.set(lower ? key.toLowerCase() : key, named);
    }
    return [...found.values()];
  };
  const headers = unique('headers', true).sort((a, b) => byText(text(at(a, 'name'), ''), text(at(b, 'name'), '')));
  return canonical([at(match, 'method') ?? null, headers, unique('queryParams', false)]);
}

/** The routes of rules that share their backends, for the traditional_compatible router (translateHTTPRouteRulesMetaToKongstateRoutes). */
function traditionalRoutes(
  cluster: Cluster,
  { route, hostnames }: TranslatedRoute,
  rules: readonly Rule[],
): KongRoute[] {
  const settings = withAnnotations(route, {
    protocols: protocolsOf(cluster, route),
    preserveHost: true,
    stripPath: false,
  });
  const written = [...Map.groupBy(rules, filtersKey).values()].flatMap((sameFilters) => {
    const filters = list(at(sameFilters[0]?.rule, 'filters'));
    const matched = sameFilters.flatMap((rule) =>
      rule.matches.map((match, index): Matched => ({ rule, index, match })),
    );
    return [...Map.groupBy(matched, matchKey).values()].flatMap((group) => {
      const [first] = group as [Matched];
      const headers = traditionalHeaders(first.match);
      const method = text(at(first.match, 'method'));
      const base = {
        name: `httproute.${route.namespace}.${route.name}.${first.rule.index}.${first.index}`,
        of: route,
        hosts: hostnames,
        methods: method === undefined ? [] : [method],
        headers,
        settings,
      };
      const originOf = ({ rule, index, match }: Matched) => ({
        rule: rule.index,
        match: index,
        paths: traditionalPaths(pathOf(match)),
      });
      const plugins = (match: Json): RoutePlugins => pluginsOf(filters, pathOf(match).value);
      if (redirects(first.rule.rule))
        // One route a match, each with the paths of those before it, and all of one name.
        return group.map((one, index) => {
          const origins = group.slice(0, index + 1).map(originOf);
          return { ...base, origins, paths: origins.flatMap(({ paths }) => paths), plugins: plugins(one.match) };
        });
      const prefix = replacesPrefix(first.rule.rule);
      const origins = group.map((one) => ({
        ...originOf(one),
        ...(prefix ? { paths: capturingPaths(pathOf(first.match).value) } : {}),
      }));
      const paths = prefix ? capturingPaths(pathOf(first.match).value) : origins.flatMap((origin) => origin.paths);
      return [{ ...base, origins, paths, plugins: plugins(first.match) }];
    });
  });
  return written.sort((a, b) => byText(a.name, b.name)).flatMap(divide);
}

function timeoutOf(rules: readonly Rule[]): number {
  let timeout = defaultTimeoutMs;
  for (const { rule } of rules) {
    const written = text(at(rule, 'timeouts', 'backendRequest'));
    const nanoseconds = written === undefined ? undefined : parseDuration(written);
    if (nanoseconds === undefined) continue;
    const milliseconds = Number(nanoseconds / 1_000_000n);
    if (milliseconds !== defaultTimeoutMs) timeout = milliseconds;
  }
  return timeout;
}

/** Translates the rules of one HTTPRoute that share their backends; throws an UnsupportedFilter. */
function serviceOf(
  cluster: Cluster,
  flavor: RouterFlavor,
  translated: TranslatedRoute,
  rules: readonly Rule[],
  priorities: Map<Rule, Map<string, bigint[]>>,
): KongService {
  const { route } = translated;
  const [first] = rules as [Rule];
  const refs = list(at(first.rule, 'backendRefs'));
  const backends = usableBackends(cluster, route, refs);
  const annotated = annotatedService(cluster, backends);
  return {
    name: `httproute.${route.namespace}.${route.name}.${first.index}`,
    parent: route,
    backends,
    terminated: backends.length === 0 && refs.length > 0,
    timeoutMs: annotated.timeoutMs ?? timeoutOf(rules),
    retries: annotated.retries,
    routes:
      flavor === 'expressions'
        ? expressionRoutes(cluster, translated, rules, priorities)
        : traditionalRoutes(cluster, translated, rules),
  };
}

/** Translates HTTPRoutes into Kong's services (subtranslator/httproute.go TranslateHTTPRoutesToKongstateServices, 3.5). */
export function translateHttpRoutes(
  cluster: Cluster,
  flavor: RouterFlavor,
  attachments: readonly Pick<Attachment, 'route' | 'hostnames'>[],
): { readonly services: readonly KongService[]; readonly failures: readonly Failure[] } {
  const services: KongService[] = [];
  const failures: Failure[] = [];
  const routes = attachments.flatMap(({ route, hostnames }): TranslatedRoute[] => {
    const rules = rulesOf(route);
    const problem =
      rules.length === 0
        ? 'no rules provided'
        : flavor !== 'expressions' &&
            rules.some(({ matches }) => matches.some((match) => list(at(match, 'queryParams')).length > 0))
          ? 'query param matches are not yet supported'
          : undefined;
    if (problem !== undefined) failures.push({ message: `HTTPRoute can't be routed: ${problem}`, objects: [route] });
    return problem === undefined ? [{ route, hostnames, rules }] : [];
  });
  const priorities = flavor === 'expressions' ? prioritiesOf(routes) : new Map<Rule, Map<string, bigint[]>>();
  for (const translated of routes) {
    const problems: string[] = [];
    for (const rules of Map.groupBy(translated.rules, backendsKey).values()) {
      try {
        services.push(serviceOf(cluster, flavor, translated, rules, priorities));
      } catch (error) {
        if (!(error instanceof UnsupportedFilter)) throw error;
        problems.push(error.message);
      }
    }
    if (problems.length > 0)
      failures.push({ message: `HTTPRoute can't be routed: ${problems.join('\n')}`, objects: [translated.route] });
  }
  return { services, failures };
}
