import type { AccessRow, AccessView } from '@isthmus/contract';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { slicesQuery } from '../../api/slices.ts';

/** Who may call whom. */
export const accessQuery = (id: string) =>
  slicesQuery<AccessRow, AccessView>(keys.view(id, 'access'), (from, signal) =>
    call('GET /migrations/:id/access', { params: { id }, query: { from } }, signal),
  );

export const workloadAccessQuery = (id: string, workload: string) => {
  const [namespace = '', name = ''] = workload.split('/');
  return queryOptions({
    queryKey: keys.view(id, 'access', workload),
    queryFn: ({ signal }) =>
      call('GET /migrations/:id/access/:namespace/:name', { params: { id, namespace, name } }, signal),
    retry: false,
  });
};
