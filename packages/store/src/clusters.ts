import type { Kysely, Selectable } from 'kysely';
import { append } from './history.ts';
import { hasMigration } from './migrations.ts';
import type { Actor } from './record.ts';
import type { ClusterTable, Tables } from './tables.ts';

/** A connected cluster. The connection is the caller's: what was given, as JSON; a reference to credentials, never one. */
export interface ClusterRecord {
  readonly name: string;
  readonly connection: Readonly<Record<string, unknown>>;
  readonly addedAt: string;
  readonly addedBy: string;
}

export interface Clusters {
  /** By name. */
  list(migration: string): Promise<ClusterRecord[]>;
  /** Undefined where the migration has a cluster of that name, or is not there. */
  add(
    migration: string,
    name: string,
    connection: ClusterRecord['connection'],
    by: Actor,
  ): Promise<ClusterRecord | undefined>;
  /** Whether there was one. */
  remove(migration: string, name: string, by: Actor): Promise<boolean>;
}

const toRecord = ({ name, connection, added_at, added_by }: Selectable<ClusterTable>): ClusterRecord => ({
  name,
  connection: JSON.parse(connection) as ClusterRecord['connection'],
  addedAt: added_at,
  addedBy: added_by,
});

/** The repository of the clusters that migrations are connected to. */
export function createClusters(database: Kysely<Tables>, now: () => string): Clusters {
  const step = (before: string | null, after: string | null) => ({
    subject: 'migration',
    field: 'cluster',
    before,
    after,
  });
  return {
    async list(migration) {
      const rows = await database
        .selectFrom('clusters')
        .selectAll()
        .where('migration_id', '=', migration)
        .orderBy('name')
        .execute();
      return rows.map(toRecord);
    },
    add: (migration, name, connection, by) =>
      database.transaction().execute(async (transaction) => {
        if (!(await hasMigration(transaction, migration))) return undefined;
        const at = now();
        const row = {
          migration_id: migration,
          name,
          connection: JSON.stringify(connection),
          added_at: at,
          added_by: by.name,
        };
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('clusters')
          .values(row)
          .onConflict((conflict) => conflict.columns(['migration_id', 'name']).doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 1n) return undefined;
        await append(transaction, migration, [step(null, name)], by, at);
        return toRecord(row);
      }),
    remove: (migration, name, by) =>
      database.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('clusters')
          .where('migration_id', '=', migration)
          .where('name', '=', name)
          .executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) return false;
        await append(transaction, migration, [step(name, null)], by, now());
        return true;
      }),
  };
}
