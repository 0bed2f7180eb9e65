import { clusterAnnotation, isMap, type Json, type JsonObject, stringifyJson } from '@isthmus/kubernetes';
import { deviationsOf, type FieldDifference } from './field-differences.ts';
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

/**
 * Where the cluster does not say what a manifest says, in the manifest's order; at most so many places. What the cluster
 * says besides, as defaults of the API server do, is no difference.
 */
export const deviationsFrom = (manifest: JsonObject, live: JsonObject, most?: number): FieldDifference[] =>
  deviationsOf(comparable(manifest), comparable(live), most);

/** What became of one emitted resource in the cluster. */
export type Applied =
  | { readonly ref: ObjectRef; readonly state: 'applied' | 'missing' | 'unknown' | 'extra' }
  | { readonly ref: ObjectRef; readonly state: 'changed'; readonly differences: readonly FieldDifference[] };

/** Whether Kong Mesh made a resource by itself: its defaults, and copies of other zones (kuma/api/mesh/v1alpha1, labels, 2.14). */
function isOwn(object: JsonObject): boolean {
  return (
    labelOf(object, 'kuma.io/origin') === 'global' ||
    labelOf(object, 'kuma.io/managed-by') !== undefined ||
    /-all-default$/.test(nameOf(object))
  );
}

/** A resource in Universal form, for a global control plane. */
export interface UniversalResource {
  readonly type: string;
  readonly name: string;
  readonly mesh?: Json;
  readonly spec?: Json;
}

const labelOf = (object: JsonObject, label: string): Json | undefined =>
  isMap(object.metadata) && isMap(object.metadata.labels) ? object.metadata.labels[label] : undefined;

const handedOnKey = (kind: string, mesh: Json | undefined, name: string): string =>
  [kind, typeof mesh === 'string' ? mesh : '', name].join('/');

/**
 * What a global control plane has handed on, by kind, mesh and the name that it has there: in the cluster of a zone its name ends in a
 * hash, and a label holds the one that was given (kuma, pkg/kds/context/context.go `HashSuffixMapper` and pkg/kds/util/meta.go, 2.13
 * to 3.0).
 */
function handedOn(live: readonly JsonObject[]): Map<string, JsonObject> {
  return new Map(
    live.flatMap((object) => {
      const name = labelOf(object, 'kuma.io/display-name');
      if (labelOf(object, 'kuma.io/origin') !== 'global' || typeof name !== 'string') return [];
      return [[handedOnKey(refOf(object).kind, labelOf(object, 'kuma.io/mesh'), name), object]];
    }),
  );
}

/**
 * Compares what was emitted with what is applied, in either form: missing, changed by hand, or there without having been emitted.
 * @param emitted resources of the translation, without drafts and patches
 * @param live what the cluster holds of the groups of Kong Mesh, the Gateway API and Kong's controller
 * @param isRead whether a kind could be read
 * @param universalOf a resource in Universal form, by its place in the list; undefined where it has none
 */
export function appliedOf(
  emitted: readonly JsonObject[],
  live: readonly JsonObject[],
  isRead: (ref: ObjectRef) => boolean,
  universalOf: (index: number) => UniversalResource | undefined = () => undefined,
): Applied[] {
  const fromGlobal = handedOn(live);
  const standing = new Map(live.map((object) => [refKey(refOf(object)), object]));
  const expected = new Set(emitted.map((object) => refKey(refOf(object))));
  const asApplied = (ref: ObjectRef, differences: readonly FieldDifference[]): Applied =>
    differences.length === 0 ? { ref, state: 'applied' } : { ref, state: 'changed', differences };
  const known = emitted.map((object, index): Applied => {
    const ref = refOf(object);
    const found = standing.get(refKey(ref));
    if (found === undefined) {
      const universal = fromGlobal.size === 0 ? undefined : universalOf(index);
      const there = universal && fromGlobal.get(handedOnKey(universal.type, universal.mesh, universal.name));
      if (universal === undefined || there === undefined) return { ref, state: isRead(ref) ? 'missing' : 'unknown' };
      return asApplied(ref, deviationsOf({ spec: universal.spec ?? {} }, there));
    }
    const { metadata, apiVersion: _, kind: __, status: ___, ...rest } = object;
    const labels = isMap(metadata) ? metadata.labels : undefined;
    return asApplied(ref, deviationsOf({ ...rest, ...(labels === undefined ? {} : { metadata: { labels } }) }, found));
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
