import { isAbsolute } from 'node:path';
import { type Connection, type ObjectRef, readingRights, refKey, refOf } from '@isthmus/cluster/model';
import {
  type ClusterContexts,
  type Drift,
  type EvidenceList,
  type FieldChange,
  type ImportJob,
  type LiveInventoryQuery,
  type NewCluster,
  routes,
  type Service,
} from '@isthmus/contract';
import { type Json, writeYamlDocuments } from '@isthmus/kubernetes';
import type { ClusterRecord, MigrationRecord } from '@isthmus/store';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf, type Context, findMigration, firstPhase, idOf } from '../context.ts';
import { compared, compute, evidenceFor, shownClusters } from '../evidence.ts';
import type { Imports } from '../imports.ts';
import { notFound, Refusal } from '../problem.ts';
import { serve } from '../route.ts';
import type { Differences } from '../workers/comparison.ts';

// More are counted, not listed.
const mostChanges = 1000;
const mostExplained = 200;
// Of manifests each change has to be looked at: the API server completes them.
const mostWritten = 20_000;

const present = ({ name, connection, addedAt, addedBy }: ClusterRecord) => ({ name, connection, addedAt, addedBy });

export function clusterRoutes(app: FastifyInstance, context: Context): void {
  const { store, clusters, imports } = context;

  async function findCluster(request: FastifyRequest): Promise<{ migration: MigrationRecord; record: ClusterRecord }> {
    const migration = await findMigration(store, idOf(request));
    const { cluster } = request.params as { cluster: string };
    const record = (await store.clusters.list(migration.id)).find(({ name }) => name === cluster);
    if (record === undefined) throw notFound('This cluster');
    return { migration, record };
  }

  serve(app, routes.listContexts, async (): Promise<ClusterContexts> => {
    const rights = writeYamlDocuments(readingRights('isthmus/isthmus') as unknown as Json[]);
    const { inCluster } = clusters;
    try {
      return { contexts: await clusters.contexts(), inCluster, rights };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
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
    await clusters.forget(migration.id, record.name);
    await imports.forgetComparable(migration.id);
    await store.clusters.remove(migration.id, record.name, actorOf(request));
  });
  /** Begins to read all clusters of a migration. */
  async function readAll(request: FastifyRequest, open: Imports['open']): Promise<ImportJob> {
    const { id } = await findMigration(store, idOf(request));
    const records = await store.clusters.list(id);
    if (records.length === 0) throw new Refusal(409, 'no-cluster', 'No cluster is connected to this migration.');
    const feed = open(id, actorOf(request));
    clusters.feed(records, feed).catch((error) => {
      request.log.error(error, 'snapshot failed');
      feed.fail('The clusters could not be read; the log of the server says more.');
    });
    return imports.get(feed.job.id) ?? feed.job;
  }
  serve(app, routes.takeSnapshot, (request) => readAll(request, imports.open));
  serve(app, routes.readForComparison, (request) => readAll(request, imports.openComparison));
  serve(app, routes.getLiveInventory, async (request, reply) => {
    const { migration, record } = await findCluster(request);
    const { pods } = request.query as LiveInventoryQuery;
    return reply.type('application/json; charset=utf-8').send(await clusters.inventory(migration.id, record, pods));
  });

  /** Where the first of the changed objects of a cluster differ from the snapshot's, by key. */
  async function fieldsBehind(
    migration: MigrationRecord,
    snapshot: string,
    cluster: string,
    changed: readonly ObjectRef[],
    most: number,
  ): Promise<ReadonlyMap<string, readonly FieldChange[]>> {
    const record = (await store.clusters.list(migration.id)).find(({ name }) => name === cluster);
    const keys = changed.slice(0, most).map(refKey);
    if (record === undefined || keys.length === 0) return new Map();
    const objects = await clusters.objects(migration.id, record, keys);
    const view = { name: 'differences', cluster, objects } as const;
    const { fields } = await compute<Differences>(context, migration, snapshot, view);
    return new Map(objects.map((object, index) => [refKey(refOf(object)), fields[index] ?? []]));
  }

  serve(app, routes.getDrift, async (request): Promise<Drift> => {
    const migration = await findMigration(store, idOf(request));
    const shown = await shownClusters(context, migration.id);
    const comparison = shown.length === 0 ? undefined : await compared(context, migration, shown);
    const snapshot = await store.snapshots.newest(migration.id);
    const result: Drift = {
      clusters: [],
      services: [],
      applied: [],
      appliedCounts: { applied: 0, missing: 0, changed: 0, extra: 0, unknown: 0 },
    };
    const touched = new Set<string>();
    for (const { cluster, state, problem } of shown) {
      const { name } = cluster;
      const of = comparison?.clusters.find((one) => one.name === name);
      const { drift } = of ?? { drift: { changed: [], added: [], gone: [] } };
      const isWritten = of !== undefined && !of.ofSnapshot;
      const fieldsOf =
        snapshot === undefined
          ? new Map<string, FieldChange[]>()
          : await fieldsBehind(migration, snapshot.id, name, drift.changed, isWritten ? mostWritten : mostExplained);
      // What the API server completed in a manifest is no change.
      const changed = drift.changed.filter((ref) => !isWritten || (fieldsOf.get(refKey(ref))?.length ?? 1) > 0);
      for (const ref of [...changed, ...drift.gone]) touched.add(refKey(ref));
      const changes = [
        ...changed.map((ref) => ({ change: 'changed' as const, ref, fields: [...(fieldsOf.get(refKey(ref)) ?? [])] })),
        ...drift.added.map((ref) => ({ change: 'new' as const, ref, fields: [] })),
        ...drift.gone.map((ref) => ({ change: 'gone' as const, ref, fields: [] })),
      ];
      result.clusters.push({
        name,
        state,
        ...(problem === undefined ? {} : { problem }),
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
            fields: [...one.fields],
          });
      }
    }
    const phases = new Map((await store.services.list(migration.id)).map((one) => [one.service, one.phase]));
    const concerned = (comparison?.services ?? []).flatMap(([key, services]) => (touched.has(key) ? services : []));
    result.services.push(
      ...[...new Set(concerned)]
        .sort()
        .map((id) => ({ id, phase: (phases.get(id) ?? firstPhase) as Service['phase'] })),
    );
    return result;
  });

  serve(app, routes.getEvidence, async (request): Promise<EvidenceList> => {
    const migration = await findMigration(store, idOf(request));
    return evidenceFor(context, migration);
  });
}
