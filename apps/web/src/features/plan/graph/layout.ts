import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js';
import worker from 'elkjs/lib/elk-worker.min.js?url';
import type { Graph } from './model.ts';

/** Boxes and lines with their places in px. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly {
    readonly id: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
  /** Points of the line of each edge, by its id. */
  readonly lines: ReadonlyMap<string, readonly { readonly x: number; readonly y: number }[]>;
}

const nodeHeight = 40;
const character = 7.3;
const padding = 24;
/** Room for the line below the name: a wave, or how many services there are and how many of them have moved. */
const leastService = 112;
const leastGroup = 176;
/** Right angles are read best, and take ELK longest. */
const mostOrthogonal = 150;

let elk: InstanceType<typeof ELK> | undefined;

/** Places a graph from left to right, callers before callees, in ELK's worker. Rejects with ELK's error where it cannot. */
export async function layOut({ nodes, edges }: Graph): Promise<Layout> {
  elk ??= new ELK({ workerFactory: () => new Worker(worker) });
  const root: ElkNode = {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.edgeRouting': edges.length > mostOrthogonal ? 'POLYLINE' : 'ORTHOGONAL',
      'elk.layered.thoroughness': edges.length > mostOrthogonal ? '2' : '7',
      'elk.spacing.nodeNode': '16',
      'elk.layered.spacing.nodeNodeBetweenLayers': '64',
      'elk.spacing.componentComponent': '24',
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.padding': '[top=16,left=16,bottom=16,right=16]',
    },
    children: nodes.map(({ id, label, isGroup }) => ({
      id,
      width: Math.max(isGroup ? leastGroup : leastService, Math.ceil(label.length * character) + padding),
      height: nodeHeight,
    })),
    edges: edges.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  };
  const placed = await elk.layout(root);
  return {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    nodes: (placed.children ?? []).map(({ id, x = 0, y = 0, width = 0, height = 0 }) => ({ id, x, y, width, height })),
    lines: new Map(
      (placed.edges ?? []).map(({ id, sections = [] }) => [
        id,
        sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]),
      ]),
    ),
  };
}
