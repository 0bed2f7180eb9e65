import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import type { Tables } from './tables.ts';

/** Opens the file with what durability asks for: WAL, and a sync to disk before each commit is acknowledged. */
export function openFile(path: string): DatabaseSync {
  const file = new DatabaseSync(path, { timeout: 5000 });
  file.exec('PRAGMA journal_mode = WAL');
  file.exec('PRAGMA synchronous = FULL');
  file.exec('PRAGMA foreign_keys = ON');
  // Without it `INSERT OR REPLACE` would delete rows of the history past its trigger.
  file.exec('PRAGMA recursive_triggers = ON');
  return file;
}

/** Kysely over Node's own SQLite. */
export function queryBuilder(file: DatabaseSync): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new SqliteDialect({
      database: {
        close: () => file.close(),
        prepare(sql) {
          const statement = file.prepare(sql);
          const values = (parameters: readonly unknown[]): SQLInputValue[] => [...parameters] as SQLInputValue[];
          return {
            reader: statement.columns().length > 0,
            all: (parameters) => statement.all(...values(parameters)),
            run: (parameters) => statement.run(...values(parameters)),
            iterate: (parameters) => statement.iterate(...values(parameters)),
          };
        },
      },
    }),
  });
}
