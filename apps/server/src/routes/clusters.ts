import { isAbsolute } from 'node:path';
import {
  ClusterError,
  type Connection,
  evidenceOf,
  type LiveState,
  readingRights,
  refKey,
} from '@isthmus/cluster/model';
import {
  type ClusterContexts,
  type Drift,
  type EvidenceList,
  type LiveInventoryQuery,
  type NewCluster,
  routes,
  type Service,
} from '@isthmus/contract';
import { type Json, writeYamlDocuments } from '@isthmus/kubernetes';
import type { ClusterRecord, MigrationRecord } from '@isthmus/store';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { objectsOf, presentInventory, servicesShown, shownBy } from '../clusters.ts';
import { actorOf, type Context, findMigration, firstPhase, idOf } from '../context.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import { completeSettings } from '../settings.ts';
import type { Comparison } from '../workers/comparison.ts';
import type { ViewTask } from '../workers/views.ts';

// More are counted, not listed.
const mostChanges = 1000;
const mostExplained = 200;

interface Shown {
  readonly name: string;
  readonly state: LiveState;
}

/** The state of several clusters together: what is worst, and what is not read yet. */
const together = (shown: readonly Shown[]): LiveState['state'] =>
  shown.some(({ state }) => state.state === 'failed')
    ? 'failed'
    : shown.some(({ state }) => state.state === 'reading')
      ? 'reading'
      : 'watching';

const present = ({ name, connection, addedAt, addedBy }: ClusterRecord) => ({ name, connection, addedAt, addedBy });

export function clusterRoutes(app: FastifyInstance, context: Context): void {
  const { store, clusters, imports, views } = context;

  async function findCluster(request: FastifyRequest): Promise<{ migration: MigrationRecord; record: ClusterRecord }> {
    const migration = await findMigration(store, idOf(request));
    const { cluster } = request.params as { cluster: string };
    const record = (await store.clusters.list(migration.id)).find(({ name }) => name === cluster);
    if (record === undefined) throw notFound('This cluster');
    return { migration, record };
  }

  async function shownClusters(migration: string): Promise<Shown[]> {
    const records = await store.clusters.list(migration);
    return Promise.all(
      records.map(async (record) => ({
        name: record.name,
        state: (await clusters.live(migration, record)).current(),
      })),
    );
  }

  serve(app, routes.listContexts, async (): Promise<ClusterContexts> => {
    const rights = writeYamlDocuments(readingRights('isthmus/isthmus') as unknown as Json[]);
    const { inCluster } = clusters;
    try {
      return { contexts: await clusters.contexts(), inCluster, rights };
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      return { contexts: [], inCluster, problem: error.message, rights };
    }
  });
  serve(app, routes.listClusters, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    return { clusters: (await store.clusters.list(id)).map(present) };
  });
  serve(app, routes.connectCluster, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    const { name, connection } = request.body as NewCluster;
    if (connection.kind === 'file' && !isAbsolute(connection.path))
      throw new Refusal(400, 'invalid-request', 'The path of a kubeconfig on the server begins at its root.');
    await clusters.check(connection as Connection);
    const record = await store.clusters.add(id, name, connection, actorOf(request));
    if (record === undefined) throw new Refusal(409, 'cluster-known', `There is a cluster ${name} already.`);
    return present(record);
  });
  serve(app, routes.disconnectCluster, async (request) => {
    const { migration, record } = await findCluster(request);
    clusters.forget(migration.id, record.name);
    await store.clusters.remove(migration.id, record.name, actorOf(request));
  });
  serve(app, routes.takeSnapshot, async (request) => {
    const { id } = await findMigration(store, idOf(request));
    const records = await store.clusters.list(id);
    if (records.length === 0) throw new Refusal(409, 'no-cluster', 'No cluster is connected to this migration.');
    const feed = imports.open(id, actorOf(request));
    clusters.feed(records, feed).catch((error) => {
      request.log.error(error, 'snapshot failed');
      feed.fail('The clusters could not be read; the log of the server says more.');
    });
    return imports.get(feed.job.id) ?? feed.job;
  });
  serve(app, routes.getLiveInventory, async (request) => {
    const { migration, record } = await findCluster(request);
    const { pods } = request.query as LiveInventoryQuery;
    const live = await clusters.live(migration.id, record);
    return presentInventory(record.name, live.current(), pods);
  });

  /** A view of a snapshot that routes go on with. */
  async function compute<Value>(migration: MigrationRecord, snapshot: string, view: ViewTask['view']): Promise<Value> {
    const bytes = await views.render(snapshot, completeSettings(migration.settings), [], view);
    return JSON.parse(bytes.toString()) as Value;
  }

  /** What clusters show beside the newest snapshot; undefined where there is none. */
  async function compared(migration: MigrationRecord, shown: readonly Shown[]): Promise<Comparison | undefined> {
    const snapshot = await store.snapshots.newest(migration.id);
    if (snapshot === undefined) return undefined;
    const given = await Promise.all(shown.map(({ name, state }) => shownBy(name, state)));
    return compute<Comparison>(migration, snapshot.id, { name: 'comparison', clusters: given });
  }

  serve(app, routes.getDrift, async (request): Promise<Drift> => {
    const migration = await findMigration(store, idOf(request));
    const shown = await shownClusters(migration.id);
    const comparison = shown.length === 0 ? undefined : await compared(migration, shown);
    const snapshot = await store.snapshots.newest(migration.id);
    const result: Drift = {
      clusters: [],
      services: [],
      applied: [],
      appliedCounts: { applied: 0, missing: 0, changed: 0, extra: 0, unknown: 0 },
    };
    for (const { name, state } of shown) {
      const of = comparison?.clusters.find((one) => one.name === name);
      const { drift } = of ?? { drift: { changed: [], added: [], gone: [] } };
      const objects = objectsOf(state, new Set(drift.changed.slice(0, mostExplained).map(refKey)));
      const paths =
        snapshot === undefined || objects.size === 0
          ? []
          : (
              await compute<{ paths: string[][] }>(migration, snapshot.id, {
                name: 'differences',
                cluster: name,
                objects: [...objects.values()],
              })
            ).paths;
      const pathsOf = new Map([...objects.keys()].map((key, index) => [key, paths[index] ?? []]));
      const changes = [
        ...drift.changed.map((ref) => ({ change: 'changed' as const, ref, paths: pathsOf.get(refKey(ref)) ?? [] })),
        ...drift.added.map((ref) => ({ change: 'new' as const, ref, paths: [] })),
        ...drift.gone.map((ref) => ({ change: 'gone' as const, ref, paths: [] })),
      ];
      result.clusters.push({
        name,
        state: state.state,
        ...(state.error === undefined ? {} : { problem: state.error.message }),
        ofSnapshot: of?.ofSnapshot ?? false,
        changes: changes.slice(0, mostChanges),
        total: changes.length,
      });
      for (const one of of?.applied ?? []) {
        result.appliedCounts[one.state]++;
        if (one.state !== 'applied' && result.applied.length < mostChanges)
          result.applied.push({
            cluster: name,
            state: one.state,
            ref: one.ref,
            paths: one.state === 'changed' ? [...one.paths] : [],
          });
      }
    }
    const phases = new Map((await store.services.list(migration.id)).map((one) => [one.service, one.phase]));
    result.services.push(
      ...(comparison?.services ?? []).map((id) => ({ id, phase: (phases.get(id) ?? firstPhase) as Service['phase'] })),
    );
    return result;
  });

  serve(app, routes.getEvidence, async (request): Promise<EvidenceList> => {
    const migration = await findMigration(store, idOf(request));
    return evidenceFor(context, migration, await shownClusters(migration.id), compared);
  });
}

