import type { Migration, Service, StoredPlan } from '@isthmus/contract';
import type { QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { addressOf } from './client.ts';
import { keys, queryClient } from './queries.ts';

export const liveEvents = ['migration', 'services', 'snapshot', 'plan', 'views'] as const;
export type LiveEvent = (typeof liveEvents)[number];

/** A list with the newer of each service; the same list where nothing is newer. */
export function mergeServices(known: readonly Service[], changed: readonly Service[]): readonly Service[] {
  const byId = new Map(changed.map((service) => [service.id, service]));
  let isChanged = false;
  const merged = known.map((service) => {
    const next = byId.get(service.id);
    if (next === undefined || next.revision < service.revision) return service;
    isChanged = true;
    return next;
  });
  return isChanged ? merged : known;
}

/** Puts changed services into the cache, and has read anew what is counted from them. */
export function storeServices(cache: QueryClient, id: string, changed: readonly Service[]): void {
  cache.setQueryData<readonly Service[]>(keys.services(id), (known) => known && mergeServices(known, changed));
  void cache.invalidateQueries({ queryKey: keys.view(id, 'overview') });
  void cache.invalidateQueries({ queryKey: keys.view(id, 'bridge') });
  void cache.invalidateQueries({ queryKey: keys.view(id, 'gates') });
  void cache.invalidateQueries({ queryKey: [...keys.migration(id), 'history'] });
}

/** Views that what the plan has to keep to decides: lists and the overview tell waves. */
const planned = ['plan', 'bridge', 'path', 'wave', 'gates', 'services', 'overview'];

function readPlannedAnew(cache: QueryClient, id: string): void {
  for (const view of planned) void cache.invalidateQueries({ queryKey: keys.view(id, view) });
  void cache.invalidateQueries({ queryKey: [...keys.migration(id), 'history'] });
}

/** Puts a changed plan into the cache, and has read anew what follows from it. */
export function storePlan(cache: QueryClient, id: string, next: StoredPlan): void {
  const known = cache.getQueryData<StoredPlan>(keys.plan(id));
  if (known !== undefined && known.revision > next.revision) return;
  cache.setQueryData(keys.plan(id), next);
  readPlannedAnew(cache, id);
}

/** Puts a changed migration into the cache; its views are read anew where its settings or its snapshot are others. */
export function storeMigration(cache: QueryClient, next: Migration): void {
  const known = cache.getQueryData<Migration>(keys.migration(next.id));
  if (known !== undefined && known.revision > next.revision) return;
  cache.setQueryData(keys.migration(next.id), next);
  void cache.invalidateQueries({ queryKey: keys.migrations });
  void cache.invalidateQueries({ queryKey: [...keys.migration(next.id), 'history'] });
  const isSame =
    known !== undefined &&
    known.snapshot?.id === next.snapshot?.id &&
    JSON.stringify(known.settings) === JSON.stringify(next.settings);
  if (isSame) return;
  // A failure that is remembered, as that there is no snapshot yet, would be shown again.
  cache.removeQueries({ queryKey: keys.views(next.id), predicate: ({ state }) => state.status === 'error' });
  void cache.invalidateQueries({ queryKey: keys.views(next.id) });
  void cache.invalidateQueries({ queryKey: keys.snapshots(next.id) });
}

/** Takes a change by others into the cache. `null` says that too much happened: it is read anew. */
export function takeEvent(cache: QueryClient, id: string, event: LiveEvent, data: unknown): void {
  if (event === 'services') {
    if (data !== null) storeServices(cache, id, data as Service[]);
    else {
      void cache.invalidateQueries({ queryKey: keys.views(id) });
      void cache.invalidateQueries({ queryKey: [...keys.migration(id), 'history'] });
    }
  } else if (event === 'plan') {
    if (data !== null) storePlan(cache, id, data as StoredPlan);
    else {
      void cache.invalidateQueries({ queryKey: keys.plan(id) });
      readPlannedAnew(cache, id);
    }
  } else if (event === 'views') void cache.invalidateQueries({ queryKey: keys.savedViews(id) });
  else if (data !== null) storeMigration(cache, data as Migration);
  else void cache.invalidateQueries({ queryKey: keys.migration(id) });
}

const firstPause = 2000;
const longestPause = 30_000;

/**
 * Listens to changes by others as long as the tab is in view: browsers allow few streams to one server, which tabs in the
 * background would use up. What was missed is read anew on coming back.
 */
export function useLive(id: string | undefined): void {
  useEffect(() => {
    if (id === undefined) return;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = firstPause;
    let hasMissed = false;
    const close = (): void => {
      source?.close();
      source = undefined;
      clearTimeout(timer);
    };
    const open = (): void => {
      close();
      const stream = new EventSource(addressOf('GET /migrations/:id/events', { id }));
      source = stream;
      stream.onopen = () => {
        pause = firstPause;
        if (hasMissed) void queryClient.invalidateQueries({ queryKey: keys.migration(id) });
        hasMissed = false;
      };
      for (const event of liveEvents)
        stream.addEventListener(event, ({ data }: MessageEvent<string>) =>
          takeEvent(queryClient, id, event, JSON.parse(data)),
        );
      // The browser reconnects by itself, and the server repeats what was missed, unless it refused the stream.
      stream.onerror = () => {
        if (stream.readyState !== EventSource.CLOSED || source !== stream) return;
        hasMissed = true;
        timer = setTimeout(open, pause);
        pause = Math.min(longestPause, pause * 2);
      };
    };
    const onVisibility = (): void => {
      if (document.visibilityState === 'hidden') {
        close();
        hasMissed = true;
      } else if (source === undefined) open();
    };
    document.addEventListener('visibilitychange', onVisibility);
    if (document.visibilityState !== 'hidden') open();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      close();
    };
  }, [id]);
}
