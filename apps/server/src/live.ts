import { EventEmitter } from 'node:events';

export interface LiveEvent {
  readonly id: number;
  readonly migration: string;
  readonly event: 'migration' | 'services' | 'snapshot' | 'plan' | 'views';
  readonly data: unknown;
}

/** Changes of migrations as they happen, with the last ones kept for those who were away. */
export interface Live {
  publish(migration: string, event: LiveEvent['event'], data: unknown): void;
  /** Events after an id; undefined where they are no longer all known. */
  since(migration: string, id: number): LiveEvent[] | undefined;
  watch(migration: string, listener: (event: LiveEvent) => void): () => void;
}

const mostKept = 500;

/** @param firstId larger than any that an earlier run of the server gave out */
export function createLive(firstId: number): Live {
  const events = new EventEmitter();
  events.setMaxListeners(0);
  const kept: LiveEvent[] = [];
  let next = firstId;
  return {
    publish(migration, event, data) {
      const entry: LiveEvent = { id: next++, migration, event, data };
      kept.push(entry);
      if (kept.length > mostKept) kept.shift();
      events.emit(migration, entry);
    },
    since(migration, id) {
      if (id < (kept[0]?.id ?? next) - 1) return undefined;
      return kept.filter((entry) => entry.migration === migration && entry.id > id);
    },
    watch(migration, listener) {
      events.on(migration, listener);
      return () => void events.off(migration, listener);
    },
  };
}
