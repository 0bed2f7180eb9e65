import type { Estate } from '@isthmus/istio';
import { isList, isMap, type Resource } from '@isthmus/kubernetes';
import { destinationsOf, findServices, type MigratingService, servicesOf } from './services.ts';

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

type Side = 'istio' | 'bridge' | 'kong';

const mostNodes = 60;

/** The side where a service of a phase stands; one whose phase is not known has not moved. */
function sideOf(phase: string): Side {
  if (phase === 'bridged' || phase === 'shifting') return 'bridge';
  return phase === 'migrated' || phase === 'retired' ? 'kong' : 'istio';
}

/** Text within quotes of a Mermaid label: all that could end it or mean something becomes a character reference. */
function label(text: string): string {
  return text.replace(/[^A-Za-z0-9 .,:/()_-]/gu, (character) => `#${character.codePointAt(0)};`);
}

interface Node {
  readonly id: string;
  readonly text: string;
  readonly side: Side;
}

function hostsOf(resource: Resource): string[] {
  const spec = resource.object.spec;
  return isMap(spec) && isList(spec.hosts) ? spec.hosts.filter((host) => typeof host === 'string') : [];
}

function isBoundToGateway(resource: Resource): boolean {
  const spec = resource.object.spec;
  return isMap(spec) && isList(spec.gateways) && spec.gateways.some((gateway) => gateway !== 'mesh');
}

/** Calls that VirtualServices show: from a gateway (`''`) or from a service to another; as `from\nto` of ids. */
function evidence(estate: Estate, services: readonly MigratingService[], clusterDomain: string): Set<string> {
  const finder = findServices(estate, services, clusterDomain);
  const edges = new Set<string>();
  for (const resource of estate.istio) {
    if (resource.kind !== 'VirtualService') continue;
    const namespace = resource.namespace === '' ? 'default' : resource.namespace;
    const targets = destinationsOf(resource).flatMap((host) => finder.named(host, namespace));
    if (isBoundToGateway(resource)) for (const target of targets) edges.add(`\n${target}`);
    for (const source of hostsOf(resource).flatMap((host) => finder.named(host, namespace)))
      for (const target of targets) if (source !== target) edges.add(`${source}\n${target}`);
  }
  return edges;
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

/** One node for each namespace and side where it has services. */
function group(
  services: readonly MigratingService[],
  side: (service: MigratingService) => Side,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const service of services) {
    const key = `${side(service)}\n${service.namespace}`;
    groups.set(key, [...(groups.get(key) ?? []), service.id]);
  }
  return groups;
}

/**
 * Draws both meshes, their gateways and the services on the side where they stand, as a Mermaid flowchart. Names are text
 * whatever they hold; the same estate and phases give the same text.
 * @param phases by service id; a service that is not in it is `discovered`
 * @param options.namespace draws only the services of one namespace
 */
export function bridgeDiagram(
  estate: Estate,
  phases: ReadonlyMap<string, string>,
  options: { namespace?: string | undefined; clusterDomain: string },
): BridgeDiagram {
  const all = servicesOf(estate);
  const phaseOf = ({ id }: MigratingService): string => phases.get(id) ?? 'discovered';
  const sideOfService = (service: MigratingService): Side => sideOf(phaseOf(service));
  const shown = options.namespace === undefined ? all : all.filter(({ namespace }) => namespace === options.namespace);
  const grouped = shown.length > mostNodes;
  const nodes: Node[] = [];
  const nodeOf = new Map<string, Node>();
  if (grouped) {
    for (const [key, ids] of [...group(shown, sideOfService)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const [side, namespace = ''] = key.split('\n') as [Side, string];
      const inside = countPhases(ids.map((id) => phases.get(id) ?? 'discovered'));
      const node = { id: `n${nodes.length}`, side, text: `${label(namespace)}<br/>${label(listed(inside))}` };
      nodes.push(node);
      for (const id of ids) nodeOf.set(id, node);
    }
  } else {
    for (const service of shown) {
      const text = `${label(service.id)}<br/>${label(phaseOf(service))}`;
      const node = { id: `n${nodes.length}`, side: sideOfService(service), text };
      nodes.push(node);
      nodeOf.set(service.id, node);
    }
  }
  const hasGateway = estate.istio.some(({ kind, group: api }) => kind === 'Gateway' && api === 'networking.istio.io');
  const edges = new Set<string>();
  for (const edge of evidence(estate, all, options.clusterDomain)) {
    const [from = '', to = ''] = edge.split('\n');
    const target = nodeOf.get(to);
    if (target === undefined) continue;
    if (from === '') {
      edges.add(`${target.side === 'kong' ? 'kongGateway' : 'ingress'} --> ${target.id}`);
      continue;
    }
    const source = nodeOf.get(from);
    if (source !== undefined && source !== target) edges.add(`${source.id} --> ${target.id}`);
  }
  const body = (side: Side): string[] =>
    nodes.filter((node) => node.side === side).map(({ id, text }) => `    ${id}["${text}"]:::${side}`);
  const lines = [
    'flowchart LR',
    '  clients(["Clients"])',
    '  subgraph istioSide["Istio"]',
    '    ingress["Istio ingress gateway"]',
    ...body('istio'),
    '  end',
    '  subgraph bridgeSide["Bridge: joined to both"]',
    '    bridge{{"Bridge"}}',
    ...body('bridge'),
    '  end',
    '  subgraph kongSide["Kong Mesh"]',
    '    kongGateway["Kong Gateway"]',
    ...body('kong'),
    '  end',
    ...(hasGateway ? ['  clients --> ingress'] : []),
    '  clients --> kongGateway',
    '  istioSide <--> bridge',
    '  bridge <--> kongSide',
    ...[...edges].sort().map((edge) => `  ${edge}`),
    '  classDef istio stroke-dasharray:0',
    '  classDef bridge stroke-dasharray:4 2',
    '  classDef kong stroke-width:2px',
  ];
  const bySide = (side: Side): number => shown.filter((service) => sideOfService(service) === side).length;
  const byNamespace = new Map<string, MigratingService[]>();
  for (const service of all) {
    const others = byNamespace.get(service.namespace);
    if (others === undefined) byNamespace.set(service.namespace, [service]);
    else others.push(service);
  }
  return {
    mermaid: `${lines.join('\n')}\n`,
    grouped,
    description: `${shown.length} services${options.namespace === undefined ? '' : ` of the namespace ${options.namespace}`}: ${bySide('istio')} in Istio, ${bySide('bridge')} joined to both meshes by the bridge, ${bySide('kong')} in Kong Mesh. ${edges.size} connections are known from VirtualServices.`,
    namespaces: [...byNamespace].map(([namespace, members]) => ({
      namespace,
      services: members.length,
      phases: countPhases(members.map(phaseOf)),
    })),
  };
}
