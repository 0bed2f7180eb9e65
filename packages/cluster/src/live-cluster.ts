import type { JsonObject } from '@isthmus/kubernetes';
import { ClusterError } from './cluster-error.ts';
import type { ServedKind, Unread } from './kinds.ts';
import { isWatched, liveShape } from './live-shape.ts';
import { byText, idOf } from './objects.ts';
import { type KindProgress, type KindReading, readCluster, readMeshConfigs } from './read-cluster.ts';
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
/** What is followed by itself: a kind, or the one object that is read of it. */
const watchOf = (kind: ServedKind): string =>
  kind.only === undefined ? keyOf(kind) : `${keyOf(kind)}/${kind.only.namespace}/${kind.only.name}`;

// Kinds come with an installation, and rights are granted, while somebody looks.
const lookAgain = 60_000;

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
  /** Watches that ended for lack of rights. */
  const ended = new Set<string>();
  /** ConfigMaps of istiods that are followed. */
  const configs = new Set<string>();
  let unread: readonly Unread[] = [];
  let state: LiveState['state'] = 'reading';
  let error: ClusterError | undefined;
  let version = '';

  const fill = (kind: ServedKind, objects: readonly JsonObject[]): void => {
    const store = kind.only === undefined ? new Map<string, JsonObject>() : (stores.get(keyOf(kind)) ?? new Map());
    if (kind.only !== undefined) store.delete(`${kind.only.namespace}/${kind.only.name}`);
    for (const object of objects) store.set(idOf(object), object);
    stores.set(keyOf(kind), store);
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
    const error = await watchKind(
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
    if (error === undefined) return;
    if (error.failure === 'not-served') {
      // Its definition was removed, and its objects with it.
      stores.delete(keyOf(kind));
      kinds.delete(keyOf(kind));
      changed();
      return;
    }
    ended.add(watchOf(kind));
    configs.delete(watchOf(kind));
    const { group, resource, only } = kind;
    const grant = error.failure === 'forbidden' ? { grant: grantOf({ group, resource, ...only }, error.user) } : {};
    const entry: Unread = {
      group,
      kind: kind.kind,
      resource,
      verb: 'watch',
      ...only,
      failure: error.failure,
      reason: error.message,
      ...grant,
    };
    unread = [...unread, entry].sort((x, y) => byText(x.group, y.group) || byText(x.resource, y.resource));
    mark(kind, { lost: error.message });
  }

  /** Whether a kind is not followed: not known yet, not readable, or no longer watched. */
  const isOpen = (kind: ServedKind): boolean =>
    isWatched(kind) && (kinds.get(keyOf(kind))?.state !== 'read' || ended.has(watchOf(kind)));

  /** Reads what is not followed yet, and follows it from where its list ended, while others are still read. */
  async function read(): Promise<void> {
    const tried = new Set<string>();
    const reading = await readCluster(reader, {
      signal,
      wants: (kind) => kind.only === undefined && isOpen(kind),
      shape: liveShape,
      onProgress({ kind, ...progress }) {
        tried.add(keyOf(kind));
        mark(kind, progress);
      },
      onKind(one) {
        ended.delete(watchOf(one.kind));
        fill(one.kind, one.objects);
        follow({ kind: one.kind, objects: [], resourceVersion: one.resourceVersion }).catch(fail);
      },
      isPassing: true,
    });
    ({ version } = reading);
    // Of Deployments as they stand now: an istiod of another revision may have come since they were listed.
    const deployments = stores.get('apps/deployments')?.values() ?? [];
    const istio = await readMeshConfigs(reader, deployments, (kind) => !configs.has(watchOf(kind)), signal);
    for (const one of istio.read) {
      configs.add(watchOf(one.kind));
      ended.delete(watchOf(one.kind));
      fill(one.kind, one.objects);
      mark(one.kind, { state: 'read' });
      follow(one).catch(fail);
    }
    const isOld = ({ group, kind, resource }: Unread): boolean =>
      kind === '*' || kind === 'ConfigMap' || tried.has(`${group}/${resource}`);
    const others = unread.filter((one) => !isOld(one));
    unread = [...others, ...reading.unread, ...istio.unread].sort(
      (x, y) => byText(x.group, y.group) || byText(x.resource, y.resource),
    );
    state = 'watching';
    changed();
  }

  /** Says that the cluster cannot be followed because of a fault of Isthmus itself. */
  const fail = (): void => {
    state = 'failed';
    error = new ClusterError('server', 'Reading the cluster failed; the log of the server says more.');
    changed();
  };

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        await read();
        failures = 0;
        error = undefined;
      } catch (caught) {
        if (signal.aborted) return;
        if (!(caught instanceof ClusterError)) throw caught;
        failures++;
        // What is watched already says by itself that it is lost.
        if (state !== 'watching') {
          error = caught;
          state = 'failed';
          changed();
        }
      }
      // Credentials may be renewed where they come from.
      const pause = failures === 0 ? lookAgain : backOff(failures, reader.timing.random) + 5000;
      await reader.timing.wait(pause, signal);
      if (state === 'failed') state = 'reading';
    }
  }
  run().catch(fail);

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
