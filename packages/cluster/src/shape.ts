import { isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';

// What the API server and controllers write for themselves: it changes without anybody meaning anything by it.
const bookkeeping = new Set([
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'finalizers',
]);
const recorded = new Set([
  // Of a Secret it holds the values; of others it is a second copy.
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.daemonset.template.generation',
  'control-plane.alpha.kubernetes.io/leader',
]);

const byAge = /^(?:[a-z.]+\.istio\.io|gateway\.networking\.k8s\.io|kuma\.io)\//;

const without = (map: JsonObject, names: ReadonlySet<string>): JsonObject => {
  for (const name in map)
    if (names.has(name)) return Object.fromEntries(Object.entries(map).filter(([key]) => !names.has(key)));
  return map;
};

function owners(value: Json | undefined): JsonObject[] {
  return isList(value)
    ? value.filter(isMap).map(({ apiVersion, kind, name }) => ({ apiVersion, kind, name }) as JsonObject)
    : [];
}

/** What of a status says more than the object itself does: versions of nodes, where a gateway is reached. */
function statusOf({ kind, apiVersion, status }: JsonObject): Json | undefined {
  if (!isMap(status)) return undefined;
  if (kind === 'Node' && isMap(status.nodeInfo))
    return { nodeInfo: { kubeletVersion: status.nodeInfo.kubeletVersion ?? '' } };
  if (kind === 'Pod' && status.phase !== undefined) return { phase: status.phase };
  if (kind === 'Gateway' && String(apiVersion).startsWith('gateway.networking.k8s.io/') && isList(status.addresses))
    return { addresses: status.addresses };
  return undefined;
}

/** A Service without the ports of nodes that its cluster drew for it. */
function withoutDrawn({ healthCheckNodePort: _, ports, ...others }: JsonObject): JsonObject {
  const drawn = new Set(['nodePort']);
  return isList(ports)
    ? { ...others, ports: ports.map((port) => (isMap(port) ? without(port, drawn) : port)) }
    : others;
}

// What a controller makes says nothing that its template does not say, but for which proxies were injected.
function madeBy(kind: Json, spec: Json | undefined): Json | undefined {
  if (!isMap(spec)) return undefined;
  if (kind === 'ReplicaSet' || kind === 'Job') return spec.replicas === undefined ? {} : { replicas: spec.replicas };
  const part = (list: Json | undefined): JsonObject[] =>
    isList(list) ? list.filter(isMap).map(({ name, image, ports }) => definedOnly({ name, image, ports })) : [];
  const { containers, initContainers, serviceAccountName, hostNetwork } = spec;
  return definedOnly({
    ...(initContainers === undefined ? {} : { initContainers: part(initContainers) }),
    containers: part(containers),
    serviceAccountName,
    hostNetwork,
  });
}

const definedOnly = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined));

const made = new Set(['Pod', 'ReplicaSet', 'Job']);

/** What Istio reads of the ConfigMap of its configuration. */
export const meshConfigKeys = ['mesh', 'meshNetworks'];

/** A ConfigMap with Istio's configuration, as a snapshot holds it: nothing else of its data. */
export function shapeMeshConfig(object: JsonObject): JsonObject {
  const data = isMap(object.data) ? object.data : {};
  const kept = Object.entries(data).filter(([key]) => meshConfigKeys.includes(key));
  const { binaryData: _, ...shaped } = shapeObject(object);
  return { ...shaped, data: Object.fromEntries(kept) } as JsonObject;
}

/**
 * An object as a snapshot holds it: without what the server keeps for itself, and without the status where that is not
 * needed. Of a Secret nothing but metadata is left; of what controllers make by a template, what the template does not say.
 */
export function shapeObject(object: JsonObject): JsonObject {
  const { apiVersion, kind, metadata, status: _, ...rest } = object;
  const kept = isMap(metadata) ? without(metadata, bookkeeping) : {};
  const { annotations, ownerReferences, creationTimestamp, ...others } = kept;
  const said = isMap(annotations) ? without(annotations, recorded) : {};
  const shaped: Record<string, Json> = { ...others };
  // Of two objects that contradict each other the older one counts, in Istio and in the Gateway API.
  if (creationTimestamp !== undefined && byAge.test(String(apiVersion))) shaped.creationTimestamp = creationTimestamp;
  if (Object.keys(said).length > 0) shaped.annotations = said;
  if (isList(ownerReferences)) shaped.ownerReferences = owners(ownerReferences);
  const status = statusOf(object);
  const isMade = made.has(String(kind)) && isList(ownerReferences) && ownerReferences.length > 0;
  return {
    apiVersion: apiVersion as Json,
    kind: kind as Json,
    metadata: shaped,
    ...(kind === 'Secret' ? {} : rest),
    ...(kind === 'Service' && apiVersion === 'v1' && isMap(rest.spec) ? { spec: withoutDrawn(rest.spec) } : {}),
    ...(isMade ? { spec: madeBy(kind as Json, rest.spec) ?? {} } : {}),
    ...(status === undefined ? {} : { status }),
  };
}
