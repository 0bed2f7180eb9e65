import { availableParallelism } from 'node:os';
import type { Limits } from '@isthmus/kubernetes';
import type { AcceptanceRecord, ServiceState } from '@isthmus/store';
import { Piscina } from 'piscina';
import { asker } from './asker.ts';
import { createLanes } from './lanes.ts';
import type { Inputs } from './override-record.ts';
import { Refusal } from './problem.ts';
import type { ViewTask } from './workers/views.ts';

/** Computes what is shown of a snapshot, in worker threads; answers are bytes, ready to be sent. */
export interface Views {
  /**
   * A Refusal where it takes too long, where its thread ends twice, or where the client went away that `asker` names.
   */
  render(
    snapshot: string,
    inputs: Inputs,
    states: readonly ServiceState[],
    view: ViewTask['view'],
    acceptances?: readonly AcceptanceRecord[],
  ): Promise<Buffer>;
  close(): Promise<void>;
}

/** Seconds that a view may take, once it runs. */
export const defaultViewSeconds = 300;

// Each keeps the translations of two snapshots, so that many would take much memory.
const threads = Math.min(4, Math.max(2, availableParallelism()));

const gone = (): Refusal => new Refusal(499, 'client-left', 'The client went away before there was an answer.');

const late = (seconds: number): Refusal =>
  new Refusal(
    503,
    'view-too-slow',
    `This took longer than ${seconds} seconds to compute and was ended. ISTHMUS_VIEW_SECONDS gives views more time.`,
  );

function ended(error: unknown): Refusal {
  const isFull = (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isFull
    ? new Refusal(
        503,
        'out-of-memory',
        'The server ran out of memory twice while it computed this. An estate of this size needs a machine with more.',
      )
    : new Refusal(503, 'thread-ended', 'What computes this ended by itself, twice; the log of the server says more.');
}

/**
 * Views of the snapshots that are stored in a directory.
 * @param seconds how long one may take, once it runs
 * @param onError called where a thread ends by itself; another takes its place
 */
export function createViews(
  directory: string,
  limits: Limits,
  seconds: number,
  onError: (error: Error) => void,
): Views {
  let isClosed = false;
  const lanes = createLanes(threads, gone);
  /** Ends what waits for the thread of a lane. */
  const deaths: (AbortController | undefined)[] = [];
  const pools = Array.from({ length: threads }, (_, lane) => {
    const pool = new Piscina({
      filename: new URL('./workers/views.ts', import.meta.url).href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: 600_000,
    });
    pool.on('workerDestroy', () => {
      lanes.forget(lane);
      const death = deaths[lane];
      // After the thread's own error. A task that waits for a thread to start would wait for ever.
      setImmediate(() => death?.abort());
    });
    // Without a listener it would end the server.
    return pool.on('error', onError);
  });

  /** Once more where the thread died under it, which is not the view's fault the first time. */
  async function compute(task: ViewTask, lane: number, isAgain: boolean): Promise<Uint8Array<ArrayBuffer>> {
    const death = new AbortController();
    deaths[lane] = death;
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), seconds * 1000);
    try {
      return await (pools[lane] as Piscina).run(task, { signal: AbortSignal.any([clock.signal, death.signal]) });
    } catch (error) {
      if (clock.signal.aborted) throw late(seconds);
      await new Promise((resolve) => setImmediate(resolve));
      // What a view throws by itself, it would throw again.
      if (!death.signal.aborted || isClosed) throw error;
      onError(error as Error);
      if (isAgain) throw ended(error);
      if (Atomics.load(task.left, 0) === 1) throw gone();
      return await compute(task, lane, true);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async render(snapshot, inputs, states, view, acceptances = []) {
      const { migration = snapshot, left: signal } = asker.getStore() ?? {};
      const left = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      const tell = (): void => void Atomics.store(left, 0, 1);
      signal?.addEventListener('abort', tell, { once: true });
      const task: ViewTask = { directory, limits, snapshot, ...inputs, states, acceptances, left, view };
      try {
        const { buffer, byteOffset, byteLength } = await lanes.run({
          of: migration,
          keeps: snapshot,
          left: signal,
          run: (lane) => compute(task, lane, false),
        });
        return Buffer.from(buffer, byteOffset, byteLength);
      } finally {
        signal?.removeEventListener('abort', tell);
      }
    },
    async close() {
      isClosed = true;
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}
