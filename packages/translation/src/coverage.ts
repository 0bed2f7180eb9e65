import { coverageTexts } from './generated/field-coverage.ts';
import type { Outcome } from './ledger.ts';

/** What becomes of a field: always, or in the contexts, for the versions and values that are named. */
export interface FieldResult {
  readonly outcome: Outcome;
  readonly code?: string;
  /** Where it goes: kinds and paths of emitted resources, as `MeshTimeout spec.to[].default.http.requestTimeout`. */
  readonly targets: readonly string[];
  /** The situations that the example stood in, such as `mesh` and `gateway` for VirtualServices. */
  readonly contexts?: readonly string[];
  /** Versions of Kong Mesh. */
  readonly versions?: readonly string[];
  readonly values?: readonly (string | number | boolean)[];
}

/** A leaf field of a kind; `[]` stands for every item of a list, `{}` for every entry of an open map. */
export interface FieldCoverage {
  readonly field: string;
  readonly results: readonly FieldResult[];
}

/** The fields of one kind of Istio. */
export interface KindCoverage {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly fields: readonly FieldCoverage[];
}

/** What becomes of each field of each kind of Istio, in the order of the kinds' names. */
export const fieldCoverage = (): readonly KindCoverage[] =>
  coverageTexts.map((text) => JSON.parse(text) as KindCoverage);
