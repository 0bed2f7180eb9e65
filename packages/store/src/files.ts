import { DatabaseSync } from 'node:sqlite';
import type { FileRecord } from './record.ts';
import { storePath } from './store-path.ts';

const open = (directory: string, readOnly: boolean): DatabaseSync =>
  new DatabaseSync(storePath(directory), { readOnly, timeout: 30_000 });

/** Reads the files of a snapshot by path, for worker threads: a connection of its own that never writes. */
export function readFiles(directory: string, snapshot: string): FileRecord[] {
  const file = open(directory, true);
  try {
    return file
      .prepare('SELECT path, content, size, documents, diagnostics FROM files WHERE snapshot_id = ? ORDER BY path')
      .all(snapshot) as unknown as FileRecord[];
  } finally {
    file.close();
  }
}

// The lock on the store is held for one batch only, so that edits do not wait for an import.
const batchBytes = 512 * 1024;
const batchFiles = 200;

/**
 * Writes the files of a snapshot that is to come, for worker threads: a connection of its own, in small transactions.
 * Nobody sees the files until `snapshots.add` names them; what an interrupted import leaves goes when the store is opened.
 * @param snapshot hash of the content, so that files which stand there already are the same
 */
export function stageFiles(directory: string, snapshot: string, files: Iterable<FileRecord>): void {
  const database = open(directory, false);
  try {
    database.exec('PRAGMA synchronous = FULL');
    const insert = database.prepare(
      'INSERT OR IGNORE INTO files (snapshot_id, path, content, size, documents, diagnostics) VALUES (?, ?, ?, ?, ?, ?)',
    );
    let bytes = 0;
    let count = 0;
    for (const { path, content, size, documents, diagnostics } of files) {
      if (!database.isTransaction) database.exec('BEGIN IMMEDIATE');
      insert.run(snapshot, path, content, size, documents, diagnostics);
      bytes += content.length + diagnostics.length;
      count++;
      if (bytes < batchBytes && count < batchFiles) continue;
      database.exec('COMMIT');
      bytes = 0;
      count = 0;
    }
    if (database.isTransaction) database.exec('COMMIT');
  } finally {
    // An open transaction is rolled back.
    database.close();
  }
}
