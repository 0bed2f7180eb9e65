import type { Crossing, PhaseCase } from '@isthmus/equivalence';
import type { AccessRow } from '@isthmus/equivalence/tallies';
import { isMap, type JsonObject, type Resource } from '@isthmus/kubernetes';
import { type Validity, validityOf } from '../bridge/certificates.ts';
import { type BridgedService, type BridgeFacts, demandsMtls } from '../bridge/facts.ts';
import {
  bridgeNamespace,
  closedIntoIstio,
  isReachedDirectly,
  serverNames,
  waysIntoIstio,
} from '../bridge/into-istio.ts';
import { closedIntoKong, intoKong, strictWhileBridging } from '../bridge/into-kong.ts';
import { bridgeLabel } from '../bridge/object.ts';
import { hasPodsInIstio, type Progress, type ProgressOf, progressOfPhase } from '../bridge/progress.ts';
import type { WaveOf } from '../bridge/stages.ts';
import { callsWithoutWay, crossingWays, otherRules, type Way } from '../bridge/way.ts';
import { workloadCalls } from '../graph/workload-calls.ts';
import type { Order } from '../waves/settings.ts';
import type { GateEvidence, Phase } from './gate.ts';

/** The account that Kong's charts give its gateway. */
const kongGateway = 'kong-gateway';

/** How far services have come as their phases say, but for one that is taken to be in another. */
export function progressWith(recorded: ProgressOf, service: string, phase: Phase, share: number): ProgressOf {
  const own = progressOfPhase(phase, share);
  return (id) => (id === service ? own : recorded(id));
}

/** What is to be said of the calls of a service, and of those to it, that cross between the meshes in a phase. */
function ofCrossing(
  facts: BridgeFacts,
  service: string,
  progressOf: ProgressOf,
  of: (way: Way) => readonly string[],
): GateEvidence[] {
  const calls = [...(facts.callsTo.get(service) ?? []), ...(facts.callsFrom.get(service) ?? [])];
  return crossingWays(facts, progressOf, calls).flatMap((way) => {
    const { from, to } = way;
    return of(way).map((text) => ({ text: `${from} → ${to}: ${text}`, service: from === service ? to : from }));
  });
}

/** Calls of a service, and to it, that would have no way across in a phase, or none for some of their ports. */
export const closedWays = (facts: BridgeFacts, service: string, progressOf: ProgressOf): GateEvidence[] =>
  ofCrossing(facts, service, progressOf, (way) =>
    way.kind === 'closed' ? [way.reason ?? ''] : callsWithoutWay(way, facts, progressOf),
  );

/** Calls of a service, and to it, that meet other rules across the meshes than within Istio, which nobody compares. */
export const rulesAcross = (facts: BridgeFacts, service: string, progressOf: ProgressOf): GateEvidence[] =>
  ofCrossing(facts, service, progressOf, (way) => otherRules(way, facts));

/** Services that are to move before a service and have not: those of its likely calls, in an earlier wave. */
export function waitingFor(
  facts: BridgeFacts,
  service: string,
  progressOf: ProgressOf,
  waves: WaveOf,
  order: Order,
): GateEvidence[] {
  const own = waves.get(service);
  const others =
    order === 'callees-first'
      ? (facts.callsFrom.get(service) ?? []).map(({ to }) => to)
      : (facts.callsTo.get(service) ?? []).flatMap(({ from, gateway }) => (gateway ? [] : [from]));
  return [...new Set(others)].flatMap((id) => {
    const wave = waves.get(id);
    if (id === service || own === undefined || wave === undefined || wave >= own) return [];
    return hasPodsInIstio(progressOf(id)) ? [{ text: `${id} of wave ${wave} has not moved.`, service: id }] : [];
  });
}

/** Services in Istio that still call a service, and Gateways of Istio that lead to it. */
export function callersInIstio(facts: BridgeFacts, service: string, progressOf: ProgressOf): GateEvidence[] {
  return (facts.callsTo.get(service) ?? []).flatMap(({ from, gateway }) => {
    if (gateway) return [{ text: `Gateway ${from} of Istio leads to it.` }];
    return from !== service && hasPodsInIstio(progressOf(from)) ? [{ text: `${from} calls it.`, service: from }] : [];
  });
}

/** A root certificate as far as a gate looks at it. */
export interface KnownRoot {
  readonly subject: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

const objections: Readonly<Record<Exclude<Validity, 'valid' | 'expires-soon'>, string>> = {
  expired: 'has expired',
  'not-yet': 'is not valid yet',
};

/**
 * What is missing for both meshes to trust each other, where calls of a service need it: within a cluster, and where mTLS is demanded.
 * @param now ISO 8601
 */
export function missingTrust(
  facts: BridgeFacts,
  service: BridgedService,
  roots: { readonly istio: readonly KnownRoot[]; readonly kong: readonly KnownRoot[] },
  now: string,
): GateEvidence[] {
  if (facts.input.settings.topology !== 'same-cluster' || !demandsMtls(service)) return [];
  return (['istio', 'kong'] as const).flatMap((side): GateEvidence[] => {
    const name = side === 'istio' ? 'Istio' : 'Kong Mesh';
    if (roots[side].length === 0) return [{ text: `The root certificate of ${name} is not given.` }];
    const valid = roots[side].map((root) => ({ root, validity: validityOf(root, now) }));
    // One that is valid is enough: others may be on their way out or in.
    if (valid.some(({ validity }) => validity === 'valid' || validity === 'expires-soon')) return [];
    return valid.flatMap(({ root, validity }) =>
      validity === 'valid' || validity === 'expires-soon'
        ? []
        : [{ text: `The root certificate of ${name} (${root.subject}) ${objections[validity]}.` }],
    );
  });
}

function toResource(object: JsonObject): Resource {
  const metadata = isMap(object.metadata) ? object.metadata : {};
  const texts = (value: unknown): Record<string, string> =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]))
      : {};
  const apiVersion = String(object.apiVersion);
  return {
    apiVersion,
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind: String(object.kind),
    namespace: typeof metadata.namespace === 'string' ? metadata.namespace : '',
    name: String(metadata.name),
    labels: texts(metadata.labels),
    annotations: texts(metadata.annotations),
    object,
    source: { file: '', line: 1, document: 0 },
  };
}

