import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { backup, openStore, readFiles, restore, type Store, StoreError, stageFiles, storePath } from './index.ts';
import { upgrade, upgrades } from './upgrades.ts';

const folders: string[] = [];
const open: Store[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'isthmus-store-'));
  folders.push(made);
  return made;
};
const openIn = async (directory: string): Promise<Store> => {
  const store = await openStore(directory, () => '2026-01-01T00:00:00.000Z');
  open.push(store);
  return store;
};
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

const ann = { name: 'Ann', verified: false };
const bob = { name: 'Bob', verified: true };
const counts = { files: 1, documents: 1, resources: 1, istio: 1, skipped: 0 };
const file = (text: string) => ({
  path: 'a.yaml',
  content: new TextEncoder().encode(text),
  size: text.length,
  documents: 1,
  diagnostics: '[]',
});

test('a change that saw an older revision is refused with what is stored', async () => {
  const { migrations } = await openIn(folder());
  await migrations.create('m', 'One', { target: '2.14' }, ann);
  expect(await migrations.change('m', 1, { name: 'Two' }, ann)).toMatchObject({
    outcome: 'changed',
    value: { revision: 2 },
  });
  expect(await migrations.change('m', 1, { name: 'Three' }, bob)).toMatchObject({
    outcome: 'conflict',
    current: { name: 'Two', revision: 2 },
  });
  expect(await migrations.change('none', 1, {}, bob)).toEqual({ outcome: 'missing' });
});

test('of two editors of one service the second gets the first one’s values, and nothing is lost', async () => {
  const store = await openIn(folder());
  await store.migrations.create('m', 'One', {}, ann);
  const first = await store.services.change(
    'm',
    [{ id: 'a/x', revision: 0 }],
    { phase: 'reviewed' },
    'discovered',
    ann,
  );
  const both = [
    { id: 'a/x', revision: 0 },
    { id: 'a/y', revision: 0 },
  ];
  const second = await store.services.change('m', both, { phase: 'bridged' }, 'discovered', bob);
  expect(first.changed).toMatchObject([{ service: 'a/x', phase: 'reviewed', revision: 1, updatedBy: 'Ann' }]);
  expect(second.changed.map(({ service }) => service)).toEqual(['a/y']);
  expect(second.conflicts).toMatchObject([{ id: 'a/x', current: { phase: 'reviewed', updatedBy: 'Ann' } }]);
  expect(await store.history('m', { subject: 'a/x', limit: 10 })).toMatchObject([
    { by: 'Ann', verified: false, field: 'phase', before: 'discovered', after: 'reviewed' },
  ]);
});

test('the history cannot be rewritten, and goes only with its migration', async () => {
  const directory = folder();
  const store = await openIn(directory);
  await store.migrations.create('m', 'One', {}, ann);
  const raw = new DatabaseSync(storePath(directory));
  raw.exec('PRAGMA foreign_keys = ON');
  expect(() => raw.exec("UPDATE history SET by = 'Eve'")).toThrow('append-only');
  expect(() => raw.exec('DELETE FROM history')).toThrow('append-only');
  raw.close();
  stageFiles(directory, 's1', [file('x')]);
  await store.snapshots.add('m', { id: 's1', ...counts }, 1, ann);
  expect(await store.migrations.describeDeletion('m')).toEqual({ snapshots: 1, services: 0, history: 2, bytes: 1 });
  expect(await store.migrations.delete('m')).toBe(true);
  expect(await store.history('m', { limit: 10 })).toEqual([]);
  expect(readFiles(directory, 's1')).toEqual([]);
  expect(await store.migrations.delete('m')).toBe(false);
});

test('migrations with the same content share its files, which stay until the last of them goes', async () => {
  const directory = folder();
  const store = await openIn(directory);
  const add = (migration: string, id: string) => {
    stageFiles(directory, id, [file(id)]);
    return store.snapshots.add(migration, { id, ...counts }, 1, ann);
  };
  for (const id of ['m', 'n']) {
    await store.migrations.create(id, id, {}, ann);
    await add(id, 's1');
  }
  expect(await add('m', 's1')).toMatchObject({ outcome: 'added', snapshot: { number: 1 } });
  expect(await add('m', 's2')).toMatchObject({ outcome: 'added', snapshot: { number: 2 } });
  expect(await add('none', 's2')).toEqual({ outcome: 'no-migration' });
  await store.migrations.delete('m');
  expect(readFiles(directory, 's1')).toHaveLength(1);
  expect(readFiles(directory, 's2')).toHaveLength(0);
});

