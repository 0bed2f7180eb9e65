import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

/** More findings of one check are not sent at once. */
export const mostFindings = 100;

/** All checks, or what fails about one service. */
export const checksQuery = (id: string, service?: string) =>
  queryOptions({
    queryKey: keys.view(id, 'checks', mostFindings, service),
    queryFn: ({ signal }) =>
      call(
        'GET /migrations/:id/checks',
        { params: { id }, query: { findings: mostFindings, ...(service === undefined ? {} : { service }) } },
        signal,
      ),
    structuralSharing: false,
  });

/** The results alone, for counts in the frame. */
export const checkResultsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'checks', 0),
    queryFn: ({ signal }) => call('GET /migrations/:id/checks', { params: { id }, query: { findings: 0 } }, signal),
  });
