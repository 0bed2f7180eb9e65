import type { Kysely, Selectable } from 'kysely';
import { append, type Step } from './history.ts';
import type { Actor, Change, MigrationRecord } from './record.ts';
import type { MigrationTable, Tables } from './tables.ts';

/** What may change of a migration. */
export interface MigrationPatch {
  readonly name?: string | undefined;
  readonly archived?: boolean | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** What deleting a migration removes; `bytes` are those that no other migration shares. */
export interface DeletionRecord {
  readonly snapshots: number;
  readonly services: number;
  readonly history: number;
  readonly bytes: number;
}

export interface Migrations {
  list(): Promise<MigrationRecord[]>;
  get(id: string): Promise<MigrationRecord | undefined>;
  create(id: string, name: string, settings: MigrationRecord['settings'], by: Actor): Promise<MigrationRecord>;
  change(id: string, revision: number, patch: MigrationPatch, by: Actor): Promise<Change<MigrationRecord>>;
  describeDeletion(id: string): Promise<DeletionRecord>;
  delete(id: string): Promise<boolean>;
}

/** Whether there is such a migration, for what is about to be written for it. */
export const hasMigration = async (from: Kysely<Tables>, id: string): Promise<boolean> =>
  (await from.selectFrom('migrations').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;

const toRecord = (row: Selectable<MigrationTable>): MigrationRecord => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at,
  archivedAt: row.archived_at,
  revision: row.revision,
  settings: JSON.parse(row.settings) as MigrationRecord['settings'],
});

/** The repository of migrations. */
export function createMigrations(database: Kysely<Tables>, now: () => string): Migrations {
  const subject = 'migration';
  return {
    async list() {
      return (
        await database.selectFrom('migrations').selectAll().orderBy('created_at', 'desc').orderBy('id').execute()
      ).map(toRecord);
    },
    async get(id) {
      const row = await database.selectFrom('migrations').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRecord(row);
    },
    create: (id, name, settings, by) =>
      database.transaction().execute(async (transaction) => {
        const row = { id, name, created_at: now(), archived_at: null, revision: 1, settings: JSON.stringify(settings) };
        await transaction.insertInto('migrations').values(row).execute();
        await append(transaction, id, [{ subject, field: 'created', before: null, after: name }], by, row.created_at);
        return toRecord(row);
      }),
    change: (id, revision, patch, by) =>
      database.transaction().execute(async (transaction) => {
        const row = await transaction.selectFrom('migrations').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined) return { outcome: 'missing' };
        if (row.revision !== revision) return { outcome: 'conflict', current: toRecord(row) };
        const at = now();
        const steps: Step[] = [];
        const next = { ...row };
        if (patch.name !== undefined && patch.name !== row.name) {
          next.name = patch.name;
          steps.push({ subject, field: 'name', before: row.name, after: patch.name });
        }
        if (patch.archived !== undefined && patch.archived !== (row.archived_at !== null)) {
          next.archived_at = patch.archived ? at : null;
          steps.push({ subject, field: 'archived', before: String(!patch.archived), after: String(patch.archived) });
        }
        const settings = patch.settings === undefined ? row.settings : JSON.stringify(patch.settings);
        if (settings !== row.settings) {
          next.settings = settings;
          steps.push({ subject, field: 'settings', before: row.settings, after: settings });
        }
        if (steps.length === 0) return { outcome: 'changed', value: toRecord(row) };
        next.revision++;
        await transaction.updateTable('migrations').set(next).where('id', '=', id).execute();
        await append(transaction, id, steps, by, at);
        return { outcome: 'changed', value: toRecord(next) };
      }),
    async describeDeletion(id) {
      const count = async (table: 'snapshots' | 'service_states' | 'history'): Promise<number> => {
        const row = await database
          .selectFrom(table)
          .select((query) => query.fn.countAll<number>().as('count'))
          .where('migration_id', '=', id)
          .executeTakeFirstOrThrow();
        return row.count;
      };
      const own = database.selectFrom('snapshots').select('id').where('migration_id', '=', id);
      const others = database.selectFrom('snapshots').select('id').where('migration_id', '!=', id);
      const files = await database
        .selectFrom('files')
        .select((query) => query.fn.sum<number | null>('size').as('bytes'))
        .where('snapshot_id', 'in', own)
        .where('snapshot_id', 'not in', others)
        .executeTakeFirstOrThrow();
      return {
        snapshots: await count('snapshots'),
        services: await count('service_states'),
        history: await count('history'),
        bytes: files.bytes ?? 0,
      };
    },
    async delete(id) {
      const result = await database.deleteFrom('migrations').where('id', '=', id).executeTakeFirst();
      return result.numDeletedRows > 0n;
    },
  };
}
