import type {
  AccessBridge,
  AccessPhase,
  AccessQuery,
  AccessRow,
  AccessView,
  LinkedRule,
  WorkloadAccess,
  WorkloadAccessQuery,
} from '@isthmus/contract';
import {
  type Acceptance,
  type AccessJudge,
  createAccessJudge,
  createPhaseJudge,
  type LeftOut,
  type PhaseJudge,
  phaseRowsOf,
  rowsOf,
  verifyAccess,
  withAccessAcceptances,
} from '@isthmus/equivalence';
import { type AccessTally, answerOf, type AccessRow as Row, tallyAccess } from '@isthmus/equivalence/tallies';
import { progressOfPhase, stateCase, workloadCalls } from '@isthmus/migration';
import type { ServiceState } from '@isthmus/store';
import type { PlanBasis } from '../plan-record.ts';
import { linkOf } from './behaviour.ts';
import { bridgeFactsOf, recordedProgress } from './bridge.ts';
import { cell } from './csv.ts';
import { stopIfLeft } from './left.ts';
import { choiceOf, chosenClusters, clustersOf, type OneCluster } from './one-cluster.ts';
import { graphOf } from './plan.ts';
import type { Translated } from './snapshot.ts';

type Server = AccessJudge['servers'][number];

/** What people decided and recorded about a migration. */
export interface Decisions {
  readonly basis: PlanBasis;
  readonly states: readonly ServiceState[];
  readonly accepted: readonly Acceptance[];
}

/** A workload that may be called, with the cluster that it is of where the snapshot holds several. */
interface Called {
  readonly server: Server;
  readonly cluster: string | undefined;
  readonly link: ReturnType<typeof linkOf>;
  rowsOf(most?: number): Row[];
}

/** What of a state of the migration is known; grows with every request until all workloads are compared. */
interface Known {
  readonly called: readonly Called[];
  readonly leftOut: readonly LeftOut[];
  /** Of the workloads compared so far, in their order. */
  readonly compared: (readonly Row[])[];
  /** As they are shown with what is accepted. */
  shown: { readonly accepted: string; readonly rows: AccessRow[]; compared: number; tally: AccessTally };
  /** The traffic that was observed when it was made, which tells who calls in plaintext. */
  readonly observed: string;
}

const known = new WeakMap<Translated, Map<string, Known>>();

// Long enough to get on, short enough that other views of the snapshot need not wait.
const sliceOf = 400;
const mostNames = 20;
// Of the states that are not the last, which people look at one after the other.
const mostPhases = 3;

const nothingShown = (accepted: string): Known['shown'] => ({
  accepted,
  rows: [],
  compared: 0,
  tally: tallyAccess([]),
});

/** The judge of a state before the last: as the plan has the bridge where calls cross by gateways, else from Pod to Pod. */
function phaseJudgeOf(
  snapshot: Translated,
  phase: AccessPhase,
  bridge: AccessBridge | undefined,
  { states, basis }: Decisions,
): PhaseJudge {
  const { estate, emitted, settings } = snapshot.translation;
  const phases = new Map(states.map(({ service, phase: own }) => [service, own]));
  const isRecorded = phase === 'recorded';
  const state = {
    phaseOf: isRecorded ? (service: string) => phases.get(service) ?? 'discovered' : () => phase,
    callers: isRecorded ? ('recorded' as const) : ('anywhere' as const),
  };
  if (bridge !== 'gateways')
    return createPhaseJudge({
      estate,
      emitted,
      settings,
      calls: workloadCalls(estate, graphOf(snapshot, basis), settings),
      ...state,
      bridge: { toKong: 'direct', toIstio: 'direct' },
    });
  const facts = bridgeFactsOf(snapshot, { ...basis, settings: { ...basis.settings, topology: 'separate-clusters' } });
  const progressOf = isRecorded ? recordedProgress(states) : () => progressOfPhase(phase, 50);
  return createPhaseJudge(stateCase(facts, { ...state, progressOf }, settings));
}

