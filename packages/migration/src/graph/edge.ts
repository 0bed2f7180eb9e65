import type { Resource } from '@isthmus/kubernetes';
import type { MigratingService } from '../services.ts';
import type { Replaced } from './replaced.ts';

/** What can tell that one service calls another. */
export type EvidenceKind =
  | 'gateway'
  | 'route'
  | 'mirror'
  | 'client'
  | 'egress'
  | 'principal'
  | 'environment'
  | 'argument'
  | 'observed';

/** One reason to believe in a call, and where it stands. */
export interface Evidence {
  readonly kind: EvidenceKind;
  /** From 0 to 1: 1 was observed, below `likely` the caller or the callee is one of several. */
  readonly confidence: number;
  /** What stands there, such as the host that is named. */
  readonly detail: string;
  /** The port that is called; absent where nothing says it. */
  readonly port?: number;
  /** Whether one Pod is named, which only a headless Service gives names to. */
  readonly pod?: true;
  /** Absent for observed traffic. */
  readonly resource?: Resource;
  /** Of the field within the resource; `''` where it has no resource. */
  readonly path: string;
}

/** Calls from one service to another; `to` is a host where it is outside of the mesh, `from` a Gateway where traffic enters. */
export interface ServiceEdge {
  readonly from: string;
  readonly to: string;
  /** Of the best evidence. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
}

/** Services that the same pods stand behind, so that they can only move together. */
export interface Shared {
  readonly services: readonly string[];
  /** `<kind> <namespace>/<name>` */
  readonly workload: string;
}

/** Who calls whom, as far as an estate tells. Lists are sorted by caller and callee. */
export interface ServiceGraph {
  readonly services: readonly MigratingService[];
  /** Services of Istio itself, which do not move. */
  readonly replaced: readonly Replaced[];
  readonly shared: readonly Shared[];
  readonly edges: readonly ServiceEdge[];
  /** Traffic that enters through Istio's Gateways: `from` is `<namespace>/<name>` of the Gateway. */
  readonly entries: readonly ServiceEdge[];
  /** Calls of hosts outside of the mesh that ServiceEntries declare. */
  readonly externals: readonly ServiceEdge[];
}

/** Evidence as a source of it finds it. */
export interface Found {
  readonly between: 'services' | 'entry' | 'external';
  readonly from: string;
  readonly to: string;
  readonly evidence: Evidence;
}

/** Evidence of at least this much names its caller and callee; weaker evidence names them among others. */
export const likely = 0.6;
