import type { RequestPathQuery } from '@isthmus/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import type { Moment } from './moment.ts';

/** The picture of a moment; that of the moment before stays until it has come. */
export const bridgeQuery = (id: string, namespace: string | undefined, { wave, stage }: Moment) =>
  queryOptions({
    queryKey: keys.view(id, 'bridge', namespace, wave, stage),
    queryFn: ({ signal }) =>
      call(
        'GET /migrations/:id/bridge',
        {
          params: { id },
          query: {
            ...(namespace === undefined ? {} : { namespace }),
            ...(wave === undefined ? {} : { wave }),
            ...(stage === undefined ? {} : { stage }),
          },
        },
        signal,
      ),
    placeholderData: keepPreviousData,
  });

/** How requests of one service reach another at a moment. */
export const pathQuery = (id: string, query: RequestPathQuery) =>
  queryOptions({
    queryKey: keys.view(id, 'path', JSON.stringify(query)),
    queryFn: ({ signal }) => call('GET /migrations/:id/bridge/path', { params: { id }, query }, signal),
    placeholderData: keepPreviousData,
  });
