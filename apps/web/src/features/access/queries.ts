import type { AccessRow, AccessView } from '@isthmus/contract';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';

/** What is known so far, with all rows that there are. */
export type AccessSoFar = Omit<AccessView, 'next'>;

/** Who may call whom. The server compares some more with every request: what is there already is shown while the rest comes. */
export const accessQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'access'),
    queryFn: async ({ signal, queryKey }): Promise<AccessSoFar> => {
      let rows: readonly AccessRow[] = [];
      for (;;) {
        const { next: _, ...slice } = await call(
          'GET /migrations/:id/access',
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

export const workloadAccessQuery = (id: string, workload: string) => {
  const [namespace = '', name = ''] = workload.split('/');
  return queryOptions({
    queryKey: keys.view(id, 'access', workload),
    queryFn: ({ signal }) =>
      call('GET /migrations/:id/access/:namespace/:name', { params: { id, namespace, name } }, signal),
    retry: false,
  });
};
