import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ImportJob, Migration, Overview, Problem } from '@isthmus/contract';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-views-'));
const migrations: string[] = [];
let server: RunningServer;
const threads = new Set<Worker>();
let onThread: (thread: Worker) => void = () => {};

const start = (viewSeconds?: number): Promise<RunningServer> =>
  startServer({ host: '127.0.0.1', port: 0, data, ...(viewSeconds === undefined ? {} : { viewSeconds }) });

async function call<T>(path: string, init: RequestInit = {}): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${server.url}/api/v1${path}`, init);
  return { status: answer.status, body: (await answer.json()) as T };
}

/** Services with routes, enough of them that their comparison takes seconds. */
const estate = (mark: string, services: number): string =>
  Array.from({ length: services }, (_, index) => {
    const metadata = { name: `${mark}${index}`, namespace: 'sales' };
    const host = metadata.name;
    const http = ['/a', '/b', '/c'].map((prefix) => ({
      match: [{ uri: { prefix } }],
      timeout: '3s',
      route: [{ destination: { host } }],
    }));
    return [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { ports: [{ name: 'http', port: 80 }], selector: { app: host } },
      },
      { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec: { hosts: [host], http } },
    ];
  })
    .flat()
    .map((object) => JSON.stringify(object))
    .join('\n---\n');

async function migrationOf(mark: string, services: number): Promise<string> {
  const json = { 'content-type': 'application/json' };
  const { body } = await call<Migration>('/migrations', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name: mark }),
  });
  const form = new FormData();
  form.append('files', new Blob([estate(mark, services)]), 'estate.yaml');
  const { body: job } = await call<ImportJob>(`/migrations/${body.id}/snapshots`, { method: 'POST', body: form });
  expect(await (await fetch(`${server.url}/api/v1/imports/${job.id}/events`)).text()).toContain('"state":"done"');
  return body.id;
}

/** A server without threads, whose next one begins with this. */
async function again(viewSeconds?: number): Promise<void> {
  await server.close();
  threads.clear();
  onThread = () => {};
  server = await start(viewSeconds);
}

beforeAll(async () => {
  const send = Worker.prototype.postMessage;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...all) {
    send.apply(this, all);
    if (threads.has(this)) return;
    threads.add(this);
    onThread(this);
  });
  server = await start();
  migrations.push(await migrationOf('slow', 400), await migrationOf('quick', 3));
}, 120_000);
afterAll(async () => {
  await server.close();
  vi.restoreAllMocks();
  rmSync(data, { recursive: true, force: true });
});

const overview = (of = 1) => call<Overview & Problem>(`/migrations/${migrations[of]}/overview`);
const verified = (signal?: AbortSignal) =>
  call<Problem>(`/migrations/${migrations[0]}/report?verify=true`, signal === undefined ? {} : { signal });

test('a thread that ends, while it starts or while it works, costs no answer', async () => {
  for (const after of [0, 300]) {
    await again();
    let killed = 0;
    onThread = (thread) => {
      if (killed++ === 0) setTimeout(() => void thread.terminate(), after);
    };
    const { status, body } = await (after === 0 ? overview() : overview(0));
    expect([after, status, body.resources]).toEqual([after, 200, after === 0 ? 3 : 400]);
    expect(threads.size).toBe(2);
  }
}, 120_000);

test('a view whose threads all end is refused with the reason, and the next one is answered', async () => {
  await again();
  onThread = (thread) => void thread.terminate();
  const { status, body } = await overview();
  expect([status, body.code]).toEqual([503, 'thread-ended']);
  onThread = () => {};
  expect((await overview()).status).toBe(200);
}, 120_000);

test('a view that takes too long is ended and says which setting gives it more time', async () => {
  await again(0.1);
  const { status, body } = await verified();
  expect([status, body.code]).toEqual([503, 'view-too-slow']);
  expect(body.detail).toContain('ISTHMUS_VIEW_SECONDS');
}, 120_000);

test('a slow view of one migration holds up no other, and ends soon when its client goes away', async () => {
  await again();
  // Both threads have their translation.
  const warm = await Promise.all([overview(0), overview(1)]);
  expect(warm.map(({ status }) => status)).toEqual([200, 200]);
  const leaving = new AbortController();
  const slow = verified(leaving.signal);
  const first = Promise.race([
    slow.then(() => 'slow'),
    wait(20)
      .then(() => overview(1))
      .then(() => 'other'),
  ]);
  expect(await first).toBe('other');
  const left = expect(slow).rejects.toThrow('abort');
  leaving.abort();
  await left;
  expect((await overview(0)).status).toBe(200);
  // The translation is still there: ending the thread would have cost it.
  expect(threads.size).toBe(2);
}, 120_000);
