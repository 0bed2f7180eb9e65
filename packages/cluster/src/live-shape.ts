import type { Json, JsonObject } from '@isthmus/kubernetes';
import type { ServedKind } from './kinds.ts';
import { annotationsOf, mapsAt, numberAt, textAt } from './objects.ts';
import { shapeMeshConfig, shapeObject } from './shape.ts';

// What says of a pod which mesh injected it (istio/pkg/kube/inject, 1.32; kuma/pkg/plugins/runtime/k8s/metadata, 2.14).
const telling = [
  'sidecar.istio.io/status',
  'sidecar.istio.io/inject',
  'ambient.istio.io/redirection',
  'inject.istio.io/templates',
  'kuma.io/sidecar-injected',
  'kuma.io/sidecar-injection',
  'kuma.io/mesh',
  'kuma.io/gateway',
];

const containers = (object: JsonObject, list: string): JsonObject[] =>
  mapsAt(object, 'spec', list).map((container) => ({
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
  }));

function podOf(object: JsonObject): JsonObject {
  const { apiVersion, kind, metadata } = shapeObject(object) as { [key: string]: Json };
  const annotations = annotationsOf(object);
  const kept = Object.fromEntries(telling.flatMap((name) => (name in annotations ? [[name, annotations[name]]] : [])));
  const ready = mapsAt(object, 'status', 'conditions').find(({ type }) => type === 'Ready');
  return {
    apiVersion,
    kind,
    metadata: { ...(metadata as JsonObject), annotations: kept },
    spec: {
      containers: containers(object, 'containers'),
      initContainers: containers(object, 'initContainers'),
      serviceAccountName: textAt(object, 'spec', 'serviceAccountName'),
    },
    status: { phase: textAt(object, 'status', 'phase'), ready: ready?.status === 'True' },
  } as JsonObject;
}

function sliceOf(object: JsonObject): JsonObject {
  const { apiVersion, kind, metadata } = shapeObject(object) as { [key: string]: Json };
  const endpoints = mapsAt(object, 'endpoints').map((endpoint) => {
    const conditions = endpoint.conditions as JsonObject | undefined;
    const isPod = textAt(endpoint, 'targetRef', 'kind') === 'Pod';
    // Absent means ready (k8s.io/api/discovery/v1, EndpointConditions).
    return { pod: isPod ? textAt(endpoint, 'targetRef', 'name') : '', ready: conditions?.ready !== false };
  });
  return { apiVersion, kind, metadata, endpoints } as JsonObject;
}

const counted = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout']);

/**
 * An object as it is kept while a cluster is watched: pods and endpoints, of which there are many, only by what the
 * inventory and the progress ask; workloads with how many of their pods are ready; all others as in a snapshot.
 */
export function liveShape(object: JsonObject): JsonObject {
  const { kind, apiVersion } = object;
  if (kind === 'Pod' && apiVersion === 'v1') return podOf(object);
  if (kind === 'EndpointSlice') return sliceOf(object);
  if (kind === 'ConfigMap') return shapeMeshConfig(object);
  const shaped = shapeObject(object);
  if (kind === 'Service' && apiVersion === 'v1') {
    const given = mapsAt(object, 'status', 'loadBalancer', 'ingress');
    const addresses = given.map((one) => textAt(one, 'ip') || textAt(one, 'hostname')).filter((one) => one !== '');
    return addresses.length === 0 ? shaped : { ...shaped, status: { addresses } };
  }
  if (kind === 'ReplicaSet') {
    const { spec: _, ...rest } = shaped;
    return rest as JsonObject;
  }
  if (!counted.has(String(kind))) return shaped;
  const replicas = numberAt(object, 'status', 'replicas') || numberAt(object, 'status', 'desiredNumberScheduled');
  const ready = numberAt(object, 'status', 'readyReplicas') || numberAt(object, 'status', 'numberReady');
  return { ...shaped, status: { replicas, readyReplicas: ready } };
}

/** Whether a kind is watched: all but what Kong Mesh counts by the second. Of Secrets only metadata is. */
export const isWatched = ({ group, kind }: ServedKind): boolean => !(group === 'kuma.io' && kind.endsWith('Insight'));
