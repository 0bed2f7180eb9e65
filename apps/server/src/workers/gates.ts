import type { Gate, Phase, ServiceGates, Settings } from '@isthmus/contract';
import { createAccessJudge, createPhaseJudge, verifyAccess, verifyPhase } from '@isthmus/equivalence';
import {
  againstAccess,
  againstPhase,
  callersInIstio,
  callsBetweenClusters,
  closedWays,
  type GateEvidence,
  type GateFacts,
  gateOf,
  hasShares,
  missingTrust,
  phaseCase,
  phaseOrder,
  progressWith,
  rulesAcross,
  sentenceOfGate,
  waitingFor,
} from '@isthmus/migration';
import type { ApprovalRecord, ServiceState } from '@isthmus/store';
import type { PlanBasis } from '../plan-record.ts';
import type { Acceptances } from './acceptances.ts';
import { acceptanceOf } from './acceptances.ts';
import { serviceBehaviour } from './behaviour.ts';
import { type BridgePart, bridgeOf, bridgePartsOf, recordedProgress } from './bridge.ts';
import { blockingChecks } from './checks.ts';
import { clustersOf } from './one-cluster.ts';
import { keyOf, type Translated } from './snapshot.ts';

/** What people decided and recorded. */
export interface GateContext {
  readonly states: readonly ServiceState[];
  readonly accepted: Settings['accepted'];
  readonly acceptances: Acceptances;
  readonly approvals: readonly ApprovalRecord[];
  readonly basis: PlanBasis;
}

const lastAccess = new WeakMap<Translated, readonly ReturnType<typeof createAccessJudge>[]>();
const phaseAccess = new WeakMap<object, Map<string, ReturnType<typeof createPhaseJudge>>>();

/** What speaks against access once everything has moved, of workloads that a service sends to. */
function access(snapshot: Translated, service: string, accepted: Settings['accepted']): GateEvidence[] {
  const judges =
    lastAccess.get(snapshot) ??
    clustersOf(snapshot).map(({ snapshot: { translation } }) => {
      const { estate, emitted, settings, diagnostics } = translation;
      return createAccessJudge({ estate, emitted, settings, findings: diagnostics });
    });
  lastAccess.set(snapshot, judges);
  return againstAccess(judges.flatMap((judge) => [...verifyAccess(judge, [service], accepted)]));
}

/** Evidence of the clusters that hold a service, with the cluster where there are several. */
function inEach(
  snapshot: Translated,
  service: string,
  basis: PlanBasis,
  of: (part: BridgePart) => readonly GateEvidence[],
): GateEvidence[] {
  return bridgePartsOf(snapshot, basis).flatMap((part) => {
    const { cluster, facts } = part;
    if (!facts.services.has(service)) return [];
    return of(part).map((one) => (cluster === undefined ? one : { ...one, text: `In ${cluster}: ${one.text}` }));
  });
}

/** The same in a phase, with the bridge as it is planned. */
function accessIn({ facts, snapshot }: BridgePart, service: string, phase: Phase): GateEvidence[] {
  const judges = phaseAccess.get(facts) ?? new Map<string, ReturnType<typeof createPhaseJudge>>();
  phaseAccess.set(facts, judges);
  const judge = judges.get(phase) ?? createPhaseJudge(phaseCase(facts, phase, snapshot.translation.settings));
  judges.set(phase, judge);
  return againstPhase([...verifyPhase(judge, [service])], service, facts);
}

/** Calls between clusters, which are compared each by itself; nothing where there is one. */
function betweenClusters(snapshot: Translated, service: string, basis: PlanBasis): Pick<GateFacts, 'betweenClusters'> {
  const clusters = bridgePartsOf(snapshot, basis).flatMap(({ cluster, facts }) =>
    cluster === undefined ? [] : [{ name: cluster, facts }],
  );
  if (clusters.length === 0) return {};
  const { complete } = snapshot.translation.settings;
  return { betweenClusters: callsBetweenClusters(bridgeOf(snapshot, basis).facts, clusters, service, complete) };
}

/** What is recorded, by service: a change may be of thousands. */
interface Recorded {
  readonly stateOf: ReadonlyMap<string, ServiceState>;
  readonly progressOf: ReturnType<typeof recordedProgress>;
}

const recordedIn = ({ states }: GateContext): Recorded => ({
  stateOf: new Map(states.map((state) => [state.service, state])),
  progressOf: recordedProgress(states),
});