const isBridge = ({ metadata }: JsonObject): boolean =>
  isMap(metadata) && isMap(metadata.labels) && metadata.labels[bridgeLabel] !== undefined;

/** How far services have come, as the judge of access asks. */
export interface PhaseState {
  readonly phaseOf: (service: string) => string;
  readonly progressOf: ProgressOf;
  readonly callers: PhaseCase['callers'];
}

/** The state in which every service is in one phase, with callers in both meshes, whatever the order of the waves. */
export function phaseCase(facts: BridgeFacts, phase: Phase, settings: PhaseCase['settings']): PhaseCase {
  const own: Progress = progressOfPhase(phase, 50);
  return stateCase(facts, { phaseOf: () => phase, progressOf: () => own, callers: 'anywhere' }, settings);
}

/** A state of the migration as the judge of access takes it, with all that the bridge applies in both meshes, and its own ways. */
export function stateCase(
  facts: BridgeFacts,
  { phaseOf, progressOf, callers }: PhaseState,
  settings: PhaseCase['settings'],
): PhaseCase {
  const { estate, emitted } = facts.input;
  const services = [...facts.services.values()];
  const objects = [
    ...strictWhileBridging(facts, services),
    ...intoKong(facts, progressOf, services),
    ...waysIntoIstio(services, facts),
  ];
  const added = objects.flatMap(({ object }) => (isBridge(object) ? [object] : []));
  return {
    estate,
    settings,
    emitted: [
      ...emitted,
      ...added
        .filter(({ apiVersion }) => String(apiVersion).startsWith('kuma.io/'))
        .map((object) => ({ role: 'resource', object }) as const),
    ],
    istio: added
      .filter(({ apiVersion }) => /^(?:networking|security)\.istio\.io\//.test(String(apiVersion)))
      .map(toResource),
    phaseOf,
    callers,
    calls: workloadCalls(estate, facts.input.graph, settings),
    bridge: (id) => {
      const service = facts.services.get(id);
      if (service === undefined) return { toKong: 'closed', toIstio: 'closed' };
      const { topology, gatewayNamespace } = facts.input.settings;
      const toKong: Crossing =
        topology === 'same-cluster'
          ? 'direct'
          : closedIntoKong(service, facts) === undefined
            ? { namespace: gatewayNamespace, account: kongGateway }
            : 'closed';
      const toIstio: Crossing = isReachedDirectly(service, facts)
        ? 'direct'
        : closedIntoIstio(service, facts) === undefined
          ? { namespace: bridgeNamespace, account: 'from-kong' }
          : 'closed';
      return { toKong, toIstio, areOwn: true, serverNames: (port) => serverNames(service, port, facts) };
    },
  };
}

const plain = (rows: readonly AccessRow[]): GateEvidence[] =>
  rows.map(({ sentence }) => ({ text: sentence.replaceAll('`', '') }));

const isAgainst = ({ verdict, accepted }: AccessRow): boolean =>
  (verdict === 'wider' || verdict === 'undecided') && accepted === undefined;

/** What stands against the last state among verdicts on access: what is wider, or could not be decided, and nobody accepted. */
export const againstAccess = (rows: readonly AccessRow[]): GateEvidence[] => plain(rows.filter(isAgainst));

/**
 * What stands against a phase among verdicts on access to a service. The gateway of the bridge may call as nobody but those whom the zone
 * egress let through to it, who are judged themselves; and what somebody decided for the ways through gateways is decided.
 */
export function againstPhase(rows: readonly AccessRow[], service: string, { input }: BridgeFacts): GateEvidence[] {
  const isDecided = input.settings.widened.some((one) => one.service === service);
  const isOwn = (caller: string): boolean =>
    caller.includes(`/ns/${bridgeNamespace}/sa/from-kong`) ||
    (isDecided && caller.includes(`/ns/${input.settings.gatewayNamespace}/sa/`));
  const isGateway = ({ callers }: AccessRow): boolean => callers.length > 0 && callers.every(isOwn);
  const isThrough = ({ way = '' }: AccessRow): boolean => isDecided && way.includes('by a gateway');
  // Within Istio its own policies stand as they were: the bridge adds permissions for its gateway only, beside others that allow,
  // so that what could not be decided there is what could not be decided before.
  const isAsBefore = ({ verdict, way }: AccessRow): boolean =>
    verdict === 'undecided' && (way === 'within Istio' || way === 'to its Pods in Istio');
  return plain(rows.filter((row) => isAgainst(row) && !isGateway(row) && !isThrough(row) && !isAsBefore(row)));
}
