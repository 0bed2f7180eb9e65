import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

/** How often each code was found in a migration. */
export const codeCountsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'code-counts'),
    queryFn: async ({ signal }) => {
      const { codes } = await call('GET /migrations/:id/diagnostics', { params: { id }, query: { limit: 1 } }, signal);
      return new Map(codes.map(({ code, total }) => [code, total]));
    },
    structuralSharing: false,
  });

/** `docs/status.md`, which says what is translated in which forms. */
export const statusQuery = queryOptions({
  queryKey: ['guide', 'status'],
  queryFn: async () => {
    const [{ default: text }, { statusRows }] = await Promise.all([
      import('../../../../../docs/status.md?raw'),
      import('./content/status.ts'),
    ]);
    return statusRows(text);
  },
});
