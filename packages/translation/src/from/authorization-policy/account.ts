import { codes } from '@isthmus/diagnostics';
import {
  type AuthorizationPolicy,
  allConstraints,
  type Bounds,
  type Constraint,
  identitiesOf,
  isIdentity,
  matchesEverything,
  type Rule,
} from '@isthmus/istio';
import type { Json } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { eachLeaf } from '../../field.ts';
import { domainOf, fieldAt, type SecurityView } from '../../security/view.ts';
import { identityContext, type Projection } from './project.ts';

const area = codes.authorizationPolicy;

/** The names of constraints as a message lists them, each once. */
export function namesOf(constraints: readonly Constraint[]): string {
  return [...new Set(constraints.map(({ name }) => name))].join(', ');
}

/** Whether identities are those of Istio's gateways and no others: their accounts, or namespaces that are theirs. */
function areGateways(view: SecurityView, bounds: readonly Bounds[]): boolean {
  const { rootNamespace } = view.trust;
  const isAccount = (path: string): boolean =>
    /\/sa\/[a-z-]*(?:ingress|egress)gateway[a-z-]*$/.test(path) || view.gatewayAccounts.has(path);
  const isNamespace = (path: string): boolean =>
    path === `/ns/${rootNamespace}/` || /^\/ns\/istio-(?:ingress|egress|gateways?)\/$/.test(path);
  const paths = bounds.flatMap(({ upper }) => upper);
  return paths.length > 0 && paths.every(({ exact, path }) => (exact ? isAccount(path) : isNamespace(path)));
}

/** Accounts for the values of an identity constraint; returns the paths of those that match nobody. */
function accountForIdentity(
  context: Context,
  view: SecurityView,
  policy: AuthorizationPolicy,
  constraint: Constraint,
): string[] {
  const idle: string[] = [];
  const reading = identityContext(view, policy.namespace);
  const known = new Set([...view.domains.map(({ source }) => source), 'cluster.local']);
  for (const { path, text: value } of constraint.values) {
    const field = fieldAt(policy.resource, path);
    const foreign = constraint.attribute === 'source.principal' ? domainOf(value) : undefined;
    const isForeign = foreign !== undefined && !known.has(foreign);
    const domains = isForeign ? [foreign] : view.domains.map(({ source }) => source);
    const bounds = domains.map((domain) => identitiesOf(constraint.attribute, value, domain, reading));
    if (bounds.every(({ upper }) => upper.length === 0)) {
      context.inert(field, area.matchesNobody, { value });
      idle.push(path);
    } else if (isForeign) context.approximate(field, undefined, area.foreignDomain, { value, domain: foreign });
    else if (!constraint.negated && areGateways(view, bounds))
      context.approximate(field, undefined, area.gatewayIdentity, { value });
    else if (bounds.some(({ lower, upper }) => JSON.stringify(lower) !== JSON.stringify(upper)))
      context.approximate(field, undefined, area.enumerated, {
        value,
        count: Math.max(...bounds.map(({ lower }) => lower.length)),
      });
  }
  return idle;
}

/** Claims every leaf at or under a path but some as carried over exactly; a stronger claim stands. */
export function accountForRest(
  context: Context,
  policy: AuthorizationPolicy,
  path: string,
  idle: ReadonlySet<string>,
): void {
  const field = fieldAt(policy.resource, path);
  eachLeaf(field.value as Json, path, (leaf) => {
    if (!idle.has(leaf)) context.claim(fieldAt(policy.resource, leaf), 'exact');
  });
}

/**
 * Says what became of a rule: one finding for each thing that is lost or different, with claims for the fields of it.
 * @returns paths of values that have no effect in Istio either
 */
export function accountForRule(
  context: Context,
  view: SecurityView,
  policy: AuthorizationPolicy,
  rule: Rule,
  projections: readonly Projection[],
): ReadonlySet<string> {
  const { resource } = policy;
  const idle = new Set<string>();
  const wholly = projections.find((one) => one.kind === 'left-out' && one.path === rule.path);
  if (wholly === undefined)
    for (const constraint of allConstraints(rule).filter(({ attribute }) => isIdentity(attribute)))
      for (const path of accountForIdentity(context, view, policy, constraint)) idle.add(path);
  for (const projection of projections) {
    if (projection.kind !== 'left-out') continue;
    const [first] = projection.because;
    if (first !== undefined)
      context.report(area.ruleLeftOut, { fields: namesOf(projection.because) }, fieldAt(resource, first.path));
    context.claim(fieldAt(resource, projection.path), 'unsupported', area.ruleLeftOut);
  }
  const negative = allConstraints(rule).filter(({ attribute, negated }) => negated && isIdentity(attribute));
  if (projections.some((one) => one.kind === 'grant' && one.holes.length > 0) && negative[0] !== undefined) {
    context.report(area.exceptions, { fields: namesOf(negative) }, fieldAt(resource, negative[0].path));
    for (const { path } of negative) context.claim(fieldAt(resource, path), 'approximate', area.exceptions);
  }
  if (policy.action === 'ALLOW' && matchesEverything(rule))
    context.approximate(fieldAt(resource, rule.path), undefined, area.anyone, {});
  accountForDenials(context, policy, projections);
  return idle;
}

function accountForDenials(context: Context, policy: AuthorizationPolicy, projections: readonly Projection[]): void {
  const { resource } = policy;
  const code = policy.action === 'CUSTOM' ? area.custom : area.denyBroader;
  const broader = new Map<string, Constraint>();
  let everyone = false;
  for (const projection of projections) {
    if (projection.kind !== 'denial' && projection.kind !== 'remainder') continue;
    for (const constraint of projection.broader) broader.set(constraint.path, constraint);
    everyone ||= projection.kind === 'denial' && projection.deny.some(({ match }) => match.path === '/ns/');
  }
  const lost = [...broader.values()];
  const [first] = lost;
  if (first === undefined) return;
  for (const { path } of lost) context.claim(fieldAt(resource, path), 'unsupported', code);
  const whom = everyone ? 'everyone' : 'the callers that it names, or all but those that it excepts,';
  if (policy.action !== 'CUSTOM')
    context.report(area.denyBroader, { fields: namesOf(lost), whom }, fieldAt(resource, first.path));
}
