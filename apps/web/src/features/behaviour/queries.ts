import type { Behaviour, BehaviourRow, SimulatedSubject } from '@isthmus/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { slicesQuery } from '../../api/slices.ts';

/** Verdicts so far, with all rows that there are. */
export type BehaviourSoFar = Omit<Behaviour, 'next'>;

/** The verdicts on all services, in all clusters of the snapshot or in one of them. */
export const behaviourQuery = (id: string, cluster?: string) =>
  slicesQuery<BehaviourRow, Behaviour>(keys.view(id, 'behaviour', undefined, cluster), (from, signal) =>
    call(
      'GET /migrations/:id/behaviour',
      { params: { id }, query: { ...(cluster === undefined ? {} : { cluster }), from } },
      signal,
    ),
  );

export const serviceBehaviourQuery = (id: string, service: string, cluster?: string) => {
  const [namespace = '', name = ''] = service.split('/');
  return queryOptions({
    queryKey: keys.view(id, 'behaviour', service, cluster),
    queryFn: ({ signal }) =>
      call(
        'GET /migrations/:id/behaviour/:namespace/:name',
        { params: { id, namespace, name }, query: cluster === undefined ? {} : { cluster } },
        signal,
      ),
    retry: false,
  });
};

export const simulationModelQuery = (id: string, subject: SimulatedSubject) =>
  queryOptions({
    queryKey: keys.view(id, 'simulation-model', JSON.stringify(subject)),
    queryFn: ({ signal }) => call('POST /migrations/:id/simulation-model', { params: { id }, body: subject }, signal),
    // While somebody types, the last answer stays until the next one is there.
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    retry: false,
  });
