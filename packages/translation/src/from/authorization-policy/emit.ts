import { codes } from '@isthmus/diagnostics';
import type { AuthorizationPolicy } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import type { EmittedObject, EmittedRole } from '../../emitted.ts';
import type { Field } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { matchesOf } from '../../security/entries.ts';
import { allPorts, namePorts } from '../../security/ports.ts';
import { type InboundTarget, placePorts, servicesIn, targetRefOf } from '../../security/target.ts';
import { fieldAt, type SecurityView } from '../../security/view.ts';
import type { Traceable } from '../../trace.ts';
import type { Unit } from './compose.ts';

/** The object of a MeshTrafficPermission in the system namespace, where its admission is certain (security.md 1.9). */
export function permission(
  context: Context,
  name: string,
  targetRef: object,
  rules: readonly object[],
): Traceable<EmittedObject> {
  const { mesh, systemNamespace } = context.settings;
  return {
    apiVersion: 'kuma.io/v1alpha1',
    kind: 'MeshTrafficPermission',
    metadata: { name, namespace: systemNamespace, labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' } },
    spec: { targetRef, rules },
  };
}

const asResource: EmittedRole = { role: 'resource', stage: 'access' };

interface Placed {
  readonly unit: Unit;
  readonly target: InboundTarget;
  readonly role: EmittedRole;
}

function portFields(policy: AuthorizationPolicy, rule: number): Field[] {
  const found = policy.rules[rule];
  if (found === undefined) return [];
  return [...found.to.flatMap(({ constraints }) => constraints), ...found.when]
    .filter(({ attribute }) => attribute === 'destination.port')
    .map(({ path }) => fieldAt(policy.resource, path));
}

/** Where the ports of a unit are; what is not known makes a draft of what allows and closes all ports for what denies. */
function place(context: Context, view: SecurityView, unit: Unit): Placed[] {
  const { policy, scope, ports } = unit;
  const placement = placePorts(view, scope, ports);
  const fields = policy === undefined ? [] : portFields(policy, unit.rule);
  if (placement.kind === 'placed') {
    if (placement.each)
      for (const field of fields)
        context.approximate(field, undefined, codes.authorizationPolicy.overridden, { ports: namePorts(ports) });
    return placement.targets.map((target) => ({ unit, target, role: asResource }));
  }
  const found: Placed[] = [];
  const [field] = fields;
  if (unit.deny.length > 0) {
    if (field !== undefined)
      context.unsupported(field, codes.authorizationPolicy.denyBroader, {
        fields: `ports ${namePorts(ports)} of workloads that the import does not hold`,
        whom: 'these callers on every port',
      });
    found.push({ unit: { ...unit, allow: [], ports: allPorts }, target: { scope }, role: asResource });
  }
  if (unit.allow.length === 0) return found;
  if (ports.kind === 'except') {
    if (field !== undefined)
      context.unsupported(field, codes.authorizationPolicy.ruleLeftOut, {
        fields: 'ports that it leaves out, of workloads that the import does not hold',
      });
    return found;
  }
  const why = 'The names of the ports of these workloads are not in the import.';
  for (const one of fields)
    context.approximate(one, undefined, codes.authorizationPolicy.portUnknown, { ports: namePorts(ports) });
  for (const port of ports.ports)
    found.push({
      unit: { ...unit, deny: [] },
      target: { scope, section: String(port) },
      role: { role: 'draft', stage: 'access', why },
    });
  return found;
}

/**
 * Emits the units of one policy, or of one opening: a MeshTrafficPermission for each target, with a rule for each rule of
 * the policy.
 */
export function emitUnits(
  context: Context,
  view: SecurityView,
  name: string,
  units: readonly Unit[],
  opening?: EmittedRole,
): void {
  const placed = units
    .filter(({ allow, deny }) => allow.length > 0 || deny.length > 0)
    .flatMap((unit) => place(context, view, unit));
  const groups = Map.groupBy(placed, ({ target, role }) => JSON.stringify([target, role]));
  for (const group of groups.values()) {
    const { target, role, unit } = group[0] as Placed;
    const policy = unit.policy;
    const byRule = Map.groupBy(group, (one) => one.unit.rule);
    const rules = [...byRule.values()].map((ones) => {
      const deny = matchesOf(
        context,
        ones.flatMap((one) => one.unit.deny),
      );
      const allow = matchesOf(
        context,
        ones.flatMap((one) => one.unit.allow),
      );
      return { default: { ...(deny.length === 0 ? {} : { deny }), ...(allow.length === 0 ? {} : { allow }) } };
    });
    const workload = target.scope === unit.scope ? '' : `-${Object.values(target.scope.labels).join('-')}`;
    const section = target.section === undefined ? '' : `-${target.section}`;
    context.emit({
      ...(role.role === 'draft' ? role : (opening ?? role)),
      object: permission(
        context,
        dnsLabel(`${name}${workload}${section}`),
        targetRefOf(context, target, policy?.resource),
        rules,
      ),
      services: servicesIn(view, target.scope),
    });
  }
}
