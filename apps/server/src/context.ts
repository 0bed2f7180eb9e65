import { type Migration, phases, type Snapshot } from '@isthmus/contract';
import type { Limits } from '@isthmus/kubernetes';
import type { Actor, MigrationRecord, SnapshotRecord, Store } from '@isthmus/store';
import type { FastifyRequest } from 'fastify';
import type { Clusters } from './clusters.ts';
import type { Imports } from './imports.ts';
import type { Live } from './live.ts';
import { nameCookie } from './plugins/security.ts';
import { notFound } from './problem.ts';
import { completeSettings } from './settings.ts';
import type { Views } from './views.ts';

/** What the routes share. */
export interface Context {
  readonly store: Store;
  readonly imports: Imports;
  readonly clusters: Clusters;
  readonly live: Live;
  readonly views: Views;
  readonly limits: Limits;
  readonly token: string | undefined;
  readonly version: string;
}

export const firstPhase = phases[0];

/** Who speaks. Names are self-chosen as long as there are no accounts, so that none is verified. */
export function actorOf(request: FastifyRequest): Actor {
  return { name: request.cookies[nameCookie]?.trim() || 'anonymous', verified: false };
}

export const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id;

/** A migration with its newest snapshot, or a refusal. */
export async function findMigration(store: Store, id: string): Promise<MigrationRecord> {
  const found = await store.migrations.get(id);
  if (found === undefined) throw notFound('This migration');
  return found;
}

const asSnapshot = (record: SnapshotRecord): Snapshot => ({ ...record });

/** A migration as the API shows it. */
export async function present(store: Store, record: MigrationRecord): Promise<Migration> {
  const newest = await store.snapshots.newest(record.id);
  return {
    ...record,
    settings: completeSettings(record.settings),
    snapshot: newest === undefined ? null : asSnapshot(newest),
  };
}
