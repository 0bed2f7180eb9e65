import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import { comparePriority, type RoutePath, type Traits } from './priority.ts';

/** A request as Kong's router sees it. */
export interface EdgeRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** An HTTPRoute with what its attachment left of it. */
export interface AttachedRoute {
  readonly route: JsonObject;
  /** Empty: every host. */
  readonly hostnames: readonly string[];
  readonly protocols: readonly string[];
  /** Rules that the controller drops: their Services differ in annotations of konghq.com (T61). */
  readonly dropped: ReadonlySet<number>;
}

/** The match that takes a request: the route, and its rule and match from 0. */
export interface Winner {
  readonly namespace: string;
  readonly name: string;
  readonly rule: number;
  readonly match: number;
}

const list = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
const at = (value: Json | undefined, key: string): Json | undefined =>
  value !== undefined && isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
const text = (value: Json | undefined, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

/** The path that predicates see: unreserved characters decoded, dot segments removed, slashes merged (kong/tools/uri.lua normalize). */
export function normalisePath(path: string): string {
  const decoded = path.replace(/%([0-9a-fA-F]{2})/g, (whole, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : whole.toUpperCase();
  });
  const kept: string[] = [];
  const segments = decoded.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment === '.' || segment === '..') {
      if (last) kept.push('');
    } else if (segment !== '' || last) kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

const hostMatches = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : pattern === host;

// Rust's regex crate searches; the few spellings that JavaScript has in another way are written as it has them.
function searches(expression: string, value: string): boolean {
  const insensitive = expression.includes('(?i)');
  const plain = expression.replaceAll('(?i)', '').replaceAll('(?P<', '(?<');
  try {
    return new RegExp(plain, insensitive ? 'iu' : 'u').test(value);
  } catch {
    return false;
  }
}

function pathMatches(path: RoutePath, value: string, rewritesPrefix: boolean): boolean {
  switch (path.type) {
    case 'Exact':
      return value === path.value;
    case 'PathPrefix': {
      const prefix = path.value.replace(/\/$/, '');
      // What follows a prefix that is replaced is captured by an expression, in which nothing is escaped (edge.md 2.3).
      if (rewritesPrefix && prefix !== '') return value === prefix || searches(`^${prefix}/`, value);
      return prefix === '' || value === prefix || value.startsWith(`${prefix}/`);
    }
    case 'RegularExpression':
      return searches(path.value.startsWith('^') ? path.value : `^${path.value}`, value);
  }
}

const valuesOf = (request: EdgeRequest, name: string): readonly string[] => {
  const wanted = name.toLowerCase().replaceAll('_', '-');
  return Object.entries(request.headers).flatMap(([key, value]) =>
    key.toLowerCase().replaceAll('_', '-') === wanted ? value : [],
  );
};

/** Whether all values of a header or parameter satisfy a condition; none does not. */
function conditionHolds(condition: Json, values: readonly string[]): boolean {
  const wanted = text(at(condition, 'value'));
  const holds = (value: string): boolean =>
    text(at(condition, 'type'), 'Exact') === 'Exact' ? value === wanted : searches(wanted, value);
  return values.length > 0 && values.every(holds);
}

const pathOf = (match: Json): RoutePath => ({
  type: text(at(at(match, 'path'), 'type'), 'PathPrefix') as RoutePath['type'],
  value: text(at(at(match, 'path'), 'value'), '/'),
});

const replacesPrefix = (rule: Json): boolean =>
  list(at(rule, 'filters')).some((filter) => at(at(at(filter, 'urlRewrite'), 'path'), 'type') === 'ReplacePrefixMatch');

const traitsOf = (match: Json): Traits => ({
  path: pathOf(match),
  method: at(match, 'method') !== undefined,
  headers: list(at(match, 'headers')).length,
  queryParams: list(at(match, 'queryParams')).length,
});

interface Candidate extends Winner {
  readonly hostname: string;
  readonly traits: Traits;
  readonly created: string;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Positive: a is tried first. Hosts decide before the rest; age, names and places decide between equals. */
function compareCandidates(a: Candidate, b: Candidate): number {
  const precise = ({ hostname }: Candidate): number => Number(hostname !== '' && !hostname.startsWith('*'));
  return (
    precise(a) - precise(b) ||
    a.hostname.length - b.hostname.length ||
    comparePriority(a.traits, b.traits) ||
    -byText(a.created, b.created) ||
    -byText(a.namespace, b.namespace) ||
    -byText(a.name, b.name) ||
    b.rule - a.rule ||
    b.match - a.match
  );
}

function candidatesOf({ route, hostnames, protocols, dropped }: AttachedRoute, request: EdgeRequest): Candidate[] {
  const metadata = at(route, 'metadata');
  const head = {
    namespace: text(at(metadata, 'namespace'), 'default'),
    name: text(at(metadata, 'name')),
    created: text(at(metadata, 'creationTimestamp')),
  };
  // A route for https alone has no condition on the protocol: plain requests get its redirect status.
  const secureOnly = protocols.length === 1 && protocols[0] === 'https';
  if (!secureOnly && !protocols.includes(request.scheme)) return [];
  const host = request.host.replace(/:\d+$/, '');
  const hosts = (hostnames.length === 0 ? [''] : hostnames).filter((name) => name === '' || hostMatches(name, host));
  if (hosts.length === 0) return [];
  const [path = '/', query = ''] = request.path.split(/\?(.*)/s);
  const value = normalisePath(path);
  const parameters = new URLSearchParams(query);
  return list(at(at(route, 'spec'), 'rules')).flatMap((rule, ruleIndex) => {
    if (dropped.has(ruleIndex)) return [];
    const matches = list(at(rule, 'matches'));
    return (matches.length === 0 ? [{}] : matches).flatMap((match, matchIndex): Candidate[] => {
      const method = at(match, 'method');
      const fits =
        (method === undefined || method === request.method) &&
        pathMatches(pathOf(match), value, replacesPrefix(rule)) &&
        list(at(match, 'headers')).every((one) => conditionHolds(one, valuesOf(request, text(at(one, 'name'))))) &&
        list(at(match, 'queryParams')).every((one) => conditionHolds(one, parameters.getAll(text(at(one, 'name')))));
      return fits
        ? hosts.map((hostname) => ({ ...head, rule: ruleIndex, match: matchIndex, hostname, traits: traitsOf(match) }))
        : [];
    });
  });
}

/**
 * The match of HTTPRoutes that takes a request, by the expressions router of Kong Gateway 3.9 with the routes of its
 * ingress controller 3.5; undefined where none does (404).
 */
export function routeRequest(routes: readonly AttachedRoute[], request: EdgeRequest): Winner | undefined {
  const [first, ...others] = routes.flatMap((route) => candidatesOf(route, request));
  if (first === undefined) return undefined;
  const best = others.reduce((leader, other) => (compareCandidates(other, leader) > 0 ? other : leader), first);
  return { namespace: best.namespace, name: best.name, rule: best.rule, match: best.match };
}
