import type { PlanQuery } from '@isthmus/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

/** A plan; the one before stays on the screen until the next has come. */
export const planQuery = (id: string, query: PlanQuery) =>
  queryOptions({
    queryKey: keys.view(id, 'plan', JSON.stringify(query)),
    queryFn: ({ signal }) => call('GET /migrations/:id/plan', { params: { id }, query }, signal),
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });
