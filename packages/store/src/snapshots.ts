import type { Kysely, Selectable } from 'kysely';
import { append } from './history.ts';
import type { Actor, FileRecord, SnapshotRecord } from './record.ts';
import type { SnapshotTable, Tables } from './tables.ts';

export type NewSnapshot = Omit<SnapshotRecord, 'number' | 'createdAt' | 'createdBy'>;

export interface Snapshots {
  /** Newest first. */
  list(migration: string): Promise<SnapshotRecord[]>;
  newest(migration: string): Promise<SnapshotRecord | undefined>;
  /**
   * Stores an import; it is on disk when this resolves. The same content as the newest snapshot's makes no second one.
   * Undefined where the migration is gone.
   */
  add(
    migration: string,
    snapshot: NewSnapshot,
    files: readonly FileRecord[],
    by: Actor,
  ): Promise<SnapshotRecord | undefined>;
}

const toRecord = ({ migration_id: _, created_at, created_by, ...row }: Selectable<SnapshotTable>): SnapshotRecord => ({
  ...row,
  createdAt: created_at,
  createdBy: created_by,
});

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The repository of snapshots and their files. */
export function createSnapshots(database: Kysely<Tables>, now: () => string): Snapshots {
  const ordered = (from: Kysely<Tables>, migration: string) =>
    from.selectFrom('snapshots').selectAll().where('migration_id', '=', migration).orderBy('number', 'desc');
  return {
    list: async (migration) => (await ordered(database, migration).execute()).map(toRecord),
    async newest(migration) {
      const row = await ordered(database, migration).limit(1).executeTakeFirst();
      return row && toRecord(row);
    },
    add: (migration, snapshot, files, by) =>
      database.transaction().execute(async (transaction) => {
        const owner = await transaction
          .selectFrom('migrations')
          .select('id')
          .where('id', '=', migration)
          .executeTakeFirst();
        if (owner === undefined) return undefined;
        const before = await ordered(transaction, migration).limit(1).executeTakeFirst();
        if (before?.id === snapshot.id) return toRecord(before);
        const shared = await transaction
          .selectFrom('snapshots')
          .select('id')
          .where('id', '=', snapshot.id)
          .limit(1)
          .executeTakeFirst();
        if (shared === undefined) {
          for (const [index, file] of files.entries()) {
            await transaction
              .insertInto('files')
              .values({ snapshot_id: snapshot.id, ...file })
              .execute();
            if (index % 200 === 199) await breath();
          }
        }
        const row = {
          ...snapshot,
          migration_id: migration,
          number: (before?.number ?? 0) + 1,
          created_at: now(),
          created_by: by.name,
        };
        await transaction.insertInto('snapshots').values(row).execute();
        const after = `Snapshot ${row.number}: ${row.files} files, ${row.resources} resources`;
        const step = { subject: 'snapshot', field: 'imported', before: null, after };
        await append(transaction, migration, [step], by, row.created_at);
        return toRecord(row);
      }),
  };
}
