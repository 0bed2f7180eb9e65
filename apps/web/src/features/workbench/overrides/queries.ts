import { queryOptions } from '@tanstack/react-query';
import { call } from '../../../api/client.ts';
import { keys, queryClient } from '../../../api/queries.ts';

/** What people decided about emitted resources. */
export const overridesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'overrides'),
    queryFn: async ({ signal }) => (await call('GET /migrations/:id/overrides', { params: { id } }, signal)).overrides,
  });

/** The versions of one override. */
export const versionsQuery = (id: string, override: string) =>
  queryOptions({
    queryKey: keys.view(id, 'override', override),
    queryFn: ({ signal }) => call('GET /migrations/:id/overrides/:override', { params: { id, override } }, signal),
  });

/** The JSON Schema of an emitted kind. */
export const schemaQuery = (id: string, apiVersion: string, kind: string) =>
  queryOptions({
    queryKey: keys.view(id, 'editor-schema', apiVersion, kind),
    queryFn: ({ signal }) =>
      call('GET /migrations/:id/editor-schema', { params: { id }, query: { apiVersion, kind } }, signal),
  });

/** Everything of a migration is shown anew: what is emitted decides all of it. */
export async function readAnew(id: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: keys.views(id) });
  void queryClient.invalidateQueries({ queryKey: [...keys.migration(id), 'history'] });
}
