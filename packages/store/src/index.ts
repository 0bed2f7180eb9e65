export { backup, restore } from './backup.ts';
export type { DeletionRecord, MigrationPatch, Migrations } from './migrations.ts';
export type {
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
export { openStore, readFiles, type Store, storePath } from './store.ts';
export { StoreError } from './upgrades.ts';
