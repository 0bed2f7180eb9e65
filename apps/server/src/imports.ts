import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ImportJob } from '@isthmus/contract';
import type { Limits } from '@isthmus/kubernetes';
import type { Actor, NewSnapshot, Store } from '@isthmus/store';
import { Piscina } from 'piscina';
import { Refusal } from './problem.ts';
import type { ImportMessage, ImportReply, ImportResult, ImportTask } from './workers/import.ts';

/** Where the files of one import go, one after the other. */
export interface Feed {
  readonly job: ImportJob;
  /** Begins a file. */
  file(path: string): void;
  /** Takes the next bytes of the file; resolves when more may come. Rejects once the import was cancelled or failed. */
  bytes(piece: Uint8Array): Promise<void>;
  /** Ends the file. */
  end(): void;
  /** Says that nothing more comes; resolves once the import ended, well or badly. Rejects where that is a bug. */
  finish(): Promise<void>;
  /** Ends the import because nothing more will come. */
  fail(detail: string): void;
  /** How far the reading of clusters is that the files come from. */
  tell(clusters: NonNullable<ImportJob['clusters']>): void;
  /** Aborted once nothing more is taken. */
  readonly signal: AbortSignal;
}

/** Clusters as they were read to be compared with snapshots; it is none itself. */
export type Comparable = NewSnapshot & { readonly createdAt: string; readonly createdBy: string };

/** Imports under way and those that ended lately. */
export interface Imports {
  /** A job that receives files and reads them as they arrive; refused with 429 where too many are under way. */
  open(migration: string, by: Actor): Feed;
  /** The same, but what is read becomes no snapshot: it is kept to be compared, until the next such reading or snapshot. */
  openComparison(migration: string, by: Actor): Feed;
  /** What was read last to be compared. */
  comparable(migration: string): Comparable | undefined;
  /** Forgets what was read to be compared. */
  forgetComparable(migration: string): Promise<void>;
  get(id: string): ImportJob | undefined;
  cancel(id: string): void;
  /** Calls back with every state of the job from now on; returns how to stop. */
  watch(id: string, listener: (job: ImportJob) => void): () => void;
  close(): Promise<void>;
}

const mostAtOnce = 4;
const mostKept = 200;
// What a worker has not read yet; beyond this the sender waits, and with it the client's connection.
const mostWaiting = 4 * 1024 * 1024;
const progressEvery = 100;

export const hasEnded = ({ state }: ImportJob): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

/** Sends pieces to a worker, no faster than it takes them. */
function createSender(port: MessagePort, signal: AbortSignal) {
  let waiting = 0;
  let resume = (): void => {};
  signal.addEventListener('abort', () => resume());
  return {
    send: (message: ImportMessage): void => port.postMessage(message),
    taken(count: number): void {
      waiting -= count;
      if (waiting < mostWaiting) resume();
    },
    async bytes(piece: Uint8Array): Promise<void> {
      const copy = new Uint8Array(piece);
      waiting += copy.length;
      port.postMessage({ bytes: copy } satisfies ImportMessage, [copy.buffer]);
      while (waiting >= mostWaiting && !signal.aborted) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
      }
      if (signal.aborted) throw new Refusal(409, 'cancelled', 'The import was cancelled.');
    },
  };
}

/**
 * Runs imports in worker threads while they are being received; each is `done` only once its snapshot is on disk.
 * @param directory of the store
 * @param onStored called after a snapshot was stored
 * @param onError called where a thread ends by itself, between two imports or while it starts; another takes its place
 */
