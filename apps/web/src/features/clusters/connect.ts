import type { ClusterConnection, ImportJob } from '@isthmus/contract';
import { call } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { changeMigration } from '../settings/change.ts';
import { forgetClusters } from './queries.ts';

export interface Chosen {
  readonly name: string;
  readonly connection: ClusterConnection;
}

/** Makes a migration of a cluster and begins its first snapshot. What cannot be read leaves no migration behind. */
export async function migrationOf(cluster: Chosen): Promise<ImportJob> {
  const migration = await call('POST /migrations', { body: { name: cluster.name } });
  const { id } = migration;
  try {
    await call('POST /migrations/:id/clusters', { params: { id }, body: cluster });
    queryClient.setQueryData(keys.migration(id), migration);
    // A cluster is whole, unlike files that somebody chose; what cannot be read of it is said by the snapshot.
    await changeMigration(id, { revision: migration.revision, settings: { complete: true } });
    return await takeSnapshot(id);
  } catch (error) {
    await call('DELETE /migrations/:id', { params: { id } });
    throw error;
  }
}

/** Connects one more cluster to a migration. */
export async function connectTo(id: string, cluster: Chosen): Promise<void> {
  await call('POST /migrations/:id/clusters', { params: { id }, body: cluster });
  await forgetClusters(id);
}

/** Begins to read all clusters of a migration, to be compared with its snapshots. */
export const readForComparison = (id: string): Promise<ImportJob> =>
  call('POST /migrations/:id/drift', { params: { id } });

/** Begins to read all clusters of a migration into a new snapshot. */
export const takeSnapshot = (id: string): Promise<ImportJob> =>
  call('POST /migrations/:id/clusters/snapshot', { params: { id } });
