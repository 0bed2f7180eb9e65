import { codes } from '@isthmus/diagnostics';
import { isOrderGuessed } from '@isthmus/istio';
import type { RouterFlavor } from '@isthmus/kong-gateway';
import type { Context } from '../../context.ts';
import type { Binding } from './bind.ts';
import { nameOf } from './door.ts';
import { sizeOf } from './emit-route.ts';
import { capturesPath } from './filters.ts';
import { overlap, type Placed } from './order.ts';
import type { EdgeMatch } from './read-match.ts';
import { type EdgeRule, takesAll } from './rules.ts';
import type { Unit } from './units.ts';

/** A VirtualService at a door, read. */
export interface Reading {
  readonly binding: Binding;
  readonly rules: readonly EdgeRule[];
  readonly units: readonly Unit[];
}

const timeoutKey = ({ timeout }: EdgeRule): string => timeout?.value ?? '';

/**
 * The routes that the rules of a VirtualService are divided into: by timeout, and by what a route can hold. In the
 * traditional_compatible router each rule has a route of its own, which has its priority.
 */
export function groupsOf(rules: readonly EdgeRule[], flavor: RouterFlavor): ReadonlyMap<number, string> {
  const groups = new Map<number, string>();
  const filled = new Map<string, { rules: number; matches: number; number: number }>();
  for (const rule of rules) {
    const key = flavor === 'expressions' ? timeoutKey(rule) : String(rule.index).padStart(4, '0');
    const size = sizeOf(rule);
    const state = filled.get(key) ?? { rules: 0, matches: 0, number: 0 };
    const full = state.rules + size.rules > 16 || state.matches + size.matches > 128;
    const next = full
      ? { ...size, number: state.number + 1 }
      : { rules: state.rules + size.rules, matches: state.matches + size.matches, number: state.number };
    filled.set(key, next);
    groups.set(rule.index, `${key}#${next.number}`);
  }
  return groups;
}

/** The matches that some listener comes to; the others are dead. */
export const usedMatches = ({ units }: Reading): ReadonlySet<EdgeMatch> =>
  new Set(units.flatMap(({ rules }) => rules.flatMap(({ matches }) => matches)));

/** A match with its place in Istio's order. */
export interface PlacedMatch {
  readonly match: EdgeMatch;
  readonly rule: EdgeRule;
  readonly reading: Reading;
  readonly placed: Placed;
}

/** Istio's order of all matches of VirtualServices that share hosts: by age, those for everything last (edge.md V3). */
export function placeMatches(readings: readonly Reading[], flavor: RouterFlavor): PlacedMatch[] {
  const all = readings.flatMap((reading) => {
    const groups = groupsOf(reading.rules, flavor);
    const used = usedMatches(reading);
    return reading.rules.flatMap((rule) =>
      rule.matches
        .filter((match) => used.has(match))
        .map((match) => ({
          match,
          rule,
          reading,
          placed: {
            form: match.form,
            methods: match.methods === undefined ? undefined : new Set(match.methods),
            exactHeaders: new Map(
              match.headers.flatMap(({ name, type, value }) => (type === 'Exact' ? [[name, value] as const] : [])),
            ),
            headers: match.headers.length,
            queryParams: match.queryParams.length,
            capture: capturesPath(rule),
            group: `${nameOf(reading.binding)}|${groups.get(rule.index)}`,
          },
        })),
    );
  });
  if (readings.length === 1) return all;
  return [...all.filter(({ match }) => !takesAll(match)), ...all.filter(({ match }) => takesAll(match))];
}

/** Whether the order of two VirtualServices matters and manifests do not tell it. */
export function reportUnknownOrder(context: Context, placed: readonly PlacedMatch[]): void {
  for (const [index, one] of placed.entries()) {
    const other = placed
      .slice(0, index)
      .find(
        (before) =>
          before.reading !== one.reading &&
          !takesAll(one.match) &&
          isOrderGuessed([before.reading.binding.resource, one.reading.binding.resource]) &&
          overlap(before.placed, one.placed),
      );
    if (other === undefined) continue;
    context.report(
      codes.gateway.orderUnknown,
      { other: nameOf(other.reading.binding) },
      one.match.uri ?? one.match.field,
    );
    return;
  }
}
