import type { Tally } from './components.ts';

/** A queue that gives its least item first. */
export interface Queue {
  readonly size: number;
  first(): number | undefined;
  push(item: number): void;
  shift(): number | undefined;
}

/** A binary heap of numbers. */
export function createQueue(compare: (a: number, b: number) => number, tally: Tally): Queue {
  const heap: number[] = [];
  const less = (a: number, b: number): boolean => {
    tally.steps++;
    return compare(heap[a] as number, heap[b] as number) < 0;
  };
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b] as number, heap[a] as number];
  };
  return {
    get size() {
      return heap.length;
    },
    first: () => heap[0],
    push(item) {
      let at = heap.push(item) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && less(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    shift() {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return first;
      heap[0] = last;
      for (let at = 0; ; ) {
        let least = at;
        for (const below of [2 * at + 1, 2 * at + 2]) if (below < heap.length && less(below, least)) least = below;
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
