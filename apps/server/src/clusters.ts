import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Connection, ConnectionSettings, ContextRow } from '@isthmus/cluster/model';
import type { ImportJob } from '@isthmus/contract';
import type { JsonObject } from '@isthmus/kubernetes';
import type { ClusterRecord } from '@isthmus/store';
import { Piscina } from 'piscina';
import type { Feed } from './imports.ts';
import { Refusal } from './problem.ts';
import type {
  ClusterAnswer,
  ClusterTask,
  Connected,
  Shown,
  SnapshotMessage,
  SnapshotProgress,
} from './workers/cluster.ts';

/** The clusters of the migrations: read when somebody looks, watched as long as somebody does, in a thread of their own. */
export interface Clusters {
  /** Whether this process runs in a pod with a service account. */
  readonly inCluster: boolean;
  /** The contexts of the server's kubeconfig; a Refusal where it cannot be read. */
  contexts(): Promise<ContextRow[]>;
  /** A Refusal where the cluster cannot be read with these credentials. */
  check(connection: Connection): Promise<void>;
  /** What a cluster shows now, as JSON of the contract. The first look begins to read it. */
  inventory(migration: string, cluster: ClusterRecord, pods: string | undefined): Promise<Buffer>;
  /** What a cluster shows now, to be compared with a snapshot. */
  shown(migration: string, cluster: ClusterRecord): Promise<Shown>;
  /** Objects of a cluster by their keys. */
  objects(migration: string, cluster: ClusterRecord, keys: readonly string[]): Promise<JsonObject[]>;
  /** Ends watching a cluster that is no longer connected. */
  forget(migration: string, name: string): Promise<void>;
  /** Reads clusters into an import. Resolves when all is sent, or the import failed. */
  feed(clusters: readonly ClusterRecord[], feed: Feed): Promise<void>;
  close(): Promise<void>;
}

// What the thread expects for each file; any other word ends it.
const taken = 'taken';
const stop = 'stop';
const forEver = 2 ** 31 - 1;

type Told = NonNullable<ImportJob['clusters']>[number];

/** Hands files on as they arrive, no faster than the import takes them. */
function follow(port: MessagePort, name: string, feed: Feed, tell: (told: Told) => void): void {
  const end = (): void => port.postMessage(stop);
  feed.signal.addEventListener('abort', end, { once: true });
  port.on('close', () => feed.signal.removeEventListener('abort', end));
  port.on('message', (message: SnapshotMessage) => {
    if (!('path' in message)) {
      tell({ name, kinds: [...message.kinds], unread: [...message.unread] });
      return;
    }
    feed.file(message.path);
    feed.bytes(message.bytes).then(
      () => {
        feed.end();
        port.postMessage(taken);
      },
      // The import was cancelled, or failed.
      end,
    );
  });
}

/**
 * @param settings where kubeconfigs are, and which programs they may run
 * @param onError called where the thread ends by itself; another takes its place, and clusters are read anew
 */
export function createClusters(settings: ConnectionSettings, onError: (error: Error) => void): Clusters {
  // One thread: it holds what is watched. None where nobody has a cluster.
  const pool = new Piscina({
    filename: new URL('./workers/cluster.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: 1000,
    idleTimeout: forEver,
    // Between two questions the thread goes on to watch, instead of sleeping.
    atomics: 'disabled',
  });
  pool.on('error', onError);
  const run = async <Value>(task: ClusterTask, port?: MessagePort): Promise<Value> => {
    const answer = (await pool.run(task, port === undefined ? {} : { transferList: [port] })) as ClusterAnswer<Value>;
    if ('failed' in answer) throw new Refusal(422, `cluster-${answer.failed.failure}`, answer.failed.message);
    return answer.value;
  };
  const keyOf = (migration: string, name: string): string => `${migration}\n${name}`;
  const connected = (migration: string, { name, connection }: ClusterRecord): Connected => ({
    key: keyOf(migration, name),
    name,
    connection: connection as unknown as Connection,
    settings,
  });
  return {
    inCluster: settings.inCluster,
    contexts: () => run({ ask: 'contexts', settings }),
    check: async (connection) => void (await run({ ask: 'check', connection, settings })),
    async inventory(migration, record, pods) {
      const task: ClusterTask = { ask: 'inventory', cluster: connected(migration, record), pods };
      const answer = (await pool.run(task)) as Uint8Array<ArrayBuffer> | ClusterAnswer<never>;
      if ('failed' in answer) throw new Refusal(422, `cluster-${answer.failed.failure}`, answer.failed.message);
      const { buffer, byteOffset, byteLength } = answer as Uint8Array<ArrayBuffer>;
      return Buffer.from(buffer, byteOffset, byteLength);
    },
    shown: (migration, record) => run({ ask: 'shown', cluster: connected(migration, record) }),
    objects: (migration, record, keys) => run({ ask: 'objects', cluster: connected(migration, record), keys }),
    forget: (migration, name) => run({ ask: 'forget', key: keyOf(migration, name) }),
    async feed(records, feed) {
      const told = new Map<string, Told>();
      for (const record of records) {
        const { port1, port2 } = new MessageChannel();
        follow(port1, record.name, feed, (one) => {
          told.set(one.name, one);
          feed.tell([...told.values()]);
        });
        try {
          const { kinds, unread } = await run<SnapshotProgress>(
            { ask: 'snapshot', cluster: connected(feed.job.migration, record), port: port2 },
            port2,
          );
          told.set(record.name, { name: record.name, kinds: [...kinds], unread: [...unread] });
          feed.tell([...told.values()]);
        } catch (error) {
          if (feed.signal.aborted) return;
          if (!(error instanceof Refusal)) throw error;
          feed.fail(`${record.name}: ${error.message}`);
          return;
        } finally {
          port1.close();
        }
        if (feed.signal.aborted) return;
      }
      await feed.finish();
    },
    close: () => pool.destroy(),
  };
}
