import { clusterAnnotation, isList, isMap, type JsonObject, writeYamlDocuments } from '@isthmus/kubernetes';
import type { ServedKind, Unread } from './kinds.ts';
import { at, textAt } from './objects.ts';
import type { ClusterReading } from './read-cluster.ts';

/** One file of a snapshot. */
export interface SnapshotFile {
  readonly path: string;
  readonly text: string;
}

/** What a snapshot says of itself, so that nobody takes for absent what could not be read. */
export const recordGroup = 'isthmus';
export const recordKind = 'ClusterSnapshot';

// Objects of these kinds are made by what the snapshot holds as well, where they have an owner.
const derived = new Set(['EndpointSlice', 'Dataplane']);

/**
 * Whether a snapshot holds an object: what others stand for, what is over, and what Kong Mesh counts by the second is
 * left out. ReplicaSets and Jobs stay, by which pods belong to their workloads.
 */
export function isKept(object: JsonObject): boolean {
  const { kind, apiVersion, metadata } = object;
  if (String(apiVersion).startsWith('kuma.io/') && String(kind).endsWith('Insight')) return false;
  const isOwned = isMap(metadata) && isList(metadata.ownerReferences);
  if (!isOwned) return true;
  if (kind === 'ReplicaSet') return at(object, 'spec', 'replicas') !== 0;
  if (kind === 'Pod') return !/^(?:Succeeded|Failed)$/.test(textAt(object, 'status', 'phase'));
  return !derived.has(String(kind));
}

function withCluster(object: JsonObject, cluster: string): JsonObject {
  const metadata = isMap(object.metadata) ? object.metadata : {};
  const annotations = isMap(metadata.annotations) ? metadata.annotations : {};
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [clusterAnnotation]: cluster } } };
}

const keyOf = ({ metadata }: JsonObject): string =>
  isMap(metadata) ? `${metadata.namespace ?? ''}\n${metadata.name ?? ''}` : '';

const byKey = (a: JsonObject, b: JsonObject): number => {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Turns objects written in the order of their keys, so that the order in which a server sends fields does not matter. */
function ordered<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(ordered) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)])) as Value;
}

/** An object with what tells it apart on top. */
function written({ apiVersion, kind, metadata, ...rest }: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: ordered(metadata), ...ordered(rest) } as JsonObject;
}

function record(cluster: string, version: string, unread: readonly Unread[]): JsonObject {
  return {
    apiVersion: `${recordGroup}/v1`,
    kind: recordKind,
    metadata: { name: cluster },
    spec: {
      version,
      unread: unread.map(({ group, kind, resource, verb, namespace, name, reason }) => ({
        group,
        kind,
        resource,
        verb,
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
        reason,
      })),
    },
  };
}

const folderOf = (cluster: string): string => cluster.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '') || 'cluster';

// A file stays small enough to be shown, and to be written without holding up others.
const mostInFile = 500;

/** The files of one kind: one, or several of 500 objects each, ordered by namespace and name. */
export function* kindFiles(
  cluster: string,
  { group, resource }: Pick<ServedKind, 'group' | 'resource'>,
  objects: readonly JsonObject[],
): Generator<SnapshotFile> {
  const kept = objects.filter(isKept).sort(byKey);
  const name = group === '' ? resource : `${resource}.${group}`;
  for (let from = 0; from < kept.length; from += mostInFile) {
    const part = kept.slice(from, from + mostInFile).map((object) => written(withCluster(object, cluster)));
    const number = kept.length > mostInFile ? `-${String(from / mostInFile + 1).padStart(3, '0')}` : '';
    yield { path: `${folderOf(cluster)}/${name}${number}.yaml`, text: writeYamlDocuments(part) };
  }
}

/** The files that end a snapshot: Istio's configuration, and what could not be read. */
export function* closingFiles(
  cluster: string,
  { version, meshConfigs, unread }: Pick<ClusterReading, 'version' | 'meshConfigs' | 'unread'>,
): Generator<SnapshotFile> {
  yield* kindFiles(cluster, { group: '', resource: 'configmaps' }, meshConfigs);
  yield { path: `${folderOf(cluster)}/snapshot.yaml`, text: writeYamlDocuments([record(cluster, version, unread)]) };
}

/**
 * The files of a snapshot: for each kind one, or several of 500 objects each, ordered by namespace and name, and a record
 * of what could not be read. The same cluster gives the same bytes.
 * @param cluster its name, which becomes the folder and stands on each resource
 */
export function* snapshotFiles(cluster: string, reading: ClusterReading): Generator<SnapshotFile> {
  for (const { kind, objects } of reading.kinds) yield* kindFiles(cluster, kind, objects);
  yield* closingFiles(cluster, reading);
}