test('files without all of their snapshot are seen by nobody and go when the store is opened again', async () => {
  const directory = folder();
  const store = await openIn(directory);
  await store.migrations.create('m', 'One', {}, ann);
  const many = Array.from({ length: 450 }, (_, index) => ({ ...file('x'), path: `${index}.yaml` }));
  stageFiles(directory, 's1', many.slice(0, 300));
  expect(await store.snapshots.add('m', { id: 's1', ...counts }, many.length, ann)).toEqual({ outcome: 'incomplete' });
  expect(await store.snapshots.list('m')).toEqual([]);
  stageFiles(directory, 's1', many);
  expect(await store.snapshots.add('m', { id: 's1', ...counts }, many.length, ann)).toMatchObject({ outcome: 'added' });
  stageFiles(directory, 's2', many);
  await openIn(directory);
  expect(readFiles(directory, 's1')).toHaveLength(450);
  expect(readFiles(directory, 's2')).toHaveLength(0);
});

test('an edit that meets an import being written waits, and is not refused', async () => {
  const directory = folder();
  const store = await openIn(directory);
  await store.migrations.create('m', 'One', {}, ann);
  const worker = new Worker(
    `const { DatabaseSync } = require('node:sqlite'); const { workerData, parentPort } = require('node:worker_threads');
     const file = new DatabaseSync(workerData, { timeout: 5000 }); parentPort.postMessage('writing');
     for (let i = 0; i < 300; i++) file.exec("INSERT INTO files VALUES ('s', 'b" + i + "', x'00', 1, 1, '[]')");`,
    { eval: true, workerData: storePath(directory) },
  );
  await new Promise((resolve) => worker.once('message', resolve));
  const ended = new Promise((resolve) => worker.on('exit', resolve));
  for (let revision = 1; revision <= 50; revision++)
    expect(await store.migrations.change('m', revision, { name: `Name ${revision}` }, ann)).toMatchObject({
      outcome: 'changed',
    });
  expect(await ended).toBe(0);
});

test('an upgrade keeps a copy of the file, and one that fails leaves the file as it was', async () => {
  const directory = folder();
  await (await openStore(directory)).close();
  const path = storePath(directory);
  const raw = new DatabaseSync(path);
  expect(() => upgrade(raw, path, [...upgrades, 'CREATE TABLE more (id); BROKEN'])).toThrow();
  expect(raw.prepare('PRAGMA user_version').get()).toEqual({ user_version: upgrades.length });
  upgrade(raw, path, [...upgrades, 'CREATE TABLE more (id)']);
  expect(raw.prepare('PRAGMA user_version').get()).toEqual({ user_version: upgrades.length + 1 });
  raw.close();
  expect(existsSync(`${path}.before-v${upgrades.length + 1}`)).toBe(true);
  await expect(openStore(directory)).rejects.toThrow('newer Isthmus');
});

test('a store of the first version gets room for acceptances and keeps what it holds', async () => {
  const directory = folder();
  const raw = new DatabaseSync(storePath(directory));
  upgrade(raw, storePath(directory), upgrades.slice(0, 1));
  raw.exec(`INSERT INTO migrations VALUES ('m', 'One', '2026-01-01', NULL, 1, '{}')`);
  raw.close();
  const store = await openIn(directory);
  expect(await store.migrations.get('m')).toMatchObject({ name: 'One' });
  expect(await store.acceptances.list('m')).toEqual([]);
  expect(existsSync(`${storePath(directory)}.before-v${upgrades.length}`)).toBe(true);
});

const finding = {
  finding: 'f1',
  code: 'ISTHMUS-VS-009',
  severity: 'warning',
  subject: 'VirtualService sales/seats spec.http[3]',
  message: 'It is refused in another way.',
  reason: 'nobody asks for it',
};

