import { dnsLabel, isList, isMap, type Json, type JsonObject, mapOf } from '@isthmus/kubernetes';
import { policyRole } from '../admission/check.ts';
import type { TargetVersion } from '../version.ts';

/** `kubernetes`: objects for kubectl and Kustomize. `universal`: those of Kong Mesh as `kumactl apply` takes them. */
export const resourceForms = ['kubernetes', 'universal'] as const;
export type ResourceForm = (typeof resourceForms)[number];

/** An object of Kubernetes, whoever made it. */
export interface KubernetesObject {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: unknown;
  readonly spec?: unknown;
}

/** The control plane that resources are for, and where they would lie on Kubernetes. */
export interface UniversalNames {
  readonly target: TargetVersion;
  readonly mesh: string;
  readonly zone: string;
  readonly systemNamespace: string;
}

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

/** Kinds whose names are labels of DNS (RFC 1035), which hold no dots (edge.md 0). */
const namedByLabels = new Set(['MeshService', 'MeshExternalService', 'MeshMultiZoneService']);

/** Kinds of Kong Mesh that a Global control plane hands to no zone: a MeshService is its zone's (kuma, KDSFlags of each kind, 2.13 to 3.0). */
const zonal = new Set(['ContainerPatch', 'MeshService']);

/** Whether a Global control plane takes a resource for its zones: everything else is applied to Kubernetes. */
export const isUniversal = ({ apiVersion, kind }: KubernetesObject): boolean =>
  apiVersion === 'kuma.io/v1alpha1' && !zonal.has(String(kind));

interface Place {
  readonly settings: UniversalNames;
  /** The zone whose resources these are, where resources of several come to one control plane. */
  readonly zone: string | undefined;
  /** Namespace of the resource, where names without one are looked up. */
  readonly home: string;
}

const isHome = ({ settings }: Place, namespace: string): boolean => namespace === settings.systemNamespace;

// Longer names would not fit into the label `kuma.io/display-name`, by which they are referred to.
const longestName = 63;

/**
 * Universal knows no namespaces: names of resources that had another than the control plane's carry it, and their zone. A dot
 * parts them, which neither of both can hold, so that `shop/a-b` and `shop-a/b` stay two resources (kuma,
 * pkg/core/resources/apis/mesh/meta_validator.go, 2.13 to 3.0: names are RFC 1123 subdomains).
 */
function nameIn(place: Place, kind: string, namespace: string, name: string): string {
  const parts = [...(place.zone === undefined ? [] : [place.zone]), ...(isHome(place, namespace) ? [] : [namespace])];
  if (parts.length === 0) return name;
  const dotted = [...parts, name].join('.');
  if (namedByLabels.has(kind)) return dnsLabel([...parts, name].join('-'));
  return dotted.length <= longestName ? dotted : dnsLabel(dotted);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The labels that single out what a reference of the Kubernetes form names. */
function referredLabels(place: Place, kind: string, name: string, namespace: string): JsonObject {
  if (kind === 'MeshService' || kind === 'MeshMultiZoneService')
    return {
      [displayName]: name,
      [namespaceLabel]: namespace,
      // A Service of the same name in another zone is another one.
      ...(kind === 'MeshService' ? { [zoneLabel]: place.settings.zone } : {}),
    };
  return { [displayName]: nameIn(place, kind, namespace, name) };
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
function scoped(place: Place, object: KubernetesObject, spec: JsonObject): JsonObject {
  const { settings, home } = place;
  const role = policyRole(object as JsonObject, settings.systemNamespace, settings.target);
  if (role === undefined) return spec;
  const own = role === 'consumer' || role === 'workload-owner';
  const ref = isMap(spec.targetRef) ? spec.targetRef : { kind: 'Mesh' };
  if (ref.kind === 'Dataplane' || own || (access.has(String(object.kind)) && ref.kind === 'Mesh')) {
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
 * An identity is for the proxies of its zone, whose name is in the trust domain: of several that fit a proxy equally the smallest
 * name is taken, whatever its zone (kuma, meshidentity/api/v1alpha1/helpers.go `BestMatched`, 2.13 to 3.0).
 */
function ofZone({ settings }: Place, spec: JsonObject): JsonObject {
  const selector = mapOf(spec.selector);
  if (!isMap(selector.dataplane)) return spec;
  const matchLabels = { ...mapOf(selector.dataplane.matchLabels), [zoneLabel]: settings.zone };
  return { ...spec, selector: { ...selector, dataplane: { ...selector.dataplane, matchLabels } } };
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
 * The server names by which proxies ask a zone egress for an external service, wherever a policy matches one: those of what comes
 * from a Global control plane hold neither the zone nor the namespace (kuma, pkg/core/resources/sni/sni.go `FromKRI`, 2.14 and 3.0).
 */
function withServerNames(place: Place, value: Json, key = ''): Json {
  if (isList(value)) return value.map((item) => withServerNames(place, item));
  if (!isMap(value)) return value;
  const { mesh, zone, systemNamespace } = place.settings;
  const local = `sni.extsvc.${mesh}.${zone}.${systemNamespace}.`;
  const name = key === 'sni' ? textOf(value.value) : undefined;
  if (name?.startsWith(local)) {
    const [service = '', ...port] = name.slice(local.length).split('.');
    const own = nameIn(place, 'MeshExternalService', systemNamespace, service);
    return { ...value, value: ['sni', 'extsvc', mesh, own, ...port].join('.') };
  }
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, withServerNames(place, item, field)]));
}

/**
 * A resource in the form that `kumactl apply` takes at a Global control plane (edge.md 1, security.md 1.6): without
 * namespaces, so that names carry them, references are by labels with the zone, and policies of a namespace select it.
 * @param object a resource for which `isUniversal` holds
 * @param zone the zone that it is for, where the bundle is for several; names then tell them apart
 */
export function toUniversal(object: KubernetesObject, given: UniversalNames, zone?: string): UniversalObject {
  const settings = zone === undefined ? given : { ...given, zone };
  const kind = String(object.kind);
  const metadata = mapOf(object.metadata as Json | undefined);
  const name = textOf(metadata.name) ?? '';
  const home = textOf(metadata.namespace) ?? settings.systemNamespace;
  const place: Place = { settings, zone, home };
  const own = mapOf(metadata.labels);
  const labels = Object.entries(own).filter(([key]) => !placeLabels.has(key));
  const head = {
    type: kind,
    ...(global.has(kind) ? {} : { mesh: textOf(own['kuma.io/mesh']) ?? settings.mesh }),
    name: kind === 'Mesh' ? name : nameIn(place, kind, home, name),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
  };
  const spec = mapOf(object.spec as Json | undefined);
  if (withoutSpec.has(kind)) return { ...head, ...spec };
  const said =
    kind === 'MeshLoadBalancingStrategy'
      ? withoutCrossZone(spec)
      : kind === 'MeshIdentity'
        ? ofZone(place, spec)
        : spec;
  return { ...head, spec: withServerNames(place, withReferences(place, scoped(place, object, said))) };
}

/** What singles a resource out at a control plane; `mesh` is absent of those that belong to none. */
export interface UniversalRef {
  readonly type: string;
  readonly name: string;
  readonly mesh?: string;
}

/** How kumactl names a resource, and the arguments with which it deletes it (kuma, app/kumactl/cmd/delete, 2.13 to 3.0). */
export const kumactlDelete = ({ type, name, mesh }: UniversalRef): string[] => [
  type.toLowerCase(),
  name,
  ...(mesh === undefined ? [] : ['--mesh', mesh]),
];
