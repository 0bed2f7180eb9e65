import type { MigrationRecord, SnapshotRecord, Store } from '@isthmus/store';
import type { Context } from './context.ts';
import { type Inputs, inputsOf } from './override-record.ts';
import { notFound, Refusal } from './problem.ts';
import type { ViewTask } from './workers/views.ts';

type View = ViewTask['view'];

/** The newest snapshot of a migration, or a refusal. */
export async function newestSnapshot(store: Store, migration: string): Promise<SnapshotRecord> {
  const snapshot = await store.snapshots.newest(migration);
  if (snapshot === undefined)
    throw new Refusal(404, 'no-snapshot', 'Nothing has been imported into this migration yet.');
  return snapshot;
}

/** A view of the newest snapshot of a migration as bytes; a refusal where there is none, or nothing to show. */
export async function renderNewest(
  { store, views }: Pick<Context, 'store' | 'views'>,
  record: MigrationRecord,
  viewOf: (snapshot: SnapshotRecord, inputs: Inputs) => View | Promise<View>,
): Promise<Buffer> {
  const snapshot = await newestSnapshot(store, record.id);
  const states = await store.services.list(record.id);
  const accepted = await store.acceptances.list(record.id);
  const inputs = await inputsOf(store, record);
  const bytes = await views.render(snapshot.id, inputs, states, await viewOf(snapshot, inputs), accepted);
  if (bytes.length === 0) throw notFound('What was asked for');
  return bytes;
}
