import {
  type Client,
  evaluate,
  type Predicate,
  type Request,
  type RouteTable,
  type TextMatch,
} from '@isthmus/behavior';
import {
  type EffectiveConfig,
  type EffectiveVirtualService,
  type RegistryService,
  rivalTables,
  writtenAt,
} from '@isthmus/istio';
import { rootField } from '@isthmus/kubernetes';
import { sampleTexts } from './sample-text.ts';

/** Texts that may meet a condition, and some that may not quite. */
function samplesOf(match: TextMatch | undefined, otherwise: string): string[] {
  switch (match?.kind) {
    case 'exact':
      return [match.value];
    case 'prefix':
      return [match.value, `${match.value}x`];
    case 'regex':
      return sampleTexts(match.pattern);
    default:
      return [otherwise];
  }
}

/** Requests that a predicate may take. */
function requestsFor({ path, method, authority, headers, queryParameters }: Predicate, host: string): Request[] {
  const [verb = 'GET'] = samplesOf(method, 'GET');
  const [name = host] = samplesOf(authority, host);
  const sent = headers.flatMap((one): [string, string[]][] =>
    one.invert || one.name.startsWith(':') ? [] : [[one.name, [samplesOf(one.match, '1')[0] ?? '1']]],
  );
  const query = queryParameters.map((one) => `${one.name}=${samplesOf(one.match, '1')[0] ?? '1'}`).join('&');
  return samplesOf(path, '/').map((text) => ({
    method: verb,
    authority: name,
    path: query === '' ? text : `${text}?${query}`,
    headers: Object.fromEntries(sent),
  }));
}

const decide = (table: RouteTable, request: Request): string => JSON.stringify(evaluate(table, request).decision);
const predicates = ({ virtualHosts }: RouteTable): Predicate[] =>
  virtualHosts.flatMap(({ routes }) => routes.map(({ predicate }) => predicate));
const whole = ({ virtualHosts }: RouteTable): string =>
  JSON.stringify(virtualHosts.flatMap(({ routes }) => routes.map(({ predicate, decision }) => [predicate, decision])));

/** A request in words: `GET /v1/a with x-user: tim`. */
function inWords({ method, path, headers }: Request): string {
  const sent = Object.entries(headers).map(([name, values]) => `${name}: ${values.join(', ')}`);
  return `${method} ${path}${sent.length === 0 ? '' : ` with ${sent.join(', ')}`}`;
}

/**
 * How VirtualServices for one host of which any may be the first differ for a client that calls the service: undefined where they
 * do the same with every request, so that their order does not matter; a request that tells two of them apart, where one is found.
 */
export function differenceOf(
  config: EffectiveConfig,
  client: Client,
  { host }: RegistryService,
  port: number,
  rivals: readonly EffectiveVirtualService[],
): string | undefined {
  const tables = rivalTables(config, client, host, port).filter(({ virtualService }) =>
    rivals.includes(virtualService),
  );
  const [first, ...others] = tables;
  if (first === undefined) return undefined;
  const other = others.find(({ table }) => whole(table) !== whole(first.table));
  if (other === undefined) return undefined;
  const asked = [...predicates(first.table), ...predicates(other.table)].flatMap((one) => requestsFor(one, host));
  const telling = asked.find((request) => decide(first.table, request) !== decide(other.table, request));
  const { namespace, resource } = other.virtualService;
  return `${telling === undefined ? 'some request' : inWords(telling)} goes another way by ${namespace}/${writtenAt(rootField(resource)).resource.name}`;
}
