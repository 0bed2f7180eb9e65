import type { PlanSettings } from '@isthmus/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

/** The plan as it is kept, with the calls that say so. */
export const planQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'plan'),
    queryFn: ({ signal }) => call('GET /migrations/:id/plan', { params: { id } }, signal),
    structuralSharing: false,
  });

/** What follows from a draft; that of the draft before stays until the next has come. */
export const assessmentQuery = (id: string, settings: Partial<PlanSettings>) =>
  queryOptions({
    queryKey: keys.view(id, 'plan', 'assessment', JSON.stringify(settings)),
    queryFn: ({ signal }) =>
      call('POST /migrations/:id/plan/assessment', { params: { id }, body: { settings } }, signal),
    structuralSharing: false,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