export function createImports(
  store: Store,
  directory: string,
  limits: Limits,
  onStored: (migration: string) => void,
  onError: (error: Error) => void,
): Imports {
  const pool = new Piscina({
    filename: new URL('./workers/import.ts', import.meta.url).href,
    minThreads: 0,
    // One each: an upload that trickles in must not hold up the others.
    maxThreads: mostAtOnce,
    idleTimeout: 60_000,
  });
  // Without a listener it would end the server.
  pool.on('error', onError);
  const jobs = new Map<string, ImportJob>();
  const aborts = new Map<string, AbortController>();
  const comparables = new Map<string, Comparable>();
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
  async function forgetComparable(migration: string): Promise<void> {
    const before = comparables.get(migration);
    comparables.delete(migration);
    // Of two migrations with the same clusters both may compare with the same content.
    if (before !== undefined && ![...comparables.values()].some((other) => other.id === before.id))
      await store.snapshots.dropStaged(before.id);
  }
  /** What becomes of what the worker staged. */
  type Keep = (id: string, migration: string, result: ImportResult, by: Actor) => Promise<void>;
  const compareWith: Keep = async (id, migration, { snapshot }, by) => {
    const { files, documents, resources } = snapshot;
    if (comparables.get(migration)?.id !== snapshot.id) await forgetComparable(migration);
    comparables.set(migration, { ...snapshot, createdAt: new Date().toISOString(), createdBy: by.name });
    update(id, { state: 'done', files, documents, resources });
  };
  /** Makes it the migration's newest snapshot. */
  const add: Keep = async (id, migration, { snapshot, records }, by) => {
    if (records === 0) {
      const detail = 'Nothing that was sent is a manifest: .yaml, .yml or .json was expected.';
      update(id, { state: 'failed', detail });
      return;
    }
    const { files, documents, resources } = snapshot;
    update(id, { state: 'translating', files, documents, resources });
    const added = await store.snapshots.add(migration, snapshot, records, by);
    switch (added.outcome) {
      case 'added':
        // Whoever looks at it now compares with this snapshot, which is newer.
        await forgetComparable(migration);
        onStored(migration);
        update(id, { state: 'done', snapshot: added.snapshot.id });
        break;
      case 'no-migration':
        update(id, { state: 'failed', detail: 'The migration was deleted meanwhile.' });
        break;
      case 'incomplete':
        update(id, {
          state: 'failed',
          detail: 'Another migration with the same files was deleted meanwhile. Try again.',
        });
        break;
    }
  };
  function open(migration: string, by: Actor, keep: Keep): Feed {
    if ([...jobs.values()].filter((job) => !hasEnded(job)).length >= mostAtOnce)
      throw new Refusal(429, 'too-many-imports', 'Other imports are under way; try again when one of them ended.');
    for (const [id, job] of jobs) if (jobs.size >= mostKept && hasEnded(job)) jobs.delete(id);
    const id = randomUUID();
    const job: ImportJob = { id, migration, state: 'receiving', files: 0, documents: 0, resources: 0, bytes: 0 };
    jobs.set(id, job);
    const abort = new AbortController();
    aborts.set(id, abort);
    const { port1, port2 } = new MessageChannel();
    const sender = createSender(port1, abort.signal);
    port1.on('message', (reply: ImportReply) => {
      if ('taken' in reply) sender.taken(reply.taken);
      else update(id, 'staging' in reply ? { state: 'translating' } : reply.progress);
    });
    const task: ImportTask = { directory, limits, port: port2 };
    const read = pool.run(task, { signal: abort.signal, transferList: [port2] }) as Promise<ImportResult>;
    const fault = { detail: 'The import could not be read or stored; the log of the server says more.' };
    const ended = read
      .then((result) => {
        abort.signal.throwIfAborted();
        return keep(id, migration, result, by);
      })
      .catch((error) => {
        if (abort.signal.aborted) return;
        update(id, { state: 'failed', ...fault });
        throw error;
      })
      .finally(() => {
        // Whoever still sends is told.
        abort.abort();
        port1.close();
        aborts.delete(id);
      });
    // Until `finish` waits for it.
    ended.catch(() => {});
    let bytes = 0;
    let told = 0;
    return {
      job,
      file: (path) => sender.send({ path }),
      bytes(piece) {
        bytes += piece.length;
        const now = Date.now();
        if (now - told >= progressEvery) {
          told = now;
          update(id, { bytes });
        }
        return sender.bytes(piece);
      },
      end: () => sender.send({ end: true }),
      finish() {
        update(id, { state: 'reading', bytes });
        sender.send({ finish: true });
        return ended;
      },
      fail(detail) {
        update(id, { state: 'failed', detail });
        abort.abort();
      },
      tell: (clusters) => update(id, { clusters }),
      signal: abort.signal,
    };
  }
  return {
    open: (migration, by) => open(migration, by, add),
    openComparison: (migration, by) => open(migration, by, compareWith),
    comparable: (migration) => comparables.get(migration),
    forgetComparable,
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
