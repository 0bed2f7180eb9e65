import type { Kysely, Selectable } from 'kysely';
import { append, type Step } from './history.ts';
import { hasMigration } from './migrations.ts';
import type { Actor, Change, PlanRecord } from './record.ts';
import type { PlanTable, Tables } from './tables.ts';

/** What may change of a plan; each part takes the place of the one before. */
export interface PlanPatch {
  readonly settings?: PlanRecord['settings'] | undefined;
  readonly certificates?: PlanRecord['certificates'] | undefined;
  /** null forgets it. */
  readonly observed?: unknown;
}

/** What the history is to say of a change of a plan. */
export interface PlanNews {
  readonly field: 'plan' | 'certificates' | 'observed';
  readonly before: string | null;
  readonly after: string | null;
}

export interface Plans {
  /** A plan that nobody changed has revision 0. */
  get(migration: string): Promise<PlanRecord>;
  /**
   * Changes a plan whose revision is still the one seen, in one transaction with its history.
   * @param revision undefined for a change that does not depend on what was there
   */
  change(
    migration: string,
    revision: number | undefined,
    patch: PlanPatch,
    news: PlanNews,
    by: Actor,
  ): Promise<Change<PlanRecord>>;
}

const nothing: PlanRecord = {
  revision: 0,
  settings: {},
  certificates: {},
  observed: null,
  updatedAt: null,
  updatedBy: null,
};

const toRecord = (row: Selectable<PlanTable> | undefined): PlanRecord =>
  row === undefined
    ? nothing
    : {
        revision: row.revision,
        settings: JSON.parse(row.settings) as PlanRecord['settings'],
        certificates: JSON.parse(row.certificates) as PlanRecord['certificates'],
        observed: row.observed === null ? null : JSON.parse(row.observed),
        updatedAt: row.updated_at,
        updatedBy: row.updated_by,
      };

/** The repository of plans. */
export function createPlans(database: Kysely<Tables>, now: () => string): Plans {
  const read = (from: Kysely<Tables>, migration: string) =>
    from.selectFrom('plans').selectAll().where('migration_id', '=', migration).executeTakeFirst();
  return {
    get: async (migration) => toRecord(await read(database, migration)),
    change: (migration, revision, patch, news, by) =>
      database.transaction().execute(async (transaction) => {
        if (!(await hasMigration(transaction, migration))) return { outcome: 'missing' };
        const current = toRecord(await read(transaction, migration));
        if (revision !== undefined && revision !== current.revision) return { outcome: 'conflict', current };
        const at = now();
        const observed = patch.observed === undefined ? current.observed : patch.observed;
        const next: Selectable<PlanTable> = {
          migration_id: migration,
          revision: current.revision + 1,
          settings: JSON.stringify(patch.settings ?? current.settings),
          certificates: JSON.stringify(patch.certificates ?? current.certificates),
          observed: observed === null ? null : JSON.stringify(observed),
          updated_at: at,
          updated_by: by.name,
        };
        await transaction
          .insertInto('plans')
          .values(next)
          .onConflict((conflict) => conflict.column('migration_id').doUpdateSet(next))
          .execute();
        const step: Step = { subject: 'plan', ...news };
        await append(transaction, migration, [step], by, at);
        return { outcome: 'changed', value: toRecord(next) };
      }),
  };
}
