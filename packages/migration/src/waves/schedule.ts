import type { Tally } from './components.ts';
import { type Groups, layersOf } from './layers.ts';
import { createQueue, type Queue } from './queue.ts';

export interface Limits {
  readonly most: number | undefined;
  readonly oneNamespace: boolean;
}

/** A group as the limits see it. */
export interface Weight {
  readonly services: number;
  /** `''` where it lies in several. */
  readonly namespace: string;
}

/**
 * Puts groups into waves, in order and within the limits: groups whose wave of fewest crossing calls has come first, of these
 * those first that leave the fewest calls crossing. A pinned group moves in its wave whatever the rest says; a group beyond
 * the limit, or in several namespaces, moves alone.
 */
export function schedule(groups: Groups, weights: readonly Weight[], limits: Limits, tally: Tally): number[][] {
  const { before, after, pinned } = groups;
  const layer = layersOf(groups, tally);
  const gain = before.map((all, group) => (after[group]?.length ?? 0) - all.length);
  const compare = (a: number, b: number): number =>
    (layer[a] as number) - (layer[b] as number) || (gain[a] as number) - (gain[b] as number) || a - b;
  const missing = before.map((all) => all.length);
  // One queue for each namespace where a wave may touch one only; queues of namespaces are few.
  const queues = new Map<string, Queue>();
  const keyOf = (group: number): string => (limits.oneNamespace ? (weights[group]?.namespace ?? '') : '');
  const enqueue = (group: number): void => {
    if (pinned[group] !== undefined) return;
    const key = keyOf(group);
    const queue = queues.get(key) ?? createQueue(compare, tally);
    queues.set(key, queue);
    queue.push(group);
  };
  const byPin = Map.groupBy(
    [...pinned.keys()].filter((group) => pinned[group] !== undefined),
    (group) => pinned[group] as number,
  );
  for (const [group, count] of missing.entries()) if (count === 0) enqueue(group);
  const waves: number[][] = [];
  let left = before.length;
  for (let number = 1; left > 0; number++) {
    const wave: number[] = [...(byPin.get(number) ?? [])];
    byPin.delete(number);
    fill(wave, number);
    for (const group of wave)
      for (const next of after[group] ?? []) {
        tally.steps++;
        missing[next] = (missing[next] as number) - 1;
        if (missing[next] === 0) enqueue(next);
      }
    left -= wave.length;
    if (wave.length > 0) waves.push(wave);
    // Only what is pinned later is left to wait for.
    else number = Math.min(...byPin.keys()) - 1;
  }
  return waves;

  function fill(wave: number[], number: number): void {
    let room = (limits.most ?? Number.POSITIVE_INFINITY) - wave.reduce((sum, one) => sum + servicesOf(one), 0);
    const own = wave[0];
    const queue = own === undefined ? best() : queues.get(keyOf(own));
    // Groups in several namespaces share a queue, but not a wave.
    const isAlone = own !== undefined && limits.oneNamespace && keyOf(own) === '';
    for (let next = isAlone ? undefined : queue?.first(); next !== undefined; next = queue?.first()) {
      const isFirst = wave.length === 0;
      if (!isFirst && (servicesOf(next) > room || (layer[next] as number) > number)) return;
      queue?.shift();
      wave.push(next);
      room -= servicesOf(next);
      if (limits.oneNamespace && keyOf(next) === '') return;
    }
  }

  /** The namespace with most groups that are ready, so that it is touched seldom; of equals the one with the first group. */
  function best(): Queue | undefined {
    let found: Queue | undefined;
    for (const queue of queues.values()) {
      tally.steps++;
      const [a, b] = [queue.first(), found?.first()];
      if (a === undefined) continue;
      const ahead = b === undefined ? -1 : (found?.size ?? 0) - queue.size || compare(a, b);
      if (ahead < 0) found = queue;
    }
    return found;
  }

  function servicesOf(group: number): number {
    return weights[group]?.services ?? 1;
  }
}
