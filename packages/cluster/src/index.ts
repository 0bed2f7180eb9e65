export { ClusterError, type Failure } from './cluster-error.ts';
export {
  type Applied,
  appliedOf,
  canonical,
  comparable,
  compareRefs,
  type Drift,
  differingPaths,
  driftOf,
  isCompared,
  type ObjectRef,
  refKey,
  refOf,
} from './drift.ts';
export { type Evidence, evidenceOf, type PolicyCounts } from './evidence.ts';
export { inventoryOf, type LiveInventory, podRows, type ServiceRow, serviceRows } from './inventory.ts';
export type { ServedKind, Unread } from './kinds.ts';
export {
  type Connection,
  type ConnectionSettings,
  type ContextRow,
  connectionSettings,
  listContexts,
} from './kubeconfig.ts';
export { type LiveCluster, type LiveKind, type LiveState, openLive } from './live-cluster.ts';
export {
  type ClusterReading,
  type KindProgress,
  type KindReading,
  type ReadOptions,
  readCluster,
} from './read-cluster.ts';
export { openReader, type Reader } from './reader.ts';
export { readingRights } from './rights.ts';
export { type SnapshotFile, snapshotFiles } from './snapshot.ts';
