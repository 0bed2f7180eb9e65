import type {
  Cors,
  Decision,
  Endpoints,
  Fault,
  Forward,
  HashPolicy,
  HeaderMatch,
  Miss,
  Predicate,
  RateLimit,
  Request,
  Retries,
  Rule,
  TextMatch,
} from '@isthmus/behavior';
import { queryParameter, splitPath } from '@isthmus/behavior';
import type { PolicyScope } from '@isthmus/istio';
import type { ClientPart } from './client-parts.ts';
import { answerOfNobody } from './nobody.ts';

const quote = (text: string): string => `\`${text}\``;

/** What a condition on a text asks for, as in "path …". */
export function textInWords(match: TextMatch): string {
  switch (match.kind) {
    case 'present':
      return 'is there';
    case 'regex':
      return `matches ${quote(match.pattern)}`;
    case 'exact':
      return `is ${quote(match.value)}${match.ignoreCase ? ' in any case' : ''}`;
    case 'prefix':
      return match.value === ''
        ? 'is anything'
        : `begins with ${quote(match.value)}${match.ignoreCase ? ' in any case' : ''}`;
  }
}

const headerInWords = ({ name, match, invert, missingIsEmpty }: HeaderMatch): string => {
  const asked =
    invert === true
      ? match.kind === 'present'
        ? 'is absent'
        : `is not one that ${textInWords(match)}`
      : textInWords(match);
  return `header ${quote(name)} ${asked}${missingIsEmpty && match.kind !== 'present' ? ' (absent counts as empty)' : ''}`;
};

/** The requests that a route takes: "path begins with `/v2` and header `x-cabin` is `crew`". */
export function conditionsInWords({ path, method, authority, scheme, headers, queryParameters }: Predicate): string {
  const parts = [
    ...(path === undefined ? [] : [`path ${textInWords(path)}`]),
    ...(method === undefined ? [] : [`method ${textInWords(method)}`]),
    ...(authority === undefined ? [] : [`host ${textInWords(authority)}`]),
    ...(scheme === undefined ? [] : [`scheme ${textInWords(scheme)}`]),
    ...headers.map(headerInWords),
    ...queryParameters.map(({ name, match }) => `query parameter ${quote(name)} ${textInWords(match)}`),
  ];
  return parts.length === 0 ? 'every request' : parts.join(' and ');
}

/** What stands in a request where a condition looked. */
function foundAt({ part, name = '' }: Miss, request: Request): string | undefined {
  const { path, query } = splitPath(request.path);
  switch (part) {
    case 'path':
      return path;
    case 'method':
      return request.method;
    case 'authority':
      return request.authority;
    case 'scheme':
      return request.scheme ?? 'http';
    case 'header':
      return request.headers[name]?.join(', ');
    case 'query':
      return queryParameter(query, name);
  }
}

/** Why a route did not take a request: "header `x-cabin` is `crew` was asked for; the request has none". */
export function missInWords(predicate: Predicate, miss: Miss, request: Request): string {
  const { part, name } = miss;
  const asked: Predicate = {
    headers: part === 'header' ? predicate.headers.filter((one) => one.name === name) : [],
    queryParameters: part === 'query' ? predicate.queryParameters.filter((one) => one.name === name) : [],
    ...(part === 'path' && predicate.path !== undefined ? { path: predicate.path } : {}),
    ...(part === 'method' && predicate.method !== undefined ? { method: predicate.method } : {}),
    ...(part === 'authority' && predicate.authority !== undefined ? { authority: predicate.authority } : {}),
    ...(part === 'scheme' && predicate.scheme !== undefined ? { scheme: predicate.scheme } : {}),
  };
  const found = foundAt(miss, request);
  const had = `the request has ${found === undefined ? 'none' : quote(found)}`;
  const words = conditionsInWords(asked);
  // Where nothing else is asked for, that stands beside it.
  return words === conditionsInWords(predicate) ? had : `${words} was asked for; ${had}`;
}