/** One cluster by itself: calls that come from another are not compared. */
function createOne(
  whole: Translated,
  part: OneCluster,
  { phase, bridge }: WorkloadAccessQuery,
  decisions: Decisions,
): Pick<Known, 'called' | 'leftOut'> {
  const link = linkOf(whole, part);
  const cluster = part.zone?.cluster;
  const judged = (
    { servers, leftOut }: Pick<AccessJudge, 'servers' | 'leftOut'>,
    compare: (server: Server, most?: number) => Row[],
  ): Pick<Known, 'called' | 'leftOut'> => ({
    called: servers.map((server) => ({ server, cluster, link, rowsOf: (most?: number) => compare(server, most) })),
    leftOut: leftOut.map((one) =>
      cluster === undefined ? one : { ...one, workload: `${one.workload} of cluster ${cluster}` },
    ),
  });
  if (phase !== undefined) {
    const judge = phaseJudgeOf(part.snapshot, phase, bridge, decisions);
    return judged(judge, (server, most) => phaseRowsOf(judge.compare(server), judge.plaintextClients(server), most));
  }
  const { estate, emitted, settings, diagnostics } = part.snapshot.translation;
  const calls = workloadCalls(estate, graphOf(part.snapshot, decisions.basis), settings);
  const judge = createAccessJudge({ estate, emitted, settings, findings: diagnostics, calls });
  return judged(judge, (server, most) => rowsOf(judge.compare(server), judge.plaintextClients(server), most));
}

function create(snapshot: Translated, query: WorkloadAccessQuery, decisions: Decisions): Known {
  const parts = chosenClusters(snapshot, query.cluster).map((part) => createOne(snapshot, part, query, decisions));
  return {
    called: parts.flatMap(({ called }) => called),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
    compared: [],
    shown: nothingShown('[]'),
    observed: JSON.stringify(decisions.basis.observed),
  };
}

function knownOf(snapshot: Translated, query: WorkloadAccessQuery, decisions: Decisions): Known {
  const { cluster = '', phase = '', bridge = 'direct' } = query;
  const { states, basis } = decisions;
  const recorded = phase === 'recorded' ? states.map((state) => `${state.service} ${state.phase}`).sort() : [];
  const { domain, gatewayNamespace, widened } = basis.settings;
  const planned = bridge === 'gateways' ? [JSON.stringify([domain, gatewayNamespace, widened])] : [];
  const key = phase + cluster === '' ? '' : [cluster, phase, bridge, ...planned, ...recorded].join('\n');
  const all = known.get(snapshot) ?? new Map<string, Known>();
  known.set(snapshot, all);
  const before = all.get(key);
  const isCurrent = before?.observed === JSON.stringify(basis.observed);
  const value = before !== undefined && isCurrent ? before : create(snapshot, query, decisions);
  all.delete(key);
  all.set(key, value);
  for (const oldest of all.keys()) if (all.size > mostPhases + 1 && oldest !== '') all.delete(oldest);
  return value;
}

const placeOf = ({ server: { namespace, name } }: Called): string => `${namespace}/${name}`;

function present(row: Row, index: number, { server, cluster, link }: Called): AccessRow {
  const { rules, callers, predictedBy, ...rest } = row;
  const linked = (all: readonly Parameters<Called['link']>[0][]): LinkedRule[] => all.map(link);
  return {
    ...rest,
    id: `${row.workload}:${row.port}:${index}${cluster === undefined ? '' : `:${cluster}`}`,
    ...(cluster === undefined ? {} : { cluster }),
    ...(server.serviceAccount === undefined ? {} : { account: server.serviceAccount }),
    services: server.services.map((name) => `${server.namespace}/${name}`),
    callers: [...callers],
    ...(rules === undefined ? {} : { rules: { before: linked(rules.before), after: linked(rules.after) } }),
    ...(predictedBy === undefined ? {} : { predictedBy: [...predictedBy] }),
  };
}

const shownOf = (called: Called, rows: readonly Row[], accepted: readonly Acceptance[]): AccessRow[] =>
  withAccessAcceptances(rows, accepted).map((row, index) => present(row, index, called));

const added = (a: AccessTally, b: AccessTally): AccessTally => {
  const sum = (aspect: keyof AccessTally): AccessTally['access'] => ({
    same: a[aspect].same + b[aspect].same,
    narrower: a[aspect].narrower + b[aspect].narrower,
    wider: a[aspect].wider + b[aspect].wider,
    undecided: a[aspect].undecided + b[aspect].undecided,
    accepted: a[aspect].accepted + b[aspect].accepted,
  });
  return { access: sum('access'), transport: sum('transport') };
};

/** Brings the rows up to what is compared and accepted. */
function show(of: Known, accepted: readonly Acceptance[]): Known['shown'] {
  const key = JSON.stringify(accepted);
  if (of.shown.accepted !== key) of.shown = nothingShown(key);
  const { shown } = of;
  for (; shown.compared < of.compared.length; shown.compared++) {
    const rows = shownOf(of.called[shown.compared] as Called, of.compared[shown.compared] ?? [], accepted);
    shown.rows.push(...rows);
    shown.tally = added(shown.tally, tallyAccess(rows));
  }
  return shown;
}

