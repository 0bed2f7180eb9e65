import { likely } from '../graph/edge.ts';

/** Which of two services that call each other's way moves first. */
export type Order = 'callees-first' | 'callers-first';

/** What a plan has to keep to. */
export interface PlanSettings {
  readonly order: Order;
  /** Services per wave; undefined: as many as are ready. */
  readonly most: number | undefined;
  /** Whether a wave may touch one namespace only. */
  readonly oneNamespace: boolean;
  /** Services that stay in Istio for good. */
  readonly excluded: readonly string[];
  /** Waves, from 1, that services are to move in. */
  readonly pinned: Readonly<Record<string, number>>;
  /** Calls with less confidence neither order nor count. */
  readonly confidence: number;
}

/** Why services move in this order, for people. */
export const reasonOf: Readonly<Record<Order, string>> = {
  'callees-first':
    'Callees move before their callers: calls that cross go from Istio to Kong Mesh, where weights of the existing routes shift them and take them back.',
  'callers-first':
    'Callers move before their callees: calls that cross go from Kong Mesh to Istio, where each needs a way into Istio (an external service, or a server that also takes plaintext).',
};

/** A plan without limits. */
export const defaultPlanSettings: PlanSettings = {
  order: 'callees-first',
  most: undefined,
  oneNamespace: false,
  excluded: [],
  pinned: {},
  confidence: likely,
};
