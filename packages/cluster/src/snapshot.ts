import { clusterAnnotation, isList, isMap, type JsonObject, writeYamlDocuments } from '@isthmus/kubernetes';
import type { Unread } from './kinds.ts';
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
const derived = new Set(['ReplicaSet', 'Job', 'EndpointSlice', 'Dataplane']);

/** Whether a snapshot holds an object: what others stand for, and what Kong Mesh counts by the second, is left out. */
export function isKept({ kind, apiVersion, metadata }: JsonObject): boolean {
  if (String(apiVersion).startsWith('kuma.io/') && String(kind).endsWith('Insight')) return false;
  return !(derived.has(String(kind)) && isMap(metadata) && isList(metadata.ownerReferences));
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

// A file stays small enough to be shown, and to be written without holding up others.
const mostInFile = 500;

/**
 * The files of a snapshot: for each kind one, or several of 500 objects each, ordered by namespace and name, and a record
 * of what could not be read. The same cluster gives the same bytes.
 * @param cluster its name, which becomes the folder and stands on each resource
 */
export function* snapshotFiles(cluster: string, reading: ClusterReading): Generator<SnapshotFile> {
  const folder = cluster.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '') || 'cluster';
  yield {
    path: `${folder}/snapshot.yaml`,
    text: writeYamlDocuments([record(cluster, reading.version, reading.unread)]),
  };
  const configs = { resource: 'configmaps', group: '' };
  const all = [
    ...reading.kinds.map(({ kind, objects }) => ({ kind, objects })),
    { kind: configs, objects: reading.meshConfigs },
  ];
  for (const { kind, objects } of all) {
    const kept = objects.filter(isKept).sort(byKey);
    const name = kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
    for (let from = 0; from < kept.length; from += mostInFile) {
      const part = kept.slice(from, from + mostInFile).map((object) => written(withCluster(object, cluster)));
      const number = kept.length > mostInFile ? `-${String(from / mostInFile + 1).padStart(3, '0')}` : '';
      yield { path: `${folder}/${name}${number}.yaml`, text: writeYamlDocuments(part) };
    }
  }
}
