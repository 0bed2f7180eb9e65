import type { Kysely, Selectable } from 'kysely';
import { append } from './history.ts';
import type { Actor, OverrideRecord } from './record.ts';
import type { OverrideTable, Tables } from './tables.ts';

/** What is to be kept of an override. `id` tells its resource from others, `subject` names it for people. */
export interface NewOverride {
  readonly id: string;
  readonly subject: string;
  /** The caller's, as JSON. */
  readonly content: string;
  readonly reason: string;
}

/** A change that saw the newest revision, or one that did not: `current` is undefined where there is none any more. */
export type Overriding =
  | { readonly outcome: 'changed'; readonly value: OverrideRecord }
  | { readonly outcome: 'conflict'; readonly current: OverrideRecord | undefined };

export interface Overrides {
  /** All of a migration, by id. */
  list(migration: string): Promise<OverrideRecord[]>;
  /** @param revision the one that was seen; 0 where there was none */
  save(migration: string, override: NewOverride, revision: number, by: Actor): Promise<Overriding>;
  /** Takes an override back; undefined where there is none. Without a revision whatever it is now. */
  remove(migration: string, id: string, revision: number | undefined, by: Actor): Promise<Overriding | undefined>;
}

const toRecord = ({ id, subject, content, reason, revision, changed_at, changed_by }: Selectable<OverrideTable>) => ({
  id,
  subject,
  content,
  reason,
  revision,
  at: changed_at,
  by: changed_by,
});

/** The repository of overrides. */
export function createOverrides(database: Kysely<Tables>, now: () => string): Overrides {
  const one = (from: Kysely<Tables>, migration: string, id: string) =>
    from
      .selectFrom('overrides')
      .selectAll()
      .where('migration_id', '=', migration)
      .where('id', '=', id)
      .executeTakeFirst();
  const step = (subject: string, before: string | null, after: string | null) => ({
    subject: 'override',
    field: subject,
    before,
    after,
  });
  return {
    async list(migration) {
      const rows = await database
        .selectFrom('overrides')
        .selectAll()
        .where('migration_id', '=', migration)
        .orderBy('id')
        .execute();
      return rows.map(toRecord);
    },
    save: (migration, { id, subject, content, reason }, revision, by) =>
      database.transaction().execute(async (transaction) => {
        const known = await one(transaction, migration, id);
        if ((known?.revision ?? 0) !== revision)
          return { outcome: 'conflict', current: known === undefined ? undefined : toRecord(known) };
        const row = {
          migration_id: migration,
          id,
          subject,
          content,
          reason,
          revision: revision + 1,
          changed_at: now(),
          changed_by: by.name,
        };
        await transaction
          .insertInto('overrides')
          .values(row)
          .onConflict((conflict) => conflict.columns(['migration_id', 'id']).doUpdateSet(row))
          .execute();
        await append(transaction, migration, [step(subject, known?.reason ?? null, reason)], by, row.changed_at);
        return { outcome: 'changed', value: toRecord(row) };
      }),
    remove: (migration, id, revision, by) =>
      database.transaction().execute(async (transaction) => {
        const known = await one(transaction, migration, id);
        if (known === undefined) return undefined;
        if (revision !== undefined && known.revision !== revision)
          return { outcome: 'conflict', current: toRecord(known) };
        await transaction.deleteFrom('overrides').where('migration_id', '=', migration).where('id', '=', id).execute();
        await append(transaction, migration, [step(known.subject, known.reason, null)], by, now());
        return { outcome: 'changed', value: toRecord(known) };
      }),
  };
}
