import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

/** What each proxy holds and whom a change reaches. */
export const fanOutQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'fan-out'),
    queryFn: ({ signal }) => call('GET /migrations/:id/fan-out', { params: { id } }, signal),
    structuralSharing: false,
  });
