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
          // Every transaction here writes. One that began by reading would be refused without waiting where an import in a
          // worker thread wrote meanwhile (SQLITE_BUSY_SNAPSHOT).
          const statement = file.prepare(sql === 'begin' ? 'begin immediate' : sql);
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
