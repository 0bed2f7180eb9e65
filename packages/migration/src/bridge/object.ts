import { type JsonObject, mapOf } from '@isthmus/kubernetes';
import type { MeshNames } from './settings.ts';

/** Marks what the bridge brought, so that it can be found and taken away: its value is the service, or `shared`. */
export const bridgeLabel = 'isthmus/bridge';

/** The value of the label for a service; label values hold no `/`. */
export const labelOf = (service: string): string => {
  const value = service.replace('/', '.');
  return value.length <= 63 ? value : value.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '');
};

/** An object of Kong Mesh in its system namespace. */
export function meshObject(
  { mesh, systemNamespace }: MeshNames,
  kind: string,
  name: string,
  spec: JsonObject,
  service: string,
  labels: Readonly<Record<string, string>> = {},
): JsonObject {
  return {
    apiVersion: 'kuma.io/v1alpha1',
    kind,
    metadata: {
      name,
      namespace: systemNamespace,
      labels: {
        'kuma.io/mesh': mesh,
        'kuma.io/origin': 'zone',
        [bridgeLabel]: service === '' ? 'shared' : labelOf(service),
        ...labels,
      },
    },
    spec,
  };
}

/** Any other object of the bridge. */
export function bridgeObject(
  apiVersion: string,
  kind: string,
  place: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  },
  body: JsonObject,
  service: string,
): JsonObject {
  const { name, namespace, annotations } = place;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { [bridgeLabel]: service === '' ? 'shared' : labelOf(service) },
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...body,
  };
}

/** Fields that a cluster writes, and that mean nothing in another object or cluster. */
const written = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'managedFields',
  'ownerReferences',
  'selfLink',
];

/** An object as it can be applied anew, without what a cluster wrote into it. */
export function applicable(object: JsonObject): JsonObject {
  const { status: _, ...rest } = object;
  const metadata = Object.fromEntries(Object.entries(mapOf(object.metadata)).filter(([key]) => !written.includes(key)));
  const spec = mapOf(object.spec);
  const { clusterIP, clusterIPs, nodeName: __, ...others } = spec;
  const isService = object.kind === 'Service';
  return {
    ...rest,
    metadata,
    ...(isService
      ? { spec: { ...others, ...(clusterIP === 'None' ? { clusterIP } : {}) } }
      : object.spec === undefined
        ? {}
        : { spec: clusterIP === undefined && clusterIPs === undefined ? spec : others }),
  };
}
