import { type Code, codes, type Parameters } from '@isthmus/diagnostics';
import { type AuthorizationPolicy, type PolicyScope, selects } from '@isthmus/istio';
import { isMap } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, descend, rootField, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { gatewayOf, isForSidecars } from '../../security/gateway.ts';
import { accountForMetadata } from '../../security/metadata.ts';
import { allPorts } from '../../security/ports.ts';
import { fieldAt, type SecurityView, securityOf } from '../../security/view.ts';
import { answeredAtKong } from '../gateway/answered.ts';
import { accountForRest, accountForRule, namesOf } from './account.ts';
import { applyRemainders, type PlacedRemainder, type Unit } from './compose.ts';
import { emitUnits } from './emit.ts';
import { openingsOf, reportOpenings } from './openings.ts';
import { anyone, type Projection, projectAllow, projectDeny } from './project.ts';
import { draftMeshOpas, needsOpa } from './to-mesh-opa.ts';
import { draftAuthorizer } from './to-mesh-proxy-patch.ts';
import { draftForWaypoint, isForWaypoint } from './waypoint.ts';

const area = codes.authorizationPolicy;

const hasLabels = ({ labels }: PolicyScope): boolean => Object.keys(labels).length > 0;

const hasWaypoint = (context: Context): boolean =>
  context.estate.context.some(
    ({ group, kind, object, labels }) =>
      Object.keys(labels).some((key) => key.startsWith('istio.io/use-waypoint')) ||
      (group === 'gateway.networking.k8s.io' &&
        kind === 'Gateway' &&
        isMap(object.spec) &&
        object.spec.gatewayClassName === 'istio-waypoint'),
  );

/** Says that a policy as a whole is not carried over; the finding stands at its action, else at the resource. */
function leave<C extends Code>(
  context: Context,
  policy: AuthorizationPolicy,
  outcome: 'unsupported' | 'approximate' | 'inert',
  code: C,
  parameters: Parameters<C>,
): void {
  const spec = child(rootField(policy.resource), 'spec');
  if (spec !== undefined) context.claim(spec, outcome, code);
  context.report(code, parameters, child(spec, 'action') ?? spec ?? policy.resource);
}

/** Accounts for a policy that no permission comes from; false where one does. */
function isSetAside(context: Context, view: SecurityView, policy: AuthorizationPolicy): boolean {
  const { problems, resource } = policy;
  if (problems.length > 0) {
    const spec = child(rootField(resource), 'spec');
    if (spec !== undefined) context.claim(spec, 'unsupported', area.invalid);
    for (const { path, reason } of problems) {
      const field = fieldAt(resource, path);
      context.report(area.invalid, { reason }, field.value === undefined ? resource : field);
    }
    return true;
  }
  const annotation = fieldAt(resource, 'metadata.annotations["istio.io/dry-run"]');
  if (policy.dryRun) {
    context.claim(annotation, 'unsupported', area.dryRun);
    leave(context, policy, 'unsupported', area.dryRun, {});
    return true;
  }
  if (annotation.value !== undefined) context.claim(annotation, 'exact');
  if (policy.action === 'AUDIT') {
    leave(context, policy, 'unsupported', area.audit, {});
    return true;
  }
  const gateway = gatewayOf(view, policy);
  if (gateway !== undefined && !isForWaypoint(context, policy)) {
    if (answeredAtKong(context).has(resource)) leave(context, policy, 'approximate', codes.gateway.deniedHere, {});
    else leave(context, policy, 'unsupported', area.atGateway, { gateway });
    return true;
  }
  if (policy.attached) {
    if (context.settings.complete && !hasWaypoint(context)) leave(context, policy, 'inert', area.attachedIdle, {});
    else {
      leave(context, policy, 'unsupported', area.atWaypoint, {});
      draftForWaypoint(context, view, policy);
    }
    return true;
  }
  return false;
}

/** Whether a policy closes the workloads that it selects to what no ALLOW policy allows. */
function closes(view: SecurityView, policy: AuthorizationPolicy): boolean {
  return policy.action === 'ALLOW' && !policy.dryRun && isForSidecars(view, policy);
}

function accountForSelector(context: Context, view: SecurityView, policy: AuthorizationPolicy): void {
  const selector = descend(rootField(policy.resource), 'spec', 'selector');
  if (selector === undefined) return;
  context.claim(selector, 'exact');
  const { scope } = policy;
  const within = view.workloadsIn(scope.namespace);
  const outside = within.find((workload) => !workload.inCluster && selects(scope, workload));
  if (outside !== undefined)
    context.report(area.outsideCluster, { workload: outside.name, namespace: outside.namespace }, selector);
  if (!hasLabels(scope) || within.length === 0 || within.some((workload) => selects(scope, workload))) return;
  const labels = Object.entries(scope.labels).map(([key, value]) => `${key}=${value}`);
  context.report(area.selectsNothing, { labels: labels.join(', ') }, selector);
}

interface Read {
  readonly units: Unit[];
  readonly remainders: PlacedRemainder[];
  /** Policies that say more than permissions can. */
  readonly lossy: AuthorizationPolicy[];
}

