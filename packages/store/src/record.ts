/** Who makes a change; `verified` is false for self-chosen names. */
export interface Actor {
  readonly name: string;
  readonly verified: boolean;
}

/** A migration as stored. Settings are the caller's: what was given, as JSON. */
export interface MigrationRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly archivedAt: string | null;
  readonly revision: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface SnapshotRecord {
  readonly id: string;
  readonly number: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly files: number;
  readonly documents: number;
  readonly resources: number;
  readonly istio: number;
  readonly skipped: number;
}

/** One file of a snapshot; `content` is its redacted text, deflated, `diagnostics` is JSON. */
export interface FileRecord {
  readonly path: string;
  readonly content: Uint8Array;
  readonly size: number;
  readonly documents: number;
  readonly diagnostics: string;
}

/** Where a service stands, for services that were changed at least once. */
export interface ServiceState {
  readonly service: string;
  readonly phase: string;
  readonly owner: string;
  readonly note: string;
  readonly revision: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
  /** Of its requests, in percent. */
  readonly share: number;
}

/** What a migration's plan keeps. Settings, certificates and observed traffic are the caller's: what was given, as JSON. */
export interface PlanRecord {
  readonly revision: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly certificates: Readonly<Record<string, unknown>>;
  readonly observed: unknown;
  readonly updatedAt: string | null;
  readonly updatedBy: string | null;
}

/** An approval that the traffic of a service shifts, of what a snapshot holds. */
export interface ApprovalRecord {
  readonly service: string;
  readonly by: string;
  readonly at: string;
  readonly note: string;
  readonly snapshot: string;
}

/** A finding that somebody accepted; the finding's own words are kept, so that it can be told later what was accepted. */
export interface AcceptanceRecord {
  readonly finding: string;
  readonly code: string;
  readonly severity: string;
  readonly subject: string;
  readonly message: string;
  readonly reason: string;
  readonly at: string;
  readonly by: string;
}

/** What somebody decided about a resource. The content is the caller's: what was given, as JSON. */
export interface OverrideRecord {
  readonly id: string;
  readonly subject: string;
  readonly content: string;
  readonly reason: string;
  readonly revision: number;
  readonly at: string;
  readonly by: string;
}

/** What a page shows, under a name that everybody who works on the migration sees. */
export interface SavedViewRecord {
  readonly page: string;
  readonly name: string;
  /** The query of its address. */
  readonly query: string;
  readonly at: string;
  readonly by: string;
}

export interface HistoryRecord {
  readonly sequence: number;
  readonly at: string;
  readonly by: string;
  readonly verified: boolean;
  readonly subject: string;
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A service that came into a phase. */
export interface PhaseStep {
  readonly service: string;
  readonly at: string;
  readonly phase: string;
}

/** A change that saw the newest revision, one that did not, or one of something that is not there. */
export type Change<T> =
  | { readonly outcome: 'changed'; readonly value: T }
  | { readonly outcome: 'conflict'; readonly current: T }
  | { readonly outcome: 'missing' };
