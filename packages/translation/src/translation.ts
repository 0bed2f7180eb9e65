import type { Diagnostic } from '@isthmus/diagnostics';
import type { Estate } from '@isthmus/istio';
import type { Emitted, Provenance } from './emitted.ts';
import type { LedgerEntry } from './ledger.ts';
import type { OverrideState } from './overrides/state.ts';
import type { Settings } from './settings.ts';

/** What one cluster of several becomes. */
export interface ZoneTranslation {
  readonly cluster: string;
  readonly zone: string;
  readonly translation: Translation;
}

/** What an estate becomes. Lists are in an order that does not depend on the input's. */
export interface Translation {
  readonly settings: Settings;
  readonly estate: Estate;
  /** In apply order: by stage, kind, namespace, name; patches and drafts last. */
  readonly emitted: readonly Emitted[];
  /** Of each emitted resource (same index), the source fields of its traced paths. */
  readonly origins: readonly (readonly Provenance[])[];
  /** One entry for each Istio resource that has leaves or was read; losers of duplicates included. */
  readonly ledger: readonly LedgerEntry[];
  /** Istio's labels and annotations on other objects; all of what Istio reads of the Gateway API. */
  readonly context: readonly LedgerEntry[];
  /** The translation of each cluster for itself, where the import holds several; absent where it is of one. */
  readonly zones?: readonly ZoneTranslation[];
  /** What became of the overrides, in the order of their subjects; absent where there are none. */
  readonly overrides?: readonly OverrideState[];
  /** Of the estate and of the translation; lines are those of the resource until `locateDiagnostics` refines them. */
  readonly diagnostics: readonly Diagnostic[];
}
