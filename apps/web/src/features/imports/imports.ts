import { useSyncExternalStore } from 'react';
import { call } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { advance, type ImportEvent, type ImportState, isOver } from './import-state.ts';
import { send, watch } from './transfer.ts';
import type { Found } from './walk.ts';

interface Running {
  state: ImportState;
  readonly abort: AbortController;
  stopWatching: () => void;
}

// Imports outlive the page that started them: one can look around while files are being sent.
const running = new Map<string, Running>();
const listeners = new Set<() => void>();

function tell(migration: string, event: ImportEvent): void {
  const entry = running.get(migration);
  if (entry === undefined) return;
  entry.state = advance(entry.state, event);
  for (const listener of listeners) listener();
  if (entry.state.step === 'done') {
    const queryKey = keys.migration(migration);
    queryClient.removeQueries({ queryKey, predicate: (query) => query.state.status === 'error' });
    void queryClient.invalidateQueries({ queryKey });
    void queryClient.invalidateQueries({ queryKey: keys.migrations });
  }
}

const detailOf = (error: unknown): string =>
  isProblem(error) ? error.problem.detail : error instanceof Error ? error.message : String(error);

function follow(migration: string, job: string): void {
  const entry = running.get(migration);
  if (entry === undefined) return;
  entry.stopWatching = watch(
    job,
    (now) => tell(migration, { type: 'job', job: now }),
    (error) => {
      const isGone = isProblem(error) && error.problem.status === 404;
      tell(migration, {
        type: 'failed',
        detail: isGone
          ? 'The server no longer knows this import: it ended long ago, or the server was started anew meanwhile. If its snapshot is not there, import again.'
          : detailOf(error),
      });
    },
  );
}

function begin(migration: string): AbortController {
  const before = running.get(migration);
  before?.stopWatching();
  const abort = new AbortController();
  running.set(migration, { state: { step: 'collecting', files: 0 }, abort, stopWatching: () => {} });
  for (const listener of listeners) listener();
  return abort;
}

/** Sends what was found and follows the import to its end. */
export async function startImport(migration: string, found: Found): Promise<void> {
  const abort = begin(migration);
  const { uploads, leftOut } = found;
  if (uploads.length === 0) {
    const hint = leftOut === 0 ? '' : ` ${leftOut} other files were left out.`;
    tell(migration, {
      type: 'failed',
      detail: `There is no manifest in it: .yaml, .yml, .json, .zip, .tar or .tar.gz was expected.${hint}`,
    });
    return;
  }
  const total = uploads.reduce((sum, { file }) => sum + file.size, 0);
  tell(migration, { type: 'sending', files: uploads.length, leftOut, total });
  try {
    const job = await send(
      migration,
      found,
      (sent, of) => tell(migration, { type: 'sent', sent, total: of }),
      abort.signal,
    );
    tell(migration, { type: 'job', job });
    if (!isOver(running.get(migration)?.state ?? { step: 'cancelled' })) follow(migration, job.id);
  } catch (error) {
    tell(migration, abort.signal.aborted ? { type: 'cancelled' } : { type: 'failed', detail: detailOf(error) });
  }
}

/** Follows an import that was started elsewhere: the sample's, or one of an address. */
export function followImport(migration: string, job: string): void {
  const known = running.get(migration)?.state;
  // One that is being sent from here goes first; one that is over gives way.
  if (known !== undefined && !isOver(known) && (known.step !== 'running' || known.job.id === job)) return;
  begin(migration);
  follow(migration, job);
}

/** Stops sending, or asks the server to stop. What was imported before is untouched. */
export async function cancelImport(migration: string): Promise<void> {
  const entry = running.get(migration);
  if (entry === undefined) return;
  if (entry.state.step === 'running') await call('DELETE /imports/:id', { params: { id: entry.state.job.id } });
  else {
    entry.abort.abort(new DOMException('Cancelled', 'AbortError'));
    tell(migration, { type: 'cancelled' });
  }
}

/** Forgets an import that is over, so that the next one can begin. */
export function forgetImport(migration: string): void {
  running.get(migration)?.stopWatching();
  running.delete(migration);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The import of a migration that this tab started or follows. */
export const useImport = (migration: string): ImportState | undefined =>
  useSyncExternalStore(subscribe, () => running.get(migration)?.state);
