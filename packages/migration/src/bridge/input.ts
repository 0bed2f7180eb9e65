import type { Emitted } from '@isthmus/equivalence';
import type { Estate } from '@isthmus/istio';
import type { ServiceGraph } from '../graph/edge.ts';
import type { BridgeSettings, MeshNames } from './settings.ts';

/** What a translation emits, with the services (`<namespace>/<name>`) that it is about, and of several clusters its control plane. */
export type EmittedFor = Emitted & {
  readonly services: readonly string[];
  readonly place?: { readonly kind: 'global' } | { readonly kind: 'zone'; readonly zone: string };
};

/** What the bridge of an estate is computed from. */
export interface BridgeInput {
  readonly estate: Estate;
  readonly graph: ServiceGraph;
  /** What the translation of the estate emits. */
  readonly emitted: readonly EmittedFor[];
  /** Indexes into the estate's Istio resources by service. */
  readonly concerns: ReadonlyMap<string, readonly number[]>;
  readonly names: MeshNames;
  /** Whether other zones have bridges too, and one global control plane may hold the resources of all. */
  readonly amongZones?: boolean;
  readonly settings: BridgeSettings;
}
