import { effectiveNamespace, isMap, type Json, type Resource } from '@isthmus/kubernetes';
import { type PolicyScope, scopeOf, selects } from './policy-scope.ts';
import type { Workload } from './workloads.ts';

export type MtlsMode = 'DISABLE' | 'PERMISSIVE' | 'STRICT';

/** One PeerAuthentication as Istio reads it. */
export interface PeerAuthentication {
  readonly resource: Resource;
  /** `ignored`: with a selector in the root namespace, which no sidecar takes for its own (policy_applier.go, 1.32; verified by running). */
  readonly level: 'mesh' | 'namespace' | 'workload' | 'ignored';
  readonly scope: PolicyScope;
  /** Undefined where it says UNSET or nothing, so that the level above counts. */
  readonly mode: MtlsMode | undefined;
  /** By workload port, as written; only of a policy with a selector, and only what is a port. UNSET is undefined. */
  readonly ports: ReadonlyMap<string, MtlsMode | undefined>;
  /** Milliseconds since 1970 where the manifest comes from a cluster. */
  readonly created: number | undefined;
}

const modes = new Set<unknown>(['DISABLE', 'PERMISSIVE', 'STRICT']);
const modeOf = (value: Json | undefined): MtlsMode | undefined =>
  isMap(value) && modes.has(value.mode) ? (value.mode as MtlsMode) : undefined;

/** Whether a key of `portLevelMtls` is a port; Istio refuses others (istio/pkg/config/validation, 1.32). */
export function isPort(key: string): boolean {
  return /^[1-9]\d{0,4}$/.test(key) && Number(key) <= 65_535;
}

/** Reads a PeerAuthentication; modes that Istio does not know count as UNSET. */
export function readPeerAuthentication(resource: Resource, rootNamespace: string): PeerAuthentication {
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const scope = scopeOf(resource, rootNamespace);
  const selective = Object.keys(scope.labels).length > 0;
  const root = effectiveNamespace(resource) === rootNamespace;
  const metadata = isMap(resource.object.metadata) ? resource.object.metadata : {};
  const created = Date.parse(typeof metadata.creationTimestamp === 'string' ? metadata.creationTimestamp : '');
  return {
    resource,
    level: selective ? (root ? 'ignored' : 'workload') : root ? 'mesh' : 'namespace',
    scope,
    mode: modeOf(spec.mtls),
    ports: new Map(
      selective && isMap(spec.portLevelMtls)
        ? Object.entries(spec.portLevelMtls).flatMap(([port, value]) => (isPort(port) ? [[port, modeOf(value)]] : []))
        : [],
    ),
    created: Number.isNaN(created) ? undefined : created,
  };
}

/** The order in which Istio prefers policies of one level: the oldest, at equal age the smaller name (verified by running 1.32). */
export function byAge(a: PeerAuthentication, b: PeerAuthentication): number {
  return (
    (a.created ?? 0) - (b.created ?? 0) ||
    (a.resource.name < b.resource.name ? -1 : a.resource.name > b.resource.name ? 1 : 0)
  );
}

/** What becomes of the mTLS of one workload. */
export interface EffectiveMtls {
  readonly mode: MtlsMode;
  /** Ports of the workload with another mode, by number as written. */
  readonly ports: ReadonlyMap<string, MtlsMode>;
}

/**
 * The mode of a workload and of its ports: mesh, namespace and workload level, the nearer overriding the farther, UNSET
 * inheriting; PERMISSIVE without any (policy_applier.go ComposePeerAuthentication, 1.32; verified by running).
 */
export function effectiveMtls(
  policies: readonly PeerAuthentication[],
  workload: Pick<Workload, 'namespace' | 'labels'>,
): EffectiveMtls {
  const oldest = (level: PeerAuthentication['level']): PeerAuthentication | undefined =>
    policies.filter((policy) => policy.level === level && selects(policy.scope, workload)).sort(byAge)[0];
  const own = oldest('workload');
  const mode = own?.mode ?? oldest('namespace')?.mode ?? oldest('mesh')?.mode ?? 'PERMISSIVE';
  const ports = [...(own?.ports ?? [])].map(([port, found]): [string, MtlsMode] => [port, found ?? mode]);
  return { mode, ports: new Map(ports.filter(([, found]) => found !== mode)) };
}
