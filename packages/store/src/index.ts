export type { Acceptances, Accepting, NewAcceptance } from './acceptances.ts';
export type { Approvals } from './approvals.ts';
export { backup, restore } from './backup.ts';
export type { ClusterRecord, Clusters } from './clusters.ts';
export { readFiles, stageFiles } from './files.ts';
export type { DeletionRecord, MigrationPatch, Migrations } from './migrations.ts';
export type { NewOverride, Overrides, Overriding } from './overrides.ts';
export type { PlanNews, PlanPatch, Plans } from './plans.ts';
export type { PseudonymKeys } from './pseudonym-keys.ts';
export type {
  AcceptanceRecord,
  Actor,
  ApprovalRecord,
  Change,
  FileRecord,
  HistoryRecord,
  MigrationRecord,
  OverrideRecord,
  PhaseStep,
  PlanRecord,
  SavedViewRecord,
  ServiceState,
  SnapshotRecord,
} from './record.ts';
export type { SavedViews } from './saved-views.ts';
export type { SeenService, ServicePatch, Services, ServicesChange } from './services.ts';
export type { NewSnapshot, Snapshots } from './snapshots.ts';
export { openStore, type Store } from './store.ts';
export { storePath } from './store-path.ts';
export { StoreError } from './upgrades.ts';
