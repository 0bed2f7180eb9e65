import type { Reference } from '@isthmus/kong-mesh';
import type { Field } from '../../field.ts';
import type { Side } from './patch.ts';

/** A policy of Kong Mesh that does what a patch is for. */
export interface Counterpart {
  readonly kind:
    | 'MeshAccessLog'
    | 'MeshTimeout'
    | 'MeshCircuitBreaker'
    | 'MeshLoadBalancingStrategy'
    | 'MeshHealthCheck'
    | 'MeshRetry'
    | 'MeshFaultInjection';
  /** `inbound`: what the proxies of servers do, as `rules`; `outbound`: what those of clients do, as `to`. */
  readonly side: Side;
  readonly conf: Readonly<Record<string, unknown>>;
  /** The source fields that the configuration holds. */
  readonly from: Field;
  /** What differs, for people. */
  readonly difference: string;
  /** The destination; everything unless it is named. */
  readonly to?: Reference | undefined;
  readonly services?: readonly string[] | undefined;
}
