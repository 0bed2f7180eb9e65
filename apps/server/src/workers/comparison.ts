import { inflateRawSync } from 'node:zlib';
import { universalOf } from '@isthmus/bundle';
import {
  type Applied,
  appliedOf,
  comparable,
  type Drift,
  deviationsFrom,
  differencesOf,
  driftOf,
  isCompared,
  type ObjectRef,
  type PolicyCounts,
  refKey,
  refOf,
  type UniversalResource,
} from '@isthmus/cluster/model';
import type { FieldChange } from '@isthmus/contract';
import { effectiveNamespace, type JsonObject, type Limits, type Resource, readManifest } from '@isthmus/kubernetes';
import { readFiles } from '@isthmus/store';
import { printOf } from '../print.ts';
import { fieldChange } from './field-change.ts';
import type { SnapshotRef, Translated } from './snapshot.ts';

/** What a cluster shows, as far as it is compared. */
export interface ShownCluster {
  readonly name: string;
  /** Key and print of each object that is compared. */
  readonly prints: readonly (readonly [key: string, print: string])[];
  /** `group/kind` or `group/*` of what could not be read, or is not read yet; `*` as long as nothing is known. */
  readonly unread: readonly string[];
  /** Objects of the groups that the translation emits. */
  readonly applied: readonly JsonObject[];
}

/** Of each object that was asked for, where it differs. */
export interface Differences {
  readonly fields: readonly (readonly FieldChange[])[];
}

/** What changed of one cluster, and how what is emitted stands in it. */
export interface ComparedCluster {
  readonly name: string;
  readonly ofSnapshot: boolean;
  readonly drift: Drift;
  readonly applied: readonly Standing[];
}

/** How an emitted resource stands in a cluster, and where somebody changed it. */
export interface Standing {
  readonly ref: ObjectRef;
  readonly state: Applied['state'];
  readonly fields: readonly FieldChange[];
}

export interface Comparison {
  readonly clusters: readonly ComparedCluster[];
  /** Services of the cluster that migrate. */
  readonly known: readonly string[];
  /** Of each Istio resource that changed or is gone, by its key, the services that it is about. */
  readonly services: readonly (readonly [key: string, services: readonly string[]])[];
  /** Of each service with emitted resources: in how far the clusters hold them. */
  readonly policies: readonly (readonly [service: string, counts: PolicyCounts])[];
}

type Printed = ReadonlyMap<string, { readonly ref: ObjectRef; readonly print: string }>;

/** The objects of a snapshot by cluster; `''` for those of none. */
type Held = ReadonlyMap<string, ReadonlyMap<string, JsonObject>>;

const held = new WeakMap<Translated, Held>();

/** What the snapshot holds, before anything was merged or decided between clusters. */
function heldBy(snapshot: Translated, ref: SnapshotRef, limits: Limits): Held {
  const known = held.get(snapshot);
  if (known !== undefined) return known;
  const objects = new Map<string, Map<string, JsonObject>>();
  for (const { path, content } of readFiles(ref.directory, ref.snapshot))
    for (const resource of readManifest(path, inflateRawSync(content), limits).resources) {
      if (!isCompared(resource.object)) continue;
      const { cluster = '' } = resource.source;
      const own = objects.get(cluster) ?? new Map<string, JsonObject>();
      objects.set(cluster, own);
      own.set(keyOf(resource), resource.object);
    }
  held.set(snapshot, objects);
  return objects;
}

/** As the cluster names it: manifests may leave the namespace out. */
const keyOf = (resource: Resource): string =>
  refKey({ ...refOf(resource.object), namespace: effectiveNamespace(resource) });

const prints = new WeakMap<JsonObject, string>();
function printed(objects: ReadonlyMap<string, JsonObject>): Printed {
  return new Map(
    [...objects].map(([key, object]) => {
      const print = prints.get(object) ?? printOf(object);
      prints.set(object, print);
      return [key, { ref: refOf(object), print }];
    }),
  );
}

function refOfKey(key: string): ObjectRef {
  const [group = '', kind = '', namespace = '', name = ''] = key.split('/', 4);
  return { group, kind, namespace, name };
}

/**
 * Emitted resources that clusters hold once they are applied: no drafts and patches, and nothing of a global control plane of 3.0,
 * which is none of Kubernetes.
 */
export function emittedToClusters({
  emitted,
  settings,
}: Pick<Translated['translation'], 'emitted' | 'settings'>): { readonly index: number; readonly object: JsonObject }[] {
  const isElsewhere = ({ place }: (typeof emitted)[number]): boolean =>
    settings.target === '3.0' && place?.kind === 'global';
  return emitted.flatMap((one, index) =>
    one.role === 'resource' && !isElsewhere(one) ? [{ index, object: one.object as unknown as JsonObject }] : [],
  );
}

