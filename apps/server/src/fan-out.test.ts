import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FanOut, type ImportJob, type Migration, routes } from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-fan-out-'));
let server: RunningServer;

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(`${server.url}/api/v1${path}`, init)).json()) as T;
}

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
}, 60_000);

afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('before anything is imported there is nothing to count', async () => {
  const headers = { 'content-type': 'application/json' };
  const { id } = await json<Migration>('/migrations', { method: 'POST', headers, body: '{"name":"Test"}' });
  expect(await json(`/migrations/${id}/fan-out`)).toMatchObject({ code: 'no-snapshot' });
});

test('the fan-out of the sample has its answer, both meshes by namespace, and what the numbers rest on', async () => {
  const { id, migration } = await json<ImportJob>('/migrations/sample', { method: 'POST' });
  await expect.poll(async () => (await json<ImportJob>(`/imports/${id}`)).state, { timeout: 30_000 }).toBe('done');
  const found = await json<FanOut>(`/migrations/${migration}/fan-out`);
  expect([...Value.Errors(routes.getFanOut.response, found)].slice(0, 3)).toEqual([]);
  expect(found.sentence).toMatch(/^Each of \d+ proxies holds \d+ clusters and .* in Kong Mesh, in the mean/);
  expect(found.namespaces.map(({ namespace }) => namespace)).toEqual([
    'istio-system',
    'operations',
    'passenger',
    'sales',
  ]);
  const [system, operations] = found.namespaces;
  expect(system).not.toHaveProperty('istio');
  expect(operations?.kong?.listeners).toBeGreaterThan(operations?.istio?.listeners ?? 0);
  expect(found.scopings).toHaveLength(8);
  for (const { projection } of found.scopings) expect(projection.at(-1)?.services).toBe(10_000);
  expect(found.assumptions.length).toBeGreaterThan(5);
  expect(await json(`/migrations/${migration}/fan-out`)).toEqual(found);
});
