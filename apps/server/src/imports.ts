import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { ImportJob } from '@isthmus/contract';
import type { Limits } from '@isthmus/kubernetes';
import type { Actor, Store } from '@isthmus/store';
import { Piscina } from 'piscina';
import { Refusal } from './problem.ts';
import type { ImportProgress, ImportResult, ImportTask } from './workers/import.ts';

export interface Upload {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Imports under way and those that ended lately. */
export interface Imports {
  /** A job that receives files; refused with 429 where too many are under way. */
  open(migration: string): ImportJob;
  /** Reads and stores what was received; the job says how it went. Resolves once the job ended. */
  run(id: string, uploads: readonly Upload[], by: Actor): Promise<void>;
  fail(id: string, detail: string): void;
  update(id: string, change: Partial<ImportJob>): void;
  get(id: string): ImportJob | undefined;
  cancel(id: string): void;
  /** Calls back with every state of the job from now on; returns how to stop. */
  watch(id: string, listener: (job: ImportJob) => void): () => void;
  close(): Promise<void>;
}

const mostAtOnce = 4;
const mostKept = 200;

export const hasEnded = ({ state }: ImportJob): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

/**
 * Runs imports in a worker thread; each is `done` only once its snapshot is on disk.
 * @param onStored called after a snapshot was stored
 */
export function createImports(store: Store, limits: Limits, onStored: (migration: string) => void): Imports {
  const pool = new Piscina({
    filename: new URL('./workers/import.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 60_000,
  });
  const jobs = new Map<string, ImportJob>();
  const aborts = new Map<string, AbortController>();
  const events = new EventEmitter({ captureRejections: false });
  events.setMaxListeners(0);
  const update = (id: string, change: Partial<ImportJob>): void => {
    const before = jobs.get(id);
    if (before === undefined || hasEnded(before)) return;
    const { current: _, ...rest } = before;
    const job: ImportJob = { ...(change.state === undefined ? before : rest), ...change };
    jobs.set(id, job);
    events.emit(id, job);
  };
  return {
    open(migration) {
      if ([...jobs.values()].filter((job) => !hasEnded(job)).length >= mostAtOnce)
        throw new Refusal(429, 'too-many-imports', 'Other imports are under way; try again when one of them ended.');
      for (const [id, job] of jobs) if (jobs.size >= mostKept && hasEnded(job)) jobs.delete(id);
      const job: ImportJob = {
        id: randomUUID(),
        migration,
        state: 'receiving',
        files: 0,
        documents: 0,
        resources: 0,
        bytes: 0,
      };
      jobs.set(job.id, job);
      aborts.set(job.id, new AbortController());
      return job;
    },
    async run(id, uploads, by) {
      const abort = aborts.get(id);
      const job = jobs.get(id);
      if (abort === undefined || job === undefined) return;
      const { port1, port2 } = new MessageChannel();
      try {
        update(id, { state: 'reading' });
        port1.on('message', (progress: ImportProgress) => update(id, progress));
        const task: ImportTask = { uploads, limits, progress: port2 };
        const { snapshot, files } = (await pool.run(task, {
          signal: abort.signal,
          transferList: [port2],
        })) as ImportResult;
        if (files.length === 0) {
          update(id, {
            state: 'failed',
            detail: 'Nothing that was sent is a manifest: .yaml, .yml or .json was expected.',
          });
          return;
        }
        abort.signal.throwIfAborted();
        update(id, {
          state: 'translating',
          files: snapshot.files,
          documents: snapshot.documents,
          resources: snapshot.resources,
        });
        const stored = await store.snapshots.add(job.migration, snapshot, files, by);
        if (stored === undefined) {
          update(id, { state: 'failed', detail: 'The migration was deleted meanwhile.' });
          return;
        }
        onStored(job.migration);
        update(id, { state: 'done', snapshot: stored.id });
      } catch (error) {
        if (abort.signal.aborted) return;
        update(id, {
          state: 'failed',
          detail: 'The import could not be read or stored; the log of the server says more.',
        });
        throw error;
      } finally {
        port1.close();
        aborts.delete(id);
      }
    },
    fail(id, detail) {
      update(id, { state: 'failed', detail });
      aborts.delete(id);
    },
    update,
    get: (id) => jobs.get(id),
    cancel(id) {
      // Being stored already: what is on disk is not called cancelled.
      if (jobs.get(id)?.state === 'translating') return;
      update(id, { state: 'cancelled' });
      aborts.get(id)?.abort();
    },
    watch(id, listener) {
      events.on(id, listener);
      return () => void events.off(id, listener);
    },
    async close() {
      for (const abort of aborts.values()) abort.abort();
      await pool.destroy();
    },
  };
}
