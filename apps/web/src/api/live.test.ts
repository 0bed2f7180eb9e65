import type { Migration, Service } from '@isthmus/contract';
import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { mergeServices, takeEvent } from './live.ts';
import { keys } from './queries.ts';

const service = (id: string, revision: number, phase: Service['phase'] = 'discovered'): Service => ({
  id,
  namespace: 'sales',
  name: id,
  origin: 'service',
  phase,
  share: 0,
  owner: '',
  note: '',
  revision,
  updatedAt: null,
  updatedBy: null,
  wave: null,
  resources: 0,
  outcomes: { exact: 0, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 },
  findings: { blocker: 0, warning: 0, info: 0 },
  accepted: { blocker: 0, warning: 0, info: 0 },
  overrides: [],
});

const migration = (change: Partial<Migration>): Migration => ({
  id: 'm',
  name: 'Kong Air',
  createdAt: '2026-11-25T12:00:00.000Z',
  archivedAt: null,
  revision: 1,
  settings: { target: '2.14', complete: false } as Migration['settings'],
  snapshot: null,
  ...change,
});

function cacheWith(entries: readonly (readonly [readonly unknown[], unknown])[]): {
  cache: QueryClient;
  isStale: (key: readonly unknown[]) => boolean | undefined;
} {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  for (const [key, data] of entries) cache.setQueryData(key, data);
  return { cache, isStale: (key) => cache.getQueryState(key)?.isInvalidated };
}

test('a change replaces what is older and never what is newer', () => {
  const known = [service('a', 1), service('b', 5)];
  const merged = mergeServices(known, [service('a', 2, 'bridged'), service('b', 4, 'bridged'), service('c', 1)]);
  expect(merged.map(({ revision, phase }) => [revision, phase])).toEqual([
    [2, 'bridged'],
    [5, 'discovered'],
  ]);
  expect(mergeServices(known, [service('b', 4)])).toBe(known);
});

test('changed services are taken over; what is counted from them is read anew', () => {
  const { cache, isStale } = cacheWith([
    [keys.services('m'), [service('a', 1)]],
    [keys.view('m', 'overview'), {}],
    [keys.view('m', 'resources'), []],
  ]);
  takeEvent(cache, 'm', 'services', [service('a', 2, 'migrated')]);
  expect(cache.getQueryData<Service[]>(keys.services('m'))?.[0]?.phase).toBe('migrated');
  expect(isStale(keys.services('m'))).toBe(false);
  expect(isStale(keys.view('m', 'overview'))).toBe(true);
  expect(isStale(keys.view('m', 'resources'))).toBe(false);
});

test('null says read anew', () => {
  const { cache, isStale } = cacheWith([
    [keys.migration('m'), migration({})],
    [keys.services('m'), []],
    [keys.view('other', 'services'), []],
  ]);
  takeEvent(cache, 'm', 'services', null);
  expect(isStale(keys.services('m'))).toBe(true);
  expect(isStale(keys.view('other', 'services'))).toBe(false);
  takeEvent(cache, 'm', 'migration', null);
  expect(isStale(keys.migration('m'))).toBe(true);
});

test('a new name leaves the views alone, other settings do not, and an old event changes nothing', () => {
  const { cache, isStale } = cacheWith([
    [keys.migration('m'), migration({ revision: 3 })],
    [keys.view('m', 'overview'), {}],
  ]);
  takeEvent(cache, 'm', 'migration', migration({ revision: 2, name: 'Old' }));
  expect(cache.getQueryData<Migration>(keys.migration('m'))?.name).toBe('Kong Air');
  takeEvent(cache, 'm', 'migration', migration({ revision: 4, name: 'New' }));
  expect(cache.getQueryData<Migration>(keys.migration('m'))?.name).toBe('New');
  expect(isStale(keys.view('m', 'overview'))).toBe(false);
  takeEvent(
    cache,
    'm',
    'migration',
    migration({ revision: 5, settings: { ...migration({}).settings, complete: true } }),
  );
  expect(isStale(keys.view('m', 'overview'))).toBe(true);
});

test.each([
  ['as it is now', { revision: 4 }],
  ['as something to be read anew', null],
])('a changed plan, told %s, has the views read anew that tell waves', (_, data) => {
  const { cache, isStale } = cacheWith([
    [keys.plan('m'), { revision: 3 }],
    [keys.services('m'), [service('a', 1)]],
    [keys.view('m', 'overview'), {}],
    [keys.view('m', 'overview', 'progress'), {}],
    [keys.view('m', 'resources'), []],
  ]);
  takeEvent(cache, 'm', 'plan', data);
  for (const key of [keys.services('m'), keys.view('m', 'overview'), keys.view('m', 'overview', 'progress')])
    expect(isStale(key), key.join(' ')).toBe(true);
  expect(isStale(keys.view('m', 'resources'))).toBe(false);
});

test('a plan that is known already changes nothing', () => {
  const { cache, isStale } = cacheWith([
    [keys.plan('m'), { revision: 5 }],
    [keys.services('m'), []],
  ]);
  takeEvent(cache, 'm', 'plan', { revision: 4 });
  expect(isStale(keys.services('m'))).toBe(false);
});

test('a new snapshot has the views read anew', () => {
  const { cache, isStale } = cacheWith([
    [keys.migration('m'), migration({})],
    [keys.view('m', 'overview'), {}],
  ]);
  takeEvent(cache, 'm', 'snapshot', migration({ snapshot: { id: 's2' } as Migration['snapshot'] }));
  expect(isStale(keys.view('m', 'overview'))).toBe(true);
});
