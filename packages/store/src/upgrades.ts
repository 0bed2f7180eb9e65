import { existsSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** Why a store cannot be opened, upgraded, saved or restored; the message is for people. */
export class StoreError extends Error {}

/** Marks a SQLite file as a store of Isthmus (`PRAGMA application_id`); spells `ISTH`. */
export const applicationId = 0x49535448;

/** The steps from an empty file to today's schema; the length of the list is the schema's version. Steps are never edited. */
export const upgrades: readonly string[] = [
  `
  CREATE TABLE migrations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    archived_at TEXT,
    revision INTEGER NOT NULL,
    settings TEXT NOT NULL
  ) STRICT;
  CREATE TABLE snapshots (
    migration_id TEXT NOT NULL REFERENCES migrations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    files INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    resources INTEGER NOT NULL,
    istio INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    PRIMARY KEY (migration_id, number)
  ) STRICT;
  CREATE INDEX snapshots_by_id ON snapshots (id);
  CREATE TABLE files (
    snapshot_id TEXT NOT NULL,
    path TEXT NOT NULL,
    content BLOB NOT NULL,
    size INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    diagnostics TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, path)
  ) STRICT;
  CREATE TABLE service_states (
    migration_id TEXT NOT NULL REFERENCES migrations (id) ON DELETE CASCADE,
    service TEXT NOT NULL,
    phase TEXT NOT NULL,
    owner TEXT NOT NULL,
    note TEXT NOT NULL,
    revision INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (migration_id, service)
  ) STRICT;
  CREATE TABLE history (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    migration_id TEXT NOT NULL REFERENCES migrations (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    verified INTEGER NOT NULL,
    subject TEXT NOT NULL,
    field TEXT NOT NULL,
    before TEXT,
    after TEXT
  ) STRICT;
  CREATE INDEX history_by_migration ON history (migration_id, sequence);
  CREATE TRIGGER history_keeps_entries BEFORE UPDATE ON history
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
  CREATE TRIGGER history_loses_none BEFORE DELETE ON history
    WHEN EXISTS (SELECT 1 FROM migrations WHERE id = OLD.migration_id)
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
  CREATE TRIGGER files_outlive_no_snapshot AFTER DELETE ON snapshots
    WHEN NOT EXISTS (SELECT 1 FROM snapshots WHERE id = OLD.id)
    BEGIN DELETE FROM files WHERE snapshot_id = OLD.id; END;
  `,
  `
  CREATE TABLE acceptances (
    migration_id TEXT NOT NULL REFERENCES migrations (id) ON DELETE CASCADE,
    finding TEXT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    reason TEXT NOT NULL,
    accepted_at TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    PRIMARY KEY (migration_id, finding)
  ) STRICT;
  `,
  `
  ALTER TABLE service_states ADD COLUMN share INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE plans (
    migration_id TEXT PRIMARY KEY REFERENCES migrations (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    settings TEXT NOT NULL,
    certificates TEXT NOT NULL,
    observed TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL
  ) STRICT;
  CREATE TABLE approvals (
    migration_id TEXT NOT NULL REFERENCES migrations (id) ON DELETE CASCADE,
    service TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    note TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    PRIMARY KEY (migration_id, service, approved_by)
  ) STRICT;
  `,
  `
  CREATE TABLE clusters (
    migration_id TEXT NOT NULL REFERENCES migrations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    connection TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL,
    PRIMARY KEY (migration_id, name)
  ) STRICT;
  `,
  `
  CREATE TABLE overrides (
    migration_id TEXT NOT NULL REFERENCES migrations (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    subject TEXT NOT NULL,
    content TEXT NOT NULL,
    reason TEXT NOT NULL,
    revision INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (migration_id, id)
  ) STRICT;
  `,
  `
  CREATE TABLE pseudonym_keys (
    migration_id TEXT PRIMARY KEY REFERENCES migrations (id) ON DELETE CASCADE,
    key BLOB NOT NULL
  ) STRICT;
  CREATE TABLE saved_views (
    migration_id TEXT NOT NULL REFERENCES migrations (id) ON DELETE CASCADE,
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    PRIMARY KEY (migration_id, page, name)
  ) STRICT;
  `,
];

const pragma = (file: DatabaseSync, name: string): number =>
  Number(Object.values(file.prepare(`PRAGMA ${name}`).get() ?? {})[0]);

/** The schema version of a file; 0 where it is empty. Throws a StoreError for files that are no store of Isthmus, or of a newer one. */
export function versionOf(file: DatabaseSync, path: string, steps: readonly string[] = upgrades): number {
  const version = pragma(file, 'user_version');
  const isEmpty = file.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
  if (!isEmpty && pragma(file, 'application_id') !== applicationId)
    throw new StoreError(`${path} is not a store of Isthmus.`);
  if (version > steps.length)
    throw new StoreError(
      `${path} was written by a newer Isthmus (schema ${version}; this one knows ${steps.length}). Update Isthmus, or restore a backup of the older one.`,
    );
  return version;
}

/** Brings a file to today's schema, step by step in one transaction; keeps a copy `<path>.before-v<N>` of what was there. */
export function upgrade(file: DatabaseSync, path: string, steps: readonly string[] = upgrades): void {
  const version = versionOf(file, path, steps);
  if (version === steps.length) return;
  if (version > 0) {
    const copy = `${path}.before-v${steps.length}`;
    if (existsSync(copy)) rmSync(copy);
    file.prepare('VACUUM INTO ?').run(copy);
  }
  file.exec('BEGIN IMMEDIATE');
  try {
    for (const step of steps.slice(version)) file.exec(step);
    file.exec(`PRAGMA application_id = ${applicationId}`);
    file.exec(`PRAGMA user_version = ${steps.length}`);
    file.exec('COMMIT');
  } catch (error) {
    file.exec('ROLLBACK');
    throw error;
  }
}
