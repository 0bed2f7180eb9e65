import type { TargetVersion } from '@isthmus/kong-mesh';

/** Whether Kong Mesh comes into the clusters where Istio runs, or services move to clusters of their own. */
export type Topology = 'same-cluster' | 'separate-clusters';

/** A service of which somebody decided that the bridge may treat all its callers alike. */
export interface Widened {
  /** `<namespace>/<name>` */
  readonly service: string;
  readonly reason: string;
}

/** What a person decides about the bridge. */
export interface BridgeSettings {
  readonly topology: Topology;
  /** DNS suffix below which every bridged service of separate clusters gets a name of its own. */
  readonly domain: string;
  /** Namespace of Kong Gateway. */
  readonly gatewayNamespace: string;
  /** Shares of requests, in percent and growing, that a service takes in Kong Mesh step by step; the last is 100. */
  readonly shift: readonly number[];
  /** PEM certificates of the authorities that Istio's proxies trust; `''` where they are not known yet. */
  readonly istioRoots: string;
  /** PEM certificates of Kong Mesh's own authority; `''` where they are not known yet. */
  readonly kongRoots: string;
  readonly widened: readonly Widened[];
}

export const defaultBridgeSettings: BridgeSettings = {
  topology: 'same-cluster',
  domain: 'bridge.internal',
  gatewayNamespace: 'kong',
  shift: [10, 50, 100],
  istioRoots: '',
  kongRoots: '',
  widened: [],
};

/** What of a migration's settings the bridge depends on. */
export interface MeshNames {
  readonly target: TargetVersion;
  readonly mesh: string;
  readonly zone: string;
  readonly systemNamespace: string;
  readonly rootNamespace: string;
  readonly clusterDomain: string;
}

/** The trust domain of Kong Mesh's own identities (kuma, meshidentity provider default; security.md 0.4). */
export const ownTrustDomain = ({ mesh, zone }: Pick<MeshNames, 'mesh' | 'zone'>): string =>
  `${mesh}.${zone}.mesh.local`;

/**
 * What is wrong with shares of requests; undefined where nothing is. They must grow, lie between 1 and 100, and end with
 * 100.
 */
export function problemOfShift(shift: readonly number[]): string | undefined {
  if (shift.length === 0) return 'Name at least one share.';
  for (const [index, share] of shift.entries()) {
    if (!Number.isInteger(share) || share < 1 || share > 100) return `${share} is no whole number from 1 to 100.`;
    const before = shift[index - 1];
    if (before !== undefined && share <= before) return `${share} comes after ${before}: the shares must grow.`;
  }
  return shift.at(-1) === 100 ? undefined : 'The last share must be 100.';
}
