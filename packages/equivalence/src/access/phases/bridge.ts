import type { Estate } from '@isthmus/istio';
import { effectiveNamespace, type Resource } from '@isthmus/kubernetes';
import type { Account } from '../callers.ts';
import type { AccessCase } from '../scene.ts';

/** Where the Pods of a workload run: in one mesh, or in both while they are moved. */
export type Standing = 'istio' | 'both' | 'kong';

/** A mesh by its short name. */
export type Side = 'istio' | 'kong';

/**
 * How calls cross from one mesh to the other (security.md 4.1 to 4.3). An account stands for a gateway that ends the client's
 * connection and calls on under its own name, so that the server sees the gateway and not the client; `closed`: not at all.
 */
export type Crossing = 'direct' | 'closed' | Account;

/** How calls cross between the meshes to a service. */
export interface Bridge {
  /**
   * From Istio to Kong Mesh. `direct`: by Istio's certificate where the server is Strict, as if Istio's root were trusted, and
   * in plaintext where it is Permissive, which ends no TLS of Istio (security.md 4.1.4); an account: that of Kong Gateway.
   */
  readonly toKong: Crossing;
  /**
   * From Kong Mesh to Istio. `direct`: in plaintext by the passthrough, since Kong Mesh opens mTLS to its own Services only
   * (security.md 0.5); an account: that of Istio's gateway behind a zone egress, or of the client certificate that a
   * MeshExternalService names. What permissions for the zone egress say is asked before.
   */
  readonly toIstio: Crossing;
  /** Whether the accounts are gateways that the bridge brings along: they call for others, who are asked about, and never for themselves. */
  readonly areOwn?: boolean;
  /** The server names by which Kong Mesh's clients ask the zone egress for a port of the workload; any where absent. */
  readonly serverNames?: (port: number) => readonly string[];
}

/** A state of the migration between the first and the last. */
export interface PhaseCase extends AccessCase {
  /** The phase of a service (`<namespace>/<name>`), as `@isthmus/contract` names them. */
  readonly phaseOf: (service: string) => string;
  /**
   * Where callers are. `anywhere`: each of them in both meshes, which holds whatever the order of the waves is; `recorded`: where
   * the phases of their services put them, and in both where nothing says.
   */
  readonly callers: 'anywhere' | 'recorded';
  /** Of each service (`<namespace>/<name>`), or of all. */
  readonly bridge: Bridge | ((service: string) => Bridge);
  /**
   * Objects of Istio that stand during the phase: they take the place of those of the same name. Kong Mesh's objects of the
   * bridge are among `emitted`.
   */
  readonly istio?: readonly Resource[];
}

/**
 * Where a service of a phase has Pods. From `bridged` on there are some in both meshes, whether or not they get a share of the
 * traffic: they can be called.
 */
export function standingOf(phase: string): Standing {
  if (phase === 'bridged' || phase === 'shifting') return 'both';
  return phase === 'migrated' || phase === 'retired' ? 'kong' : 'istio';
}

/** Several standings as one. */
export function together(standings: Iterable<Standing>): Standing | undefined {
  const found = new Set(standings);
  return found.size > 1 ? 'both' : [...found][0];
}

/** The meshes of a standing. */
export const sidesOf = (standing: Standing): readonly Side[] => (standing === 'both' ? ['istio', 'kong'] : [standing]);

const keyOf = (one: Resource): string => `${one.group} ${one.kind} ${effectiveNamespace(one)}/${one.name}`;

/** The estate with the bridge's objects of Istio. */
export function withBridge(estate: Estate, istio: readonly Resource[]): Estate {
  if (istio.length === 0) return estate;
  const replaced = new Set(istio.map(keyOf));
  return { ...estate, istio: [...estate.istio.filter((one) => !replaced.has(keyOf(one))), ...istio] };
}
