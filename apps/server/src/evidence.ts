import {
  enteringAgainst,
  evidenceOf,
  type LiveState,
  type PolicyCounts,
  type ServiceRow,
} from '@isthmus/cluster/model';
import type { EvidenceList, Gate, Service } from '@isthmus/contract';
import type { MigrationRecord } from '@isthmus/store';
import { type Context, firstPhase } from './context.ts';
import { inputsOf } from './override-record.ts';
import { Refusal } from './problem.ts';
import type { Shown } from './workers/cluster.ts';
import type { Comparison } from './workers/comparison.ts';
import type { ViewTask } from './workers/views.ts';

type Sources = Pick<Context, 'store' | 'clusters' | 'views'>;

/** The clusters of a migration as they stand now; the first look at one begins to read it. */
export async function shownClusters({ store, clusters }: Sources, migration: string): Promise<Shown[]> {
  const records = await store.clusters.list(migration);
  return Promise.all(
    records.map((record) =>
      clusters.shown(migration, record).catch((error: unknown): Shown => {
        if (!(error instanceof Refusal)) throw error;
        const cluster = { name: record.name, prints: [], unread: ['*'], applied: [] };
        return { state: 'failed', problem: error.message, cluster, services: [] };
      }),
    ),
  );
}

/** A view of a snapshot that the server goes on with. */
export async function compute<Value>(
  { store, views }: Sources,
  migration: MigrationRecord,
  snapshot: string,
  view: ViewTask['view'],
): Promise<Value> {
  const bytes = await views.render(snapshot, await inputsOf(store, migration), [], view);
  return JSON.parse(bytes.toString()) as Value;
}

/** What clusters show beside the newest snapshot; undefined where there is none. */
export async function compared(
  sources: Sources,
  migration: MigrationRecord,
  shown: readonly Shown[],
): Promise<Comparison | undefined> {
  const snapshot = await sources.store.snapshots.newest(migration.id);
  if (snapshot === undefined) return undefined;
  const clusters = shown.map(({ cluster }) => cluster);
  return compute<Comparison>(sources, migration, snapshot.id, { name: 'comparison', clusters });
}

/** The state of several clusters together: what is worst, and what is not read yet. */
const together = (shown: readonly Shown[]): LiveState['state'] =>
  shown.some(({ state }) => state === 'failed')
    ? 'failed'
    : shown.some(({ state }) => state === 'reading')
      ? 'reading'
      : 'watching';

/** What the clusters say of services. */
interface Testimony {
  readonly state: LiveState['state'];
  readonly problem?: string;
  /** Services of Kubernetes in the snapshot. */
  readonly known: ReadonlySet<string>;
  rowsOf(service: string): readonly ServiceRow[];
  policiesOf(service: string): PolicyCounts;
}

const none: PolicyCounts = { applied: 0, missing: 0, changed: 0 };

async function testimonyOf(sources: Sources, migration: MigrationRecord): Promise<Testimony | undefined> {
  const shown = await shownClusters(sources, migration.id);
  if (shown.length === 0) return undefined;
  const state = together(shown);
  const failed = shown.find(({ problem }) => problem !== undefined);
  const comparison = state === 'failed' ? undefined : await compared(sources, migration, shown);
  const rows = Map.groupBy(
    shown.flatMap(({ services }) => services),
    ({ namespace, name }) => `${namespace}/${name}`,
  );
  const policies = new Map(comparison?.policies);
  return {
    state,
    ...(failed === undefined ? {} : { problem: `${failed.cluster.name}: ${failed.problem}` }),
    known: new Set(comparison?.known),
    rowsOf: (service) => rows.get(service) ?? [],
    policiesOf: (service) => policies.get(service) ?? none,
  };
}

/** What the clusters show of each service beside its recorded phase. */
export async function evidenceFor(sources: Sources, migration: MigrationRecord): Promise<EvidenceList> {
  const testimony = await testimonyOf(sources, migration);
  if (testimony === undefined) return { state: 'none', services: [] };
  const { state, problem, known } = testimony;
  const phases = new Map((await sources.store.services.list(migration.id)).map((one) => [one.service, one.phase]));
  return {
    state,
    ...(problem === undefined ? {} : { problem }),
    services: [...known].sort().map((service) => {
      const phase = (phases.get(service) ?? firstPhase) as Service['phase'];
      const { suggestion, disagreement, ...evidence } = evidenceOf(
        service,
        phase,
        testimony.rowsOf(service),
        testimony.policiesOf(service),
      );
      // What is not read yet proves nothing.
      if (state === 'reading') return { ...evidence, phase };
      return {
        ...evidence,
        phase,
        ...(disagreement === undefined ? {} : { disagreement }),
        ...(suggestion === undefined ? {} : { suggestion: suggestion as Service['phase'] }),
      };
    }),
  };
}

type Condition = Gate['conditions'][number];

const conditionOf = (state: Condition['state'], detail: string): Condition => ({
  id: 'cluster',
  title: 'The clusters show it',
  state,
  detail,
  evidence: [],
  total: 0,
});

/**
 * Adds to gates what the connected clusters say; gates of migrations without one stay as they are. A cluster that cannot
 * be read, or is not read yet, keeps a gate shut.
 */
export async function withClusters(
  sources: Sources,
  migration: MigrationRecord,
  gates: readonly Gate[],
): Promise<Gate[]> {
  const testimony = gates.length === 0 ? undefined : await testimonyOf(sources, migration);
  if (testimony === undefined) return [...gates];
  return gates.map((gate) => {
    // A workload outside Kubernetes has no endpoints that a cluster shows.
    if (testimony.state === 'watching' && !testimony.known.has(gate.service)) return gate;
    const condition = judge(testimony, gate);
    const open = gate.open && condition.state === 'holds';
    const sentence =
      open === gate.open ? gate.sentence : `${gate.service} does not enter ${gate.to}: ${condition.detail}`;
    return { ...gate, open, sentence, conditions: [...gate.conditions, condition] };
  });
}

function judge(testimony: Testimony, { service, to }: Gate): Condition {
  if (testimony.state === 'failed')
    return conditionOf('unknown', `A cluster cannot be read. ${testimony.problem ?? ''}`.trim());
  if (testimony.state === 'reading')
    return conditionOf('unknown', 'The clusters are still being read; try again soon.');
  const against = enteringAgainst(service, to, testimony.rowsOf(service), testimony.policiesOf(service));
  return against === undefined
    ? conditionOf('holds', 'Nothing that the clusters show speaks against it.')
    : conditionOf('fails', against);
}
