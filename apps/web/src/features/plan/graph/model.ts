import type { Call } from '@isthmus/contract';

/** More nodes than this are grouped. */
export const mostNodes = 200;
/** Of more lines those with the most calls are drawn: no eye follows more. */
export const mostLines = 300;

export type Grouping = 'none' | 'namespace' | 'wave';

/** What is drawn as one box: a service, or the services of a group. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly services: readonly string[];
  /** A group that opens. */
  readonly isGroup: boolean;
}

/** Calls between two boxes. */
export interface GraphEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly calls: readonly Call[];
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Services of an opened group that do not fit. */
  readonly omitted: number;
  /** Lines that are left out. */
  readonly thinned: number;
}

export interface GraphInput {
  readonly services: readonly string[];
  readonly calls: readonly Call[];
  readonly waveOf: ReadonlyMap<string, number>;
  readonly grouping: Grouping;
  /** The group whose services are drawn by themselves. */
  readonly open: string | undefined;
}

/** How services are grouped where nobody says otherwise. */
export const groupingOf = (services: number, asked: string | undefined): Grouping =>
  asked === 'wave' || asked === 'namespace' ? asked : services > mostNodes || asked === 'groups' ? 'namespace' : 'none';

const namespaceOf = (id: string): string => id.slice(0, id.indexOf('/'));

/** The name of the group that a service is in. */
export function groupOf(id: string, grouping: Grouping, waveOf: ReadonlyMap<string, number>): string {
  if (grouping === 'namespace') return namespaceOf(id);
  const wave = waveOf.get(id);
  return wave === undefined ? 'stays in Istio' : `wave ${wave}`;
}

/**
 * Boxes and the calls between them. A group that is open shows its services, and beside them only the groups that these have
 * calls with.
 */
export function graphOf({ services, calls, waveOf, grouping, open }: GraphInput): Graph {
  const known = new Set(services);
  const between = calls.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const group = (id: string): string => groupOf(id, grouping, waveOf);
  const isOpen = (id: string): boolean => grouping === 'none' || group(id) === open;
  const opened = services.filter(isOpen);
  let kept = new Set(opened);
  if (opened.length > mostNodes) {
    const degree = new Map<string, number>();
    for (const { from, to } of between) for (const id of [from, to]) degree.set(id, (degree.get(id) ?? 0) + 1);
    // The busiest say most of a group that is too large to be drawn.
    kept = new Set(opened.toSorted((a, b) => (degree.get(b) ?? 0) - (degree.get(a) ?? 0)).slice(0, mostNodes));
  }
  const boxOf = (id: string): string | undefined =>
    isOpen(id) ? (kept.has(id) ? id : undefined) : `group:${group(id)}`;
  const edges = new Map<string, { from: string; to: string; calls: Call[] }>();
  for (const call of between) {
    const [from, to] = [boxOf(call.from), boxOf(call.to)];
    if (from === undefined || to === undefined || from === to) continue;
    if (open !== undefined && grouping !== 'none' && !isOpen(call.from) && !isOpen(call.to)) continue;
    const id = `${from} → ${to}`;
    const edge = edges.get(id) ?? { from, to, calls: [] };
    edge.calls.push(call);
    edges.set(id, edge);
  }
  const touched = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]));
  const nodes: GraphNode[] = services
    .filter((id) => kept.has(id))
    .map((id) => ({ id, label: id, services: [id], isGroup: false }));
  if (grouping !== 'none')
    for (const [name, members] of Map.groupBy(
      services.filter((id) => !isOpen(id)),
      group,
    ))
      if (open === undefined || touched.has(`group:${name}`))
        nodes.push({ id: `group:${name}`, label: name, services: members, isGroup: true });
  const lines = [...edges].map(([id, edge]) => ({ id, ...edge }));
  const drawn =
    lines.length > mostLines ? lines.toSorted((a, b) => b.calls.length - a.calls.length).slice(0, mostLines) : lines;
  return { nodes, edges: drawn, omitted: opened.length - kept.size, thinned: lines.length - drawn.length };
}

/** On which side boxes and calls stand once a wave has moved. */
export type Side = 'source' | 'target' | 'mixed';

export function sideOf(
  services: readonly string[],
  waveOf: ReadonlyMap<string, number>,
  after: number,
): { readonly side: Side; readonly moved: number } {
  const moved = services.filter((id) => (waveOf.get(id) ?? Number.POSITIVE_INFINITY) <= after).length;
  return { side: moved === 0 ? 'source' : moved === services.length ? 'target' : 'mixed', moved };
}

/** What an edge is on: one mesh, or across both. */
export function sideOfCalls(calls: readonly Call[], waveOf: ReadonlyMap<string, number>, after: number): Side {
  const sides = new Set<Side>();
  for (const { from, to } of calls) {
    const [a, b] = [sideOf([from], waveOf, after).side, sideOf([to], waveOf, after).side];
    sides.add(a === b ? a : 'mixed');
  }
  return sides.size === 1 ? ([...sides][0] as Side) : 'mixed';
}

/** Boxes that are one call away, callers and callees. */
export function neighboursOf(edges: readonly GraphEdge[], id: string): ReadonlySet<string> {
  return new Set(edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : [])));
}

/** Further than any picture is wide. */
const aside = 1_000_000;

interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The box to which an arrow key leads: the nearest one in its direction, by the middles. What lies more to the side than ahead
 * comes last, so that each box is reached by going towards it.
 */
export function nodeBeside(nodes: readonly Placed[], at: string | undefined, key: string): string | undefined {
  const here = nodes.find(({ id }) => id === at);
  if (here === undefined) return nodes[0]?.id;
  const middle = ({ x, y, width, height }: Placed) => ({ x: x + width / 2, y: y + height / 2 });
  const from = middle(here);
  let best: { readonly id: string; readonly cost: number } | undefined;
  for (const node of nodes) {
    if (node.id === here.id) continue;
    const { x, y } = middle(node);
    const [dx, dy] = [x - from.x, y - from.y];
    const along = { ArrowRight: dx, ArrowLeft: -dx, ArrowDown: dy, ArrowUp: -dy }[key];
    if (along === undefined || along <= 1) continue;
    const across = Math.abs(key === 'ArrowRight' || key === 'ArrowLeft' ? dy : dx);
    const cost = along + 2 * across + (across > along ? aside : 0);
    if (best === undefined || cost < best.cost) best = { id: node.id, cost };
  }
  return best?.id;
}
