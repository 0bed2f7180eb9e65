import { chmodSync, mkdirSync } from 'node:fs';
import { sql } from 'kysely';
import { type Acceptances, createAcceptances } from './acceptances.ts';
import { type Approvals, createApprovals } from './approvals.ts';
import { type Clusters, createClusters } from './clusters.ts';
import { openFile, queryBuilder } from './database.ts';
import { readHistory, readPhaseSteps } from './history.ts';
import { createMigrations, type Migrations } from './migrations.ts';
import { createOverrides, type Overrides } from './overrides.ts';
import { createPlans, type Plans } from './plans.ts';
import { createPseudonymKeys, type PseudonymKeys } from './pseudonym-keys.ts';
import type { HistoryRecord, PhaseStep } from './record.ts';
import { createSavedViews, type SavedViews } from './saved-views.ts';
import { createServices, type Services } from './services.ts';
import { createSnapshots, type Snapshots } from './snapshots.ts';
import { storePath } from './store-path.ts';
import { upgrade } from './upgrades.ts';

/** The stored migrations. A write is on disk when its promise resolves. */
export interface Store {
  readonly migrations: Migrations;
  readonly snapshots: Snapshots;
  readonly services: Services;
  readonly clusters: Clusters;
  readonly acceptances: Acceptances;
  readonly overrides: Overrides;
  readonly plans: Plans;
  readonly approvals: Approvals;
  readonly pseudonymKeys: PseudonymKeys;
  readonly savedViews: SavedViews;
  history(
    migration: string,
    which: { subject?: string | undefined; before?: number | undefined; limit: number },
  ): Promise<HistoryRecord[]>;
  /** Every change of a phase, oldest first. */
  phaseSteps(migration: string): Promise<PhaseStep[]>;
  /** Answers when the file does. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the store in a folder, which is made where it is missing, and brings it to today's schema.
 * Throws a StoreError where the file is no store, or one of a newer Isthmus.
 * @param now the time as ISO 8601
 */
export async function openStore(directory: string, now = () => new Date().toISOString()): Promise<Store> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = storePath(directory);
  const file = openFile(path);
  try {
    upgrade(file, path);
    // What an import left that was interrupted before its snapshot was named.
    file.exec('DELETE FROM files WHERE snapshot_id NOT IN (SELECT id FROM snapshots)');
  } catch (error) {
    file.close();
    throw error;
  }
  chmodSync(path, 0o600);
  const database = queryBuilder(file);
  return {
    migrations: createMigrations(database, now),
    snapshots: createSnapshots(database, now),
    services: createServices(database, now),
    clusters: createClusters(database, now),
    acceptances: createAcceptances(database, now),
    overrides: createOverrides(database, now),
    plans: createPlans(database, now),
    approvals: createApprovals(database, now),
    pseudonymKeys: createPseudonymKeys(database),
    savedViews: createSavedViews(database, now),
    history: (migration, which) => readHistory(database, migration, which),
    phaseSteps: (migration) => readPhaseSteps(database, migration),
    ping: async () => void (await sql`SELECT 1`.execute(database)),
    close: () => database.destroy(),
  };
}
