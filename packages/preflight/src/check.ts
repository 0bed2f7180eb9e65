import type { Code, Severity } from '@isthmus/diagnostics';
import type { TargetVersion } from '@isthmus/kong-mesh';
import type { Field, JsonObject, Resource } from '@isthmus/kubernetes';
import type { Facts } from './facts.ts';

/** Parts of the catalogue, in the order in which they are shown. */
export const areas = ['injection', 'pods', 'services', 'traffic', 'network', 'kong-mesh', 'identity'] as const;
export type Area = (typeof areas)[number];

/** What of a migration's settings the checks depend on. */
export interface PreflightSettings {
  readonly target: TargetVersion;
  readonly clusterDomain: string;
  readonly rootNamespace: string;
  /** Namespace of Kong Mesh's control plane. */
  readonly systemNamespace: string;
  /** Whether the translation keeps Istio's behaviour where the defaults of the meshes differ. */
  readonly defaults: 'keep' | 'adopt';
}

/** The code of a check: its message is what was found, then what that means at run time. */
export type CheckCode = Code<`{found} ${string}`>;

/** How many things of a kind were looked at; `what` is singular for one. */
export interface Amount {
  readonly count: number;
  readonly what: string;
}

/** One thing that fails a check. */
export interface Evidence {
  /** A sentence about this place: what stands there and what was expected. */
  readonly found: string;
  readonly at: Field | Resource;
  /** Services (`<namespace>/<name>`) that it is about. */
  readonly services: readonly string[];
  /** Where one case is worse or better than the rule: the code's severity otherwise. */
  readonly severity?: Severity;
  /** A strategic-merge patch of an object of the user that settles it. */
  readonly patch?: JsonObject;
}

/** What a check says of an estate; it is skipped where nothing of all that it examines is there. */
export type Examination =
  | { readonly examined: readonly Amount[]; readonly evidence: readonly Evidence[] }
  | { readonly skipped: string };

/** An estate for which a check fails, and how it passes: documentation that the tests execute. */
export interface Examples {
  readonly failing: string;
  readonly passing: string;
  /** Kong Mesh resources that the translation would emit, as YAML: for checks of what is planned. */
  readonly planned?: string;
  readonly settings?: Partial<PreflightSettings>;
}

/** One rule about an estate before its services move. */
export interface Check {
  /** The name of its file. */
  readonly id: string;
  /** What holds where it passes, in a few words; the title of the code says what does not where it fails. */
  readonly holds: string;
  readonly area: Area;
  readonly code: CheckCode;
  /** What is looked at, for people: completes "Looks at …". */
  readonly examines: string;
  /** Absent where a check cannot be decided from manifests. */
  readonly examples?: Examples;
  run(facts: Facts): Examination;
}

/** A check that no import of manifests can decide: it is shown, skipped, with the way to find out by hand. */
export function undecidable(check: Omit<Check, 'run' | 'examples'>, reason: string): Check {
  return { ...check, run: () => ({ skipped: reason }) };
}
