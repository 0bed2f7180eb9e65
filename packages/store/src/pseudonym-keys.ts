import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export interface PseudonymKeys {
  /** The key of a migration's pseudonyms; the first one who asks proposes it. */
  get(migration: string, proposed: Uint8Array): Promise<Uint8Array>;
}

/** The repository of keys of pseudonyms: kept, so that reports of one migration can be laid side by side. */
export function createPseudonymKeys(database: Kysely<Tables>): PseudonymKeys {
  return {
    async get(migration, proposed) {
      await database
        .insertInto('pseudonym_keys')
        .values({ migration_id: migration, key: proposed })
        .onConflict((conflict) => conflict.column('migration_id').doNothing())
        .execute();
      const row = await database
        .selectFrom('pseudonym_keys')
        .select('key')
        .where('migration_id', '=', migration)
        .executeTakeFirstOrThrow();
      return row.key;
    },
  };
}
