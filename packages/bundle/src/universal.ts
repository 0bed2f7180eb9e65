import { policyRole } from '@isthmus/kong-mesh';
import { dnsLabel, isList, isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import type { EmittedObject, Settings } from '@isthmus/translation';

/** A resource as `kumactl apply` takes it: `type`, `name`, `mesh`, `labels`, and `spec` or what stands in its place. */
export type UniversalObject = JsonObject & { readonly type: string; readonly name: string };

const displayName = 'kuma.io/display-name';
const namespaceLabel = 'k8s.kuma.io/namespace';
const zoneLabel = 'kuma.io/zone';

/** Kinds whose fields stand at the top in Universal form (kuma, api/mesh/v1alpha1; those of a later make have a `spec`). */
const withoutSpec = new Set(['Mesh', 'Dataplane', 'ZoneIngress', 'ZoneEgress']);
/** Kinds that belong to no mesh (edge.md 1.8). */
const global = new Set(['Mesh', 'HostnameGenerator', 'Zone']);
/** Labels of the Kubernetes form that say where an object lies, or that control planes write. */
const placeLabels = new Set(['kuma.io/mesh', 'kuma.io/origin', zoneLabel, namespaceLabel, displayName]);
/** Restrictions and what is allowed despite them: these must not reach other zones, which a Global control plane hands all to. */
const access = new Set(['MeshTrafficPermission', 'MeshTLS']);

/** Whether a resource is Kong Mesh's own: everything else exists on Kubernetes only. */
export const isUniversal = ({ apiVersion, kind }: EmittedObject): boolean =>
  apiVersion === 'kuma.io/v1alpha1' && kind !== 'ContainerPatch';

interface Place {
  readonly settings: Settings;
  /** The zone whose resources these are, where resources of several come to one control plane. */
  readonly zone: string | undefined;
  /** Namespace of the resource, where names without one are looked up. */
  readonly home: string;
}

const isHome = ({ settings }: Place, namespace: string): boolean => namespace === settings.systemNamespace;

/** Universal knows no namespaces: names of resources that had another than the control plane's carry it, and their zone. */
function nameIn(place: Place, namespace: string, name: string): string {
  const parts = [...(place.zone === undefined ? [] : [place.zone]), ...(isHome(place, namespace) ? [] : [namespace])];
  return parts.length === 0 ? name : dnsLabel([...parts, name].join('-'));
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** The labels that single out what a reference of the Kubernetes form names. */
function referredLabels(place: Place, kind: string, name: string, namespace: string): JsonObject {
  if (kind === 'MeshService' || kind === 'MeshMultiZoneService')
    return {
      [displayName]: name,
      [namespaceLabel]: namespace,
      // A Service of the same name in another zone is another one.
      ...(kind === 'MeshService' ? { [zoneLabel]: place.settings.zone } : {}),
    };
  return { [displayName]: nameIn(place, namespace, name) };
}

const named = new Set(['MeshService', 'MeshMultiZoneService', 'MeshExternalService', 'MeshHTTPRoute']);

function reference(place: Place, ref: JsonObject): JsonObject {
  const kind = textOf(ref.kind) ?? '';
  const labels = isMap(ref.labels) ? ref.labels : {};
  if (kind === 'MeshOpenTelemetryBackend')
    return { ...ref, labels: Object.fromEntries(Object.entries(labels).filter(([key]) => key !== namespaceLabel)) };
  if (!named.has(kind)) return ref;
  const { name, namespace, labels: _, ...rest } = ref;
  const wanted = textOf(name) ?? textOf(labels[displayName]);
  if (wanted === undefined) return ref;
  const home = textOf(namespace) ?? textOf(labels[namespaceLabel]) ?? place.home;
  return { ...rest, labels: referredLabels(place, kind, wanted, home) };
}

/** References wherever they stand in a spec: `targetRef`, `backendRef`, `backendRefs`. */
function withReferences(place: Place, value: Json, key = ''): Json {
  if (isList(value))
    return value.map((item) =>
      key === 'backendRefs' && isMap(item) ? reference(place, item) : withReferences(place, item),
    );
  if (!isMap(value)) return value;
  const walked = Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withReferences(place, item, name)]),
  );
  return key === 'targetRef' || key === 'backendRef' ? reference(place, walked) : walked;
}

/**
 * Whom a policy is for. In a namespace of Kubernetes the namespace says so, and its zone is meant; a Global control plane
 * hands a policy to the proxies of all namespaces and zones that its selector fits (routing.md 2.1).
 */
function scoped(place: Place, object: EmittedObject, spec: JsonObject): JsonObject {
  const { settings, home } = place;
  const role = policyRole(object as unknown as JsonObject, settings.systemNamespace, settings.target);
  if (role === undefined) return spec;
  const own = role === 'consumer' || role === 'workload-owner';
  const ref = isMap(spec.targetRef) ? spec.targetRef : { kind: 'Mesh' };
  if (ref.kind === 'Dataplane' || own || (access.has(object.kind) && ref.kind === 'Mesh')) {
    const labels = {
      ...(own ? { [namespaceLabel]: home } : {}),
      ...(isMap(ref.labels) ? ref.labels : {}),
      [zoneLabel]: settings.zone,
    };
    const { proxyTypes: _, ...rest } = ref;
    return { ...spec, targetRef: { ...rest, kind: 'Dataplane', labels } };
  }
  return spec;
}

/**
 * Traffic to a MeshService stays in its zone, so that failover between zones says nothing for one; where labels name it, control
 * planes refuse to hear it (routing.md MLBS-04).
 */
function withoutCrossZone(spec: JsonObject): JsonObject {
  if (!isList(spec.to)) return spec;
  const to = spec.to.map((item) => {
    if (!isMap(item) || !isMap(item.targetRef) || item.targetRef.kind !== 'MeshService' || !isMap(item.default))
      return item;
    const { localityAwareness } = item.default;
    if (!isMap(localityAwareness)) return item;
    const { crossZone: _, ...rest } = localityAwareness;
    return { ...item, default: { ...item.default, localityAwareness: rest } };
  });
  return { ...spec, to };
}

/**
 * A resource in the form that `kumactl apply` takes at a Global control plane (edge.md 1, security.md 1.6): without
 * namespaces, so that names carry them, references are by labels with the zone, and policies of a namespace select it.
 * @param object a resource for which `isUniversal` holds
 * @param zone the zone that it is for, where the bundle is for several; names then tell them apart
 */
export function toUniversal(object: EmittedObject, given: Settings, zone?: string): UniversalObject {
  const settings = zone === undefined ? given : { ...given, zone };
  const { kind, metadata } = object;
  const home = metadata.namespace ?? settings.systemNamespace;
  const place: Place = { settings, zone, home };
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !placeLabels.has(key));
  const head = {
    type: kind,
    ...(global.has(kind) ? {} : { mesh: metadata.labels?.['kuma.io/mesh'] ?? settings.mesh }),
    name: kind === 'Mesh' ? metadata.name : nameIn(place, home, metadata.name),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
  };
  const spec = isMap(object.spec as Json) ? (object.spec as JsonObject) : {};
  if (withoutSpec.has(kind)) return { ...head, ...spec };
  const said = kind === 'MeshLoadBalancingStrategy' ? withoutCrossZone(spec) : spec;
  return { ...head, spec: withReferences(place, scoped(place, object, said)) };
}
