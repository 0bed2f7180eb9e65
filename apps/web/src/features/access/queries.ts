import type { AccessRow, AccessView, WorkloadAccessQuery } from '@isthmus/contract';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { slicesQuery } from '../../api/slices.ts';

const stateKeys = ({ cluster, phase, bridge }: WorkloadAccessQuery) => [
  cluster,
  phase,
  phase === undefined ? undefined : bridge,
];

/** Who may call whom, in the last state of the migration or in one before it. */
export const accessQuery = (id: string, state: WorkloadAccessQuery) =>
  slicesQuery<AccessRow, AccessView>(keys.view(id, 'access', ...stateKeys(state)), (from, signal) =>
    call('GET /migrations/:id/access', { params: { id }, query: { ...state, from } }, signal),
  );

export const workloadAccessQuery = (id: string, workload: string, state: WorkloadAccessQuery) => {
  const [namespace = '', name = ''] = workload.split('/');
  return queryOptions({
    queryKey: keys.view(id, 'access', workload, ...stateKeys(state)),
    queryFn: ({ signal }) =>
      call(
        'GET /migrations/:id/access/:namespace/:name',
        { params: { id, namespace, name }, query: { ...state } },
        signal,
      ),
    retry: false,
  });
};
