import type { Kysely, Transaction } from 'kysely';
import { breath } from './breath.ts';
import type { Actor, HistoryRecord, PhaseStep } from './record.ts';
import type { Tables } from './tables.ts';

/** One step to append. */
export interface Step {
  readonly subject: string;
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

const stepsAtOnce = 250;

/** Appends steps within the transaction that makes them. */
export async function append(
  transaction: Transaction<Tables>,
  migration: string,
  steps: readonly Step[],
  by: Actor,
  at: string,
): Promise<void> {
  // SQLite takes at most 32,766 values in one statement, and a statement holds up whoever else waits for an answer.
  for (let from = 0; from < steps.length; from += stepsAtOnce) {
    await transaction
      .insertInto('history')
      .values(
        steps.slice(from, from + stepsAtOnce).map((step) => ({
          migration_id: migration,
          at,
          by: by.name,
          verified: by.verified ? 1 : 0,
          ...step,
        })),
      )
      .execute();
    await breath();
  }
}

/** Every change of a service's phase, oldest first. */
export async function readPhaseSteps(database: Kysely<Tables>, migration: string): Promise<PhaseStep[]> {
  const rows = await database
    .selectFrom('history')
    .select(['subject', 'at', 'after'])
    .where('migration_id', '=', migration)
    .where('field', '=', 'phase')
    .orderBy('sequence')
    .execute();
  return rows.map(({ subject, at, after }) => ({ service: subject, at, phase: after ?? '' }));
}

/** The newest `limit` steps of a migration, before a sequence number and of one subject where these are given. */
export async function readHistory(
  database: Kysely<Tables>,
  migration: string,
  { subject, before, limit }: { subject?: string | undefined; before?: number | undefined; limit: number },
): Promise<HistoryRecord[]> {
  let query = database.selectFrom('history').selectAll().where('migration_id', '=', migration);
  if (subject !== undefined) query = query.where('subject', '=', subject);
  if (before !== undefined) query = query.where('sequence', '<', before);
  const rows = await query.orderBy('sequence', 'desc').limit(limit).execute();
  return rows.map(({ migration_id: _, verified, ...row }) => ({ ...row, verified: verified === 1 }));
}