/** Who answers, for people. */
export function endpointsInWords(endpoints: Endpoints): string {
  const answer = answerOfNobody(endpoints);
  if (answer !== undefined)
    return `nobody, the proxy answers ${answer}: ${endpoints.kind === 'none' ? endpoints.reason : 'no workload is meant to be there'}`;
  switch (endpoints.kind) {
    case 'workloads': {
      const labels = Object.entries(endpoints.labels).sort(([a], [b]) => (a < b ? -1 : 1));
      const which = labels.length === 0 ? '' : ` with ${labels.map(([key, value]) => `${key}=${value}`).join(', ')}`;
      return `workloads of ${endpoints.namespace}${which}, port ${endpoints.port}`;
    }
    case 'external':
      return `${endpoints.host}:${endpoints.port}, outside of the cluster`;
    case 'original':
      return 'the address that the client dialled';
    case 'any':
      return endpoints.of.map(endpointsInWords).join(' or ');
    case 'none':
      return 'nobody';
  }
}

const time = (milliseconds: number): string =>
  milliseconds >= 1000 && milliseconds % 100 === 0 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;

/** Milliseconds for people; 0 and absent are none. */
export const timeInWords = (milliseconds: number | undefined): string =>
  milliseconds === undefined || milliseconds === 0 ? 'none' : time(milliseconds);

/** Retries for people, with Envoy's defaults filled in. */
export function retriesInWords(retries: Retries | undefined): string {
  if (retries === undefined || retries.attempts <= 0) return 'none';
  const { attempts, on, statusCodes, perTryTimeout, backOff, methods, previousHosts } = retries;
  const conditions = [...on.filter((one) => one !== 'retriable-status-codes'), ...statusCodes];
  return [
    `${attempts} more ${attempts === 1 ? 'try' : 'tries'}`,
    conditions.length === 0 ? 'on nothing' : `on ${conditions.join(', ')}`,
    ...(perTryTimeout ? [`each within ${time(perTryTimeout)}`] : []),
    `waiting ${time(backOff?.base ?? 25)} to ${time(backOff?.max ?? 250)}`,
    ...(methods === undefined ? [] : [`for ${methods.join(', ')} only`]),
    ...(previousHosts === 'omit' ? ['elsewhere than before'] : []),
  ].join(', ');
}

/** A limit of rates, for people. */
function rateLimitInWords({ requests, interval, most, status, headers }: RateLimit): string {
  const added = [...(headers?.set ?? []), ...(headers?.add ?? [])].map(([name, value]) => quote(`${name}: ${value}`));
  return [
    `${requests} ${requests === 1 ? 'request' : 'requests'} in ${time(interval)}`,
    ...(most === undefined ? [] : [` and up to ${most} at once`]),
    `, others get ${status}`,
    ...(added.length === 0 ? [] : [` with ${added.join(' and ')}`]),
  ].join('');
}

/** Failures on purpose, for people: by the client's proxy, and by the servers'. */
export function faultsInWords({ fault, destinations }: Forward): string {
  const words = ({ delay, abort }: Pick<Fault, 'delay' | 'abort'>): string[] => [
    ...(delay === undefined ? [] : [`a delay of ${time(delay.duration)} for ${delay.percentage} %`]),
    ...(abort === undefined ? [] : [`${abort.status ?? abort.grpcStatus} for ${abort.percentage} %`]),
  ];
  const ofServers = destinations.flatMap(({ server }) => server?.faults ?? []).flatMap(words);
  const all = [
    ...(fault === undefined ? [] : words(fault)),
    ...[...new Set(ofServers)].map((one) => `${one} by the server`),
  ];
  return all.join(', ') || 'none';
}

/** The limits of the servers, for people. */
export const rateLimitsInWords = ({ destinations }: Forward): string => {
  const limits = destinations.flatMap(({ server }) => server?.rateLimits ?? []).map(rateLimitInWords);
  return [...new Set(limits)].join('; ') || 'none';
};

/** What browsers are told, for people. */
export function corsInWords({ allowOrigins, forwardsOtherPreflights, ...headers }: Cors): string {
  const origins = allowOrigins.map((match) =>
    match.kind === 'exact' ? quote(match.value) : `whatever ${textInWords(match)}`,
  );
  const said = Object.entries(headers).map(([name, value]) => `${name} ${value}`);
  return [
    `answered for pages of ${origins.join(', ') || 'nobody'}`,
    ...said,
    ...(forwardsOtherPreflights ? [] : ['other preflight requests are answered too']),
  ].join('; ');
}

