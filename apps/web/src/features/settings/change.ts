import type { Migration, MigrationChange } from '@isthmus/contract';
import { call } from '../../api/client.ts';
import { storeMigration } from '../../api/live.ts';
import { queryClient } from '../../api/queries.ts';

/** Changes a migration and takes the answer into the cache. Rejects with a `conflict` where another change came first. */
export async function changeMigration(id: string, body: MigrationChange): Promise<Migration> {
  const changed = await call('PATCH /migrations/:id', { params: { id }, body });
  storeMigration(queryClient, changed);
  return changed;
}
