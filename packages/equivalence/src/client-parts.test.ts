import type { ClientGroup, ProxyChange, ProxyChanges } from '@isthmus/istio';
import { expect, test } from 'vitest';
import { isInPart, partsOf } from './client-parts.ts';
import { clientsInWords } from './words.ts';

type Labels = Readonly<Record<string, string>>;

const changeFor = (name: string, labels: Labels, namespace: string | undefined): ProxyChange =>
  ({ words: name, scope: { namespace, labels } }) as unknown as ProxyChange;

const group = (...namespaces: string[]): ClientGroup => ({
  client: { namespace: namespaces[0] ?? '', labels: { app: 'web' } },
  namespaces,
  asked: [],
  meets: [],
  isKnown: true,
});

/** An estate with these apps in each namespace. */
const estate = (apps: Readonly<Record<string, readonly string[]>>): ProxyChanges =>
  ({
    workloadsIn: (namespace: string) => (apps[namespace] ?? []).map((app) => ({ namespace, labels: { app } })),
    isSelecting: ({ scope: { namespace, labels } }: ProxyChange) =>
      Object.entries(apps).some(
        ([one, names]) => (namespace ?? one) === one && names.some((app) => (labels.app ?? app) === app),
      ),
  }) as unknown as ProxyChanges;

const found = (
  of: ClientGroup,
  changes: readonly ProxyChange[],
  all: ProxyChanges,
  isFollowed: (change: ProxyChange) => boolean = () => false,
) =>
  partsOf(of, changes, all, isFollowed).map(
    ({ clients, changes: own }) =>
      `${clientsInWords(clients, false)}: ${own.map(({ words }) => words).join() || 'none'}`,
  );

const shops = estate({ sales: ['web', 'fares'], crew: ['web'] });

test('only those whose proxies are changed are apart', () => {
  const change = changeFor('module', { app: 'fares' }, 'sales');
  expect(found(group('crew', 'sales'), [change], shops)).toEqual([
    'clients in namespaces crew, sales without app=fares in sales: none',
    'clients in namespace sales with app=fares: module',
  ]);
  expect(found(group('crew', 'sales'), [], shops)).toEqual(['clients in namespaces crew, sales: none']);
});

test('all of a namespace are apart without a word about labels', () => {
  expect(found(group('crew', 'sales'), [changeFor('script', {}, 'sales')], shops)).toEqual([
    'clients in namespace crew: none',
    'clients in namespace sales: script',
  ]);
  expect(found(group('sales'), [changeFor('script', {}, 'sales')], shops)).toEqual([
    'clients in namespace sales: script',
  ]);
  expect(found(group('crew', 'sales'), [changeFor('script', {}, undefined)], shops)).toEqual([
    'clients in namespaces crew, sales: script',
  ]);
});

test('a selector that no workload of the import meets is for such as may exist', () => {
  expect(found(group('sales'), [changeFor('module', { app: 'seats' }, undefined)], shops)).toEqual([
    'clients in namespace sales without app=seats: none',
    'clients in namespace sales with app=seats (none in the import): module',
  ]);
});

test('however many changes are not followed, their clients are one part', () => {
  const changes = [
    changeFor('one', { app: 'fares' }, 'sales'),
    changeFor('two', { app: 'web' }, 'crew'),
    changeFor('three', { app: 'web' }, 'sales'),
  ];
  expect(found(group('crew', 'sales'), changes, shops)).toEqual([
    'clients in namespaces crew, sales with app=fares in sales or app=web in crew or app=web in sales: one,two,three',
    'clients in namespaces crew, sales without app=fares in sales or app=web in crew or app=web in sales: none',
  ]);
});

test('what is followed is told apart, with and without others', () => {
  const changes = [changeFor('limit', { app: 'fares' }, 'sales'), changeFor('module', {}, 'sales')];
  const isFollowed = ({ words }: ProxyChange) => words === 'limit';
  expect(found(group('crew', 'sales'), changes, shops, isFollowed)).toEqual([
    'clients in namespace crew: none',
    'clients in namespace sales without app=fares: module',
    'clients in namespace sales with app=fares: limit,module',
  ]);
});

test('each client is in one part', () => {
  const changes = [changeFor('a', { app: 'fares' }, 'sales'), changeFor('b', { app: 'web' }, undefined)];
  const parts = partsOf(group('crew', 'sales'), changes, shops, ({ words }) => words === 'a');
  for (const namespace of ['crew', 'sales'])
    for (const app of ['web', 'fares', 'seats'])
      expect(parts.filter(({ clients }) => isInPart(clients, { namespace, labels: { app } }))).toHaveLength(1);
});
