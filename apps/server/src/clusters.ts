import { setImmediate as breath } from 'node:timers/promises';
import type { KindProgress } from '@isthmus/cluster';
import {
  ClusterError,
  type Connection,
  type ConnectionSettings,
  type ContextRow,
  inventoryOf,
  isCompared,
  type LiveCluster,
  type LiveState,
  podRows,
  refKey,
  refOf,
  type ServiceRow,
  serviceRows,
  snapshotFiles,
} from '@isthmus/cluster/model';
import type { ImportJob, LiveInventory, KindProgress as ToldProgress } from '@isthmus/contract';
import type { JsonObject } from '@isthmus/kubernetes';
import type { ClusterRecord } from '@isthmus/store';
import type { Feed } from './imports.ts';
import { printOf } from './print.ts';
import { Refusal } from './problem.ts';
import type { ShownCluster } from './workers/comparison.ts';

/** The clusters of the migrations: read when somebody looks, watched as long as somebody does. */
export interface Clusters {
  /** Whether this process runs in a pod with a service account. */
  readonly inCluster: boolean;
  /** The contexts of the server's kubeconfig. Throws a ClusterError where it cannot be read. */
  contexts(): Promise<ContextRow[]>;
  /** Throws a Refusal where the cluster cannot be read with these credentials. */
  check(connection: Connection): Promise<void>;
  /** A cluster as it stands now, from the first look on. */
  live(migration: string, cluster: ClusterRecord): Promise<LiveCluster>;
  /** Ends watching a cluster that is no longer connected. */
  forget(migration: string, name: string): void;
  /** Reads clusters into an import. Resolves when all is sent, or the import failed. */
  feed(clusters: readonly ClusterRecord[], feed: Feed): Promise<void>;
  close(): void;
}

// Watching costs memory here and connections there: whoever looks again after this waits for a list.
const idle = 10 * 60_000;
const progressEvery = 200;
// Milliseconds after which others get their turn.
const longestTurn = 10;

// It takes a second and 80 MB to load, which only those wait for who have a cluster.
const client = () => import('@isthmus/cluster');

const connectionOf = ({ connection }: ClusterRecord): Connection => connection as unknown as Connection;

const refusalOf = (error: unknown): unknown =>
  error instanceof ClusterError ? new Refusal(422, `cluster-${error.failure}`, error.message) : error;

const toldOf = ({ kind, state, read, total }: KindProgress): ToldProgress => ({
  group: kind.group,
  kind: kind.kind,
  state,
  read,
  ...(total === undefined ? {} : { total }),
});

/** Reads one cluster and hands on its files. */
async function feedOne(
  record: ClusterRecord,
  settings: ConnectionSettings,
  feed: Feed,
  tell: (told: NonNullable<ImportJob['clusters']>[number]) => void,
): Promise<void> {
  const kinds = new Map<string, ToldProgress>();
  const told = (unread: NonNullable<ImportJob['clusters']>[number]['unread']) =>
    tell({ name: record.name, kinds: [...kinds.values()], unread });
  const { openReader, readCluster } = await client();
  const reading = await readCluster(openReader(connectionOf(record), settings), {
    signal: feed.signal,
    onProgress(progress) {
      kinds.set(`${progress.kind.group}/${progress.kind.resource}`, toldOf(progress));
      told([]);
    },
  });
  told([...reading.unread]);
  let since = performance.now();
  for (const { path, text } of snapshotFiles(record.name, reading)) {
    feed.file(path);
    await feed.bytes(Buffer.from(text));
    feed.end();
    if (performance.now() - since > longestTurn) {
      await breath();
      since = performance.now();
    }
  }
}

