import type { Limits } from '@isthmus/kubernetes';
import type { AcceptanceRecord, ServiceState } from '@isthmus/store';
import { Piscina } from 'piscina';
import type { Inputs } from './override-record.ts';
import type { ViewTask } from './workers/views.ts';

/** Computes what is shown of a snapshot, in worker threads; answers are bytes, ready to be sent. */
export interface Views {
  render(
    snapshot: string,
    inputs: Inputs,
    states: readonly ServiceState[],
    view: ViewTask['view'],
    acceptances?: readonly AcceptanceRecord[],
  ): Promise<Buffer>;
  close(): Promise<void>;
}

/** One thread for each half of the migrations: a snapshot's translation is kept in one thread only. */
const threads = 2;

/**
 * Views of the snapshots that are stored in a directory.
 * @param onError called where a thread ends by itself, between two tasks or while it starts; another takes its place
 */
export function createViews(directory: string, limits: Limits, onError: (error: Error) => void): Views {
  const pools = Array.from({ length: threads }, () => {
    const pool = new Piscina({
      filename: new URL('./workers/views.ts', import.meta.url).href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: 600_000,
    });
    // Without a listener it would end the server.
    return pool.on('error', onError);
  });
  return {
    async render(snapshot, inputs, states, view, acceptances = []) {
      const pool = pools[Number.parseInt(snapshot.slice(0, 2), 16) % threads] as Piscina;
      const task: ViewTask = { directory, limits, snapshot, ...inputs, states, acceptances, view };
      const { buffer, byteOffset, byteLength } = (await pool.run(task)) as Uint8Array<ArrayBuffer>;
      return Buffer.from(buffer, byteOffset, byteLength);
    },
    close: async () => void (await Promise.all(pools.map((pool) => pool.destroy()))),
  };
}
