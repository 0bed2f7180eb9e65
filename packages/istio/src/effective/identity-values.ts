import type { Attribute, Constraint } from './authorization-policy.ts';
import { everyone, intersection, type PathSet, union, withPath, withPrefix } from './identity-set.ts';
import type { Trust } from './trust.ts';

/** An identity of the estate. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Bounds of the identities that a constraint matches: `lower` holds only identities that match, `upper` holds all that
 * do. They are the same set wherever prefixes and single identities can say it.
 */
export interface Bounds {
  readonly lower: PathSet;
  readonly upper: PathSet;
}

/** What values are read against. */
export interface IdentityContext {
  readonly trust: Trust;
  /** The policy's namespace, which completes a service account without one. */
  readonly namespace: string;
  /** Accounts and namespaces that the estate is known to have; a suffix can only be spelled out with them. */
  readonly accounts: readonly Account[];
  readonly namespaces: readonly string[];
}

const exactly = (set: PathSet): Bounds => ({ lower: set, upper: set });
const nobody = exactly([]);
const pathOf = ({ namespace, name }: Account): string => `/ns/${namespace}/sa/${name}`;

/** Whether a value with a leading or trailing `*`, or `*` alone, matches a text. */
export function matchesValue(value: string, text: string): boolean {
  if (value === '*') return text !== '';
  if (value.startsWith('*')) return text.endsWith(value.slice(1));
  if (value.endsWith('*')) return text.startsWith(value.slice(0, -1));
  return value === text;
}

/**
 * The principals that Istio generates for one: with five segments and a trust domain that is the mesh's own or an alias
 * (or `cluster.local`, which always means these), one for each of them (istio/pilot/pkg/security/trustdomain/bundle.go,
 * 1.32; verified by running).
 */
export function expandPrincipal(value: string, trust: Trust): string[] {
  const [domain = '', ...rest] = value.split('/');
  if (rest.length !== 4 || domain === '*') return [value];
  const own = [trust.trustDomain, ...trust.aliases];
  const meant = domain === 'cluster.local' || own.some((known) => matchesValue(domain, known));
  if (!meant) return [value];
  const expanded = own.map((known) => [known, ...rest].join('/'));
  return domain.startsWith('*') ? [value, ...expanded] : expanded;
}

function principal(value: string, domain: string, { accounts }: IdentityContext): Bounds {
  if (value === '*') return exactly(everyone);
  if (value.startsWith('*')) {
    const suffix = value.slice(1);
    const start = suffix.indexOf('/ns/');
    if (start >= 0 && /^[A-Za-z0-9_/-]*$/.test(suffix.slice(start)))
      return domain.endsWith(suffix.slice(0, start)) ? exactly(withPath(suffix.slice(start))) : nobody;
    // Istio does not escape the suffix in its regular expression, so that a dot may stand for any character.
    const known = accounts.filter((account) => `${domain}${pathOf(account)}`.endsWith(suffix));
    return { lower: union(...known.map((account) => withPath(pathOf(account)))), upper: everyone };
  }
  const id = `${domain}/`;
  if (value.endsWith('*')) {
    const prefix = value.slice(0, -1);
    if (prefix.startsWith(id)) return exactly(withPrefix(prefix.slice(domain.length)));
    return id.startsWith(prefix) ? exactly(everyone) : nobody;
  }
  return value.startsWith(id) ? exactly(withPath(value.slice(domain.length))) : nobody;
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The regular expression that a namespace with `*` stands for, over the name of a namespace. */
export function namespacePattern(value: string): RegExp {
  return new RegExp(`^${value.split('*').map(quoted).join('.*')}$`);
}

function namespace(value: string, { namespaces }: IdentityContext): Bounds {
  if (!value.includes('*')) return exactly(withPrefix(`/ns/${value}/`));
  const head = value.slice(0, value.indexOf('*'));
  const upper = withPrefix(`/ns/${head}`);
  if (value === `${head}*`) return exactly(upper);
  const pattern = namespacePattern(value);
  const known = namespaces.filter((name) => pattern.test(name));
  return { lower: union(...known.map((name) => withPrefix(`/ns/${name}/`))), upper };
}

function serviceAccount(value: string, { namespace: own }: IdentityContext): Bounds {
  const parts = value.split('/');
  return exactly(withPath(parts.length === 1 ? `/ns/${own}/sa/${value}` : `/ns/${parts[0]}/sa/${parts[1]}`));
}

function trustDomain(value: string, domain: string, { trust }: IdentityContext): Bounds {
  const own = [trust.trustDomain, ...trust.aliases];
  const values = own.includes(value) ? own : [value];
  return exactly(values.some((one) => matchesValue(one, domain)) ? everyone : []);
}

const readers: Readonly<
  Partial<Record<Attribute, (value: string, domain: string, context: IdentityContext) => Bounds>>
> = {
  'source.principal': (value, domain, context) => {
    const all = expandPrincipal(value, context.trust).map((one) => principal(one, domain, context));
    return { lower: union(...all.map(({ lower }) => lower)), upper: union(...all.map(({ upper }) => upper)) };
  },
  'source.namespace': (value, _, context) => namespace(value, context),
  'source.serviceAccount': (value, _, context) => serviceAccount(value, context),
  'source.trustDomain': trustDomain,
};

/** The identities of a trust domain that one value of an identity constraint matches. */
export function identitiesOf(attribute: Attribute, value: string, domain: string, context: IdentityContext): Bounds {
  return readers[attribute]?.(value, domain, context) ?? { lower: [], upper: everyone };
}

/** The identities of a trust domain that match all of some identity constraints, and those that negated ones exclude. */
export function identitiesOfAll(
  constraints: readonly Constraint[],
  domain: string,
  context: IdentityContext,
): { readonly matched: Bounds; readonly excluded: Bounds } {
  let matched = exactly(everyone);
  let excluded = nobody;
  for (const { attribute, negated, values } of constraints) {
    const all = values.map(({ text }) => identitiesOf(attribute, text, domain, context));
    const any: Bounds = {
      lower: union(...all.map(({ lower }) => lower)),
      upper: union(...all.map(({ upper }) => upper)),
    };
    if (negated) excluded = { lower: union(excluded.lower, any.lower), upper: union(excluded.upper, any.upper) };
    else
      matched = {
        lower: intersection(matched.lower, any.lower),
        upper: intersection(matched.upper, any.upper),
      };
  }
  return { matched, excluded };
}