/** What the choice of an endpoint depends on, for people. */
export function hashInWords(policies: readonly HashPolicy[]): string {
  const words = policies.map((one) => {
    const of = 'name' in one ? `${one.kind} ${quote(one.name)}` : 'key' in one ? one.key : 'address of the client';
    return one.terminal ? `${of} if there` : of;
  });
  return words.join(', then ') || 'none';
}

const pairs = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(' and ');

const mostNamed = 4;

/** Clients in scopes, behind where they are: "app=web", and of which namespace where they can be in several. */
function scopesInWords(
  scopes: readonly PolicyScope[],
  namespaces: readonly string[],
  joint: string,
): string | undefined {
  const words = scopes.flatMap(({ namespace, labels }) => {
    const has = pairs(labels);
    if (has === '') return namespaces.length > 1 && namespace !== undefined ? [`any in ${namespace}`] : [];
    return [namespace === undefined || namespaces.length === 1 ? has : `${has} in ${namespace}`];
  });
  return words.length === 0 ? undefined : [...new Set(words)].join(joint);
}

/** What the clients of a part of a group have and lack. */
function partInWords({ condition, namespaces }: ClientPart): { readonly has: string[]; readonly lacks: string[] } {
  if (condition === undefined) return { has: [], lacks: [] };
  const { every, some, none } = condition;
  const all = scopesInWords(every, namespaces, ' and ');
  // Where all of a namespace are meant, that says it already.
  const open = some.some(({ labels }) => Object.keys(labels).length === 0) && namespaces.length === 1;
  const one = open ? undefined : scopesInWords(some, namespaces, ' or ');
  const inside = none.filter(
    ({ namespace, labels }) =>
      Object.keys(labels).length > 0 && (namespace === undefined || namespaces.includes(namespace)),
  );
  const others = scopesInWords(inside, namespaces, ' or ');
  return { has: [all, one].filter((words) => words !== undefined), lacks: others === undefined ? [] : [others] };
}

/**
 * A group of clients for people: "clients in namespaces sales, passenger with app=web".
 * @param everywhere whether the group's namespaces are all that there are
 */
export function clientsInWords(group: ClientPart, everywhere: boolean): string {
  const { namespaces, asked, meets, isKnown } = group;
  const named = namespaces.slice(0, mostNamed).join(', ');
  const more = namespaces.length - mostNamed;
  const where = everywhere
    ? ''
    : ` in ${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${named}${more > 0 ? ` and ${more} more` : ''}`;
  const part = partInWords(group);
  const having = [...(meets.length === 0 ? [] : [meets.map(pairs).join(' and ')]), ...part.has];
  const others = asked.filter((one) => !meets.includes(one));
  const lacking = [...(others.length === 0 || meets.length > 0 ? [] : [others.map(pairs).join(' or ')]), ...part.lacks];
  const has = having.length === 0 ? '' : ` with ${having.join(' and ')}`;
  const lacks = lacking.length === 0 ? '' : ` without ${lacking.join(' or ')}`;
  // Who has the label but is not in the import may still come.
  const absent = isKnown || having.length === 0 ? '' : ' (none in the import)';
  return `${everywhere ? 'all clients' : 'clients'}${where}${has}${lacks}${absent}`;
}

/** A rule by its name: "VirtualService sales/seats". */
export const ruleInWords = ({ kind, namespace, name, path }: Rule): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name} ${quote(path)}`;

/** A request in one line: "`GET /v2/seats` with `x-cabin: crew`". */
export function requestInWords({ method, path, headers }: Request): string {
  const lines = Object.entries(headers).flatMap(([name, values]) => values.map((value) => quote(`${name}: ${value}`)));
  return `${quote(`${method} ${path}`)}${lines.length === 0 ? '' : ` with ${lines.join(' and ')}`}`;
}

/** A connection whose bytes nobody reads, by the host that it is for: that of its server name over TLS. */
export const connectionInWords = ({ authority }: Request): string => `a connection for ${quote(authority)}`;

/** How a decision reads behind the request: "goes to seats-v1:80". */
export const verbOf = (decision: Decision): string =>
  decision.kind === 'forward' ? 'goes to ' : decision.kind === 'redirect' ? 'is redirected with ' : 'is ';