test('a finding is accepted once, with who and when, and the history tells of it', async () => {
  const store = await openIn(folder());
  await store.migrations.create('m', 'One', {}, ann);
  await store.migrations.create('n', 'Two', {}, ann);
  const value = { ...finding, at: '2026-01-01T00:00:00.000Z', by: 'Ann' };
  expect(await store.acceptances.accept('m', finding, ann)).toEqual({ outcome: 'accepted', value });
  expect(await store.acceptances.accept('m', { ...finding, reason: 'mine' }, bob)).toEqual({
    outcome: 'conflict',
    current: value,
  });
  expect(await store.acceptances.list('m')).toEqual([value]);
  expect(await store.acceptances.list('n')).toEqual([]);
  expect(await store.acceptances.withdraw('n', 'f1', bob)).toBe(false);
  expect(await store.acceptances.withdraw('m', 'f1', bob)).toBe(true);
  expect(await store.acceptances.list('m')).toEqual([]);
  const field = 'ISTHMUS-VS-009 at VirtualService sales/seats spec.http[3]';
  expect(await store.history('m', { subject: 'finding', limit: 10 })).toMatchObject([
    { by: 'Bob', field, before: 'nobody asks for it', after: null },
    { by: 'Ann', field, before: null, after: 'nobody asks for it' },
  ]);
});

test('acceptances go with their migration', async () => {
  const store = await openIn(folder());
  await store.migrations.create('m', 'One', {}, ann);
  await store.acceptances.accept('m', finding, ann);
  expect(await store.migrations.delete('m')).toBe(true);
  expect(await store.acceptances.list('m')).toEqual([]);
});

test('a backup is taken while the store is in use and restores everything', async () => {
  const directory = folder();
  const store = await openIn(directory);
  await store.migrations.create('m', 'One', {}, ann);
  const saved = join(folder(), 'saved.sqlite');
  backup(directory, saved);
  expect(() => backup(directory, saved)).toThrow('exists already');
  await store.migrations.create('n', 'Two', {}, ann);
  const kept = await restore(directory, saved, '1');
  expect((await store.migrations.list()).map(({ id }) => id)).toEqual(['m']);
  expect(kept && existsSync(kept)).toBe(true);
  const elsewhere = folder();
  expect(await restore(elsewhere, kept as string, '1')).toBeUndefined();
  expect(await (await openIn(elsewhere)).migrations.list()).toHaveLength(2);
});

test('what is no store is refused, and the store stays as it was', async () => {
  const directory = folder();
  const store = await openIn(directory);
  await store.migrations.create('m', 'One', {}, ann);
  const junk = join(folder(), 'junk.sqlite');
  writeFileSync(junk, 'not a database, but a text that is long enough to look at');
  await expect(restore(directory, junk, '1')).rejects.toThrow(StoreError);
  const foreign = join(folder(), 'foreign.sqlite');
  const raw = new DatabaseSync(foreign);
  raw.exec('CREATE TABLE t (x)');
  raw.close();
  await expect(restore(directory, foreign, '1')).rejects.toThrow('not a store');
  await expect(restore(directory, join(directory, 'none'), '1')).rejects.toThrow('does not exist');
  expect(await store.migrations.list()).toHaveLength(1);
});

test('a plan keeps its parts apart, and two who change it at once both hear of it', async () => {
  const store = await openIn(folder());
  await store.migrations.create('m', 'One', {}, ann);
  const news = { field: 'plan', before: null, after: 'waves of 10' } as const;
  expect(await store.plans.get('m')).toMatchObject({ revision: 0, settings: {}, observed: null, updatedBy: null });
  expect(await store.plans.change('m', 0, { settings: { most: 10 } }, news, ann)).toMatchObject({
    outcome: 'changed',
    value: { revision: 1, settings: { most: 10 }, updatedBy: 'Ann' },
  });
  expect(await store.plans.change('m', 0, { settings: { most: 20 } }, news, bob)).toMatchObject({
    outcome: 'conflict',
    current: { revision: 1, settings: { most: 10 } },
  });
  // Traffic depends on nothing that was there before.
  const seen = { field: 'observed', before: null, after: '3 calls' } as const;
  await store.plans.change('m', undefined, { observed: { calls: 3 } }, seen, bob);
  expect(await store.plans.get('m')).toMatchObject({ revision: 2, settings: { most: 10 }, observed: { calls: 3 } });
  await store.plans.change('m', 2, { observed: null }, seen, bob);
  expect((await store.plans.get('m')).observed).toBeNull();
  expect(await store.plans.change('none', 0, {}, news, ann)).toEqual({ outcome: 'missing' });
  const history = await store.history('m', { subject: 'plan', limit: 10 });
  expect(history.map(({ field, after, by }) => [field, after, by])).toEqual([
    ['observed', '3 calls', 'Bob'],
    ['observed', '3 calls', 'Bob'],
    ['plan', 'waves of 10', 'Ann'],
  ]);
});

