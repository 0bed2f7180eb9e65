import type { ProgressQuery } from '@isthmus/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

/** Where the services stand and stood; below the overview, since what changes one changes the other. */
export const progressQuery = (id: string, query: ProgressQuery) =>
  queryOptions({
    queryKey: keys.view(id, 'overview', 'progress', query.by, query.name),
    queryFn: ({ signal }) => call('GET /migrations/:id/progress', { params: { id }, query }, signal),
    placeholderData: keepPreviousData,
  });
