import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from './index.ts';

test('clusters are named once in a migration, remembered by reference, and go with it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-clusters-'));
  const store = await openStore(directory, () => '2026-01-01T00:00:00.000Z');
  const ann = { name: 'Ann', verified: false };
  const east = { kind: 'context', context: 'east' };
  expect(await store.clusters.add('none', 'east', east, ann)).toBeUndefined();
  await store.migrations.create('m', 'One', {}, ann);
  expect(await store.clusters.add('m', 'east', east, ann)).toEqual({
    name: 'east',
    connection: east,
    addedAt: '2026-01-01T00:00:00.000Z',
    addedBy: 'Ann',
  });
  expect(await store.clusters.add('m', 'east', { kind: 'in-cluster' }, ann)).toBeUndefined();
  expect((await store.clusters.list('m')).map(({ connection }) => connection)).toEqual([east]);
  expect(await store.clusters.remove('m', 'west', ann)).toBe(false);
  expect(await store.clusters.remove('m', 'east', ann)).toBe(true);
  const steps = await store.history('m', { subject: 'migration', limit: 2 });
  expect(steps.map(({ field, before, after }) => [field, before, after])).toEqual([
    ['cluster', 'east', null],
    ['cluster', null, 'east'],
  ]);
  await store.clusters.add('m', 'east', east, ann);
  expect(await store.migrations.delete('m')).toBe(true);
  expect(await store.clusters.list('m')).toEqual([]);
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
