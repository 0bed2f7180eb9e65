import type { TargetVersion } from '../version.ts';

/** What the compiler has to know beside the resources. */
export interface MeshOptions {
  readonly version: TargetVersion;
  /** Name of the mesh; what belongs to another one is passed over. */
  readonly mesh: string;
  /** Name of the zone, which is the cluster: Kuma calls it `default` unless it is configured. */
  readonly zone: string;
  /** Namespace of the control plane. */
  readonly systemNamespace: string;
  /**
   * Whether Pods and Services of a namespace take part in the mesh. Absent: as the namespace's label
   * `kuma.io/sidecar-injection` says.
   */
  readonly inMesh?: (namespace: string) => boolean;
}
