import { applyPatch, effectiveNamespace, type JsonObject } from '@isthmus/kubernetes';
import type { BridgedService, BridgeFacts } from './facts.ts';
import { intoIstio } from './into-istio.ts';
import { intoKong, strictWhileBridging } from './into-kong.ts';
import { withoutDomains } from './permissions.ts';
import { type Cluster, keyOf, keyOfPlaced, type Overlay, type Placed, refOf } from './placed.ts';
import { hasBegun, hasPodsInIstio, hasPodsInKong, type ProgressOf, some } from './progress.ts';
import { remembered } from './remembered.ts';
import type { Scope } from './scope.ts';
import { trustInIstio, trustOfIstio } from './trust.ts';
import { bareNamespace, isBridging, namespacesOfEmitted, takenAway, workloads } from './workloads.ts';

const isEdge = ({ apiVersion }: { readonly apiVersion?: unknown }): boolean =>
  typeof apiVersion === 'string' && /^(?:gateway\.networking\.k8s\.io|configuration\.konghq\.com)\//.test(apiVersion);

/** A Service that routes of Kong Mesh name: in a namespace that is opted in pod by pod, it is opted in by itself. */
function inMesh(object: JsonObject, { input }: BridgeFacts): JsonObject {
  if (object.kind !== 'Service' || input.settings.topology !== 'same-cluster') return object;
  return applyPatch(object, { metadata: { labels: { 'kuma.io/mesh': input.names.mesh } } });
}

/** Of all that the translation emits the services that the bridge knows, and for each service what is emitted for it. */
function emittedFor({ input, services }: BridgeFacts): {
  readonly knownOf: readonly (readonly string[])[];
  readonly ofService: ReadonlyMap<string, readonly number[]>;
} {
  const knownOf = input.emitted.map((one) => one.services.filter((service) => services.has(service)));
  const ofService = new Map<string, number[]>([...services.keys()].map((id) => [id, []]));
  for (const [index, known] of knownOf.entries()) for (const id of known) ofService.get(id)?.push(index);
  return { knownOf, ofService };
}

/** What holds for all services together. */
export interface MeshesState {
  /** Whether any has pods in Kong Mesh. */
  readonly hasBegun: boolean;
  /** Whether both meshes are joined. */
  readonly isOpen: boolean;
}

export const stateOfMeshes = (facts: BridgeFacts, progressOf: ProgressOf): MeshesState => ({
  hasBegun: some(facts.services.keys(), (id) => hasPodsInKong(progressOf(id))),
  isOpen: isBridging(facts, progressOf),
});

/** What the translation emits, as far as its services have come: those for the mesh with the first, the edge with the last. */
function translated(
  facts: BridgeFacts,
  progressOf: ProgressOf,
  scope: readonly BridgedService[],
  { hasBegun, isOpen }: MeshesState,
): Placed[] {
  const isOver = hasBegun && !isOpen;
  const { knownOf, ofService } = remembered(facts, 'emitted', () => emittedFor(facts));
  const isWhole = scope.length === facts.services.size;
  const indexes = isWhole
    ? [...knownOf.keys()]
    : [...new Set(scope.flatMap(({ id }) => ofService.get(id) ?? []))].sort((a, b) => a - b);
  const foreign = [facts.trust.trustDomain, ...facts.trust.aliases];
  const { settings, emitted } = facts.input;
  const cluster: Cluster = settings.topology === 'same-cluster' ? 'shared' : 'kong';
  const isDue = (index: number): boolean => {
    const one = emitted[index];
    const known = knownOf[index];
    if (one?.role !== 'resource' || known === undefined) return false;
    if (known.length === 0) return hasBegun;
    return isEdge(one.object as { apiVersion?: unknown })
      ? known.every((service) => !hasPodsInIstio(progressOf(service)))
      : known.some((service) => hasPodsInKong(progressOf(service)));
  };
  const placed = indexes.filter(isDue).flatMap((index): Placed[] => {
    const [one, known] = [emitted[index], knownOf[index]];
    if (one === undefined || known === undefined) return [];
    const { object } = one;
    const { kind } = object as { kind?: unknown };
    // Nobody comes with a certificate of Istio any more.
    if (isOver && kind === 'MeshTrust') {
      const { trustDomain } = ((object as JsonObject).spec ?? {}) as { trustDomain?: unknown };
      if (typeof trustDomain === 'string' && foreign.includes(trustDomain)) return [];
    }
    return remembered(facts, `emitted ${index} ${isOver}`, (): Placed[] => {
      const own = object as JsonObject;
      const rest = isOver && kind === 'MeshTrafficPermission' ? withoutDomains(own, foreign) : own;
      const service = known.length === 1 ? (known[0] as string) : '';
      const zone = one.place?.kind === 'zone' ? { zone: one.place.zone } : {};
      return rest === undefined ? [] : [{ cluster, object: inMesh(rest, facts), service, ...zone }];
    });
  });
  return [...namespacesOfEmitted(facts, isDue), ...placed];
}

/**
 * The clusters with services as far as they have come, as what differs from the import. With everything in Istio, nothing does; with
 * everything retired, nothing of the bridge is left. The same estate and progress give the same objects.
 * @param scope leaves out what is there for other services only; all of them where it is absent
 */
export function bridgeState(
  facts: BridgeFacts,
  progressOf: ProgressOf,
  scope: Scope = { services: [...facts.services.values()], calls: facts.calls },
): Overlay {
  const { services, calls } = scope;
  const overlay = new Map<string, Placed | undefined>();
  const cluster: Cluster = facts.input.settings.topology === 'same-cluster' ? 'shared' : 'istio';
  const meshes = stateOfMeshes(facts, progressOf);
  const begun = services.filter(({ id }) => hasBegun(progressOf(id)));
  const trust = remembered(facts, 'trust', (): Placed[] => {
    const object = trustOfIstio(facts);
    return [...trustInIstio(facts), ...(object === undefined ? [] : [{ cluster, object, service: '' }])];
  });
  const placed: Placed[] = [
    ...translated(facts, progressOf, services, meshes),
    ...(meshes.isOpen ? [...trust, ...strictWhileBridging(facts, begun)] : []),
    ...workloads(facts, progressOf, services),
    ...intoKong(facts, progressOf, services),
    ...intoIstio(facts, progressOf, services, calls),
  ];
  for (const one of placed) overlay.set(keyOfPlaced(one), one);
  for (const { cluster: from, resource } of takenAway(facts, progressOf, services))
    overlay.set(keyOf(from, { ...refOf(resource.object), namespace: effectiveNamespace(resource) }), undefined);
  return overlay;
}

/**
 * The user's objects by key, in the clusters where Istio runs. A namespace in which services are is one of them, whether the import
 * holds it or not: the bridge changes its labels and never makes it.
 */
export const importedObjects = (facts: BridgeFacts): ReadonlyMap<string, JsonObject> =>
  remembered(facts, 'imported', () => {
    const { estate, settings } = facts.input;
    const cluster: Cluster = settings.topology === 'same-cluster' ? 'shared' : 'istio';
    const namespaces = [...facts.services.values()].map(({ namespace }): [string, JsonObject] => {
      const object = bareNamespace(namespace);
      return [keyOf(cluster, refOf(object)), object];
    });
    return new Map([
      ...namespaces,
      ...[...estate.istio, ...estate.context].map((resource): [string, JsonObject] => [
        keyOf(cluster, { ...refOf(resource.object), namespace: effectiveNamespace(resource) }),
        resource.object,
      ]),
    ]);
  });
