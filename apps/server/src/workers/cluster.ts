import { once } from 'node:events';
import { setImmediate as breath } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { type KindProgress, listContexts, openLive, openReader, readCluster } from '@isthmus/cluster';
import {
  ClusterError,
  type Connection,
  type ConnectionSettings,
  type ContextRow,
  closingFiles,
  type Failure,
  inventoryOf,
  isCompared,
  kindFiles,
  type LiveCluster,
  type LiveState,
  podRows,
  refKey,
  refOf,
  type ServiceRow,
  type SnapshotFile,
  serviceRows,
} from '@isthmus/cluster/model';
import type { LiveInventory, KindProgress as ToldProgress, UnreadKind } from '@isthmus/contract';
import type { JsonObject } from '@isthmus/kubernetes';
import { move } from 'piscina';
import { printOf } from '../print.ts';
import type { ShownCluster } from './comparison.ts';

/** A connected cluster of a migration. */
export interface Connected {
  /** Different for each migration and cluster. */
  readonly key: string;
  readonly name: string;
  readonly connection: Connection;
  readonly settings: ConnectionSettings;
}

/** What the thread of the live clusters is asked for. */
export type ClusterTask =
  | { readonly ask: 'contexts'; readonly settings: ConnectionSettings }
  | { readonly ask: 'check'; readonly connection: Connection; readonly settings: ConnectionSettings }
  | { readonly ask: 'inventory'; readonly cluster: Connected; readonly pods: string | undefined }
  | { readonly ask: 'shown'; readonly cluster: Connected }
  | { readonly ask: 'objects'; readonly cluster: Connected; readonly keys: readonly string[] }
  | { readonly ask: 'forget'; readonly key: string }
  /** Sends `SnapshotMessage`s on the port and goes on when each file is answered; any other word ends it. */
  | { readonly ask: 'snapshot'; readonly cluster: Connected; readonly port: MessagePort };

/** What is sent of a snapshot while a cluster is read. */
export interface SnapshotProgress {
  readonly kinds: readonly ToldProgress[];
  readonly unread: readonly UnreadKind[];
}
export type SnapshotMessage = SnapshotProgress | { readonly path: string; readonly bytes: Uint8Array };
export const taken = 'taken';

/** What a cluster shows beside a snapshot. */
export interface Shown {
  readonly state: LiveState['state'];
  readonly problem?: string;
  readonly cluster: ShownCluster;
  readonly services: readonly ServiceRow[];
}

/** Failures are values: an error loses its class between threads. */
export type ClusterAnswer<Value> =
  | { readonly value: Value }
  | { readonly failed: { readonly failure: Failure; readonly message: string } };

// Watching costs memory here and connections there: whoever looks again after this waits for a list.
const idle = 10 * 60_000;
const progressEvery = 200;

const open = new Map<string, { readonly live: LiveCluster; seen: number }>();

function forget(key: string): void {
  open.get(key)?.live.close();
  open.delete(key);
}

setInterval(() => {
  for (const [key, { seen }] of open) if (Date.now() - seen > idle) forget(key);
}, 60_000).unref();

/** A cluster as it stands now, from the first look on. */
function current({ key, connection, settings }: Connected): LiveState {
  const known = open.get(key) ?? { live: openLive(openReader(connection, settings)), seen: 0 };
  open.set(key, known);
  known.seen = Date.now();
  return known.live.current();
}

const toldOf = ({ kind, state, read, total }: KindProgress): ToldProgress => ({
  group: kind.group,
  kind: kind.kind,
  state,
  read,
  ...(total === undefined ? {} : { total }),
});

/** What a cluster shows, as the API tells it. */
function inventory(name: string, live: LiveState, pods: string | undefined): LiveInventory {
  const { state, error, version, kinds, unread } = live;
  const { pods: all, ...rest } = inventoryOf(live);
  const shown = pods === undefined ? [] : pods === '*' ? all : all.filter(({ namespace }) => namespace === pods);
  return {
    cluster: name,
    state,
    ...(error === undefined ? {} : { problem: error.message }),
    version,
    progress: kinds.map(({ lost, ...progress }) => ({
      ...toldOf(progress),
      ...(lost === undefined ? {} : { lost }),
    })),
    unread: [...unread],
    ...rest,
    pods: shown,
    podsTotal: all.length,
  } as LiveInventory;
}

