import { isMap, type Json, type JsonObject, writeYamlDocuments } from '@isthmus/kubernetes';
import { applicable } from '../bridge/object.ts';
import type { Changes, Cluster, ObjectRef, Placed } from '../bridge/placed.ts';
import { clusterOrder } from './steps.ts';

/** A file of a bundle; the path is relative, with `/`. */
export interface BundleFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Kinds in the order in which they are applied: what others stand in or name, permissions before what turns mTLS on, the halves of
 * a service before the routes that name them, and pods last.
 */
const kinds = [
  'Namespace',
  'ServiceAccount',
  'GatewayClass',
  'Mesh',
  'MeshTrust',
  'MeshTrafficPermission',
  'MeshTLS',
  'MeshIdentity',
  'AuthorizationPolicy',
  'Service',
  'ServiceEntry',
  'DestinationRule',
  'MeshExternalService',
  'HostnameGenerator',
];
const last = [
  'Gateway',
  'HTTPRoute',
  'VirtualService',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
  'CronJob',
  'Job',
  'Pod',
];

/** What `istioctl install` takes, which no API server does any more. */
const isOverlay = ({ kind }: { readonly kind?: unknown }): boolean => kind === 'IstioOperator';

function rank(kind: string): number {
  const first = kinds.indexOf(kind);
  if (first >= 0) return first;
  const end = last.indexOf(kind);
  return end < 0 ? kinds.length : kinds.length + 1 + end;
}

const kindOf = ({ kind }: JsonObject): string => String(kind);

/**
 * An object as a patch of another says it: keys that only the former has are null, because `kubectl apply` leaves alone what it did not
 * write itself.
 */
function withNulls(before: JsonObject, after: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    result[key] = isMap(value) && old !== undefined && isMap(old) ? withNulls(old, value) : value;
  }
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) result[key] = null;
  return result;
}

const stub = ({ apiVersion, kind, namespace, name }: ObjectRef): Json => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
});

/** The objects that a cluster gets, in the order of applying. */
function appliedTo({ added, changed }: Changes, cluster: Cluster): JsonObject[] {
  const of = (placed: Placed): boolean => placed.cluster === cluster;
  const objects = [
    ...added.filter(of).map(({ object }) => applicable(object)),
    ...changed
      .filter(({ after }) => of(after))
      .map(({ before, after }) => withNulls(applicable(before), applicable(after.object))),
  ];
  return objects
    .map((object, index) => ({ object, index }))
    .sort((a, b) => rank(kindOf(a.object)) - rank(kindOf(b.object)) || a.index - b.index)
    .map(({ object }) => object);
}

/** Objects that a cluster loses, the last applied first. */
const removedFrom = ({ removed }: Changes, cluster: Cluster): ObjectRef[] =>
  removed
    .filter((one) => one.cluster === cluster)
    .map(({ ref }) => ref)
    .sort((a, b) => rank(b.kind) - rank(a.kind));

const below = (folder: string, cluster: Cluster): string => (cluster === 'shared' ? folder : `${folder}/${cluster}`);

/** What a stage applies and removes, cluster by cluster. */
export function manifestsOf(changes: Changes, folder: string): BundleFile[] {
  return clusterOrder.flatMap((cluster): BundleFile[] => {
    const objects = appliedTo(changes, cluster);
    const [overlays, others] = [objects.filter(isOverlay), objects.filter((object) => !isOverlay(object))];
    const gone = removedFrom(changes, cluster).filter((ref) => !isOverlay(ref));
    const place = below(folder, cluster);
    return [
      ...(others.length === 0 ? [] : [{ path: `${place}/apply.yaml`, text: writeYamlDocuments(others) }]),
      ...(overlays.length === 0 ? [] : [{ path: `${place}/istio-overlay.yaml`, text: writeYamlDocuments(overlays) }]),
      ...(gone.length === 0 ? [] : [{ path: `${place}/delete.yaml`, text: writeYamlDocuments(gone.map(stub)) }]),
    ];
  });
}

/** What takes the clusters back: the original manifests, then what is to go. Requests return to Istio before anything is removed. */
export function rollbackOf(changes: Changes, folder: string): BundleFile[] {
  return clusterOrder.flatMap((cluster): BundleFile[] => {
    const objects = appliedTo(changes, cluster).filter((object) => !isOverlay(object));
    const gone = removedFrom(changes, cluster).filter((ref) => !isOverlay(ref));
    if (objects.length + gone.length === 0) return [];
    const place = below(folder, cluster);
    const script = [
      '#!/bin/sh',
      ...(cluster === 'shared' ? [] : [`# For the cluster of ${cluster === 'istio' ? 'Istio' : 'Kong Mesh'}.`]),
      'set -eu',
      'cd "$(dirname "$0")"',
      ...(objects.length === 0 ? [] : ['kubectl apply -f restore.yaml']),
      ...(gone.length === 0 ? [] : ['kubectl delete --ignore-not-found -f remove.yaml']),
    ];
    return [
      { path: `${place}/rollback.sh`, text: `${script.join('\n')}\n` },
      ...(objects.length === 0 ? [] : [{ path: `${place}/restore.yaml`, text: writeYamlDocuments(objects) }]),
      ...(gone.length === 0 ? [] : [{ path: `${place}/remove.yaml`, text: writeYamlDocuments(gone.map(stub)) }]),
    ];
  });
}
