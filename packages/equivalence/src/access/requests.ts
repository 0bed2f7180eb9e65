import {
  type Approach,
  type Attribute,
  type AuthorizationPolicy,
  allConstraints,
  compileAccess,
  type Estate,
} from '@isthmus/istio';
import { isList, type Json, mapOf, type Resource } from '@isthmus/kubernetes';

/** A request, and what Istio was found to do with it. */
export interface Witness {
  readonly approach: Approach;
  /** `DELETE /x`, `a connection from 192.0.2.1`. */
  readonly words: string;
}

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** A text that a value fits. */
function fitting(value: string): string {
  if (value === '*') return 'isthmus';
  const plain = value.replaceAll('{**}', 'isthmus').replaceAll('{*}', 'isthmus');
  if (plain.startsWith('*')) return `isthmus${plain.slice(1)}`;
  return plain.endsWith('*') ? `${plain.slice(0, -1)}isthmus` : plain;
}

const asPath = (text: string): string => (text.startsWith('/') ? text : `/${text}`);

function valuesOf(policies: readonly AuthorizationPolicy[], attribute: Attribute): string[] {
  const found = policies
    .flatMap(({ rules }) => rules.flatMap(allConstraints))
    .filter((constraint) => constraint.attribute === attribute)
    .flatMap(({ values }) => values.map(({ text }) => text));
  return [...new Set(found)];
}

/** Request headers that bring a token that nobody issued to where a RequestAuthentication looks for one. */
function forgedToken(
  authentications: readonly Resource[],
): { headers: Record<string, string[]>; path: string } | undefined {
  for (const { object } of authentications)
    for (const rule of listOf(mapOf(object.spec).jwtRules).map(mapOf)) {
      const [header] = listOf(rule.fromHeaders).map(mapOf);
      const [parameter] = listOf(rule.fromParams).map(textOf);
      const [cookie] = listOf(rule.fromCookies).map(textOf);
      if (header !== undefined)
        return { headers: { [textOf(header.name).toLowerCase()]: [`${textOf(header.prefix)}forged`] }, path: '/' };
      if (parameter !== undefined) return { headers: {}, path: `/?${parameter}=forged` };
      if (cookie !== undefined) return { headers: { cookie: [`${cookie}=forged`] }, path: '/' };
      return { headers: { authorization: ['Bearer forged'] }, path: '/' };
    }
  return undefined;
}

const mostRequests = 3000;

interface Parts {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly address: string;
  readonly sni: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

function* product(choices: { readonly [Key in keyof Parts]: readonly Parts[Key][] }): Generator<Parts> {
  for (const path of choices.path)
    for (const method of choices.method)
      for (const headers of choices.headers)
        for (const authority of choices.authority)
          for (const address of choices.address)
            for (const sni of choices.sni) yield { path, method, headers, authority, address, sni };
}

function inWords({ method, path, headers, authority, address }: Parts, odd: Partial<Parts>): string {
  const with_ = Object.entries(headers).map(([name, values]) => `${name}: ${values.join(',')}`);
  return [
    `\`${method} ${path}\``,
    ...(odd.authority === undefined || authority === odd.authority ? [] : [`to ${authority}`]),
    ...(with_.length === 0 ? [] : [`with ${with_.join(', ')}`]),
    ...(odd.address === undefined || address === odd.address ? [] : [`from ${address}`]),
  ].join(' ');
}

/** The server of a search, with what applies to it. */
export interface Searched {
  readonly estate: Estate;
  readonly server: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly policies: readonly AuthorizationPolicy[];
  readonly authentications: readonly Resource[];
  readonly options: { readonly rootNamespace: string; readonly clusterDomain: string };
}

/** How somebody comes to a port, whatever is asked. */
export type Coming = Pick<Approach, 'port' | 'tls' | 'certificate' | 'alpn'>;

/** Looks for a request that Istio refuses of a caller; as `findRequest`. */
export const findRefused = (searched: Searched, coming: Coming, http: boolean): Witness | undefined =>
  findRequest(searched, coming, http, (decide, approach) => decide(approach).outcome === 'denied');

/**
 * Looks for a request of a caller of which something holds in Istio, among those that the values of the policies tell apart;
 * undefined where none is found, which does not mean that there is none.
 */
export function findRequest(
  { estate, server, policies, authentications, options }: Searched,
  approach: Coming,
  http: boolean,
  holds: (decide: ReturnType<typeof compileAccess>, approach: Approach) => boolean,
): Witness | undefined {
  const kept = new Set<Resource>([...policies.map(({ resource }) => resource), ...authentications]);
  const small: Estate = {
    ...estate,
    istio: estate.istio.filter(
      (one) => kept.has(one) || (one.kind !== 'AuthorizationPolicy' && one.kind !== 'RequestAuthentication'),
    ),
  };
  const decide = compileAccess(small, server, options);
  const keys = [...new Set(policies.flatMap(({ rules }) => rules.flatMap(allConstraints)))]
    .filter(({ attribute }) => attribute === 'request.headers')
    .flatMap(({ name, values }) => {
      const header = /\[(.+)\]/.exec(name)?.[1]?.toLowerCase();
      return header === undefined ? [] : values.map(({ text }) => ({ [header]: [fitting(text)] }));
    });
  const addresses = ['source.ip', 'remote.ip'] as const;
  const choices = {
    path: ['/', ...valuesOf(policies, 'request.path').map(fitting).map(asPath)],
    method: ['GET', 'DELETE', ...valuesOf(policies, 'request.method').map(fitting)],
    authority: [server.namespace, ...valuesOf(policies, 'request.host').map(fitting)],
    address: [
      '192.0.2.1',
      ...addresses.flatMap((attribute) => valuesOf(policies, attribute).map((block) => block.replace(/\/.*$/, ''))),
    ],
    sni: ['', ...valuesOf(policies, 'connection.sni').map(fitting)],
    headers: [{}, ...keys, ...(keys.length > 1 ? [Object.assign({}, ...keys)] : [])],
  };
  const base = { authority: choices.authority[0], address: choices.address[0] } as Partial<Parts>;
  const forged = http ? forgedToken(authentications) : undefined;
  if (forged !== undefined) {
    const tried: Approach = {
      ...approach,
      address: '192.0.2.1',
      request: { method: 'GET', authority: server.namespace, ...forged },
      token: { text: 'forged', state: 'unreadable', claims: {} },
    };
    if (holds(decide, tried)) return { approach: tried, words: '`GET /` with a forged token' };
  }
  let left = mostRequests;
  for (const parts of product(choices)) {
    if (left-- === 0) return undefined;
    const { method, path, authority, headers, address, sni } = parts;
    const tried: Approach = {
      ...approach,
      address,
      sni,
      ...(http ? { request: { method, path, authority, headers } } : {}),
    };
    if (!holds(decide, tried)) continue;
    return {
      approach: tried,
      words: http ? inWords(parts, base) : address === base.address ? 'a connection' : `a connection from ${address}`,
    };
  }
  return undefined;
}