function unitsOf(policy: AuthorizationPolicy, rule: number, projections: readonly Projection[], read: Read): void {
  for (const projection of projections) {
    const base = { policy, rule, scope: policy.scope };
    if (projection.kind === 'grant')
      read.units.push({ ...base, ports: projection.ports, allow: projection.allow, deny: projection.holes });
    else if (projection.kind === 'denial')
      read.units.push({ ...base, ports: projection.ports, allow: [], deny: projection.deny });
    else if (projection.kind === 'remainder') read.remainders.push({ policy, rule, remainder: projection });
  }
}

function readPolicy(context: Context, view: SecurityView, policy: AuthorizationPolicy, read: Read): void {
  const { resource, action } = policy;
  accountForSelector(context, view, policy);
  const spec = child(rootField(resource), 'spec');
  const written = child(spec, 'action');
  if (action === 'CUSTOM') {
    const provider = text(descend(spec, 'provider', 'name'));
    context.report(
      area.custom,
      { provider: provider?.value ?? '', whom: 'everyone on the same workloads and ports' },
      provider ?? resource,
    );
    for (const field of [written, child(spec, 'provider')])
      if (field !== undefined) context.claim(field, 'unsupported', area.custom);
    draftAuthorizer(context, view, policy);
  } else if (written !== undefined) context.claim(written, 'exact');
  if (action === 'ALLOW' && policy.rules.length === 0) {
    context.report(area.allowsNothing, {}, child(spec, 'rules') ?? spec ?? resource);
  }
  const idle = new Set<string>();
  const all: Projection[] = [];
  for (const [index, rule] of policy.rules.entries()) {
    const projections = action === 'ALLOW' ? projectAllow(view, policy, rule) : projectDeny(view, policy, rule);
    for (const path of accountForRule(context, view, policy, rule, projections)) idle.add(path);
    unitsOf(policy, index, projections, read);
    all.push(...projections);
  }
  if (needsOpa(policy, all)) read.lossy.push(policy);
  if (spec !== undefined) accountForRest(context, policy, 'spec', idle);
}

/** Rules that keep everyone out but some: what became of the negated fields. */
function accountForRemainders(
  context: Context,
  remainders: readonly PlacedRemainder[],
  closed: readonly PlacedRemainder[],
): void {
  const reported = new Set<string>();
  for (const placed of remainders) {
    const { policy, remainder } = placed;
    const isClosed = closed.includes(placed);
    const fields = remainder.origins;
    const [first] = fields;
    const negative = remainder.rule.from.flatMap(({ constraints }) => constraints).concat(remainder.rule.when);
    const names = namesOf(
      negative.filter(
        ({ negated, values }) => negated && values.some(({ path }) => fields.some((field) => field.path === path)),
      ),
    );
    const code = isClosed ? area.denyEveryone : area.onlyTheRest;
    for (const field of fields) context.claim(field, isClosed ? 'unsupported' : 'approximate', code);
    const key = `${policy.resource.namespace}/${policy.resource.name} ${first?.path} ${isClosed}`;
    if (first === undefined || reported.has(key)) continue;
    reported.add(key);
    context.report(code, { fields: names }, first);
  }
}

/**
 * AuthorizationPolicies to MeshTrafficPermissions: what ALLOW policies let in, what DENY and CUSTOM policies keep out, and
 * an explicit permission for what no ALLOW policy closes. Nothing that is emitted lets in whom Istio keeps out: a
 * condition that Kong Mesh does not know leaves an allowing rule out and makes a denying one broader, and blocks.
 */
export function translateAuthorizationPolicies(context: Context): void {
  const view = securityOf(context);
  if (view.policies.length === 0) return;
  const read: Read = { units: [], remainders: [], lossy: [] };
  const active: AuthorizationPolicy[] = [];
  for (const policy of view.policies) {
    accountForMetadata(context, policy.resource, ['istio.io/dry-run']);
    if (isSetAside(context, view, policy)) continue;
    active.push(policy);
    readPolicy(context, view, policy, read);
  }
  draftMeshOpas(context, view, read.lossy);
  const closers = view.policies.filter((policy) => closes(view, policy));
  const cutting = read.remainders.map(({ policy }) => policy.scope);
  const openings = openingsOf(context, view, closers, cutting);
  const open = openings.map(
    ({ scope }): Unit => ({
      policy: undefined,
      rule: 0,
      scope,
      ports: allPorts,
      allow: anyone(view.domains),
      deny: [],
    }),
  );
  const { units, closed } = applyRemainders(context, view, [...read.units, ...open], read.remainders);
  accountForRemainders(context, read.remainders, closed);
  const denied = closed.map(
    ({ policy, rule, remainder }): Unit => ({
      policy,
      rule,
      scope: policy.scope,
      ports: remainder.ports,
      allow: [],
      deny: anyone([...view.domains, ...view.foreign], remainder.origins),
    }),
  );
  const byPolicy = Map.groupBy([...units, ...denied], (unit) => unit.policy);
  for (const policy of active) {
    const own = byPolicy.get(policy) ?? [];
    emitUnits(context, view, dnsLabel(`${policy.namespace}-${policy.resource.name}`), own);
  }
  const why =
    'The import is not declared complete: that it holds no policy for a workload does not mean that there is none.';
  const role: EmittedRole = context.settings.complete
    ? { role: 'resource', stage: 'access' }
    : { role: 'draft', stage: 'access', why };
  const opened = Map.groupBy(byPolicy.get(undefined) ?? [], ({ scope }) => scope);
  for (const { name, scope } of openings) emitUnits(context, view, name, opened.get(scope) ?? [], role);
  reportOpenings(context, openings);
}
