export { listContexts } from './kubeconfig.ts';
export { openLive } from './live-cluster.ts';
export {
  type ClusterReading,
  type KindProgress,
  type KindReading,
  type ReadOptions,
  readCluster,
} from './read-cluster.ts';
export { openReader, type Reader } from './reader.ts';