function meets(row: AccessRow, { verdict, aspect, namespace }: AccessQuery): boolean {
  if (namespace !== undefined && !row.workload.startsWith(`${namespace}/`)) return false;
  if (aspect !== undefined && row.aspect !== aspect) return false;
  return verdict === undefined || verdict.split(',').includes(row.verdict);
}

/** What is accepted is accepted of the last state: gates of phases have approvals of their own. */
const acceptedOf = ({ phase }: WorkloadAccessQuery, { accepted }: Decisions): readonly Acceptance[] =>
  phase === undefined ? accepted : [];

/** Compares some more workloads, and gives what is known by then. */
export function access(snapshot: Translated, query: AccessQuery, decisions: Decisions): AccessView {
  const of = knownOf(snapshot, query, decisions);
  const { called, leftOut, compared } = of;
  const end = performance.now() + sliceOf;
  while (compared.length < called.length && performance.now() < end)
    compared.push((called[compared.length] as Called).rowsOf(mostNames));
  const shown = show(of, acceptedOf(query, decisions));
  const rows = shown.rows.filter((row) => meets(row, query));
  return {
    complete: compared.length === called.length,
    compared: compared.length,
    workloads: called.length,
    clusters: choiceOf(snapshot),
    answer: answerOf(shown.tally),
    tally: shown.tally,
    leftOut: [...Map.groupBy(leftOut, ({ reason }) => reason)].map(([reason, all]) => ({
      reason,
      count: all.length,
      workloads: all.slice(0, mostNames).map(({ workload }) => workload),
    })),
    rows: rows.slice(query.from ?? 0),
    next: rows.length,
  };
}

/** The verdicts on one workload with every caller; undefined where there is no such workload. */
export function workloadAccess(
  snapshot: Translated,
  query: WorkloadAccessQuery & { readonly workload: string },
  decisions: Decisions,
): WorkloadAccess | undefined {
  const of = knownOf(snapshot, query, decisions);
  const { workload } = query;
  const called = of.called.filter((one) => placeOf(one) === workload);
  if (called.length === 0) return undefined;
  const accepted = acceptedOf(query, decisions);
  return { workload, rows: called.flatMap((one) => shownOf(one, one.rowsOf(), accepted)) };
}

/** The verdicts on all workloads, as the report has them. */
export function allAccess(snapshot: Translated, accepted: readonly Acceptance[]): Row[] {
  return clustersOf(snapshot).flatMap(({ snapshot: { translation } }) => {
    const { estate, emitted, settings, diagnostics } = translation;
    const rows: Row[] = [];
    const judge = createAccessJudge({ estate, emitted, settings, findings: diagnostics });
    for (const row of verifyAccess(judge, undefined, accepted)) {
      stopIfLeft();
      rows.push(row);
    }
    return rows;
  });
}

const heads = [
  'aspect',
  'caller',
  'bridge',
  'workload',
  'cluster',
  'port',
  'before',
  'after',
  'verdict',
  'request',
  'reason',
  'way',
  'foretold by',
  'accepted',
];

/** The matrix as lines of comma-separated values, a line for each caller and port; of what the query asks for. */
export function accessTable(snapshot: Translated, query: AccessQuery, decisions: Decisions): Uint8Array {
  const of = knownOf(snapshot, query, decisions);
  const accepted = acceptedOf(query, decisions);
  const lines = [heads.join(',')];
  for (const called of of.called)
    for (const row of shownOf(called, called.rowsOf(), accepted)) {
      if (!meets(row, query)) continue;
      const { aspect, callers, bridge, workload, port, before, after, verdict, request = '', reason = '' } = row;
      const { cluster = '', way = '', predictedBy = [], accepted: why = '' } = row;
      for (const caller of aspect === 'transport' ? [''] : callers) {
        const values = [
          aspect,
          caller.replaceAll('`', ''),
          bridge ? 'yes' : '',
          workload,
          cluster,
          port === 0 ? 'any other' : port,
          before,
          after,
          verdict,
          request.replaceAll('`', ''),
          reason,
          way.replaceAll('`', ''),
          predictedBy.join(' '),
          why,
        ];
        lines.push(values.map(cell).join(','));
      }
    }
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n`);
}
