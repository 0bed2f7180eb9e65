import {
  type AuthorizationPolicy,
  contains,
  intersection,
  overlaps,
  type PolicyScope,
  selects,
  without,
} from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { type Entry, entriesOf } from '../../security/entries.ts';
import { areNone, commonPorts, type Ports, portsWithout } from '../../security/ports.ts';
import type { SecurityView } from '../../security/view.ts';
import type { Remainder } from './project.ts';

/** What one rule, or what no policy closes, lets in and keeps out of the workloads of a scope. */
export interface Unit {
  /** Undefined for what no policy closes. */
  readonly policy: AuthorizationPolicy | undefined;
  /** Index of the rule in its policy. */
  readonly rule: number;
  readonly scope: PolicyScope;
  readonly ports: Ports;
  readonly allow: readonly Entry[];
  readonly deny: readonly Entry[];
}

/** A remainder with the policy that it is of. */
export interface PlacedRemainder {
  readonly policy: AuthorizationPolicy;
  readonly rule: number;
  readonly remainder: Remainder;
}

function cut(entries: readonly Entry[], { keep, origins }: Remainder): Entry[] {
  return entries.flatMap((entry) =>
    entriesOf(entry.domain, intersection([entry.match], keep(entry.domain)), [...entry.origins, ...origins]),
  );
}

/** The callers that a unit allows and a remainder keeps out; undefined where a prefix holds some of both kinds. */
function surplus(unit: Unit, { keep, origins }: Remainder): Entry[] | undefined {
  const found: Entry[] = [];
  for (const { domain, match } of unit.allow) {
    const { rest, holes } = without([match], keep(domain));
    if (holes.length > 0) return undefined;
    found.push(...entriesOf(domain, rest, origins));
  }
  return found;
}

/**
 * Makes the rules hold that keep everyone out but some callers: what a unit allows is cut down where it is for no other
 * workload, else its surplus callers are denied. Rules for which neither is possible are returned, to be denied to everyone.
 */
export function applyRemainders(
  context: Context,
  view: SecurityView,
  units: readonly Unit[],
  remainders: readonly PlacedRemainder[],
): { readonly units: readonly Unit[]; readonly closed: readonly PlacedRemainder[] } {
  const closed: PlacedRemainder[] = [];
  const denials: Unit[] = [];
  let current = units;
  for (const placed of remainders) {
    const { policy, rule, remainder } = placed;
    const { scope } = policy;
    const touches = (unit: Unit): boolean =>
      unit.allow.length > 0 &&
      overlaps(unit.scope, scope) &&
      !areNone(commonPorts(unit.ports, remainder.ports)) &&
      // Of a whole estate the workloads are known: two selectors that none of them fits do not meet.
      !(
        context.settings.complete &&
        !contains(scope, unit.scope) &&
        !view
          .workloadsIn(scope.namespace ?? unit.scope.namespace)
          .some((workload) => selects(scope, workload) && selects(unit.scope, workload))
      );
    const wider = current.filter((unit) => touches(unit) && !contains(scope, unit.scope));
    const kept = wider.map((unit) => surplus(unit, remainder));
    if (kept.some((entries) => entries === undefined)) {
      closed.push(placed);
      continue;
    }
    const deny = kept.flatMap((entries) => entries ?? []);
    if (deny.length > 0) denials.push({ policy, rule, scope, ports: remainder.ports, allow: [], deny });
    current = current.flatMap((unit) => {
      if (!touches(unit) || !contains(scope, unit.scope)) return [unit];
      const inside = commonPorts(unit.ports, remainder.ports);
      const outside = portsWithout(unit.ports, remainder.ports);
      return [
        { ...unit, ports: inside, allow: cut(unit.allow, remainder) },
        ...(areNone(outside) ? [] : [{ ...unit, ports: outside }]),
      ];
    });
  }
  return { units: [...current, ...denials], closed };
}
