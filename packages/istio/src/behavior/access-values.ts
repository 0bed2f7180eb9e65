import { headerValues, type Request, splitPath } from '@isthmus/behavior';
import type { Constraint } from '../effective/authorization-policy.ts';
import { expandPrincipal, matchesValue, namespacePattern } from '../effective/identity-values.ts';
import type { Trust } from '../effective/trust.ts';
import { addressWithin } from './address.ts';

/** What the conditions of a rule are compared with, of one approach. */
export interface Facts {
  /** The client's SPIFFE ID without its scheme; undefined without a certificate. */
  readonly identity: string | undefined;
  readonly address: string | undefined;
  readonly remoteAddress: string | undefined;
  readonly port: number;
  readonly serverName: string;
  /** The request, its path normalised; undefined where the port does not speak HTTP. */
  readonly http:
    | (Request & {
        /** Claims of the token that was accepted. */
        readonly claims: Readonly<Record<string, unknown>> | undefined;
      })
    | undefined;
}

export interface ValueContext {
  readonly trust: Trust;
  readonly namespace: string;
}

// Istio puts a suffix into a regular expression as it is, so that only a dot has a meaning of its own.
const escaped = (text: string): string => text.replace(/[*+?^${}()|[\]\\]/g, '\\$&');

function principalMatches(value: string, identity: string, { trust }: ValueContext): boolean {
  return expandPrincipal(value, trust).some((one) =>
    one.startsWith('*') && one !== '*'
      ? new RegExp(`^.*${escaped(one.slice(1))}$`).test(identity)
      : matchesValue(one, identity),
  );
}

function namespaceMatches(value: string, identity: string): boolean {
  const pattern = namespacePattern(value).source.slice(1, -1);
  return new RegExp(`^.*/ns/${pattern}/.*$`).test(identity);
}

function accountMatches(value: string, identity: string, { namespace }: ValueContext): boolean {
  const [first = '', second] = value.split('/');
  const [owner, account] = second === undefined ? [namespace, first] : [first, second];
  return new RegExp(`^.+/ns/${escaped(owner)}/(.+/|)sa/${escaped(account)}(/.+)?$`).test(identity);
}

function domainMatches(value: string, identity: string, { trust }: ValueContext): boolean {
  const domain = identity.slice(0, identity.indexOf('/'));
  const own = [trust.trustDomain, ...trust.aliases];
  return (own.includes(value) ? own : [value]).some((one) => matchesValue(one, domain));
}

/** A path template: `{*}` is one segment, `{**}` the rest; undefined where a value is none. */
function template(value: string): RegExp | undefined {
  if (!value.includes('{*}') && !value.includes('{**}')) return undefined;
  const parts = value.split(/(\{\*\*?\})/);
  const source = parts.map((part) =>
    part === '{*}' ? '[^/]+' : part === '{**}' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`);
}

const pathMatches = (value: string, path: string): boolean => template(value)?.test(path) ?? matchesValue(value, path);

function claimValues(claim: unknown, name: string): string[] {
  if (typeof claim === 'string')
    return name === 'scope' || name === 'permission' ? claim.split(' ').filter((part) => part !== '') : [claim];
  return Array.isArray(claim) ? claim.filter((item): item is string => typeof item === 'string') : [];
}

function claimMatches(value: string, claims: Readonly<Record<string, unknown>>, key: string): boolean {
  const path = [...key.matchAll(/\[([^[\]]+)\]/g)].map((match) => match[1] as string);
  let found: unknown = claims;
  for (const step of path)
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[step] : undefined;
  return claimValues(found, path.at(-1) ?? '').some((one) => matchesValue(value, one));
}

/** The issuer and the subject of a value, split at its last slash (verified by running Istio 1.32). */
function requestPrincipalMatches(value: string, claims: Readonly<Record<string, unknown>>): boolean {
  const { iss, sub } = claims;
  const issuer = typeof iss === 'string' ? iss : '';
  const subject = typeof sub === 'string' ? sub : '';
  if (issuer === '' || subject === '') return false;
  if (value === '*') return true;
  const slash = value.lastIndexOf('/');
  if (slash < 0) {
    if (value.startsWith('*')) return subject.endsWith(value.slice(1));
    return value.endsWith('*') && issuer.startsWith(value.slice(0, -1));
  }
  return matchesValue(value.slice(0, slash), issuer) && matchesValue(value.slice(slash + 1), subject);
}

function headerMatches(value: string, values: readonly string[] | undefined): boolean {
  if (values === undefined) return false;
  return value === '*' || matchesValue(value, values.join(','));
}

/** Whether one value of a constraint fits the facts. */
function fits({ attribute, name }: Constraint, value: string, facts: Facts, context: ValueContext): boolean {
  const { identity, http } = facts;
  switch (attribute) {
    case 'source.principal':
      return identity !== undefined && principalMatches(value, identity, context);
    case 'source.namespace':
      return identity !== undefined && namespaceMatches(value, identity);
    case 'source.serviceAccount':
      return identity !== undefined && accountMatches(value, identity, context);
    case 'source.trustDomain':
      return identity !== undefined && domainMatches(value, identity, context);
    case 'source.ip':
      return facts.address !== undefined && addressWithin(facts.address, value);
    case 'remote.ip':
      return facts.remoteAddress !== undefined && addressWithin(facts.remoteAddress, value);
    case 'destination.port':
      return Number(value) === facts.port;
    case 'connection.sni':
      return matchesValue(value, facts.serverName);
    case 'request.method':
      return http !== undefined && matchesValue(value, http.method);
    case 'request.path':
      return http !== undefined && pathMatches(value, splitPath(http.path).path);
    case 'request.host':
      return http !== undefined && matchesValue(value.toLowerCase(), http.authority.toLowerCase());
    case 'request.headers':
      return http !== undefined && headerMatches(value, headerValues(name.slice(16, -1).toLowerCase(), http));
    case 'request.auth.principal':
      return http?.claims !== undefined && requestPrincipalMatches(value, http.claims);
    case 'request.auth.audiences':
      return http?.claims !== undefined && claimMatches(value, http.claims, '[aud]');
    case 'request.auth.presenter':
      return http?.claims !== undefined && claimMatches(value, http.claims, '[azp]');
    case 'request.auth.claims':
      return http?.claims !== undefined && claimMatches(value, http.claims, name.slice('request.auth.claims'.length));
    // The address of the workload, and what other filters leave behind, are not in manifests.
    case 'destination.ip':
    case 'experimental.envoy.filters':
      return false;
  }
}

/** Whether a constraint holds: any of its values fits, or (negated) none does. */
export function constraintHolds(constraint: Constraint, facts: Facts, context: ValueContext): boolean {
  return constraint.values.some(({ text }) => fits(constraint, text, facts, context)) !== constraint.negated;
}
