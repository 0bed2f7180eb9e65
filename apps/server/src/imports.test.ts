import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { ImportJob, Migration, Snapshot } from '@isthmus/contract';
import { defaultLimits } from '@isthmus/kubernetes';
import { openStore, readFiles, type Store, storePath } from '@isthmus/store';
import { afterEach, expect, test, vi } from 'vitest';
import { createImports, type Feed, type Imports } from './imports.ts';
import { startServer } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'isthmus-imports-'));
  cleanups.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const patience = { timeout: 30_000, interval: 5 };
const ann = { name: 'Ann', verified: false };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: air}\n`;

async function setUp(): Promise<{ store: Store; imports: Imports; directory: string }> {
  const directory = folder();
  const store = await openStore(directory);
  await store.migrations.create('m', 'One', {}, ann);
  const imports = createImports(
    store,
    directory,
    defaultLimits,
    () => {},
    (error) => expect.unreachable(error.message),
  );
  cleanups.push(() => store.close());
  cleanups.push(() => imports.close());
  return { store, imports, directory };
}

async function send(feed: Feed, path: string, ...pieces: Uint8Array[]): Promise<void> {
  feed.file(path);
  for (const piece of pieces) await feed.bytes(piece);
  feed.end();
}

test('files are read while the next ones are still on their way, and each piece where it was cut', async () => {
  const { imports, store, directory } = await setUp();
  const feed = imports.open('m', ann);
  await send(feed, 'b.yaml', text(service('b').slice(0, 20)), text(service('b').slice(20)));
  await vi.waitFor(
    () => expect(imports.get(feed.job.id)).toMatchObject({ state: 'receiving', files: 1, resources: 1 }),
    patience,
  );
  await send(feed, 'a.yaml', text(service('a')));
  await feed.finish();
  expect(imports.get(feed.job.id)).toMatchObject({ state: 'done', files: 2, resources: 2 });
  const [snapshot] = await store.snapshots.list('m');
  expect(readFiles(directory, snapshot?.id ?? '').map(({ path }) => path)).toEqual(['a.yaml', 'b.yaml']);
});

test('the order in which files arrive makes no difference', async () => {
  const { imports, store } = await setUp();
  for (const names of [
    ['a', 'b', 'c'],
    ['c', 'a', 'b'],
  ]) {
    const feed = imports.open('m', ann);
    for (const name of names) await send(feed, `${name}.yaml`, text(service(name)));
    await feed.finish();
  }
  expect(await store.snapshots.list('m')).toHaveLength(1);
});

test('a sender waits for the reader instead of filling the memory', async () => {
  const { imports } = await setUp();
  const feed = imports.open('m', ann);
  const mebibyte = new Uint8Array(1024 * 1024).fill(35);
  feed.file('large.yaml');
  let sent = 0;
  const sending = (async () => {
    for (; sent < 32; sent++) await feed.bytes(mebibyte);
  })();
  // The thread is still starting.
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toBeLessThan(5);
  await sending;
  expect(sent).toBe(32);
  feed.end();
  await feed.finish();
});

test('what is cancelled or broken off leaves nothing, and its sender is told', async () => {
  const { imports, store } = await setUp();
  const cancelled = imports.open('m', ann);
  await send(cancelled, 'a.yaml', text(service('a')));
  imports.cancel(cancelled.job.id);
  cancelled.file('b.yaml');
  await expect(cancelled.bytes(text(service('b')))).rejects.toThrow('cancelled');
  await cancelled.finish();
  expect(imports.get(cancelled.job.id)?.state).toBe('cancelled');
  const broken = imports.open('m', ann);
  await send(broken, 'a.yaml', text(service('a')));
  broken.fail('The upload broke off.');
  await broken.finish();
  expect(imports.get(broken.job.id)).toMatchObject({ state: 'failed', detail: 'The upload broke off.' });
  expect(await store.snapshots.list('m')).toEqual([]);
});

test('a client that goes away in the middle of an upload frees its place', async () => {
  const server = await startServer({ host: '127.0.0.1', port: 0, data: folder() });
  cleanups.push(() => server.close());
  const base = `${server.url}/api/v1`;
  const post = (path: string, body: string | ReadableStream, headers: Record<string, string>, signal?: AbortSignal) =>
    fetch(`${base}${path}`, {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
      ...(signal ? { signal } : {}),
    } as RequestInit);
  const created = await post('/migrations', '{"name":"One"}', { 'content-type': 'application/json' });
  const { id } = (await created.json()) as Migration;
  const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
  const head = '--x\r\ncontent-disposition: form-data; name="f"; filename="a.yaml"\r\n\r\n';
  for (let round = 0; round < 6; round++) {
    const abort = new AbortController();
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue(text(head + service('a')));
        await new Promise((resolve) => setTimeout(resolve, 50));
        abort.abort();
      },
    });
    await expect(post(`/migrations/${id}/snapshots`, body, multipart, abort.signal)).rejects.toThrow();
  }
  await vi.waitFor(async () => {
    const answer = await post(`/migrations/${id}/snapshots`, `${head}${service('a')}\r\n--x--\r\n`, multipart);
    expect(answer.status).toBe(202);
  }, patience);
});

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A server in a process of its own. */
function start(data: string): Promise<{ base: string; kill: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, '--port', '0', '--data', data, '--no-open']);
    const gone = new Promise<void>((done) => child.on('exit', () => done()));
    const kill = (): Promise<void> => {
      child.kill('SIGKILL');
      return gone;
    };
    child.on('error', reject);
    child.stdout.on('data', (line: Buffer) => {
      const address = /http:\S+/.exec(String(line))?.[0];
      if (address !== undefined) resolve({ base: `${address}/api/v1`, kill });
    });
  });
}

test('after kill -9 during imports every acknowledged snapshot is there, whole, and nothing half stored is', async () => {
  const data = folder();
  const perImport = 300;
  const acknowledged = new Set<string>();
  let id = '';
  for (let round = 0; round < 3; round++) {
    const { base, kill } = await start(data);
    cleanups.push(kill);
    if (round === 0) {
      const body = JSON.stringify({ name: 'One' });
      const headers = { 'content-type': 'application/json' };
      id = ((await (await fetch(`${base}/migrations`, { method: 'POST', body, headers })).json()) as Migration).id;
    }
    const importing = (async () => {
      for (let count = 0; ; count++) {
        const form = new FormData();
        for (let file = 0; file < perImport; file++)
          form.append('files', new Blob([service(`s-${round}-${count}-${file}`)]), `${file}.yaml`);
        const answer = await fetch(`${base}/migrations/${id}/snapshots`, { method: 'POST', body: form });
        const job = (await answer.json()) as ImportJob;
        const events = await (await fetch(`${base}/imports/${job.id}/events`)).text();
        const last = JSON.parse(events.slice(events.lastIndexOf('data: ') + 6)) as ImportJob;
        if (last.state === 'done') acknowledged.add(last.snapshot ?? '');
      }
    })().catch(() => undefined);
    const before = acknowledged.size;
    await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(before), patience);
    await new Promise((resolve) => setTimeout(resolve, 20 + 40 * round));
    await kill();
    await importing;
  }
  const { base, kill } = await start(data);
  const { snapshots } = (await (await fetch(`${base}/migrations/${id}/snapshots`)).json()) as { snapshots: Snapshot[] };
  const overview = (await (await fetch(`${base}/migrations/${id}/overview`)).json()) as { services: number };
  await kill();
  const stored = new Set(snapshots.map((snapshot) => snapshot.id));
  expect([...acknowledged].filter((snapshot) => !stored.has(snapshot))).toEqual([]);
  expect(overview.services).toBe(perImport);
  const file = new DatabaseSync(storePath(data));
  const rows = file.prepare('SELECT snapshot_id AS id, count(*) AS files FROM files GROUP BY snapshot_id').all();
  file.close();
  expect(new Set(rows.map((row) => row.id))).toEqual(stored);
  expect(rows.filter((row) => row.files !== perImport)).toEqual([]);
});
