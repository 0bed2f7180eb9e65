import type { JsonObject } from '@isthmus/kubernetes';
import { ClusterError } from './cluster-error.ts';
import type { ServedKind, Unread } from './kinds.ts';
import { isWatched, liveShape } from './live-shape.ts';
import { byText, idOf } from './objects.ts';
import { type KindProgress, type KindReading, readCluster } from './read-cluster.ts';
import type { Reader } from './reader.ts';
import { grantOf } from './rights.ts';
import { backOff } from './timing.ts';
import { watchKind } from './watch.ts';

/** One kind of a cluster that is watched. */
export interface LiveKind {
  readonly kind: ServedKind;
  readonly state: KindProgress['state'];
  readonly read: number;
  readonly total?: number;
  /** Why what is shown may be old. */
  readonly lost?: string;
}

/** A cluster as it stands now, as far as it is known. */
export interface LiveState {
  /** `failed` where nothing can be read; it is tried again until it is closed. */
  readonly state: 'reading' | 'watching' | 'failed';
  readonly error?: ClusterError;
  /** Of the API server; `''` as long as it is not known. */
  readonly version: string;
  readonly kinds: readonly LiveKind[];
  readonly unread: readonly Unread[];
  /** The objects of a kind, in no order. */
  objects(group: string, kind: string): Iterable<JsonObject>;
  /** All objects of kinds that are read, kind by kind. */
  all(): Iterable<JsonObject>;
}

/** A cluster that is read once and watched from then on, until it is closed. */
export interface LiveCluster {
  current(): LiveState;
  /** Calls back after changes, not more often than its listener asks for; returns how to stop. */
  onChange(listener: () => void): () => void;
  close(): void;
}

const keyOf = ({ group, resource }: ServedKind): string => `${group}/${resource}`;

/** Reads and watches a cluster. Failures are part of its state. */
export function openLive(reader: Reader): LiveCluster {
  const abort = new AbortController();
  const { signal } = abort;
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const stores = new Map<string, Map<string, JsonObject>>();
  const kinds = new Map<string, LiveKind>();
  let unread: readonly Unread[] = [];
  let state: LiveState['state'] = 'reading';
  let error: ClusterError | undefined;
  let version = '';

  const fill = (kind: ServedKind, objects: readonly JsonObject[]): void => {
    stores.set(keyOf(kind), new Map(objects.map((object) => [idOf(object), object])));
    changed();
  };
  const mark = (kind: ServedKind, change: Partial<LiveKind>): void => {
    const { lost: _, ...before } = kinds.get(keyOf(kind)) ?? { kind, state: 'read', read: 0 };
    kinds.set(keyOf(kind), { ...before, ...change });
    changed();
  };

  async function follow(reading: KindReading): Promise<void> {
    const { kind } = reading;
    const store = (): Map<string, JsonObject> => stores.get(keyOf(kind)) as Map<string, JsonObject>;
    const ended = await watchKind(
      reader,
      reading,
      liveShape,
      (event) => {
        if (event.type === 'list') fill(kind, event.objects);
        else if (event.type === 'set') store().set(idOf(event.object), event.object);
        else if (event.type === 'gone') store().delete(idOf(event.object));
        else mark(kind, event.type === 'lost' ? { lost: event.error.message } : {});
        if (event.type === 'set' || event.type === 'gone') changed();
      },
      signal,
    );
    if (ended === undefined) return;
    const { group, resource } = kind;
    const grant = ended.failure === 'forbidden' ? { grant: grantOf(kindless(group, resource), ended.user) } : {};
    const entry = {
      group,
      kind: kind.kind,
      resource,
      verb: 'watch',
      failure: ended.failure,
      reason: ended.message,
    } as const;
    unread = [...unread, { ...entry, ...grant }].sort(
      (a, b) => byText(a.group, b.group) || byText(a.resource, b.resource),
    );
    mark(kind, { lost: ended.message });
  }

  async function read(): Promise<void> {
    // Each kind is watched from where its list ended, while others are still read.
    const watches: Promise<void>[] = [];
    const reading = await readCluster(reader, {
      signal,
      wants: isWatched,
      shape: liveShape,
      onProgress({ kind, ...progress }) {
        mark(kind, progress);
      },
      onKind(one) {
        fill(one.kind, one.objects);
        watches.push(follow({ kind: one.kind, objects: [], resourceVersion: one.resourceVersion }));
      },
    });
    ({ version } = reading);
    unread = [...unread, ...reading.unread];
    state = 'watching';
    changed();
    await Promise.all(watches);
  }

  async function run(): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await read();
        return;
      } catch (caught) {
        if (signal.aborted) return;
        if (!(caught instanceof ClusterError)) throw caught;
        error = caught;
        state = 'failed';
        changed();
        // Credentials may have been renewed where they come from.
        await reader.timing.wait(backOff(failures, reader.timing.random) + 5000, signal);
        state = 'reading';
        error = undefined;
      }
    }
  }
  run().catch(() => {
    state = 'failed';
    error = new ClusterError('server', 'Reading the cluster failed; the log of the server says more.');
    changed();
  });

  return {
    current: () => ({
      state,
      ...(error === undefined ? {} : { error }),
      version,
      kinds: [...kinds.values()]
        .map((one): LiveKind => {
          const held = stores.get(keyOf(one.kind))?.size;
          return one.state === 'read' && held !== undefined ? { ...one, read: held, total: held } : one;
        })
        .sort((a, b) => byText(keyOf(a.kind), keyOf(b.kind))),
      unread,
      *objects(group, kind) {
        for (const one of kinds.values())
          if (one.kind.group === group && one.kind.kind === kind) yield* stores.get(keyOf(one.kind))?.values() ?? [];
      },
      *all() {
        for (const key of [...stores.keys()].sort()) yield* stores.get(key)?.values() ?? [];
      },
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => abort.abort(),
  };
}

const kindless = (group: string, resource: string): Pick<Unread, 'group' | 'resource'> => ({ group, resource });
