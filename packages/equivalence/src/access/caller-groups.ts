import type { Caller } from './callers.ts';

/** Callers who are treated alike. */
export interface CallerGroup {
  readonly count: number;
  /** Whether they come with a certificate of Istio, or of somebody whom it does not trust. */
  readonly bridge: boolean;
  /** The first of them, so many at most. */
  take(most: number): Caller[];
}

/** Callers that no set tells apart, by their numbers: those listed, or all of a kind but those of other parts. */
export interface Part {
  readonly first: number;
  readonly count: number;
  members(): Iterable<number>;
}

/** Who comes in how: what separates callers whatever the policies say. */
const kindOf = ({ kind, bridge, after }: Caller): number =>
  kind === 'plaintext' ? 0 : kind === 'unknown' ? 1 : after === undefined ? 2 : bridge ? 3 : 4;
const kinds = 5;

function* filtered(all: Iterable<number>, isWanted: (index: number) => boolean): Generator<number> {
  for (const index of all) if (isWanted(index)) yield index;
}

/**
 * Parts callers by sets of them. What no set holds is not walked through: thousands of workloads are each compared for
 * thousands of callers, of which their policies name a few.
 */
export function partitionOf(callers: readonly Caller[]): (sets: readonly ReadonlySet<number>[]) => Part[] {
  const kindBy = callers.map(kindOf);
  const bases = Map.groupBy(callers.keys(), (index) => kindBy[index] as number);
  return (sets) => {
    const partOf = new Map<number, number>();
    let next = kinds;
    for (const set of sets) {
      const moved = new Map<number, number>();
      for (const index of set) {
        const old = partOf.get(index) ?? (kindBy[index] as number);
        let part = moved.get(old);
        if (part === undefined) {
          part = next++;
          moved.set(old, part);
        }
        partOf.set(index, part);
      }
    }
    const parts: Part[] = [];
    const taken = new Map<number, number>();
    for (const list of Map.groupBy(partOf.keys(), (index) => partOf.get(index)).values()) {
      list.sort((a, b) => a - b);
      const first = list[0] as number;
      const kind = kindBy[first] as number;
      taken.set(kind, (taken.get(kind) ?? 0) + list.length);
      parts.push({ first, count: list.length, members: () => list });
    }
    for (const [kind, base] of bases) {
      const count = base.length - (taken.get(kind) ?? 0);
      if (count === 0) continue;
      const isLeft = (index: number): boolean => !partOf.has(index);
      const first = base.find(isLeft) as number;
      parts.push({ first, count, members: () => filtered(base, isLeft) });
    }
    return parts.sort((a, b) => a.first - b.first);
  };
}

/** Parts as one group; they are of one kind of certificate. */
export function groupOf(callers: readonly Caller[], parts: readonly Part[]): CallerGroup {
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    bridge: callers[parts[0]?.first ?? -1]?.bridge === true,
    take(most) {
      const found: Caller[] = [];
      for (const part of parts)
        for (const index of part.members()) {
          if (found.length >= most) return found;
          found.push(callers[index] as Caller);
        }
      return found;
    },
  };
}
