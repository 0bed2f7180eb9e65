import type { Json, Resource } from '@isthmus/kubernetes';
import type { AppliedOverride } from './overrides/override.ts';
import type { Place } from './place.ts';

/** A Kubernetes object as written to the bundle. */
export interface EmittedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/**
 * Steps of applying a bundle, in order. Access comes before anything that turns mTLS on: Kong Mesh denies by default
 * once it is on (security.md 1.8).
 */
export const stages = ['access', 'mesh', 'identity', 'services', 'egress', 'routing', 'resilience', 'edge'] as const;
export type Stage = (typeof stages)[number];

/**
 * `resource`: applied as it is. `draft`: for a person to finish; outside every kustomization.
 * `patch`: a strategic-merge patch of an object that the user has (`base`).
 */
export type EmittedRole =
  | { readonly role: 'resource'; readonly stage: Stage }
  | { readonly role: 'draft'; readonly stage: Stage; readonly why: string }
  | { readonly role: 'patch'; readonly base: Resource };

/** One emitted resource. */
export type Emitted = EmittedRole & {
  readonly object: EmittedObject;
  /** Services (`<namespace>/<name>`) that the resource is about; empty for mesh-wide ones. Sorted. */
  readonly services: readonly string[];
  /** Which control plane it is for; absent where the import is of one cluster. */
  readonly place?: Place;
  /** What a person decided about it; absent where it is as it was translated. */
  readonly override?: AppliedOverride;
};

/** A source field that an emitted one came from. */
export interface Origin {
  readonly resource: Resource;
  readonly path: string;
  readonly value: Json;
}

/** Where an emitted field came from; a field that came from several has one for each. */
export interface Provenance {
  /** Of the emitted field. */
  readonly path: string;
  readonly origin: Origin;
}