test('a name approves once, and takes back its own only', async () => {
  const store = await openIn(folder());
  await store.migrations.create('m', 'One', {}, ann);
  await store.approvals.add('m', 'a/x', 's1', 'tried it', ann);
  await store.approvals.add('m', 'a/x', 's2', 'tried it again', ann);
  await store.approvals.add('m', 'a/y', 's2', '', bob);
  expect(await store.approvals.list('m', 'a/x')).toMatchObject([{ by: 'Ann', note: 'tried it again', snapshot: 's2' }]);
  expect(await store.approvals.list('m')).toHaveLength(2);
  expect(await store.approvals.withdraw('m', 'a/x', bob)).toBe(false);
  expect(await store.approvals.withdraw('m', 'a/x', ann)).toBe(true);
  expect(await store.approvals.list('m', 'a/x')).toEqual([]);
});

test('an override stands in the history beside the phase that it led to', async () => {
  const store = await openIn(folder());
  await store.migrations.create('m', 'One', {}, ann);
  const override = { services: new Set(['a/x']), reason: 'tried by hand' };
  const seen = [
    { id: 'a/x', revision: 0 },
    { id: 'a/y', revision: 0 },
  ];
  await store.services.change('m', seen, { phase: 'shifting', share: 10 }, 'discovered', ann, override);
  const of = async (subject: string) =>
    (await store.history('m', { subject, limit: 10 })).map(({ field, after }) => [field, after]);
  expect(await of('a/x')).toEqual([
    ['override', 'tried by hand'],
    ['share', '10 %'],
    ['phase', 'shifting'],
  ]);
  expect(await of('a/y')).toEqual([
    ['share', '10 %'],
    ['phase', 'shifting'],
  ]);
  expect((await store.services.list('m')).map(({ share }) => share)).toEqual([10, 10]);
});

test('an override is changed only by who saw it as it is, and the history tells of each', async () => {
  const store = await openIn(folder());
  await store.migrations.create('m', 'One', {}, ann);
  const override = { id: 'x', subject: 'MeshTimeout a/x', content: '{}', reason: 'slow at night' };
  const { save, remove, list } = store.overrides;
  expect(await save('m', override, 0, ann)).toMatchObject({ outcome: 'changed', value: { revision: 1, by: 'Ann' } });
  expect(await save('m', { ...override, reason: 'mine' }, 0, bob)).toMatchObject({
    outcome: 'conflict',
    current: { reason: 'slow at night', by: 'Ann' },
  });
  expect(await save('m', { ...override, reason: 'slower' }, 1, bob)).toMatchObject({
    value: { revision: 2, by: 'Bob' },
  });
  expect(await remove('m', 'x', 1, ann)).toMatchObject({ outcome: 'conflict', current: { reason: 'slower' } });
  expect(await remove('m', 'x', 2, ann)).toMatchObject({ outcome: 'changed', value: { reason: 'slower' } });
  expect(await remove('m', 'x', undefined, ann)).toBeUndefined();
  expect(await save('m', override, 2, ann)).toEqual({ outcome: 'conflict', current: undefined });
  expect(await list('m')).toEqual([]);
  const told = await store.history('m', { subject: 'override', limit: 10 });
  expect(told.map(({ field, before, after, by }) => [field, before, after, by])).toEqual([
    ['MeshTimeout a/x', 'slower', null, 'Ann'],
    ['MeshTimeout a/x', 'slow at night', 'slower', 'Bob'],
    ['MeshTimeout a/x', null, 'slow at night', 'Ann'],
  ]);
});
