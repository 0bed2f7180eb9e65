import type { ApiServer } from '@isthmus/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFaults } from './faults.test-support.ts';
import {
  definitionsOf,
  nameOf,
  namespace,
  readerOf,
  service,
  startOrSkip,
  sufficientRules,
  virtualService,
} from './live.test-support.ts';
import { readCluster } from './read-cluster.ts';
import type { Reader } from './reader.ts';
import { shapeObject } from './shape.ts';
import { type WatchEvent, watchKind } from './watch.ts';

const server: ApiServer | undefined = await startOrSkip(['--default-watch-cache-size=10']);
const live = server as ApiServer;
const path = '/apis/networking.istio.io/v1/namespaces/sales/virtualservices';

afterAll(async () => server?.stop());

/** Watches VirtualServices from what they are now; `until` resolves when an event of the kind came. */
async function follow(reader: Reader) {
  const { kinds } = await readCluster(reader, { wants: ({ resource }) => resource === 'virtualservices' });
  const [reading] = kinds;
  if (reading === undefined) throw new Error('no VirtualServices are served');
  const seen: string[] = [];
  const waiting = new Set<() => void>();
  const stop = new AbortController();
  const ended = watchKind(
    reader,
    reading,
    shapeObject,
    (event: WatchEvent) => {
      const what = 'object' in event ? nameOf(event.object) : 'objects' in event ? String(event.objects.length) : '';
      seen.push(`${event.type} ${what}`.trim());
      for (const check of waiting) check();
    },
    stop.signal,
  );
  const until = (event: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!seen.includes(event)) return;
        clearTimeout(limit);
        waiting.delete(check);
        resolve();
      };
      const limit = setTimeout(() => reject(new Error(`${event} did not come, only ${seen.join(', ')}`)), 60_000);
      waiting.add(check);
      check();
    });
  return { seen, until, ended, stop: () => stop.abort() };
}

describe.skipIf(server === undefined || definitionsOf('schemas/istio').length === 0)('a watch', () => {
  let token = '';
  beforeAll(async () => {
    await live.define(definitionsOf('schemas/istio').filter(({ spec }) => spec.names.kind === 'VirtualService'));
    await live.create([namespace('sales'), service('sales', 'seats'), virtualService('sales', 'first')]);
    token = await live.account('watcher', sufficientRules());
  });

  test('says what is set and what is gone', async () => {
    const watch = await follow(readerOf(live, 'plain', token));
    await live.create([virtualService('sales', 'second')]);
    await watch.until('set second');
    await live.send('DELETE', `${path}/second`);
    await watch.until('gone second');
    watch.stop();
    await expect(watch.ended).resolves.toBeUndefined();
    expect(watch.seen).toEqual(['set second', 'gone second']);
    expect(live.audit().some(({ verb }) => verb === 'watch')).toBe(true);
  });

  test('goes on where it was after the API server was killed', async () => {
    const watch = await follow(readerOf(live, 'killed', token));
    await live.create([virtualService('sales', 'before')]);
    await watch.until('set before');
    await live.kill();
    await watch.until('lost');
    await live.start();
    await live.create([virtualService('sales', 'after')]);
    await watch.until('set after');
    expect(watch.seen.filter((event) => event === 'lost')).toHaveLength(1);
    expect(watch.seen).toContain('back');
    expect(watch.seen.filter((event) => event === 'set before')).toHaveLength(1);
    watch.stop();
    await watch.ended;
  });

  test('lists the kind anew where the server forgot what came between (410)', async () => {
    const watch = await follow(readerOf(live, 'forgotten', token));
    await live.kill();
    await watch.until('lost');
    // What happens while nobody watches is forgotten before the watch is back.
    await live.start();
    watch.stop();
    await watch.ended;
    const old = '2';
    for (let index = 0; index < 3; index++) await live.create([virtualService('sales', `missed-${index}`)]);
    await live.compact();
    await live.kill();
    await live.start();
    const events: WatchEvent[] = [];
    const stop = new AbortController();
    const reader = readerOf(live, 'old', token);
    const { kinds } = await readCluster(reader, { wants: ({ resource }) => resource === 'virtualservices' });
    const ended = watchKind(
      reader,
      { kind: (kinds[0] as (typeof kinds)[number]).kind, resourceVersion: old },
      shapeObject,
      (event) => {
        events.push(event);
        if (event.type === 'list') stop.abort();
      },
      stop.signal,
    );
    await ended;
    const list = events.find((event) => event.type === 'list');
    expect(list?.objects.map(nameOf)).toEqual(expect.arrayContaining(['missed-0', 'missed-1', 'missed-2']));
  });

  test('ends with the reason where the right to watch is missing', async () => {
    const listing = await live.account('lister', [
      { apiGroups: ['networking.istio.io'], resources: ['virtualservices'], verbs: ['list'] },
    ]);
    const watch = await follow(readerOf(live, 'lister', listing));
    await expect(watch.ended).resolves.toMatchObject({ failure: 'forbidden' });
  });

  test('is asked again after half a minute of silence, from where it was', async () => {
    let count = 0;
    const faults = await startFaults(live.url, (request) => {
      if (!request.includes('watch=true')) return undefined;
      return ++count === 1 ? { silent: true } : undefined;
    });
    const watch = await follow(readerOf(live, 'silent', token, faults.url));
    await live.create([virtualService('sales', 'unheard')]);
    await watch.until('set unheard');
    expect(count).toBe(2);
    expect(watch.seen).not.toContain('lost');
    watch.stop();
    await watch.ended;
    await faults.stop();
  });
});
