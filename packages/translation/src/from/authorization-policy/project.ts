import {
  type Alternative,
  type AuthorizationPolicy,
  allConstraints,
  type Constraint,
  everyone,
  type IdentityContext,
  identitiesOf,
  identitiesOfAll,
  intersection,
  isHttpOnly,
  isIdentity,
  type PathSet,
  type Rule,
  without,
} from '@isthmus/istio';
import type { Field } from '../../field.ts';
import { type Entry, entriesOf } from '../../security/entries.ts';
import { allPorts, areNone, commonPorts, type Ports } from '../../security/ports.ts';
import { type Domain, fieldAt, foreignDomains, type SecurityView } from '../../security/view.ts';

/** Callers that a rule lets in on some ports, less the holes, which have to be denied. */
export interface Grant {
  readonly kind: 'grant';
  readonly rule: Rule;
  readonly ports: Ports;
  readonly allow: readonly Entry[];
  readonly holes: readonly Entry[];
}

/** Callers that a rule keeps out on some ports. `broader`: constraints that could not be said, so that others are kept out too. */
export interface Denial {
  readonly kind: 'denial';
  readonly rule: Rule;
  readonly ports: Ports;
  readonly deny: readonly Entry[];
  readonly broader: readonly Constraint[];
}

/** A rule that keeps everyone out but some callers, which depend on the trust domain. */
export interface Remainder {
  readonly kind: 'remainder';
  readonly rule: Rule;
  readonly ports: Ports;
  readonly keep: (domain: Domain) => PathSet;
  readonly origins: readonly Field[];
  readonly broader: readonly Constraint[];
}

/** Part of an allowing rule that says more than a permission can; it is not emitted. */
export interface LeftOut {
  readonly kind: 'left-out';
  readonly rule: Rule;
  /** The whole rule, or one source of it. */
  readonly path: string;
  readonly because: readonly Constraint[];
}

/** A rule, seen from where only identities and ports are known. */
export type Projection = Grant | Denial | Remainder | LeftOut;

const nothing: Alternative = { path: '', constraints: [] };

const isPort = ({ attribute }: Constraint): boolean => attribute === 'destination.port';
const isInexpressible = (constraint: Constraint): boolean => !isPort(constraint) && !isIdentity(constraint.attribute);

/** The ports that all of some constraints leave. */
function portsOf(constraints: readonly Constraint[]): Ports {
  return constraints.filter(isPort).reduce<Ports>((left, { negated, values }) => {
    const ports = [...new Set(values.map(({ text }) => Number(text)))].sort((a, b) => a - b);
    return commonPorts(left, { kind: negated ? 'except' : 'only', ports });
  }, allPorts);
}

/** What values are read against, for the policies of a namespace. */
export function identityContext(view: SecurityView, namespace: string): IdentityContext {
  return { trust: view.trust, namespace, accounts: view.accounts, namespaces: view.namespaces };
}

/** The values of identity constraints that name some identities of a domain. */
function originsOf(
  policy: AuthorizationPolicy,
  constraints: readonly Constraint[],
  domain: Domain,
  set: PathSet,
  context: IdentityContext,
): Field[] {
  return constraints.flatMap(({ attribute, values }) =>
    values
      .filter(({ text }) => intersection(identitiesOf(attribute, text, domain.source, context).upper, set).length > 0)
      .map(({ path }) => fieldAt(policy.resource, path)),
  );
}

interface Callers {
  readonly identity: readonly Constraint[];
  readonly domains: readonly Domain[];
}

const identityOf = (source: Alternative, when: readonly Constraint[]): Constraint[] =>
  [...source.constraints, ...when].filter(({ attribute }) => isIdentity(attribute));

/** Who is let in: callers of the known trust domains, and those of others that the rule itself names. */
function welcome(view: SecurityView, source: Alternative, when: readonly Constraint[]): Callers {
  const identity = identityOf(source, when);
  const known = view.domains.map((domain) => domain.source);
  return { identity, domains: [...view.domains, ...foreignDomains(identity, known)] };
}

/** Who is kept out: callers of every trust domain that any policy names. */
function unwelcome(view: SecurityView, source: Alternative, when: readonly Constraint[]): Callers {
  return { identity: identityOf(source, when), domains: [...view.domains, ...view.foreign] };
}

function grant(
  policy: AuthorizationPolicy,
  rule: Rule,
  { identity, domains }: Callers,
  ports: Ports,
  context: IdentityContext,
): Grant {
  const allow: Entry[] = [];
  const holes: Entry[] = [];
  const positive = identity.filter(({ negated }) => !negated);
  const negative = identity.filter(({ negated }) => negated);
  for (const domain of domains) {
    const { matched, excluded } = identitiesOfAll(identity, domain.source, context);
    const left = without(matched.lower, excluded.upper);
    for (const match of left.rest)
      allow.push(...entriesOf(domain, [match], originsOf(policy, positive, domain, [match], context)));
    for (const match of left.holes)
      holes.push(...entriesOf(domain, [match], originsOf(policy, negative, domain, [match], context)));
  }
  return { kind: 'grant', rule, ports, allow, holes };
}

