import type { Service, WaveQuery, WaveStages } from '@isthmus/contract';
import { MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from './client.ts';
import { isProblem } from './problem.ts';

/** Keys of the cache. Everything that a migration's snapshot or settings decide lies below `views`. */
export const keys = {
  session: ['session'] as const,
  codes: ['codes'] as const,
  coverage: ['coverage'] as const,
  migrations: ['migrations'] as const,
  migration: (id: string) => ['migration', id] as const,
  views: (id: string) => ['migration', id, 'views'] as const,
  view: (id: string, ...view: readonly (string | number | undefined)[]) => ['migration', id, 'views', ...view] as const,
  services: (id: string) => ['migration', id, 'views', 'services'] as const,
  /** What the plan has to keep to, which no snapshot decides. */
  plan: (id: string) => ['migration', id, 'plan'] as const,
  savedViews: (id: string) => ['migration', id, 'saved-views'] as const,
  snapshots: (id: string) => ['migration', id, 'snapshots'] as const,
  history: (id: string, subject?: string) => ['migration', id, 'history', subject ?? ''] as const,
};

/** A session that ended meanwhile is noticed by the first refusal; the frame then asks to sign in. */
function onError(error: unknown): void {
  if (isProblem(error, 'token-required')) void queryClient.invalidateQueries({ queryKey: keys.session });
}

/** Changes by others arrive as events, so that nothing is asked for twice; what failed for good is not tried again. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // The server is often this machine: that a browser is offline says nothing of it.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(isProblem(error) && error.problem.status >= 400),
    },
  },
});

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: ({ signal }) => call('GET /session', {}, signal),
});

export const migrationsQuery = queryOptions({
  queryKey: keys.migrations,
  queryFn: async ({ signal }) => (await call('GET /migrations', {}, signal)).migrations,
  // The list has no events of its own.
  staleTime: 0,
});

export const migrationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.migration(id),
    queryFn: ({ signal }) => call('GET /migrations/:id', { params: { id } }, signal),
  });

export const overviewQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'overview'),
    queryFn: ({ signal }) => call('GET /migrations/:id/overview', { params: { id } }, signal),
  });

export const inventoryQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'inventory'),
    queryFn: ({ signal }) => call('GET /migrations/:id/inventory', { params: { id } }, signal),
  });

export const resourcesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'resources'),
    queryFn: async ({ signal }) => (await call('GET /migrations/:id/resources', { params: { id } }, signal)).resources,
  });

/** More findings than this are not sent at once. */
export const mostDiagnostics = 10_000;

export const diagnosticsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.view(id, 'diagnostics'),
    queryFn: ({ signal }) =>
      call('GET /migrations/:id/diagnostics', { params: { id }, query: { limit: mostDiagnostics } }, signal),
    structuralSharing: false,
  });

export const servicesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.services(id),
    queryFn: async ({ signal }): Promise<readonly Service[]> =>
      (await call('GET /migrations/:id/services', { params: { id } }, signal)).services,
    structuralSharing: false,
  });

/** What the workbench shows: a service (`ns/name`), a resource (its index) or a namespace. */
export interface WorkbenchSubject {
  readonly service?: string;
  /** Its index, or what names it in later snapshots too. */
  readonly resource?: string;
  readonly namespace?: string;
}

export const workbenchQuery = (id: string, subject: WorkbenchSubject) =>
  queryOptions({
    queryKey: keys.view(id, 'workbench', subject.service, subject.resource, subject.namespace),
    queryFn: ({ signal }) => call('GET /migrations/:id/workbench', { params: { id }, query: subject }, signal),
  });

/** What the plan and the bridge have to keep to, for everybody. */
export const planSettingsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.plan(id),
    queryFn: ({ signal }) => call('GET /migrations/:id/plan/settings', { params: { id } }, signal),
  });

/** One wave stage by stage; of several clusters the one that is chosen, of those that hold a service. */
export const waveQuery = (id: string, wave: number, query: WaveQuery) =>
  queryOptions({
    queryKey: keys.view(id, 'wave', wave, query.form, query.cluster, query.service),
    queryFn: ({ signal }) =>
      call('GET /migrations/:id/plan/waves/:wave', { params: { id, wave: String(wave) }, query }, signal),
    structuralSharing: false,
    // The wave stays where it is while its other form or another cluster is read.
    placeholderData: (before: WaveStages | undefined, query) =>
      query?.queryKey[1] === id && query.queryKey[4] === wave ? before : undefined,
  });

/** Filters, order and columns that somebody gave a name to. */
export const savedViewsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.savedViews(id),
    queryFn: async ({ signal }) => (await call('GET /migrations/:id/views', { params: { id } }, signal)).views,
  });

export const snapshotsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.snapshots(id),
    queryFn: async ({ signal }) => (await call('GET /migrations/:id/snapshots', { params: { id } }, signal)).snapshots,
  });

export const codesQuery = queryOptions({
  queryKey: keys.codes,
  queryFn: async ({ signal }) => (await call('GET /codes', {}, signal)).codes,
});

export const codeQuery = (code: string) =>
  queryOptions({
    queryKey: [...keys.codes, code],
    queryFn: ({ signal }) => call('GET /codes/:code', { params: { code } }, signal),
  });

/** The same for a release of Isthmus, as the codes are. */
export const coverageQuery = queryOptions({
  queryKey: keys.coverage,
  queryFn: async ({ signal }) => (await call('GET /coverage', {}, signal)).kinds,
});
