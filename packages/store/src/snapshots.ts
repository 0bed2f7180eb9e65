import type { Kysely, Selectable } from 'kysely';
import { append } from './history.ts';
import { hasMigration } from './migrations.ts';
import type { Actor, SnapshotRecord } from './record.ts';
import type { SnapshotTable, Tables } from './tables.ts';

export type NewSnapshot = Omit<SnapshotRecord, 'number' | 'createdAt' | 'createdBy'>;

export interface Snapshots {
  /** Newest first. */
  list(migration: string): Promise<SnapshotRecord[]>;
  newest(migration: string): Promise<SnapshotRecord | undefined>;
  /**
   * Makes the files that `stageFiles` wrote a snapshot; it is on disk when this resolves. The same content as the newest
   * snapshot's makes no second one. Where not all of its files stand there (another migration with the same content was
   * deleted meanwhile), nothing is stored and they are to be staged again.
   * @param records how many files were staged
   */
  add(migration: string, snapshot: NewSnapshot, records: number, by: Actor): Promise<Added>;
  /** Removes staged files that became no snapshot of any migration. */
  dropStaged(id: string): Promise<void>;
}

/** What became of a new snapshot. */
export type Added =
  | { readonly outcome: 'added'; readonly snapshot: SnapshotRecord }
  | { readonly outcome: 'no-migration' }
  | { readonly outcome: 'incomplete' };

const toRecord = ({ migration_id: _, created_at, created_by, ...row }: Selectable<SnapshotTable>): SnapshotRecord => ({
  ...row,
  createdAt: created_at,
  createdBy: created_by,
});

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
    add: (migration, snapshot, records, by) =>
      database.transaction().execute(async (transaction) => {
        if (!(await hasMigration(transaction, migration))) return { outcome: 'no-migration' };
        const before = await ordered(transaction, migration).limit(1).executeTakeFirst();
        if (before?.id === snapshot.id) return { outcome: 'added', snapshot: toRecord(before) };
        const { count } = await transaction
          .selectFrom('files')
          .select((query) => query.fn.countAll<number>().as('count'))
          .where('snapshot_id', '=', snapshot.id)
          .executeTakeFirstOrThrow();
        if (count !== records) return { outcome: 'incomplete' };
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
        return { outcome: 'added', snapshot: toRecord(row) };
      }),
    async dropStaged(id) {
      await database
        .deleteFrom('files')
        .where('snapshot_id', '=', id)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('snapshots').select('snapshots.id').where('snapshots.id', '=', id))),
        )
        .execute();
    },
  };
}
