import { type ClusterShape, shapeOf } from '@isthmus/istio';
import type { BridgeFacts } from '../bridge/facts.ts';
import { remembered } from '../bridge/remembered.ts';
import type { GateEvidence } from './gate.ts';

/** One cluster of an import by itself. */
export interface ClusterOfMesh {
  readonly name: string;
  readonly facts: BridgeFacts;
}

const inWords = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const holding = (clusters: readonly ClusterOfMesh[], service: string): ClusterOfMesh[] =>
  clusters.filter(({ facts }) => facts.services.has(service));

const namesOf = (clusters: readonly ClusterOfMesh[]): string => inWords(clusters.map(({ name }) => name));

/** Whether the control plane of one cluster may know the services of another, so that its proxies call them (edge.md 3.14). */
function isJoined(one: ClusterShape, other: ClusterShape): boolean {
  const reads = (a: ClusterShape, b: ClusterShape): boolean => a.reads.includes(b.name) || a.servedBy.includes(b.name);
  return one.isRemote || other.isRemote || reads(one, other) || reads(other, one);
}

/** The clusters that a cluster may share its services with: those that manifests join it to, or any where the import may lack these. */
function joinedTo(whole: BridgeFacts, clusters: readonly ClusterOfMesh[], complete: boolean) {
  const shapes = remembered(whole, 'shapes of clusters', () => {
    const { rootNamespace } = whole.input.names;
    return new Map(clusters.map(({ name, facts }) => [name, shapeOf(facts.input.estate, name, rootNamespace)]));
  });
  return ({ name }: ClusterOfMesh, other: ClusterOfMesh): boolean => {
    const [a, b] = [shapes.get(name), shapes.get(other.name)];
    return name !== other.name && (!complete || (a !== undefined && b !== undefined && isJoined(a, b)));
  };
}

/**
 * Calls of a service, and to it, that go or may go from one cluster to another. Clusters are compared each by itself, requests and
 * access alike, so that nobody compared these.
 * @param whole all clusters together
 * @param complete whether the import holds everything, remote secrets too
 */
export function callsBetweenClusters(
  whole: BridgeFacts,
  clusters: readonly ClusterOfMesh[],
  service: string,
  complete: boolean,
): GateEvidence[] {
  const joined = joinedTo(whole, clusters, complete);
  const own = holding(clusters, service);
  const shared = own.filter((one) => own.some((other) => joined(one, other)));
  const calls = [...(whole.callsTo.get(service) ?? []), ...(whole.callsFrom.get(service) ?? [])];
  const crossing = calls.flatMap(({ from, to, gateway }): GateEvidence[] => {
    const callees = holding(clusters, to);
    const callers = gateway
      ? clusters.filter(({ facts }) => facts.input.graph.entries.some((entry) => entry.from === from))
      : holding(clusters, from);
    const other = from === service ? to : from;
    const evidence = (text: string): GateEvidence[] => [gateway ? { text } : { text, service: other }];
    const who = gateway ? `Gateway ${from}` : from;
    // What no cluster holds both ends of crosses for sure.
    const isWithin = clusters.some(({ facts }) =>
      (facts.callsTo.get(to) ?? []).some((call) => call.from === from && call.gateway === gateway),
    );
    if (!isWithin && !callers.some((one) => callees.includes(one)))
      return evidence(
        `${who}${callers.length === 0 ? '' : ` of ${namesOf(callers)}`} calls ${to} of ${namesOf(callees)}, and no cluster holds both.`,
      );
    // Calls to the service itself are said once for all callers.
    if (to === service) return [];
    const far = callees.filter((callee) => own.some((one) => joined(one, callee)));
    return far.length === 0 ? [] : evidence(`${who} calls ${to}, which stands in ${namesOf(callees)}.`);
  });
  return shared.length === 0
    ? crossing
    : [{ text: `It stands in ${namesOf(shared)}, and proxies of each may call it in the others.` }, ...crossing];
}
