import { htmlText as text } from '@isthmus/diagnostics';
import { type Drawing, kindOfEdge, type Side } from '../bridge/diagram.ts';

/** Boxes of one column; more stand in another beside it. */
const mostRows = 14;
/** With more edges than that only those are drawn that cross between the meshes. */
const mostWithin = 60;

const box = { width: 178, height: 38, gapX: 34, gapY: 10 };
const panel = { padding: 30, top: 14, title: 26, gap: 80 };

const titles: Readonly<Record<Side, string>> = { istio: 'Istio', bridge: 'In both meshes', kong: 'Kong Mesh' };

/** The classes of a picture, in the tokens of the page. */
export const pictureStyle = `figure{margin:16px 0}figcaption{max-width:76ch;margin-top:6px}.picture{display:block;width:100%;height:auto}.picture text{font:12px Inter,system-ui,sans-serif;fill:var(--text)}.picture .detail{fill:var(--muted);font-size:11px}.picture .title{font-weight:600}.picture rect{fill:var(--ground);stroke-width:1.5}.picture .panel{fill:var(--sunk);stroke:none}.picture .istio{stroke:var(--source)}.picture .kong{stroke:var(--target)}.picture .bridge{stroke:var(--muted);stroke-dasharray:5 3}.picture path{fill:none;stroke:var(--muted);stroke-width:1.2}.picture .istioEdge{stroke:var(--source)}.picture .kongEdge{stroke:var(--target)}.picture .crossEdge{stroke-dasharray:5 3}.picture .closedEdge{stroke:var(--unsupported);stroke-dasharray:1 4}.picture marker path{fill:var(--muted);stroke:none}`;

interface Placed {
  readonly id: string;
  readonly name: string;
  readonly detail: string;
  readonly side: Side;
  readonly x: number;
  readonly y: number;
}

const shortened = (name: string, most: number): string => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

/** Sets the boxes of one side in columns; returns them with the width of its panel. */
function column({ stations, nodes }: Drawing, side: Side, left: number): { boxes: Placed[]; width: number } {
  const all = [
    ...stations.filter((one) => one.side === side).map(({ id, name }) => ({ id, name, detail: 'gateway' })),
    ...nodes.filter((one) => one.side === side),
  ];
  const columns = Math.max(Math.ceil(all.length / mostRows), 1);
  const rows = Math.max(Math.ceil(all.length / columns), 1);
  const boxes = all.map(
    ({ id, name, detail }, index): Placed => ({
      id,
      name,
      detail,
      side,
      x: left + panel.padding + Math.floor(index / rows) * (box.width + box.gapX),
      y: panel.title + panel.top + (index % rows) * (box.height + box.gapY),
    }),
  );
  return { boxes, width: 2 * panel.padding + columns * box.width + (columns - 1) * box.gapX };
}

/** A line from one box to another: to the side that is nearer, around where they stand above each other. */
function path(from: Placed, to: Placed): string {
  const [startY, endY] = [from.y + box.height / 2, to.y + box.height / 2];
  if (from.x === to.x) {
    const edge = from.x + box.width;
    const out = edge + box.gapX;
    return `M${edge} ${startY}C${out} ${startY} ${out} ${endY} ${edge} ${endY}`;
  }
  const isRight = to.x > from.x;
  const [start, end] = isRight ? [from.x + box.width, to.x] : [from.x, to.x + box.width];
  const bend = (end - start) / 2;
  return `M${start} ${startY}C${start + bend} ${startY} ${end - bend} ${endY} ${end} ${endY}`;
}

/**
 * The bridge as a picture that needs no script: a panel for each mesh and one for what runs in both, with the calls between the
 * boxes. Where there are many calls, only those are drawn that cross.
 * @param description the same in words
 */
export function pictureOf(drawing: Drawing, description: string): string {
  const sides = (['istio', 'bridge', 'kong'] as const).filter(
    (side) => side !== 'bridge' || drawing.nodes.some((node) => node.side === side),
  );
  let left = 0;
  const panels = sides.map((side) => {
    const { boxes, width } = column(drawing, side, left);
    const own = { side, boxes, left, width };
    left += width + panel.gap;
    return own;
  });
  const placed = new Map(panels.flatMap(({ boxes }) => boxes.map((one) => [one.id, one])));
  const bottom = Math.max(...[...placed.values()].map(({ y }) => y)) + box.height + panel.top;
  const width = left - panel.gap;
  const isFull = drawing.edges.length <= mostWithin;
  const shown = drawing.edges.filter((edge) => isFull || ['crossEdge', 'closedEdge'].includes(kindOfEdge(edge)));
  const lines = shown.flatMap((edge) => {
    const [from, to] = [placed.get(edge.from.id), placed.get(edge.to.id)];
    if (from === undefined || to === undefined) return [];
    const words = `${from.name} calls ${to.name}${edge.isClosed ? ': there is no way' : ''}`;
    return [
      `<path class="${kindOfEdge(edge)}" d="${path(from, to)}" marker-end="url(#to)"><title>${text(words)}</title></path>`,
    ];
  });
  const grounds = panels.map(
    ({ side, left: x, width: own }) =>
      `<rect class="panel" x="${x}" y="0" width="${own}" height="${bottom}" rx="6"/><text class="title" x="${x + panel.padding}" y="24">${titles[side]}</text>`,
  );
  const boxes = [...placed.values()].map(
    ({ name, detail, side, x, y }) =>
      `<g><title>${text(`${name}, ${detail}`)}</title><rect class="${side}" x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="4"/><text x="${x + 10}" y="${y + 16}">${text(shortened(name, 27))}</text><text class="detail" x="${x + 10}" y="${y + 31}">${text(shortened(detail, 30))}</text></g>`,
  );
  const leftOut =
    isFull || shown.length === drawing.edges.length
      ? ''
      : `<text class="detail" x="0" y="${bottom + 18}">Calls within one mesh are not drawn: there are too many.</text>`;
  const height = bottom + (leftOut === '' ? 0 : 24);
  return `<svg class="picture" role="img" aria-label="${text(description)}" viewBox="0 0 ${width} ${height}" style="max-width:${width}px"><defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8Z"/></marker></defs>${grounds.join('')}${lines.join('')}${boxes.join('')}${leftOut}</svg>`;
}