/** @param settings where kubeconfigs are, and which programs they may run */
export function createClusters(settings: ConnectionSettings): Clusters {
  const open = new Map<string, { readonly live: LiveCluster; seen: number }>();
  const sweep = setInterval(() => {
    for (const [key, { live, seen }] of open)
      if (Date.now() - seen > idle) {
        live.close();
        open.delete(key);
      }
  }, 60_000);
  sweep.unref();
  return {
    inCluster: settings.inCluster,
    contexts: async () => (await client()).listContexts(settings),
    async check(connection) {
      const { openReader } = await client();
      try {
        // Whoever is signed in may ask what is served; the version is told to anybody.
        await openReader(connection, settings).get('/apis');
      } catch (error) {
        throw refusalOf(error);
      }
    },
    async live(migration, record) {
      const { openLive, openReader } = await client();
      const key = `${migration}\n${record.name}`;
      const known = open.get(key);
      if (known !== undefined) {
        known.seen = Date.now();
        return known.live;
      }
      try {
        const live = openLive(openReader(connectionOf(record), settings));
        open.set(key, { live, seen: Date.now() });
        return live;
      } catch (error) {
        throw refusalOf(error);
      }
    },
    forget(migration, name) {
      const key = `${migration}\n${name}`;
      open.get(key)?.live.close();
      open.delete(key);
    },
    async feed(records, feed) {
      const told = new Map<string, NonNullable<ImportJob['clusters']>[number]>();
      let last = 0;
      for (const record of records) {
        try {
          await feedOne(record, settings, feed, (one) => {
            told.set(one.name, one);
            const now = Date.now();
            if (now - last < progressEvery && one.kinds.some(({ state }) => state !== 'read' && state !== 'failed'))
              return;
            last = now;
            feed.tell([...told.values()]);
          });
        } catch (error) {
          if (feed.signal.aborted) return;
          if (!(error instanceof ClusterError)) throw error;
          feed.fail(`${record.name}: ${error.message}`);
          return;
        }
      }
      await feed.finish();
    },
    close() {
      clearInterval(sweep);
      for (const { live } of open.values()) live.close();
      open.clear();
    },
  };
}

/** What a cluster shows, as the API tells it. */
export function presentInventory(cluster: string, live: LiveState, pods: string | undefined): LiveInventory {
  const { state, error, version, kinds, unread } = live;
  const { pods: all, ...inventory } = inventoryOf(live);
  const shown = pods === undefined ? [] : pods === '*' ? all : all.filter(({ namespace }) => namespace === pods);
  return {
    cluster,
    state,
    ...(error === undefined ? {} : { problem: error.message }),
    version,
    progress: kinds.map(({ kind, lost, ...progress }) => ({
      ...toldOf({ kind, ...progress }),
      ...(lost === undefined ? {} : { lost }),
    })),
    unread: [...unread],
    ...inventory,
    pods: shown,
    podsTotal: all.length,
  } as LiveInventory;
}

const prints = new WeakMap<JsonObject, string>();

// What the translation emits, and what is found beside it.
const emittedGroups = new Set(['kuma.io', 'gateway.networking.k8s.io', 'configuration.konghq.com']);

/** What a cluster shows, for a comparison; others get their turn meanwhile. */
export async function shownBy(name: string, live: LiveState): Promise<ShownCluster> {
  const shown: (readonly [string, string])[] = [];
  const applied: JsonObject[] = [];
  let since = performance.now();
  for (const object of live.all()) {
    if (!isCompared(object)) continue;
    const ref = refOf(object);
    const print = prints.get(object) ?? printOf(object);
    prints.set(object, print);
    shown.push([refKey(ref), print]);
    // A Service of a subset is emitted as well.
    if (emittedGroups.has(ref.group) || (ref.group === '' && ref.kind === 'Service')) applied.push(object);
    if (performance.now() - since > longestTurn) {
      await breath();
      since = performance.now();
    }
  }
  const read = live.kinds.filter(({ state }) => state === 'read').map(({ kind }) => `${kind.group}/${kind.kind}`);
  return { name, prints: shown, read, applied };
}

/** The Services of clusters with their ready endpoints, by id. */
export function servicesShown(states: readonly LiveState[]): ReadonlyMap<string, readonly ServiceRow[]> {
  const rows = states.flatMap((state) => serviceRows(state, podRows(state)));
  return Map.groupBy(rows, ({ namespace, name }) => `${namespace}/${name}`);
}

/** Objects of a cluster by their keys, for the few that are looked at more closely. */
export function objectsOf(live: LiveState, keys: ReadonlySet<string>): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const object of live.all()) {
    const key = refKey(refOf(object));
    if (keys.has(key)) found.set(key, object);
  }
  return found;
}
