import type { ServiceEvidence } from '@isthmus/contract';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';

const clustersKey = (id: string) => [...keys.migration(id), 'clusters'] as const;

/** What the server's credentials reach. */
export const contextsQuery = queryOptions({
  queryKey: ['contexts'] as const,
  queryFn: ({ signal }) => call('GET /contexts', {}, signal),
  staleTime: 0,
});

export const clustersQuery = (id: string) =>
  queryOptions({
    queryKey: clustersKey(id),
    queryFn: async ({ signal }) => (await call('GET /migrations/:id/clusters', { params: { id } }, signal)).clusters,
  });

/** Has everything that clusters show read anew. */
export const forgetClusters = (id: string): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: clustersKey(id) });

const often = 1000;
const seldom = 10_000;

/** What a cluster shows now; asked for again and again, more often as long as it is being read. */
export const inventoryQuery = (id: string, cluster: string, pods: string | undefined) =>
  queryOptions({
    queryKey: [...clustersKey(id), cluster, 'inventory', pods ?? ''],
    queryFn: ({ signal }) =>
      call(
        'GET /migrations/:id/clusters/:cluster/inventory',
        { params: { id, cluster }, query: pods === undefined ? {} : { pods } },
        signal,
      ),
    refetchInterval: ({ state }) => (state.data?.state === 'reading' ? often : seldom),
    // What was shown stays until what is asked for now arrives.
    placeholderData: (before) => before,
    gcTime: 0,
  });

export const driftQuery = (id: string) =>
  queryOptions({
    queryKey: [...clustersKey(id), 'drift'],
    queryFn: ({ signal }) => call('GET /migrations/:id/drift', { params: { id } }, signal),
    refetchInterval: ({ state }) => (state.data?.clusters.some((one) => one.state === 'reading') ? often : seldom),
    staleTime: 0,
  });

export const evidenceQuery = (id: string) =>
  queryOptions({
    queryKey: [...clustersKey(id), 'evidence'],
    queryFn: ({ signal }) => call('GET /migrations/:id/evidence', { params: { id } }, signal),
    refetchInterval: ({ state }) =>
      state.data?.state === 'none' ? false : state.data?.state === 'reading' ? often : seldom,
    staleTime: 0,
  });

/** Services by id. */
export const evidenceById = (services: readonly ServiceEvidence[]): ReadonlyMap<string, ServiceEvidence> =>
  new Map(services.map((one) => [one.service, one]));
