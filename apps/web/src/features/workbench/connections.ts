/** The vertical extent of a span in its pane, in pixels from the gutter's top; may lie outside of what is seen. */
export interface Extent {
  readonly top: number;
  readonly bottom: number;
}

/** A line to draw between the panes. */
export interface Connection {
  readonly path: string;
  readonly fromY: number;
  readonly toY: number;
  /** Which ends are out of sight: above, below or not at all. */
  readonly from: 'seen' | 'above' | 'below';
  readonly to: 'seen' | 'above' | 'below';
}

const middleOf = ({ top, bottom }: Extent): number => (top + bottom) / 2;

function clamp(extent: Extent, height: number, margin: number): { y: number; seen: Connection['from'] } {
  const { top, bottom } = extent;
  if (bottom <= 0) return { y: margin, seen: 'above' };
  if (top >= height) return { y: height - margin, seen: 'below' };
  return { y: middleOf({ top: Math.max(top, 0), bottom: Math.min(bottom, height) }), seen: 'seen' };
}

/** Draws from the left edge to the right one; ends that are scrolled away stop at the gutter's edge. */
export function connect(from: Extent, to: Extent, { width, height }: { width: number; height: number }): Connection {
  const margin = 5;
  const start = clamp(from, height, margin);
  const end = clamp(to, height, margin);
  const bend = width / 2;
  const round = (value: number): number => Math.round(value * 10) / 10;
  const fromY = round(start.y);
  const toY = round(end.y);
  return {
    path: `M0 ${fromY}C${bend} ${fromY} ${width - bend} ${toY} ${width} ${toY}`,
    fromY,
    toY,
    from: start.seen,
    to: end.seen,
  };
}

/** Draws each pair of extents once, and no more than a person can tell apart; says how many are left out. */
export function connectAll(
  pairs: readonly { readonly from: Extent; readonly to: Extent }[],
  size: { width: number; height: number },
  most: number,
): { readonly connections: readonly Connection[]; readonly omitted: number } {
  const distinct = new Map<string, Connection>();
  for (const { from, to } of pairs) {
    const connection = connect(from, to, size);
    if (connection.from === connection.to && connection.from !== 'seen') continue;
    distinct.set(connection.path, connection);
  }
  const connections = [...distinct.values()];
  return { connections: connections.slice(0, most), omitted: Math.max(connections.length - most, 0) };
}