/** Which services each emitted resource is there for, by the Istio resources that it came from. */
function servicesOfEmitted(snapshot: Translated): ReadonlyMap<number, ReadonlySet<string>> {
  const { translation, concerns } = snapshot;
  const indexOf = new Map(translation.estate.istio.map((resource, index) => [resource, index]));
  const services = new Map<number, Set<string>>();
  for (const [service, resources] of concerns)
    for (const index of resources) services.set(index, (services.get(index) ?? new Set()).add(service));
  return new Map(
    translation.origins.map((origins, index) => {
      const sources = new Set(origins.map(({ origin }) => origin.resource));
      const found = new Set<string>();
      for (const source of sources)
        for (const service of services.get(indexOf.get(source) ?? -1) ?? []) found.add(service);
      return [index, found];
    }),
  );
}

/** Compares clusters with a snapshot and with what is emitted for it. */
export function compare(
  snapshot: Translated,
  ref: SnapshotRef,
  { clusters }: { readonly clusters: readonly ShownCluster[] },
): Comparison {
  const objects = heldBy(snapshot, ref, ref.limits);
  const { translation } = snapshot;
  const emitted = emittedToClusters(translation);
  const universal = (position: number): UniversalResource | undefined => {
    const one = translation.emitted[emitted[position]?.index ?? -1];
    return one && universalOf(one, translation.settings);
  };
  const compared = clusters.map(({ name, prints: shown, unread, applied }): ComparedCluster => {
    const unknown = new Set(unread);
    // A kind that is not served has no objects: that is known.
    const isRead = ({ group, kind }: ObjectRef): boolean =>
      !unknown.has('*') && !unknown.has(`${group}/*`) && !unknown.has(`${group}/${kind}`);
    const live: Printed = new Map(shown.map(([key, print]) => [key, { ref: refOfKey(key), print }]));
    const ofSnapshot = objects.has(name);
    const before = objects.get(name) ?? objects.get('') ?? new Map<string, JsonObject>();
    return {
      name,
      ofSnapshot,
      drift: driftOf(live, printed(before), isRead),
      applied: appliedOf(
        emitted.map(({ object }) => object),
        applied,
        isRead,
        universal,
      ).map((one) => ({
        ref: one.ref,
        state: one.state,
        fields: one.state === 'changed' ? one.differences.map(fieldChange) : [],
      })),
    };
  });
  const changed = new Set(compared.flatMap(({ drift }) => [...drift.changed, ...drift.gone].map((one) => refKey(one))));
  const services = new Map<string, string[]>();
  for (const [service, resources] of snapshot.concerns)
    for (const index of resources) {
      const key = keyOfResource(snapshot, index);
      if (changed.has(key)) services.set(key, [...(services.get(key) ?? []), service]);
    }
  return {
    clusters: compared,
    // What is outside Kubernetes has no endpoints that a cluster shows.
    known: snapshot.services.filter(({ origin }) => origin === 'service').map(({ id }) => id),
    services: [...services],
    policies: policiesOf(snapshot, emitted, compared),
  };
}

function keyOfResource({ translation }: Translated, index: number): string {
  const resource = translation.estate.istio[index];
  return resource === undefined ? '' : keyOf(resource);
}

function policiesOf(
  snapshot: Translated,
  emitted: readonly { readonly index: number; readonly object: JsonObject }[],
  clusters: readonly ComparedCluster[],
): Comparison['policies'] {
  const of = servicesOfEmitted(snapshot);
  // A policy of the mesh is applied once: in the global control plane's cluster, or in the zone's.
  const best = new Map<string, Applied['state']>();
  const rank = ['unknown', 'missing', 'changed', 'applied'];
  for (const { applied } of clusters)
    for (const { ref, state } of applied) {
      const key = refKey(ref);
      if (rank.indexOf(state) > rank.indexOf(best.get(key) ?? '')) best.set(key, state);
    }
  const counts = new Map<string, { applied: number; missing: number; changed: number }>();
  for (const { index, object } of emitted) {
    const state = best.get(refKey(refOf(object)));
    if (state !== 'applied' && state !== 'missing' && state !== 'changed') continue;
    for (const service of of.get(index) ?? []) {
      const own = counts.get(service) ?? { applied: 0, missing: 0, changed: 0 };
      own[state]++;
      counts.set(service, own);
    }
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Where objects of a cluster differ from the snapshot's; from manifests, where they do not say what these say. */
export function differences(
  snapshot: Translated,
  ref: SnapshotRef,
  { cluster, objects }: { readonly cluster: string; readonly objects: readonly JsonObject[] },
): Differences {
  const all = heldBy(snapshot, ref, ref.limits);
  const before = all.get(cluster) ?? all.get('');
  const compareBoth = all.has(cluster)
    ? (old: JsonObject, now: JsonObject) => differencesOf(comparable(old), comparable(now))
    : deviationsFrom;
  return {
    fields: objects.map((object) => {
      const old = before?.get(refKey(refOf(object)));
      return old === undefined ? [] : compareBoth(old, object).map(fieldChange);
    }),
  };
}
