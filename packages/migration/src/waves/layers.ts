import type { Tally } from './components.ts';

/** Services that move together, as numbers of groups; edges once for each pair of services. */
export interface Groups {
  /** For each group those that move before it. */
  readonly before: readonly (readonly number[])[];
  /** For each group those that move after it. */
  readonly after: readonly (readonly number[])[];
  /** The wave that a group is pinned to. */
  readonly pinned: readonly (number | undefined)[];
  /** Groups so that each stands behind those that move before it. */
  readonly sorted: readonly number[];
}

// Each pass shortens the sum of all edges; after a few there is little left to gain.
const mostPasses = 20;

/**
 * A wave for each group, from 1, behind those that move before it, so that few calls cross between the meshes after each
 * wave: a call crosses after every wave from the one that moves its first end to the one before that of the other,
 * so that the sum of crossing calls over all waves is the sum of the edges' lengths. As in drawing graphs in layers, groups
 * are first put as early as they can be, and then moved towards the side where they have more edges.
 * What is pinned stays where it is pinned, whether or not that keeps the order.
 */
export function layersOf({ before, after, pinned, sorted }: Groups, tally: Tally): number[] {
  const layer = new Array<number>(before.length).fill(1);
  const earliest = (group: number): number => {
    let found = 1;
    for (const other of before[group] ?? []) {
      tally.steps++;
      found = Math.max(found, (layer[other] as number) + 1);
    }
    return found;
  };
  const latest = (group: number): number => {
    let found = Number.POSITIVE_INFINITY;
    for (const other of after[group] ?? []) {
      tally.steps++;
      found = Math.min(found, (layer[other] as number) - 1);
    }
    return found;
  };
  for (const group of sorted) layer[group] = pinned[group] ?? earliest(group);
  for (let pass = 0; pass < mostPasses; pass++) {
    let hasChanged = false;
    for (const group of pass % 2 === 0 ? sorted.toReversed() : sorted) {
      if (pinned[group] !== undefined) continue;
      const pull = (after[group]?.length ?? 0) - (before[group]?.length ?? 0);
      const wanted = pull > 0 ? latest(group) : pull < 0 ? earliest(group) : layer[group];
      // A pinned neighbour may leave no room at all.
      if (wanted === undefined || wanted === layer[group] || wanted < earliest(group) || wanted > latest(group))
        continue;
      layer[group] = wanted;
      hasChanged = true;
    }
    if (!hasChanged) break;
  }
  return layer;
}
