import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

/** The gates in front of a service. What clusters show changes without an event, so that coming back reads them anew. */
export const gatesQuery = (id: string, namespace: string, name: string) =>
  queryOptions({
    queryKey: keys.view(id, 'gates', namespace, name),
    queryFn: ({ signal }) =>
      call('GET /migrations/:id/services/:namespace/:name/gates', { params: { id, namespace, name } }, signal),
    staleTime: 0,
  });
