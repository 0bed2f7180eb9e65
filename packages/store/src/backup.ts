import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup as copyPages, DatabaseSync } from 'node:sqlite';
import { openFile } from './database.ts';
import { storePath } from './store-path.ts';
import { StoreError, upgrade, versionOf } from './upgrades.ts';

function check(file: DatabaseSync, path: string): void {
  let fault: unknown;
  try {
    if (versionOf(file, path) === 0) throw new StoreError(`${path} is empty.`);
    fault = Object.values(file.prepare('PRAGMA integrity_check(1)').get() ?? {})[0];
    if (fault === 'ok')
      fault = file.prepare('PRAGMA foreign_key_check').get() === undefined ? 'ok' : 'broken references';
  } catch (error) {
    if (error instanceof StoreError) throw error;
    fault = (error as Error).message;
  }
  if (fault !== 'ok') throw new StoreError(`${path} is damaged or no store of Isthmus: ${fault}.`);
}

function openExisting(path: string): DatabaseSync {
  if (!existsSync(path)) throw new StoreError(`${path} does not exist.`);
  return new DatabaseSync(path, { readOnly: true, timeout: 5000 });
}

/**
 * Writes a copy of the store to a new file, also while a server uses it, and checks the copy.
 * Throws a StoreError where there is no store, or where `to` exists.
 */
export function backup(directory: string, to: string): void {
  if (existsSync(to)) throw new StoreError(`${to} exists already; name another file.`);
  const source = openExisting(storePath(directory));
  try {
    check(source, storePath(directory));
    mkdirSync(dirname(to), { recursive: true });
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
  chmodSync(to, 0o600);
  const copy = openExisting(to);
  try {
    check(copy, to);
  } finally {
    copy.close();
  }
}

/**
 * Replaces the store by a backup after checking it, in one step, and brings it to today's schema. What was there is kept
 * as `store.sqlite.before-restore-<stamp>`; its path is returned, undefined where there was no store.
 * Throws a StoreError where the backup is damaged, no store, or of a newer Isthmus; the store is then as it was.
 * @param stamp tells copies apart, such as the time
 */
export async function restore(directory: string, from: string, stamp: string): Promise<string | undefined> {
  const source = openExisting(from);
  try {
    check(source, from);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = storePath(directory);
    let kept: string | undefined;
    if (existsSync(path)) {
      kept = `${path}.before-restore-${stamp}`;
      backup(directory, kept);
    }
    await copyPages(source, path);
    const file = openFile(path);
    try {
      upgrade(file, path);
    } finally {
      file.close();
    }
    chmodSync(path, 0o600);
    return kept;
  } finally {
    source.close();
  }
}
