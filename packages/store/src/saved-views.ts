import type { Kysely } from 'kysely';
import type { Actor, SavedViewRecord } from './record.ts';
import type { Tables } from './tables.ts';

export interface SavedViews {
  /** By page and name. */
  list(migration: string): Promise<SavedViewRecord[]>;
  /** Saves a view; one of the same name on the same page is replaced. Undefined where there are as many as there may be. */
  save(
    migration: string,
    view: Pick<SavedViewRecord, 'page' | 'name' | 'query'>,
    by: Actor,
  ): Promise<SavedViewRecord | undefined>;
  /** Whether there was one. */
  remove(migration: string, page: string, name: string): Promise<boolean>;
}

const most = 200;

/** The repository of saved views. They say how something is looked at and change nothing of it: the history has none of them. */
export function createSavedViews(database: Kysely<Tables>, now: () => string): SavedViews {
  return {
    async list(migration) {
      const rows = await database
        .selectFrom('saved_views')
        .selectAll()
        .where('migration_id', '=', migration)
        .orderBy('page')
        .orderBy('name')
        .execute();
      return rows.map(({ page, name, query, saved_at: at, saved_by: by }) => ({ page, name, query, at, by }));
    },
    save: (migration, { page, name, query }, by) =>
      database.transaction().execute(async (transaction) => {
        const at = now();
        const others = await transaction
          .selectFrom('saved_views')
          .select(['page', 'name'])
          .where('migration_id', '=', migration)
          .execute();
        const isKnown = others.some((one) => one.page === page && one.name === name);
        if (!isKnown && others.length >= most) return undefined;
        const row = { migration_id: migration, page, name, query, saved_at: at, saved_by: by.name };
        await transaction
          .insertInto('saved_views')
          .values(row)
          .onConflict((conflict) => conflict.columns(['migration_id', 'page', 'name']).doUpdateSet(row))
          .execute();
        return { page, name, query, at, by: by.name };
      }),
    async remove(migration, page, name) {
      const { numDeletedRows } = await database
        .deleteFrom('saved_views')
        .where('migration_id', '=', migration)
        .where('page', '=', page)
        .where('name', '=', name)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}
