import { clusterAnnotation, isList, isMap, type Json, type JsonObject, join, stringifyJson } from '@isthmus/kubernetes';
import { isIstio, meshGroups } from './kinds.ts';
import { byText, nameOf, namespaceOf, textAt } from './objects.ts';
import { meshConfigKeys, shapeMeshConfig, shapeObject } from './shape.ts';
import { isKept } from './snapshot.ts';

/** What tells one object from another, whatever version it is written in. */
export interface ObjectRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** How the live cluster differs from a snapshot. */
export interface Drift {
  readonly changed: readonly ObjectRef[];
  readonly added: readonly ObjectRef[];
  readonly gone: readonly ObjectRef[];
}

// Not Pods, their endpoints and what makes them, which come and go without anybody meaning a change.
const lasting = new Set([
  '/Namespace',
  '/Secret',
  '/Service',
  '/ServiceAccount',
  '/ReplicationController',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/StatefulSet',
  'argoproj.io/Rollout',
  'batch/CronJob',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/NetworkPolicy',
]);

export function refOf(object: JsonObject): ObjectRef {
  const apiVersion = textAt(object, 'apiVersion');
  const slash = apiVersion.indexOf('/');
  return {
    group: slash === -1 ? '' : apiVersion.slice(0, slash),
    kind: textAt(object, 'kind'),
    namespace: namespaceOf(object),
    name: nameOf(object),
  };
}

/** `group/kind/namespace/name` */
export const refKey = ({ group, kind, namespace, name }: ObjectRef): string => `${group}/${kind}/${namespace}/${name}`;

export const compareRefs = (a: ObjectRef, b: ObjectRef): number =>
  byText(a.kind, b.kind) || byText(a.group, b.group) || byText(a.namespace, b.namespace) || byText(a.name, b.name);

/** Whether a ConfigMap holds Istio's configuration; of others a cluster is not asked. */
const isMeshConfig = ({ data }: JsonObject, { name }: ObjectRef): boolean =>
  /^istio(?:-|$)/.test(name) && isMap(data) && meshConfigKeys.some((key) => key in data);

// A release's record is one more with each upgrade (helm/pkg/storage/driver/secrets.go, 3.19).
const isRecord = ({ kind, name }: ObjectRef): boolean => kind === 'Secret' && name.startsWith('sh.helm.release.');

/** Whether a difference of an object means something. */
export function isCompared(object: JsonObject): boolean {
  const ref = refOf(object);
  const { group, kind } = ref;
  if (group === '' && kind === 'ConfigMap') return isMeshConfig(object, ref);
  if (isRecord(ref)) return false;
  const isOfMesh = isIstio(group) || meshGroups.includes(group);
  return (isOfMesh ? kind !== 'Dataplane' : lasting.has(`${group}/${kind}`)) && isKept(object);
}

/** What of an object counts when it is compared: as a snapshot holds it, without its version and its cluster. */
export function comparable(object: JsonObject): JsonObject {
  const {
    apiVersion: _,
    status: __,
    ...shaped
  } = object.kind === 'ConfigMap' ? shapeMeshConfig(object) : shapeObject(object);
  const metadata = isMap(shaped.metadata) ? shaped.metadata : {};
  const { annotations, ...others } = metadata;
  const { [clusterAnnotation]: ___, ...kept } = isMap(annotations) ? annotations : {};
  return {
    ...shaped,
    metadata: { ...others, ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }) },
  } as JsonObject;
}

/** A text that two objects share if and only if nothing that counts differs. */
export const canonical = (object: JsonObject): string => stringifyJson(comparable(object), { sortKeys: true });

/**
 * Compares what stands in the cluster with what a snapshot holds, by a text or its hash for each object.
 * @param isRead whether a kind could be read now: of one that could not nothing is gone
 */
export function driftOf(
  live: ReadonlyMap<string, { readonly ref: ObjectRef; readonly print: string }>,
  snapshot: ReadonlyMap<string, { readonly ref: ObjectRef; readonly print: string }>,
  isRead: (ref: ObjectRef) => boolean,
): Drift {
  const changed: ObjectRef[] = [];
  const added: ObjectRef[] = [];
  const gone: ObjectRef[] = [];
  for (const [key, { ref, print }] of live) {
    const before = snapshot.get(key);
    if (before === undefined) added.push(ref);
    else if (before.print !== print) changed.push(ref);
  }
  for (const [key, { ref }] of snapshot) if (!live.has(key) && isRead(ref)) gone.push(ref);
  return { changed: changed.sort(compareRefs), added: added.sort(compareRefs), gone: gone.sort(compareRefs) };
}

