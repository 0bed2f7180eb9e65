import { AsyncLocalStorage } from 'node:async_hooks';

/** Whom something is computed for. */
export interface Asker {
  /** The migration that the request is about; absent where it is about none. */
  readonly migration?: string;
  /** Aborted when the client goes away. Absent where what was begun is to be brought to its end. */
  readonly left?: AbortSignal;
}

/** Who asks, for all that is called while a request is answered. */
export const asker = new AsyncLocalStorage<Asker>();
