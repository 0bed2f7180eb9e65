import type { Generated } from 'kysely';

export interface MigrationTable {
  id: string;
  name: string;
  created_at: string;
  archived_at: string | null;
  revision: number;
  /** JSON. */
  settings: string;
}

export interface SnapshotTable {
  migration_id: string;
  number: number;
  /** SHA-256 of the content; migrations that import the same content share its files. */
  id: string;
  created_at: string;
  created_by: string;
  files: number;
  documents: number;
  resources: number;
  istio: number;
  skipped: number;
}

export interface FileTable {
  snapshot_id: string;
  path: string;
  /** The redacted text, deflated. */
  content: Uint8Array;
  /** Bytes of the text. */
  size: number;
  documents: number;
  /** JSON: what reading the original said, which the redacted text would not say again. */
  diagnostics: string;
}

export interface ServiceStateTable {
  migration_id: string;
  service: string;
  phase: string;
  owner: string;
  note: string;
  revision: number;
  updated_at: string;
  updated_by: string;
  share: number;
}

export interface PlanTable {
  migration_id: string;
  revision: number;
  /** JSON: what the plan has to keep to. */
  settings: string;
  /** JSON: root certificates of both meshes. */
  certificates: string;
  /** JSON: traffic that was seen. */
  observed: string | null;
  updated_at: string;
  updated_by: string;
}

export interface ApprovalTable {
  migration_id: string;
  service: string;
  approved_by: string;
  approved_at: string;
  note: string;
  /** What was approved: that of another snapshot no longer counts. */
  snapshot_id: string;
}

export interface AcceptanceTable {
  migration_id: string;
  /** What tells the finding from others. */
  finding: string;
  code: string;
  severity: string;
  /** What it was found at, for people. */
  subject: string;
  /** What was found, as it was read by who accepted it. */
  message: string;
  reason: string;
  accepted_at: string;
  accepted_by: string;
}

export interface OverrideTable {
  migration_id: string;
  /** What tells its resource from others. */
  id: string;
  /** The resource, for people. */
  subject: string;
  /** JSON. */
  content: string;
  reason: string;
  revision: number;
  changed_at: string;
  changed_by: string;
}

export interface ClusterTable {
  migration_id: string;
  name: string;
  /** JSON: a reference to credentials, never one. */
  connection: string;
  added_at: string;
  added_by: string;
}

export interface PseudonymKeyTable {
  migration_id: string;
  key: Uint8Array;
}

export interface SavedViewTable {
  migration_id: string;
  /** Whose filters and columns these are. */
  page: string;
  name: string;
  /** The query of its address. */
  query: string;
  saved_at: string;
  saved_by: string;
}

export interface HistoryTable {
  sequence: Generated<number>;
  migration_id: string;
  at: string;
  by: string;
  verified: number;
  subject: string;
  field: string;
  before: string | null;
  after: string | null;
}

export interface Tables {
  migrations: MigrationTable;
  snapshots: SnapshotTable;
  files: FileTable;
  service_states: ServiceStateTable;
  acceptances: AcceptanceTable;
  overrides: OverrideTable;
  plans: PlanTable;
  approvals: ApprovalTable;
  clusters: ClusterTable;
  pseudonym_keys: PseudonymKeyTable;
  saved_views: SavedViewTable;
  history: HistoryTable;
}
