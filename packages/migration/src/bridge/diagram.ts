import type { Estate } from '@isthmus/istio';
import { likely, type ServiceGraph } from '../graph/edge.ts';
import { serviceGraph } from '../graph/graph.ts';
import type { MigratingService } from '../services.ts';
import type { Way } from './way.ts';

/** The bridge architecture, computed from the snapshot and the progress. */
export interface BridgeDiagram {
  readonly mermaid: string;
  /** Whether services are grouped by namespace because there are more than 60 nodes. */
  readonly grouped: boolean;
  /** The same in words. */
  readonly description: string;
  readonly namespaces: readonly {
    readonly namespace: string;
    readonly services: number;
    readonly phases: Readonly<Record<string, number>>;
  }[];
}

export type Side = 'istio' | 'bridge' | 'kong';

/** A picture that fits a page. */
const mostNodes = 60;
const mostEdges = 300;

/** The side where a service of a phase stands; one whose phase is not known has not moved. */
function sideOf(phase: string): Side {
  if (phase === 'bridged' || phase === 'shifting') return 'bridge';
  return phase === 'migrated' || phase === 'retired' ? 'kong' : 'istio';
}

/** Text within quotes of a Mermaid label: all that could end it or mean something becomes a character reference. */
function label(text: string): string {
  return text.replace(/[^A-Za-z0-9 .,:/()_-]/gu, (character) => `#${character.codePointAt(0)};`);
}

/** What one box of the picture stands for: a service, the services of a namespace on one side, or those there is no room for. */
interface Box {
  readonly side: Side;
  readonly name: string;
  readonly detail: string;
  /** Ids of services. */
  readonly members: readonly string[];
}

interface Node extends Box {
  readonly id: string;
}

/** A station between the meshes, which stands on a side like a service. */
interface Station {
  readonly id: string;
  readonly side: Side;
  readonly name: string;
}

const ingress: Station = { id: 'ingress', side: 'istio', name: 'Istio ingress gateway' };
const fromKong: Station = { id: 'fromKong', side: 'istio', name: 'Gateway of the bridge' };
const kongGateway: Station = { id: 'kongGateway', side: 'kong', name: 'Kong Gateway' };
const zoneEgress: Station = { id: 'zoneEgress', side: 'kong', name: 'Zone egress' };

/** What pictures of one graph have in common. */
interface Connections {
  /** Likely calls, sorted: from a Gateway (`''`) or from a service to another; as `from\nto` of ids. */
  readonly calls: readonly { readonly key: string; readonly source: string; readonly target: string }[];
  /** How often services stand at an end of one. */
  readonly counts: ReadonlyMap<string, number>;
}

// A plan has a picture for each of its waves.
const connections = new WeakMap<ServiceGraph, Connections>();

function connectionsOf(graph: ServiceGraph): Connections {
  const known = connections.get(graph);
  if (known !== undefined) return known;
  const { edges, entries } = graph;
  const keys = new Set([
    ...entries.map(({ to }) => `\n${to}`),
    ...edges.flatMap(({ from, to, confidence }) => (confidence >= likely ? [`${from}\n${to}`] : [])),
  ]);
  const counts = new Map<string, number>();
  const calls = [...keys].sort().map((key) => {
    const [source = '', target = ''] = key.split('\n');
    for (const end of [source, target]) counts.set(end, (counts.get(end) ?? 0) + 1);
    return { key, source, target };
  });
  const made = { calls, counts };
  connections.set(graph, made);
  return made;
}

function countPhases(phases: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const phase of [...phases].sort()) counts[phase] = (counts[phase] ?? 0) + 1;
  return counts;
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([phase, count]) => `${count} ${phase}`)
    .join(', ');

