import type { RoutePath, RouterFlavor } from '@isthmus/kong-gateway';
import { isWider } from './bind.ts';
import { keepOrder } from './order.ts';
import type { PlacedMatch } from './placement.ts';
import type { EdgeMatch } from './read-match.ts';
import type { EdgeRule } from './rules.ts';
import { keepTraditionalOrder } from './traditional-order.ts';
import type { Unit } from './units.ts';

/** How Kong is made to try matches in Istio's order. */
export interface RouterOrder {
  readonly pathOf: (match: EdgeMatch) => RoutePath;
  /** Of the route of a rule: `konghq.com/regex-priority`, for the traditional_compatible router only. */
  readonly priorityOf: (rule: EdgeRule) => number | undefined;
}

/** The order of matches by a router's own means; undefined where it has none. */
export function orderFor(placed: readonly PlacedMatch[], flavor: RouterFlavor): RouterOrder | undefined {
  const byMatch = (paths: readonly RoutePath[]): RouterOrder['pathOf'] => {
    const known = new Map(placed.map(({ match }, index) => [match, paths[index] as RoutePath]));
    return (match) => known.get(match) as RoutePath;
  };
  if (flavor === 'expressions') {
    const paths = keepOrder(placed.map((one) => one.placed));
    return paths && { pathOf: byMatch(paths), priorityOf: () => undefined };
  }
  const rules = [...new Set(placed.map(({ rule }) => rule))];
  const ruleOf = new Map(placed.map(({ match, rule }) => [match, rules.indexOf(rule)]));
  const order = keepTraditionalOrder(
    placed.map(({ placed: own, rule, match }) => ({
      ...own,
      rule: rules.indexOf(rule),
      expressions: match.headers.flatMap(({ type, value }) => (type === 'RegularExpression' ? [value] : [])),
    })),
  );
  return (
    order && {
      pathOf: byMatch(order.paths),
      priorityOf: ({ matches }) => order.priorities.get(ruleOf.get(matches[0] as EdgeMatch) ?? -1),
    }
  );
}

/** What else is served at the pods of a gateway. */
export interface Surroundings {
  /** Every host that a VirtualService has there. */
  readonly hosts: readonly string[];
  /** Whether TLS ends there for some host. */
  readonly secure: boolean;
}

/**
 * Why the routes of a unit must wait in the traditional_compatible router: it does not look at the protocol, knows no longer
 * and shorter wildcards, and lets a route that asks for more come before one for a nearer host (edge.md 2.3); undefined where
 * they need not.
 */
export function unitObjection(
  { hosts, listeners, rules, redirects }: Unit,
  units: readonly Unit[],
  around: Surroundings,
): string | undefined {
  const [first = '*'] = hosts;
  const apart = units.find(
    (other) => other.listeners !== listeners && other.hosts.some((host) => hosts.includes(host)),
  );
  if (apart !== undefined) return `Kong's router traditional_compatible does not tell the listeners of ${first} apart.`;
  const plain = redirects === undefined && listeners.every(({ protocol }) => protocol === 'HTTP');
  if (plain && around.secure) return `Kong's router traditional_compatible would serve ${first} over TLS, too.`;
  const asksForMore = rules.some(({ matches }) =>
    matches.some(({ methods, headers }) => methods !== undefined || headers.length > 0),
  );
  for (const host of hosts) {
    const nearer = around.hosts.filter((other) => isWider(host, other));
    const taken = nearer.find((other) => asksForMore || (host !== '*' && other.includes('*')));
    if (taken !== undefined)
      return `Kong's router traditional_compatible would let the rules for ${host} answer for ${taken}.`;
  }
  return undefined;
}
