export type { Acceptances, Accepting, NewAcceptance } from './acceptances.ts';
export { backup, restore } from './backup.ts';
export { readFiles, stageFiles } from './files.ts';
export type { DeletionRecord, MigrationPatch, Migrations } from './migrations.ts';
export type {
  AcceptanceRecord,
  Actor,
  Change,
  FileRecord,
  HistoryRecord,
  MigrationRecord,
  ServiceState,
  SnapshotRecord,
} from './record.ts';
export type { SeenService, ServicePatch, Services, ServicesChange } from './services.ts';
export type { NewSnapshot, Snapshots } from './snapshots.ts';
export { openStore, type Store } from './store.ts';
export { storePath } from './store-path.ts';
export { StoreError } from './upgrades.ts';
