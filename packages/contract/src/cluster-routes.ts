import * as clusters from './clusters.ts';
import { ImportJob } from './migration.ts';

/** The operations about live clusters. */
export const clusterRoutes = {
  listContexts: {
    method: 'GET',
    path: '/contexts',
    summary: "Contexts of the server's kubeconfig, and the rights that suffice to read a cluster",
    status: 200,
    response: clusters.ClusterContexts,
  },
  listClusters: {
    method: 'GET',
    path: '/migrations/:id/clusters',
    summary: 'The clusters of a migration',
    status: 200,
    response: clusters.ClusterList,
  },
  connectCluster: {
    method: 'POST',
    path: '/migrations/:id/clusters',
    summary: 'Connect a cluster by a reference to credentials that the server holds; 422 where it cannot be read',
    body: clusters.NewCluster,
    status: 201,
    response: clusters.Cluster,
  },
  disconnectCluster: {
    method: 'DELETE',
    path: '/migrations/:id/clusters/:cluster',
    summary: 'Forget a connection; the cluster is not touched',
    status: 204,
  },
  takeSnapshot: {
    method: 'POST',
    path: '/migrations/:id/clusters/snapshot',
    summary: 'Read all clusters of the migration into a new snapshot',
    status: 202,
    response: ImportJob,
  },
  getLiveInventory: {
    method: 'GET',
    path: '/migrations/:id/clusters/:cluster/inventory',
    summary:
      'What a cluster shows now: both meshes by namespace, workload, Service and pod; ask again while it is read',
    query: clusters.LiveInventoryQuery,
    status: 200,
    response: clusters.LiveInventory,
  },
  getDrift: {
    method: 'GET',
    path: '/migrations/:id/drift',
    summary: 'How the clusters differ from the newest snapshot, and from what is emitted',
    status: 200,
    response: clusters.Drift,
  },
  readForComparison: {
    method: 'POST',
    path: '/migrations/:id/drift',
    summary:
      'Read all clusters of the migration, to be compared with its snapshots by `GET /migrations/:id/changes?to=live`; makes no snapshot',
    status: 202,
    response: ImportJob,
  },
  getEvidence: {
    method: 'GET',
    path: '/migrations/:id/evidence',
    summary: 'What the clusters show of each service beside its recorded phase',
    status: 200,
    response: clusters.EvidenceList,
  },
} as const;
