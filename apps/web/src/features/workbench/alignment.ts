/** A line of the left pane and the line of the right pane that belongs beside it. */
export interface Anchor {
  readonly before: number;
  readonly after: number;
}

/**
 * Keeps as many anchors as can be passed in order on both sides (a longest increasing subsequence), so that scrolling
 * one pane down never scrolls the other one up.
 */
export function orderAnchors(anchors: readonly Anchor[]): Anchor[] {
  const sorted = [...anchors].sort((a, b) => a.before - b.before || b.after - a.after);
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [index, { after }] of sorted.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[tails[middle] as number] as Anchor).after < after) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : (tails[low - 1] as number);
    tails[low] = index;
  }
  const kept: Anchor[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] as number) kept.push(sorted[at] as Anchor);
  return kept.reverse();
}

/** The line (with a fraction) on the other side; between two anchors in proportion, beyond the outer ones at their distance. */
export function alignedLine(anchors: readonly Anchor[], from: 'before' | 'after', line: number): number | undefined {
  const to = from === 'before' ? 'after' : 'before';
  const [first] = anchors;
  if (first === undefined) return undefined;
  let low = 0;
  let high = anchors.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((anchors[middle] as Anchor)[from] <= line) low = middle + 1;
    else high = middle;
  }
  const above = anchors[low - 1];
  const below = anchors[low];
  if (above === undefined) return first[to] - (first[from] - line);
  if (below === undefined) return above[to] + (line - above[from]);
  const share = (line - above[from]) / (below[from] - above[from]);
  return above[to] + share * (below[to] - above[to]);
}
