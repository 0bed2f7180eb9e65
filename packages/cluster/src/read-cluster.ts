import { isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import { ClusterError } from './cluster-error.ts';
import { discover, type ServedKind, serverVersion, type Unread } from './kinds.ts';
import { listKind } from './list.ts';
import type { Reader } from './reader.ts';
import { grantOf, meshConfigName } from './rights.ts';
import { shapeMeshConfig, shapeObject } from './shape.ts';

/** How far the reading of one kind is. */
export interface KindProgress {
  readonly kind: ServedKind;
  readonly state: 'waiting' | 'reading' | 'read' | 'failed';
  readonly read: number;
  /** As far as the API server says so. */
  readonly total?: number;
}

/** A kind with its objects, and where a watch of it goes on. */
export interface KindReading {
  readonly kind: ServedKind;
  readonly objects: readonly JsonObject[];
  readonly resourceVersion: string;
}

/** A cluster as it was read. */
export interface ClusterReading {
  /** Version of the API server. */
  readonly version: string;
  /** Kinds that could be read, ordered by group and resource. */
  readonly kinds: readonly KindReading[];
  /** ConfigMaps with Istio's configuration. */
  readonly meshConfigs: readonly JsonObject[];
  readonly unread: readonly Unread[];
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Which kinds; all where absent. */
  readonly wants?: (kind: ServedKind) => boolean;
  /** What to keep of each object; as a snapshot holds it where absent. */
  readonly shape?: (object: JsonObject) => JsonObject;
  readonly onProgress?: (progress: KindProgress) => void;
  /** Each kind as soon as it is read; the next ones wait until it is dealt with. */
  readonly onKind?: (reading: KindReading) => void | Promise<void>;
  /** Lets go of objects once `onKind` had them, so that no memory holds a whole cluster. */
  readonly isPassing?: boolean;
}

const atOnce = 6;

/** Whether a failure concerns the whole connection, so that nothing else needs to be tried. */
const endsAll = ({ failure }: ClusterError): boolean => failure === 'credentials' || failure === 'cancelled';

/** Runs tasks, a few at once, in their order; the first failure ends it. */
async function eachOf<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await run(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const label = (object: JsonObject, name: string): string | undefined => {
  const labels = isMap(object.metadata) ? object.metadata.labels : undefined;
  const value: Json | undefined = isMap(labels) ? labels[name] : undefined;
  return typeof value === 'string' ? value : undefined;
};

/** Where istiod looks for its configuration: its namespace, and the name of its revision. */
function meshConfigPlaces(deployments: Iterable<JsonObject>): { namespace: string; name: string }[] {
  const places = new Map<string, { namespace: string; name: string }>();
  for (const deployment of deployments) {
    if (label(deployment, 'app') !== 'istiod') continue;
    const namespace = isMap(deployment.metadata) ? String(deployment.metadata.namespace) : '';
    const name = meshConfigName(label(deployment, 'istio.io/rev') ?? '');
    places.set(`${namespace}/${name}`, { namespace, name });
  }
  return [...places.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
}

/** The ConfigMap of one istiod, as a kind of which nothing else is read. */
const meshConfigKind = (only: { namespace: string; name: string }): ServedKind => ({
  group: '',
  version: 'v1',
  versions: ['v1'],
  kind: 'ConfigMap',
  resource: 'configmaps',
  isNamespaced: true,
  only,
});

/**
 * Reads the ConfigMaps that the istiods among these Deployments take their configuration from, each by its name. Istio runs
 * with its defaults where there is none. Throws a ClusterError where nothing else can be read either.
 */
export async function readMeshConfigs(
  reader: Reader,
  deployments: Iterable<JsonObject>,
  wants: (kind: ServedKind) => boolean,
  signal?: AbortSignal,
): Promise<{ read: KindReading[]; unread: Unread[] }> {
  const read: KindReading[] = [];
  const unread: Unread[] = [];
  for (const kind of meshConfigPlaces(deployments).map(meshConfigKind).filter(wants))
    try {
      read.push({ kind, ...(await listKind(reader, kind, shapeMeshConfig, () => {}, signal)) });
    } catch (error) {
      const failure = error as ClusterError;
      if (!(failure instanceof ClusterError) || endsAll(failure)) throw failure;
      unread.push(
        toUnread({ group: '', kind: kind.kind, resource: kind.resource, verb: 'list', ...kind.only }, failure),
      );
    }
  return { read, unread };
}

function toUnread(
  what: Omit<Unread, 'failure' | 'reason' | 'grant'>,
  { failure, message, user }: ClusterError,
): Unread {
  return { ...what, failure, reason: message, ...(failure === 'forbidden' ? { grant: grantOf(what, user) } : {}) };
}

/**
 * Reads a cluster: what is served, then every wanted kind, a few at once. What cannot be read is named with its reason and
 * the rest goes on. Throws a ClusterError where nothing can be read: no connection, no valid credentials, cancelled.
 */
export async function readCluster(reader: Reader, options: ReadOptions = {}): Promise<ClusterReading> {
  const { signal, wants = () => true, shape = shapeObject, onProgress = () => {}, onKind = () => {} } = options;
  const { isPassing = false } = options;
  const version = await serverVersion(reader, signal);
  const { kinds: served, unread: undiscovered } = await discover(reader, signal);
  const wanted = served.filter(wants);
  const unread: Unread[] = [...undiscovered];
  const readings = new Map<ServedKind, KindReading>();
  let deployments: readonly JsonObject[] = [];
  for (const kind of wanted) onProgress({ kind, state: 'waiting', read: 0 });
  await eachOf(wanted, async (kind) => {
    let seen = 0;
    try {
      const list = await listKind(
        reader,
        kind,
        shape,
        (read, total) => {
          seen = read;
          onProgress({ kind, state: 'reading', read, ...(total === undefined ? {} : { total }) });
        },
        signal,
      );
      const reading = { kind, ...list };
      if (kind.group === 'apps' && kind.resource === 'deployments') deployments = list.objects;
      onProgress({ kind, state: 'read', read: list.objects.length, total: list.objects.length });
      await onKind(reading);
      readings.set(kind, isPassing ? { ...reading, objects: [] } : reading);
    } catch (error) {
      const failure = error as ClusterError;
      if (!(failure instanceof ClusterError) || endsAll(failure)) throw failure;
      unread.push(toUnread({ group: kind.group, kind: kind.kind, resource: kind.resource, verb: 'list' }, failure));
      onProgress({ kind, state: 'failed', read: seen });
    }
  });
  // A server that went away during everything is one failure, not one of each kind.
  if (wanted.length > 0 && readings.size === 0) {
    const [first] = unread;
    if (first !== undefined && unread.every(({ failure }) => failure === 'unreachable'))
      throw new ClusterError('unreachable', first.reason);
  }
  const kinds = wanted.flatMap((kind) => readings.get(kind) ?? []);
  const configs = await readMeshConfigs(reader, deployments, wants, signal);
  const meshConfigs = configs.read.flatMap(({ objects }) => objects);
  unread.push(...configs.unread);
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  unread.sort((a, b) => byText(a.group, b.group) || byText(a.resource, b.resource) || byText(a.reason, b.reason));
  return { version, kinds, meshConfigs, unread };
}