const prints = new WeakMap<JsonObject, string>();

// What the translation emits, and what is found beside it.
const emittedGroups = new Set(['kuma.io', 'gateway.networking.k8s.io', 'configuration.konghq.com']);

function shown(name: string, live: LiveState): Shown {
  const compared: (readonly [string, string])[] = [];
  const applied: JsonObject[] = [];
  for (const object of live.all()) {
    if (!isCompared(object)) continue;
    const ref = refOf(object);
    const print = prints.get(object) ?? printOf(object);
    prints.set(object, print);
    compared.push([refKey(ref), print]);
    // A Service of a subset is emitted as well.
    if (emittedGroups.has(ref.group) || (ref.group === '' && ref.kind === 'Service')) applied.push(object);
  }
  const unread = [
    ...(live.kinds.length === 0 ? ['*'] : []),
    // Which ConfigMaps there are to read follows from the istiods.
    ...(live.kinds.some(({ kind }) => kind.kind === 'ConfigMap') ? [] : ['/ConfigMap']),
    ...live.kinds.filter(({ state }) => state !== 'read').map(({ kind }) => `${kind.group}/${kind.kind}`),
    ...live.unread.filter(({ verb }) => verb !== 'watch').map(({ group, kind }) => `${group}/${kind}`),
  ];
  return {
    state: live.state,
    ...(live.error === undefined ? {} : { problem: live.error.message }),
    cluster: { name, prints: compared, unread, applied },
    services: serviceRows(live, podRows(live)),
  };
}

function objects(live: LiveState, keys: ReadonlySet<string>): JsonObject[] {
  const found: JsonObject[] = [];
  for (const object of live.all()) if (keys.has(refKey(refOf(object)))) found.push(object);
  return found;
}

/** Reads a cluster and sends its files, one kind after the other, while the next ones are read. */
async function snapshot({ name, connection, settings }: Connected, port: MessagePort): Promise<SnapshotProgress> {
  const abort = new AbortController();
  port.on('message', (message) => message !== taken && abort.abort());
  const kinds = new Map<string, ToldProgress>();
  let last = 0;
  const progress = (unread: readonly UnreadKind[]): SnapshotProgress => ({ kinds: [...kinds.values()], unread });
  const send = async (files: Iterable<SnapshotFile>): Promise<void> => {
    for (const { path, text } of files) {
      abort.signal.throwIfAborted();
      const bytes = new TextEncoder().encode(text);
      port.postMessage({ path, bytes } satisfies SnapshotMessage, [bytes.buffer]);
      await once(port, 'message');
      await breath();
    }
  };
  let turn = Promise.resolve();
  try {
    const reading = await readCluster(openReader(connection, settings), {
      signal: abort.signal,
      onProgress(one) {
        kinds.set(`${one.kind.group}/${one.kind.resource}`, toldOf(one));
        if (Date.now() - last < progressEvery) return;
        last = Date.now();
        port.postMessage(progress([]));
      },
      onKind({ kind, objects: found }) {
        turn = turn.then(() => send(kindFiles(name, kind, found)));
        return turn;
      },
      isPassing: true,
    });
    await send(closingFiles(name, reading));
    return progress(reading.unread);
  } catch (error) {
    if (abort.signal.aborted) return progress([]);
    throw error;
  } finally {
    port.close();
  }
}

async function answer(task: ClusterTask): Promise<unknown> {
  switch (task.ask) {
    case 'contexts':
      return listContexts(task.settings) satisfies ContextRow[];
    case 'check':
      // Whoever is signed in may ask what is served; the version is told to anybody.
      await openReader(task.connection, task.settings).get('/apis');
      return true;
    case 'inventory':
      return new TextEncoder().encode(JSON.stringify(inventory(task.cluster.name, current(task.cluster), task.pods)));
    case 'shown':
      return shown(task.cluster.name, current(task.cluster));
    case 'objects':
      return objects(current(task.cluster), new Set(task.keys));
    case 'forget':
      return forget(task.key);
    case 'snapshot':
      return snapshot(task.cluster, task.port);
  }
}

/** Answers what is asked of the live clusters, all of which this thread holds. */
export default async function ask(task: ClusterTask): Promise<unknown> {
  try {
    const value = await answer(task);
    return value instanceof Uint8Array ? move(value) : { value };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { failed: { failure: error.failure, message: error.message } };
  }
}