/** Facts about a service, each looked up where the gate asks for it. */
function factsOf(
  snapshot: Translated,
  service: string,
  to: Phase,
  context: GateContext,
  { stateOf, progressOf: recorded }: Recorded,
): GateFacts {
  const { accepted, acceptances, approvals, basis } = context;
  const { estate } = snapshot.translation;
  const { facts, waves } = bridgeOf(snapshot, basis);
  const state = stateOf.get(service);
  const own = facts.services.get(service);
  const then = progressWith(recorded, service, to, state?.share ?? 0);
  const resources = (snapshot.concerns.get(service) ?? []).flatMap((index) => estate.istio[index] ?? []);
  const nameOf = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string =>
    `${kind} ${namespace === '' ? 'default' : namespace}/${name}`;
  return {
    service,
    from: (state?.phase ?? 'discovered') as Phase,
    get untranslated() {
      return resources.flatMap((resource) =>
        (snapshot.entryOf.get(resource)?.fields ?? []).flatMap(({ outcome, path }) =>
          outcome === 'untranslated' ? [{ text: `${nameOf(resource)} ${path}` }] : [],
        ),
      );
    },
    get blockers() {
      const about = new Set(resources.map((resource) => keyOf(resource, resource.source.file)));
      return snapshot.diagnostics.flatMap((diagnostic) => {
        const { severity, resource, file, code, message } = diagnostic;
        if (severity !== 'blocker' || resource === undefined || !about.has(keyOf(resource, file))) return [];
        return acceptanceOf(diagnostic, acceptances) === undefined
          ? [{ text: `${nameOf(resource)}: ${message}`, code }]
          : [];
      });
    },
    get checks() {
      return blockingChecks(snapshot, service);
    },
    get verdicts() {
      const { verdicts = [] } = serviceBehaviour(snapshot, accepted, { service }) ?? {};
      return verdicts.flatMap((row) =>
        row.verdict === 'same' || row.accepted !== undefined
          ? []
          : [{ text: `Port ${row.port}, ${row.aspect}, ${row.clients}: ${row.sentence.replaceAll('`', '')}` }],
      );
    },
    get access() {
      return access(snapshot, service, accepted);
    },
    get accessInPhase() {
      return inEach(snapshot, service, basis, (part) => accessIn(part, service, to));
    },
    ...betweenClusters(snapshot, service, basis),
    get order() {
      return waitingFor(facts, service, recorded, waves, basis.settings.order);
    },
    get ways() {
      return inEach(snapshot, service, basis, (part) => closedWays(part.facts, service, then));
    },
    get rulesAcross() {
      return inEach(snapshot, service, basis, (part) => rulesAcross(part.facts, service, then));
    },
    get trust() {
      const found = bridgePartsOf(snapshot, basis).flatMap(({ facts: { services }, facts: cluster }) => {
        const there = services.get(service);
        return there === undefined ? [] : missingTrust(cluster, there, basis.roots, basis.now);
      });
      // The certificates are the same for all clusters.
      return [...new Map(found.map((one) => [one.text, one])).values()];
    },
    approvals: {
      needed: basis.settings.approvals,
      given: approvals
        .filter((one) => one.service === service)
        .map(({ by, at, note }) => ({ text: `${by}, ${at}${note === '' ? '' : `: ${note}`}` })),
    },
    share: own === undefined || hasShares(own, facts) ? (state?.share ?? 0) : undefined,
    get callers() {
      return callersInIstio(facts, service, recorded);
    },
  };
}

function present(snapshot: Translated, service: string, to: Phase, context: GateContext, recorded: Recorded): Gate {
  const gate = gateOf(to, factsOf(snapshot, service, to, context, recorded));
  return {
    ...gate,
    sentence: sentenceOfGate(gate),
    conditions: gate.conditions.map((condition) => ({ ...condition, evidence: [...condition.evidence] })),
  };
}

/** The gates that services would pass; services that the snapshot does not hold are left out. */
export function gates(
  snapshot: Translated,
  services: readonly string[],
  to: Phase,
  context: GateContext,
): { gates: Gate[] } {
  const ids = new Set(snapshot.services.map(({ id }) => id));
  const recorded = recordedIn(context);
  return {
    gates: services.flatMap((service) => (ids.has(service) ? [present(snapshot, service, to, context, recorded)] : [])),
  };
}

/** The gates in front of a service; undefined where the snapshot has no such service. */
export function serviceGates(snapshot: Translated, service: string, context: GateContext): ServiceGates | undefined {
  if (!snapshot.services.some(({ id }) => id === service)) return undefined;
  const { approvals, basis } = context;
  const recorded = recordedIn(context);
  const phase = (recorded.stateOf.get(service)?.phase ?? 'discovered') as Phase;
  const reached = phase === 'rolled-back' ? phaseOrder.indexOf('reviewed') : phaseOrder.indexOf(phase);
  const ahead = phaseOrder.slice(reached + 1);
  return {
    service,
    phase,
    next: ahead[0] ?? null,
    gates: ahead.map((to) => present(snapshot, service, to, context, recorded)),
    approvals: approvals.filter((one) => one.service === service).map(({ by, at, note }) => ({ by, at, note })),
    approvalsNeeded: basis.settings.approvals,
    wave: bridgeOf(snapshot, basis).waves.get(service) ?? null,
  };
}
