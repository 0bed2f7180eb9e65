// What can be said of clusters without talking to one: the library that does takes a second and 80 MB to load.
export { ClusterError, type Failure } from './cluster-error.ts';
export { type Connection, type ConnectionSettings, type ContextRow, connectionSettings } from './connection.ts';
export {
  type Applied,
  appliedOf,
  canonical,
  comparable,
  compareRefs,
  type Drift,
  deviationsFrom,
  driftOf,
  isCompared,
  type ObjectRef,
  refKey,
  refOf,
  type UniversalResource,
} from './drift.ts';
export { type Evidence, enteringAgainst, evidenceOf, type PolicyCounts } from './evidence.ts';
export { differencesOf, type FieldDifference, swapped } from './field-differences.ts';
export { inventoryOf, type LiveInventory, podRows, type ServiceRow, serviceRows } from './inventory.ts';
export type { ServedKind, Unread } from './kinds.ts';
export type { LiveCluster, LiveKind, LiveState } from './live-cluster.ts';
export { readingRights } from './rights.ts';
export { closingFiles, kindFiles, type SnapshotFile, snapshotFiles } from './snapshot.ts';
