import type { Kysely, Selectable } from 'kysely';
import { append } from './history.ts';
import type { AcceptanceRecord, Actor } from './record.ts';
import type { AcceptanceTable, Tables } from './tables.ts';

/** A finding as it is to be accepted. */
export type NewAcceptance = Omit<AcceptanceRecord, 'at' | 'by'>;

/** What became of an acceptance: stored, or not because somebody accepted the finding before. */
export type Accepting =
  | { readonly outcome: 'accepted'; readonly value: AcceptanceRecord }
  | { readonly outcome: 'conflict'; readonly current: AcceptanceRecord };

export interface Acceptances {
  /** All of a migration, in the order of their codes and subjects; also those of findings that are not there any more. */
  list(migration: string): Promise<AcceptanceRecord[]>;
  accept(migration: string, finding: NewAcceptance, by: Actor): Promise<Accepting>;
  /** Takes an acceptance back; false where there is none. */
  withdraw(migration: string, finding: string, by: Actor): Promise<boolean>;
}

const toRecord = ({ accepted_at, accepted_by, migration_id: _, ...row }: Selectable<AcceptanceTable>) => ({
  ...row,
  at: accepted_at,
  by: accepted_by,
});

/** The repository of accepted findings. */
export function createAcceptances(database: Kysely<Tables>, now: () => string): Acceptances {
  const one = (from: Kysely<Tables>, migration: string, finding: string) =>
    from
      .selectFrom('acceptances')
      .selectAll()
      .where('migration_id', '=', migration)
      .where('finding', '=', finding)
      .executeTakeFirst();
  const fieldOf = ({ code, subject }: Pick<AcceptanceTable, 'code' | 'subject'>): string =>
    subject === '' ? code : `${code} at ${subject}`;
  return {
    async list(migration) {
      const rows = await database
        .selectFrom('acceptances')
        .selectAll()
        .where('migration_id', '=', migration)
        .orderBy('code')
        .orderBy('subject')
        .orderBy('finding')
        .execute();
      return rows.map(toRecord);
    },
    accept: (migration, finding, by) =>
      database.transaction().execute(async (transaction) => {
        const known = await one(transaction, migration, finding.finding);
        if (known !== undefined) return { outcome: 'conflict', current: toRecord(known) };
        const row = { migration_id: migration, ...finding, accepted_at: now(), accepted_by: by.name };
        await transaction.insertInto('acceptances').values(row).execute();
        const step = { subject: 'finding', field: fieldOf(finding), before: null, after: finding.reason };
        await append(transaction, migration, [step], by, row.accepted_at);
        return { outcome: 'accepted', value: toRecord(row) };
      }),
    withdraw: (migration, finding, by) =>
      database.transaction().execute(async (transaction) => {
        const known = await one(transaction, migration, finding);
        if (known === undefined) return false;
        await transaction
          .deleteFrom('acceptances')
          .where('migration_id', '=', migration)
          .where('finding', '=', finding)
          .execute();
        const step = { subject: 'finding', field: fieldOf(known), before: known.reason, after: null };
        await append(transaction, migration, [step], by, now());
        return true;
      }),
  };
}