function denial(
  policy: AuthorizationPolicy,
  rule: Rule,
  { identity, domains }: Callers,
  ports: Ports,
  broader: readonly Constraint[],
  context: IdentityContext,
): Denial | Remainder {
  const positive = identity.filter(({ negated }) => !negated);
  const negative = identity.filter(({ negated }) => negated);
  const sets = domains.map((domain) => ({ domain, ...identitiesOfAll(identity, domain.source, context) }));
  const complement = negative.length > 0 && sets.some(({ excluded }) => excluded.lower.length > 0);
  if (complement && positive.length === 0) {
    const keep = ({ source }: Domain): PathSet => identitiesOfAll(negative, source, context).excluded.lower;
    const origins = negative.flatMap(({ values }) => values.map(({ path }) => fieldAt(policy.resource, path)));
    return { kind: 'remainder', rule, ports, keep, origins, broader };
  }
  const deny: Entry[] = [];
  let holed = false;
  for (const { domain, matched, excluded } of sets) {
    const { rest, holes } = without(matched.upper, excluded.lower);
    holed ||= holes.length > 0;
    for (const match of rest) {
      const origins = originsOf(policy, positive, domain, [match], context);
      deny.push(...entriesOf(domain, [match], origins));
    }
  }
  // A suffix that has to be denied as everyone, and a group whose exceptions cannot be left in.
  const imprecise = positive.filter((constraint) => isImprecise(domains, constraint, context));
  return {
    kind: 'denial',
    rule,
    ports,
    deny,
    broader: [...broader, ...imprecise, ...(holed ? negative : [])],
  };
}

/**
 * What is left of a rule of an ALLOW policy. On a port that is not HTTP, Istio drops a rule with anything that only HTTP
 * has as a whole (model.go, 1.32; verified by running), so that none of its alternatives is emitted.
 */
export function projectAllow(view: SecurityView, policy: AuthorizationPolicy, rule: Rule): Projection[] {
  const fatal = [
    ...allConstraints(rule).filter(({ attribute }) => isHttpOnly(attribute)),
    ...rule.when.filter((constraint) => isInexpressible(constraint) && !isHttpOnly(constraint.attribute)),
  ];
  if (fatal.length > 0) return [{ kind: 'left-out', rule, path: rule.path, because: fatal }];
  const context = identityContext(view, policy.namespace);
  const found: Projection[] = [];
  for (const source of rule.from.length === 0 ? [nothing] : rule.from) {
    const because = source.constraints.filter(isInexpressible);
    if (because.length > 0) {
      found.push({ kind: 'left-out', rule, path: source.path, because });
      continue;
    }
    const callers = welcome(view, source, rule.when);
    for (const operation of rule.to.length === 0 ? [nothing] : rule.to) {
      const ports = portsOf([...operation.constraints, ...rule.when]);
      if (areNone(ports)) continue;
      const one = grant(policy, rule, callers, ports, context);
      // What is excluded covers all of what is allowed, or cannot be told from it.
      if (one.allow.length === 0 && callers.identity.length > 0) {
        const because = callers.identity.filter((constraint) => isImprecise(callers.domains, constraint, context));
        if (because.length > 0) found.push({ kind: 'left-out', rule, path: source.path || rule.path, because });
        continue;
      }
      found.push(one);
    }
  }
  return found;
}

/** Whether some value of a constraint can only be bounded, not said. */
export function isImprecise(
  domains: readonly Domain[],
  { attribute, values }: Constraint,
  context: IdentityContext,
): boolean {
  return (
    isIdentity(attribute) &&
    values.some(({ text }) =>
      domains.some(({ source }) => {
        const { lower, upper } = identitiesOf(attribute, text, source, context);
        return JSON.stringify(lower) !== JSON.stringify(upper);
      }),
    )
  );
}

/** What a rule of a DENY or CUSTOM policy keeps out at most: conditions beyond identities and ports are dropped from it. */
export function projectDeny(view: SecurityView, policy: AuthorizationPolicy, rule: Rule): Projection[] {
  const context = identityContext(view, policy.namespace);
  const found: Projection[] = [];
  for (const source of rule.from.length === 0 ? [nothing] : rule.from) {
    const callers = unwelcome(view, source, rule.when);
    for (const operation of rule.to.length === 0 ? [nothing] : rule.to) {
      const all = [...source.constraints, ...operation.constraints, ...rule.when];
      const ports = portsOf(all);
      if (areNone(ports)) continue;
      found.push(denial(policy, rule, callers, ports, all.filter(isInexpressible), context));
    }
  }
  return found;
}

/** Every identity of the trust domains of the migration. */
export function anyone(domains: readonly Domain[], origins: readonly Field[] = []): Entry[] {
  return domains.flatMap((domain) => entriesOf(domain, everyone, origins));
}
