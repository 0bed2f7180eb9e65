export { ClusterError, type Failure } from './cluster-error.ts';
export type { ServedKind, Unread } from './kinds.ts';
export {
  type Connection,
  type ConnectionSettings,
  type ContextRow,
  connectionSettings,
  listContexts,
} from './kubeconfig.ts';
export {
  type ClusterReading,
  type KindProgress,
  type KindReading,
  type ReadOptions,
  readCluster,
} from './read-cluster.ts';
export { openReader, type Reader } from './reader.ts';
export { readingRights } from './rights.ts';
export { clusterAnnotation } from './shape.ts';
export { type SnapshotFile, snapshotFiles } from './snapshot.ts';