async function evidenceFor(
  { store }: Context,
  migration: MigrationRecord,
  shown: readonly Shown[],
  compared: (migration: MigrationRecord, shown: readonly Shown[]) => Promise<Comparison | undefined>,
): Promise<EvidenceList> {
  if (shown.length === 0) return { state: 'none', services: [] };
  const state = together(shown);
  const failed = shown.find((one) => one.state.error !== undefined);
  const comparison = await compared(migration, shown);
  const problem = failed === undefined ? {} : { problem: `${failed.name}: ${failed.state.error?.message}` };
  if (comparison === undefined || state === 'failed') return { state, ...problem, services: [] };
  const rows = servicesShown(shown.map((one) => one.state));
  const policies = new Map(comparison.policies);
  const phases = new Map((await store.services.list(migration.id)).map((one) => [one.service, one.phase]));
  const known = new Set([...comparison.known, ...phases.keys()]);
  const none = { applied: 0, missing: 0, changed: 0 };
  return {
    state,
    ...problem,
    services: [...known].sort().map((service) => {
      const phase = (phases.get(service) ?? firstPhase) as Service['phase'];
      const { suggestion, disagreement, ...evidence } = evidenceOf(
        service,
        phase,
        rows.get(service) ?? [],
        policies.get(service) ?? none,
      );
      return {
        ...evidence,
        phase,
        ...(disagreement === undefined || state === 'reading' ? {} : { disagreement }),
        ...(suggestion === undefined || state === 'reading' ? {} : { suggestion: suggestion as Service['phase'] }),
      };
    }),
  };
}
