import { applyPatch, effectiveNamespace, type JsonObject } from '@isthmus/kubernetes';
import type { BridgeFacts } from './facts.ts';
import { intoIstio } from './into-istio.ts';
import { intoKong, strictWhileBridging } from './into-kong.ts';
import { withoutDomains } from './permissions.ts';
import { type Cluster, keyOf, keyOfPlaced, type Overlay, type Placed, refOf } from './placed.ts';
import { hasBegun, hasPodsInIstio, hasPodsInKong, type ProgressOf } from './progress.ts';
import { remembered } from './remembered.ts';
import { trustInIstio, trustOfIstio } from './trust.ts';
import { isBridging, takenAway, workloads } from './workloads.ts';

const isEdge = ({ apiVersion }: { readonly apiVersion?: unknown }): boolean =>
  typeof apiVersion === 'string' && /^(?:gateway\.networking\.k8s\.io|configuration\.konghq\.com)\//.test(apiVersion);

/** A Service that routes of Kong Mesh name: in a namespace that is opted in pod by pod, it is opted in by itself. */
function inMesh(object: JsonObject, { input }: BridgeFacts): JsonObject {
  if (object.kind !== 'Service' || input.settings.topology !== 'same-cluster') return object;
  return applyPatch(object, { metadata: { labels: { 'kuma.io/mesh': input.names.mesh } } });
}

/** What the translation emits, as far as its services have come: those for the mesh with the first, the edge with the last. */
function translated(facts: BridgeFacts, progressOf: ProgressOf): Placed[] {
  const all = [...facts.services.keys()].map(progressOf);
  const hasBegun = all.some(hasPodsInKong);
  const isOver = hasBegun && !isBridging(facts, progressOf);
  const foreign = [facts.trust.trustDomain, ...facts.trust.aliases];
  const { settings, emitted } = facts.input;
  const cluster: Cluster = settings.topology === 'same-cluster' ? 'shared' : 'kong';
  return emitted.flatMap(({ role, object, services }, index): Placed[] => {
    if (role !== 'resource') return [];
    const known = services.filter((service) => facts.services.has(service));
    const isDue =
      known.length === 0
        ? hasBegun
        : isEdge(object as { apiVersion?: unknown })
          ? known.every((service) => !hasPodsInIstio(progressOf(service)))
          : known.some((service) => hasPodsInKong(progressOf(service)));
    if (!isDue) return [];
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
      return rest === undefined ? [] : [{ cluster, object: inMesh(rest, facts), service }];
    });
  });
}

/**
 * The clusters with services as far as they have come, as what differs from the import. With everything in Istio, nothing does; with
 * everything retired, nothing of the bridge is left. The same estate and progress give the same objects.
 */
export function bridgeState(facts: BridgeFacts, progressOf: ProgressOf): Overlay {
  const overlay = new Map<string, Placed | undefined>();
  const cluster: Cluster = facts.input.settings.topology === 'same-cluster' ? 'shared' : 'istio';
  const isOpen = isBridging(facts, progressOf);
  const begun = [...facts.services.values()].filter(({ id }) => hasBegun(progressOf(id)));
  const overlayOfTrust = isOpen ? trustOfIstio(facts) : undefined;
  const placed: Placed[] = [
    ...translated(facts, progressOf),
    ...(isOpen ? [...trustInIstio(facts), ...strictWhileBridging(facts, begun)] : []),
    ...(overlayOfTrust === undefined ? [] : [{ cluster, object: overlayOfTrust, service: '' }]),
    ...workloads(facts, progressOf),
    ...intoKong(facts, progressOf),
    ...intoIstio(facts, progressOf),
  ];
  for (const one of placed) overlay.set(keyOfPlaced(one), one);
  for (const { cluster: from, resource } of takenAway(facts, progressOf))
    overlay.set(keyOf(from, { ...refOf(resource.object), namespace: effectiveNamespace(resource) }), undefined);
  return overlay;
}

/** The user's objects by key, in the clusters where Istio runs. */
export function importedObjects(facts: BridgeFacts): ReadonlyMap<string, JsonObject> {
  const { estate, settings } = facts.input;
  const cluster: Cluster = settings.topology === 'same-cluster' ? 'shared' : 'istio';
  return new Map(
    [...estate.istio, ...estate.context].map((resource) => [
      keyOf(cluster, { ...refOf(resource.object), namespace: effectiveNamespace(resource) }),
      resource.object,
    ]),
  );
}
