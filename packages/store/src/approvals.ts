import type { Kysely, Selectable } from 'kysely';
import { append } from './history.ts';
import type { Actor, ApprovalRecord } from './record.ts';
import type { ApprovalTable, Tables } from './tables.ts';

export interface Approvals {
  /** Of one service, or of all where none is named; oldest first. */
  list(migration: string, service?: string): Promise<ApprovalRecord[]>;
  /** Approves a service as a snapshot has it; a second approval by one name takes the place of the first. */
  add(migration: string, service: string, snapshot: string, note: string, by: Actor): Promise<void>;
  /** Whether there was one to take back. */
  withdraw(migration: string, service: string, by: Actor): Promise<boolean>;
}

const toRecord = (row: Selectable<ApprovalTable>): ApprovalRecord => ({
  service: row.service,
  by: row.approved_by,
  at: row.approved_at,
  note: row.note,
  snapshot: row.snapshot_id,
});

/** The repository of approvals. */
export function createApprovals(database: Kysely<Tables>, now: () => string): Approvals {
  return {
    async list(migration, service) {
      let query = database.selectFrom('approvals').selectAll().where('migration_id', '=', migration);
      if (service !== undefined) query = query.where('service', '=', service);
      return (await query.orderBy('approved_at').orderBy('approved_by').execute()).map(toRecord);
    },
    add: (migration, service, snapshot, note, by) =>
      database.transaction().execute(async (transaction) => {
        const at = now();
        const row = {
          migration_id: migration,
          service,
          approved_by: by.name,
          approved_at: at,
          note,
          snapshot_id: snapshot,
        };
        await transaction
          .insertInto('approvals')
          .values(row)
          .onConflict((conflict) => conflict.columns(['migration_id', 'service', 'approved_by']).doUpdateSet(row))
          .execute();
        const after = note === '' ? 'approved' : note;
        await append(transaction, migration, [{ subject: service, field: 'approval', before: null, after }], by, at);
      }),
    withdraw: (migration, service, by) =>
      database.transaction().execute(async (transaction) => {
        const result = await transaction
          .deleteFrom('approvals')
          .where('migration_id', '=', migration)
          .where('service', '=', service)
          .where('approved_by', '=', by.name)
          .executeTakeFirst();
        if (result.numDeletedRows === 0n) return false;
        const step = { subject: service, field: 'approval', before: 'approved', after: null };
        await append(transaction, migration, [step], by, now());
        return true;
      }),
  };
}