/** The paths at which two values differ, in the order of their keys; at most so many. */
export function differingPaths(before: Json | undefined, after: Json | undefined, most = 20): string[] {
  const paths: string[] = [];
  const compare = (a: Json | undefined, b: Json | undefined, path: string): void => {
    if (paths.length >= most || a === b) return;
    if (isMap(a) && isMap(b)) {
      for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort())
        compare(a[key], b[key], join(path, key));
    } else if (isList(a) && isList(b)) {
      for (let index = 0; index < Math.max(a.length, b.length); index++) compare(a[index], b[index], join(path, index));
    } else paths.push(path);
  };
  compare(before, after, '');
  return paths;
}

/**
 * The paths at which the cluster does not say what a manifest says, in the manifest's order; at most so many. What the
 * cluster says besides, as defaults of the API server do, is no difference.
 */
export function deviatingPaths(manifest: JsonObject, live: JsonObject, most = 20): string[] {
  const paths: string[] = [];
  deviations(comparable(manifest), comparable(live), '', paths);
  return paths.slice(0, most);
}

/** What became of one emitted resource in the cluster. */
export type Applied =
  | { readonly ref: ObjectRef; readonly state: 'applied' | 'missing' | 'unknown' | 'extra' }
  | { readonly ref: ObjectRef; readonly state: 'changed'; readonly paths: readonly string[] };

/** Paths at which an object in the cluster does not say what was emitted; what it says besides, as defaults do, is none. */
function deviations(emitted: Json | undefined, live: Json | undefined, path: string, into: string[]): void {
  if (isMap(emitted)) {
    for (const [key, value] of Object.entries(emitted))
      deviations(value, isMap(live) ? live[key] : undefined, join(path, key), into);
  } else if (isList(emitted)) {
    const items = isList(live) ? live : [];
    // An entry more in a list is another rule.
    for (let index = 0; index < Math.max(emitted.length, items.length); index++)
      if (index >= emitted.length || index >= items.length) into.push(join(path, index));
      else deviations(emitted[index], items[index], join(path, index), into);
  } else if (emitted !== live) into.push(path);
}

/** Whether Kong Mesh made a resource by itself: its defaults, and copies of other zones (kuma/api/mesh/v1alpha1, labels, 2.14). */
function isOwn(object: JsonObject): boolean {
  const labels = isMap(object.metadata) && isMap(object.metadata.labels) ? object.metadata.labels : {};
  return (
    labels['kuma.io/origin'] === 'global' ||
    labels['kuma.io/managed-by'] !== undefined ||
    /-all-default$/.test(nameOf(object))
  );
}

/**
 * Compares what was emitted with what is applied: missing, changed by hand, or there without having been emitted.
 * @param emitted resources of the translation, without drafts and patches
 * @param live what the cluster holds of the groups of Kong Mesh, the Gateway API and Kong's controller
 * @param isRead whether a kind could be read
 */
export function appliedOf(
  emitted: readonly JsonObject[],
  live: readonly JsonObject[],
  isRead: (ref: ObjectRef) => boolean,
): Applied[] {
  const standing = new Map(live.map((object) => [refKey(refOf(object)), object]));
  const expected = new Set(emitted.map((object) => refKey(refOf(object))));
  const known = emitted.map((object): Applied => {
    const ref = refOf(object);
    const found = standing.get(refKey(ref));
    if (found === undefined) return { ref, state: isRead(ref) ? 'missing' : 'unknown' };
    const { metadata, apiVersion: _, kind: __, status: ___, ...rest } = object;
    const paths: string[] = [];
    deviations(rest, found, '', paths);
    const labels = isMap(metadata) ? metadata.labels : undefined;
    deviations(labels, isMap(found.metadata) ? found.metadata.labels : undefined, 'metadata.labels', paths);
    return paths.length === 0 ? { ref, state: 'applied' } : { ref, state: 'changed', paths: paths.slice(0, 20) };
  });
  const extra = live
    .filter((object) => {
      const ref = refOf(object);
      // Policies: what selects whom it is for.
      const isPolicy = ref.group === 'kuma.io' && isMap(object.spec) && object.spec.targetRef !== undefined;
      return isPolicy && !expected.has(refKey(ref)) && !isOwn(object);
    })
    .map((object): Applied => ({ ref: refOf(object), state: 'extra' }));
  return [...known, ...extra].sort((a, b) => compareRefs(a.ref, b.ref));
}
