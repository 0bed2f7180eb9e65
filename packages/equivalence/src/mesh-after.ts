import type { Estate } from '@isthmus/istio';
import { compileKongMesh, defaultPolicies, type KongMeshBehavior, type TargetVersion } from '@isthmus/kong-mesh';
import { applyPatch, type JsonObject, type Resource } from '@isthmus/kubernetes';

/** What a translation emits, as far as it matters here. */
export type Emitted =
  | { readonly role: 'resource' | 'draft'; readonly object: object }
  | { readonly role: 'patch'; readonly base: Resource; readonly object: object };

export interface AfterOptions {
  readonly version: TargetVersion;
  readonly mesh: string;
  readonly systemNamespace: string;
  /** Kuma's own name of a zone where absent. */
  readonly zone?: string;
}

/**
 * What the cluster holds once everything that was emitted is applied: its own objects with the patches, and the emitted
 * resources beside the policies that a new mesh brings. Drafts do not count.
 */
export function objectsAfter(
  estate: Estate,
  emitted: readonly Emitted[],
  { version, mesh, systemNamespace }: AfterOptions,
): JsonObject[] {
  const patches = Map.groupBy(
    emitted.filter((one) => one.role === 'patch'),
    ({ base }) => base,
  );
  const own = estate.context.map((resource) =>
    (patches.get(resource) ?? []).reduce(
      (object: JsonObject, { object: patch }) => applyPatch(object, patch as JsonObject),
      resource.object,
    ),
  );
  const applied = emitted.filter(({ role }) => role === 'resource').map(({ object }) => object as JsonObject);
  return [...own, ...applied, ...defaultPolicies(version, mesh, systemNamespace)];
}

/** What Kong Mesh would do once everything that was emitted is applied, with every namespace in the mesh; see `objectsAfter`. */
export function meshAfter(estate: Estate, emitted: readonly Emitted[], options: AfterOptions): KongMeshBehavior {
  const { version, mesh, systemNamespace, zone = 'default' } = options;
  return compileKongMesh(objectsAfter(estate, emitted, options), {
    version,
    mesh,
    zone,
    systemNamespace,
    inMesh: () => true,
  });
}
