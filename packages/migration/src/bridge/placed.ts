import { identityKey, isMap, type Json, type JsonObject, stringifyJson } from '@isthmus/kubernetes';

/** Which cluster an object is applied to. */
export type Cluster = 'shared' | 'istio' | 'kong';

/** An object of the bridge, or one of the user's as the bridge changes it. */
export interface Placed {
  readonly cluster: Cluster;
  readonly object: JsonObject;
  /** The service that it is there for; `''` where it is there for several. */
  readonly service: string;
  /** The zone that it is for; absent where the import is of one cluster, and of what is for all of them. */
  readonly zone?: string;
}

/** What an object is, without its content. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** `''` where the kind has none. */
  readonly namespace: string;
  readonly name: string;
}

/** What differs from the clusters as they are imported: objects by key; undefined where the user's object is taken away. */
export type Overlay = ReadonlyMap<string, Placed | undefined>;

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

export function refOf(object: JsonObject): ObjectRef {
  const metadata = isMap(object.metadata) ? object.metadata : {};
  return {
    apiVersion: textOf(object.apiVersion),
    kind: textOf(object.kind),
    namespace: textOf(metadata.namespace),
    name: textOf(metadata.name),
  };
}

/** A key that versions of one object in one cluster share. */
export function keyOf(cluster: Cluster, { apiVersion, kind, namespace, name }: ObjectRef): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return `${cluster}/${identityKey({ group, kind, namespace, name })}`;
}

// States share most of their objects.
const keys = new WeakMap<Placed, string>();

export function keyOfPlaced(placed: Placed): string {
  const known = keys.get(placed) ?? keyOf(placed.cluster, refOf(placed.object));
  keys.set(placed, known);
  return known;
}

/** What a step makes of the clusters. */
export interface Changes {
  readonly added: readonly Placed[];
  readonly changed: readonly { readonly before: JsonObject; readonly after: Placed }[];
  /** What goes, as it was. */
  readonly removed: readonly Placed[];
}

/** Whether two objects say the same, whatever the order of their keys. */
export const isSame = (a: JsonObject, b: JsonObject): boolean =>
  a === b || stringifyJson(a, { sortKeys: true }) === stringifyJson(b, { sortKeys: true });

/**
 * What turns one state of the clusters into another, by key.
 * @param imported the user's own object of a key
 */
export function changesBetween(
  before: Overlay,
  after: Overlay,
  imported: (key: string) => JsonObject | undefined,
): Changes {
  const added: Placed[] = [];
  const changed: { before: JsonObject; after: Placed }[] = [];
  const removed: Placed[] = [];
  const touched: string[] = [];
  for (const [key, placed] of after) if (before.get(key) !== placed || !before.has(key)) touched.push(key);
  for (const key of before.keys()) if (!after.has(key)) touched.push(key);
  for (const key of touched.sort()) {
    const old = before.has(key) ? before.get(key)?.object : imported(key);
    const next = after.get(key);
    const cluster = key.slice(0, key.indexOf('/')) as Cluster;
    const service = next?.service ?? before.get(key)?.service ?? '';
    const object = after.has(key) ? next?.object : imported(key);
    const zone = next?.zone ?? before.get(key)?.zone;
    const place = { cluster, service, ...(zone === undefined ? {} : { zone }) };
    if (old === undefined && object === undefined) continue;
    if (old === undefined) added.push({ ...place, object: object as JsonObject });
    else if (object === undefined) removed.push({ ...place, object: old });
    else if (!isSame(old, object)) changed.push({ before: old, after: { ...place, object } });
  }
  return { added, changed, removed };
}
