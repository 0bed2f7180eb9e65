import type { Behaviour, BehaviourRow, SimulatedRequest } from '@isthmus/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';

/** Verdicts so far, with all rows that there are. */
export type BehaviourSoFar = Omit<Behaviour, 'next'>;

/**
 * The verdicts on all services. The server compares some more with every request: what is there already is shown while the
 * rest comes.
 */
export const behaviourQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'behaviour'),
    queryFn: async ({ signal, queryKey }): Promise<BehaviourSoFar> => {
      let rows: readonly BehaviourRow[] = [];
      for (;;) {
        const { next: _, ...slice } = await call(
          'GET /migrations/:id/behaviour',
          { params: { id }, query: { from: rows.length } },
          signal,
        );
        rows = [...rows, ...slice.rows];
        const soFar = { ...slice, rows: [...rows] };
        if (soFar.complete) return soFar;
        queryClient.setQueryData(queryKey, soFar);
      }
    },
    structuralSharing: false,
  });

export const serviceBehaviourQuery = (id: string, service: string) => {
  const [namespace = '', name = ''] = service.split('/');
  return queryOptions({
    queryKey: keys.view(id, 'behaviour', service),
    queryFn: ({ signal }) =>
      call('GET /migrations/:id/behaviour/:namespace/:name', { params: { id, namespace, name } }, signal),
    retry: false,
  });
};

export const simulationQuery = (id: string, request: SimulatedRequest) =>
  queryOptions({
    queryKey: keys.view(id, 'simulation', JSON.stringify(request)),
    queryFn: ({ signal }) => call('POST /migrations/:id/simulate', { params: { id }, body: request }, signal),
    // While somebody types, the last answer stays until the next one is there.
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    retry: false,
  });