/** One box for each namespace and side where it has services. */
function boxesOfNamespaces(
  services: readonly MigratingService[],
  side: (service: MigratingService) => Side,
  phaseOf: (id: string) => string,
): Box[] {
  const groups = new Map<string, string[]>();
  for (const service of services) {
    const key = `${side(service)}\n${service.namespace}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [service.id]);
    else known.push(service.id);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, members]) => {
      const [of, name = ''] = key.split('\n') as [Side, string];
      return { side: of, name, detail: listed(countPhases(members.map(phaseOf))), members };
    });
}

const rank: Record<Side, number> = { bridge: 0, kong: 1, istio: 2 };

/**
 * Keeps the boxes that a picture has room for, those that have moved first, then those with most connections; the others
 * become one box for each side.
 */
function fit(
  boxes: readonly Box[],
  connections: ReadonlyMap<string, number>,
  noun: string,
  phaseOf: (id: string) => string,
): Box[] {
  if (boxes.length <= mostNodes) return [...boxes];
  const weight = ({ members }: Box): number => members.reduce((sum, id) => sum + (connections.get(id) ?? 0), 0);
  const kept = new Set(
    [...boxes]
      .sort((a, b) => rank[a.side] - rank[b.side] || weight(b) - weight(a) || (a.name < b.name ? -1 : 1))
      .slice(0, mostNodes - Object.keys(rank).length),
  );
  const others = Map.groupBy(
    boxes.filter((box) => !kept.has(box)),
    ({ side }) => side,
  );
  return [
    ...boxes.filter((box) => kept.has(box)),
    ...[...others].map(([side, rest]): Box => {
      const members = rest.flatMap((box) => box.members);
      return { side, name: `${rest.length} more ${noun}`, detail: listed(countPhases(members.map(phaseOf))), members };
    }),
  ];
}

/** Invisible links that set boxes without connections in rows: Mermaid would stack all of them in one column. */
function setInRows(nodes: readonly Node[], connected: ReadonlySet<string>): string[] {
  return (['istio', 'bridge', 'kong'] as const).flatMap((side) => {
    const alone = nodes.filter((node) => node.side === side && !connected.has(node.id));
    // Boxes are about twice as wide as high with their spacing, as a page is.
    const columns = Math.max(Math.round(0.9 * Math.sqrt(alone.length)), 1);
    return alone.flatMap(({ id }, index) => {
      const next = alone[index + 1];
      return next === undefined || (index + 1) % columns === 0 ? [] : [`  ${id} ~~~ ${next.id}`];
    });
  });
}

type Place = Pick<Node, 'id' | 'side'>;

interface Edge {
  readonly from: Place;
  readonly to: Place;
  /** Whether calls have no way. */
  readonly isClosed: boolean;
}

const isWithin = (edge: Edge): boolean => ['istioEdge', 'kongEdge'].includes(kindOfEdge(edge));

const crossingFirst = (edges: readonly Edge[]): Edge[] => [
  ...edges.filter((edge) => !isWithin(edge)),
  ...edges.filter(isWithin),
];

/** What a picture of the bridge shows, whatever draws it. */
export interface Drawing {
  readonly stations: readonly Station[];
  readonly nodes: readonly Node[];
  /** No more than a page has room for; then those first that cross between the meshes. */
  readonly edges: readonly Edge[];
  /** Whether clients come in by Gateways of Istio. */
  readonly hasGateway: boolean;
}

/** How an edge is drawn: within Istio, within Kong Mesh, across, or without a way. */
export const kindOfEdge = ({ from, to, isClosed }: Edge): 'istioEdge' | 'kongEdge' | 'crossEdge' | 'closedEdge' =>
  isClosed
    ? 'closedEdge'
    : from.side !== to.side || from.side === 'bridge'
      ? 'crossEdge'
      : from.side === 'istio'
        ? 'istioEdge'
        : 'kongEdge';

/** An edge as Mermaid writes it, with a name to colour it by. */
function drawEdges(edges: readonly Edge[]): string[] {
  const classes = new Map<string, string[]>();
  const lines = edges.map((edge, index) => {
    const name = kindOfEdge(edge);
    classes.set(name, [...(classes.get(name) ?? []), `e${index}`]);
    return `  ${edge.from.id} e${index}@${name === 'closedEdge' ? '-.-x' : name === 'crossEdge' ? '-.->' : '-->'} ${edge.to.id}`;
  });
  return [...lines, ...[...classes].sort().map(([name, ids]) => `  class ${ids.join(',')} ${name}`)];
}

/** A drawing as a Mermaid flowchart. Names are text whatever they hold. */
function toMermaid({ stations, nodes, edges, hasGateway }: Drawing, connected: ReadonlySet<string>): string {
  const body = (side: Side): string[] => [
    ...stations.filter((one) => one.side === side).map(({ id, name }) => `    ${id}["${name}"]:::${side}`),
    ...nodes
      .filter((node) => node.side === side)
      .map(({ id, name, detail }) => `    ${id}["${label(name)}<br/>${label(detail)}"]:::${side}`),
  ];
  const lines = [
    'flowchart LR',
    '  clients(["Clients"])',
    '  subgraph istioSide["Istio"]',
    ...body('istio'),
    '  end',
    '  subgraph bridgeSide["Bridge: joined to both"]',
    '    bridge{{"Bridge"}}:::bridge',
    ...body('bridge'),
    '  end',
    '  subgraph kongSide["Kong Mesh"]',
    ...body('kong'),
    '  end',
    ...(hasGateway ? ['  clients --> ingress'] : []),
    '  clients --> kongGateway',
    '  istioSide <--> bridge',
    '  bridge <--> kongSide',
    ...drawEdges(edges),
    ...setInRows(nodes, connected),
  ];
  return `${lines.join('\n')}\n`;
}

interface DrawingOptions {
  readonly namespace?: string | undefined;
  readonly clusterDomain: string;
  readonly rootNamespace: string;
  /** That of the estate, where it is known already. */
  readonly graph?: ServiceGraph;
  /** How calls cross between the meshes: those through gateways are drawn through them, those without a way as such. */
  readonly ways?: readonly Way[];
}

/**
 * Draws both meshes, their gateways and the services on the side where they stand, as a Mermaid flowchart and as what any other
 * picture is made of. The same estate and phases give the same text.
 * @param phases by service id; a service that is not in it is `discovered`
 * @param options.namespace draws only the services of one namespace
 */
export function drawBridge(
  estate: Estate,
  phases: ReadonlyMap<string, string>,
  options: DrawingOptions,
): BridgeDiagram & { readonly drawing: Drawing } {
  const graph = options.graph ?? serviceGraph(estate, options);
  const all = graph.services;
  const phaseOf = (id: string): string => phases.get(id) ?? 'discovered';
  const sideOfService = ({ id }: MigratingService): Side => sideOf(phaseOf(id));
  const { namespace } = options;
  const shown = namespace === undefined ? all : all.filter((service) => service.namespace === namespace);
  const grouped = namespace === undefined && shown.length > mostNodes;
  const { calls, counts } = connectionsOf(graph);
  const boxes = grouped
    ? boxesOfNamespaces(shown, sideOfService, phaseOf)
    : shown.map((service): Box => {
        const { id } = service;
        return { side: sideOfService(service), name: id, detail: phaseOf(id), members: [id] };
      });
  const nodes = fit(boxes, counts, grouped ? 'namespaces' : 'services', phaseOf).map(
    (box, index): Node => ({ ...box, id: `n${index}` }),
  );
  const nodeOf = new Map(nodes.flatMap((node) => node.members.map((id) => [id, node])));
  const edges = new Map<string, Edge>();
  const join = (from: Place, to: Place, isClosed = false): void => {
    if (from.id !== to.id) edges.set(`${from.id} ${to.id}`, { from, to, isClosed });
  };
  const wayOf = new Map((options.ways ?? []).map((way) => [`${way.gateway ? '' : way.from}\n${way.to}`, way]));
  const stations = new Set<Place>();
  for (const { key, source, target } of calls) {
    const to = nodeOf.get(target);
    const from = source === '' ? (to?.side === 'kong' ? kongGateway : ingress) : nodeOf.get(source);
    if (from === undefined || to === undefined || from === to) continue;
    const kind = wayOf.get(key)?.kind;
    if (kind === 'kong-gateway' && from !== kongGateway) {
      join(from, kongGateway);
      join(kongGateway, to);
    } else if (kind === 'external-service') {
      for (const station of [zoneEgress, fromKong]) stations.add(station);
      join(from, zoneEgress);
      join(zoneEgress, fromKong);
      join(fromKong, to);
    } else join(from, to, kind === 'closed');
  }
  const drawing: Drawing = {
    stations: [ingress, fromKong, kongGateway, zoneEgress].filter(
      (station) => station === ingress || station === kongGateway || stations.has(station),
    ),
    nodes,
    edges: edges.size > mostEdges ? crossingFirst([...edges.values()]).slice(0, mostEdges) : [...edges.values()],
    hasGateway: estate.istio.some(({ kind, group: api }) => kind === 'Gateway' && api === 'networking.istio.io'),
  };
  const connected = new Set([...edges.values()].flatMap(({ from, to }) => [from.id, to.id]));
  const closed = [...edges.values()].filter(({ isClosed }) => isClosed).length;
  const bySide = (side: Side): string =>
    shown.filter((service) => sideOfService(service) === side).length.toLocaleString('en');
  const byNamespace = Map.groupBy(all, (service) => service.namespace);
  const sentences = [
    `${shown.length.toLocaleString('en')} ${shown.length === 1 ? 'service' : 'services'}${namespace === undefined ? '' : ` of the namespace ${namespace}`}: ${bySide('istio')} in Istio, ${bySide('bridge')} joined to both meshes by the bridge, ${bySide('kong')} in Kong Mesh.`,
    ...(grouped ? ['Each box holds the services of one namespace.'] : []),
    ...(boxes.length > mostNodes
      ? [
          `The ${grouped ? 'namespaces' : 'services'} with the fewest connections stand in one box for each side${grouped ? '; choose a namespace to see its services' : ''}.`,
        ]
      : []),
    ...(closed === 0
      ? []
      : [`${closed.toLocaleString('en')} ${closed === 1 ? 'call has' : 'calls have'} no way between the meshes.`]),
    `${edges.size.toLocaleString('en')} ${edges.size === 1 ? 'connection is' : 'connections are'} known from the manifests${edges.size > mostEdges ? `; ${mostEdges} are drawn, those first that cross` : ''}.`,
  ];
  return {
    drawing,
    mermaid: toMermaid(drawing, connected),
    grouped,
    description: sentences.join(' '),
    namespaces: [...byNamespace].map(([name, members]) => ({
      namespace: name,
      services: members.length,
      phases: countPhases(members.map(({ id }) => phaseOf(id))),
    })),
  };
}

/** The architecture as Mermaid text and in words, as `drawBridge` draws it. */
export function bridgeDiagram(
  estate: Estate,
  phases: ReadonlyMap<string, string>,
  options: DrawingOptions,
): BridgeDiagram {
  const { drawing: _, ...diagram } = drawBridge(estate, phases, options);
  return diagram;
}
