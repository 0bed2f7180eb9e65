import type { RouterFlavor } from '@isthmus/kong-gateway';
import type { TargetVersion } from '@isthmus/kong-mesh';

/**
 * A difference in behaviour that somebody accepted, for a service (`<namespace>/<name>`) on a port or on all of them. Of `access`
 * and `transport` it is for the workload that is called, and for one verdict (*narrower* where none is named); *wider* access
 * is accepted for callers by their names only.
 */
export interface AcceptedDifference {
  readonly service: string;
  readonly port?: number;
  readonly aspect: 'routing' | 'resilience' | 'access' | 'transport';
  readonly verdict?: 'narrower' | 'wider' | 'undecided';
  readonly callers?: readonly string[];
  readonly reason: string;
}

/** What a person decides about a translation; every field has a default that suits a first look. */
export interface Settings {
  /** Kong Mesh version that the emitted resources are for. */
  readonly target: TargetVersion;
  /** Whether the import is the whole estate: only then does absence mean something (no AuthorizationPolicy: everything is allowed). */
  readonly complete: boolean;
  /** Name of the Kong Mesh `Mesh`. */
  readonly mesh: string;
  /** Name of the Kong Mesh zone; with the mesh it makes the trust domain of Kong Mesh's own identities. */
  readonly zone: string;
  /** Namespace of Kong Mesh's control plane, where mesh-wide policies live. */
  readonly systemNamespace: string;
  /** Istio's root namespace, unless the imported MeshConfig names another. */
  readonly rootNamespace: string;
  /** DNS suffix of the cluster. */
  readonly clusterDomain: string;
  /** `keep`: Istio's behaviour where the defaults of the meshes differ; `adopt`: Kong Mesh's defaults, with the differences listed. */
  readonly defaults: 'keep' | 'adopt';
  /** `router_flavor` of Kong Gateway, which decides how the order of rules at the edge is kept. */
  readonly router: RouterFlavor;
  /** Differences that are accepted; the translation is the same with and without. */
  readonly accepted: readonly AcceptedDifference[];
}

export const defaultSettings: Settings = {
  target: '2.14',
  complete: false,
  mesh: 'default',
  zone: 'default',
  systemNamespace: 'kong-mesh-system',
  rootNamespace: 'istio-system',
  clusterDomain: 'cluster.local',
  defaults: 'keep',
  router: 'expressions',
  accepted: [],
};
