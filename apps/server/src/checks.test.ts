import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckList, type CodePage, type ImportJob, type Migration, routes } from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-checks-'));
let server: RunningServer;
let migration: string;

const mesh = `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports: [{port: 80, name: http, appProtocol: redis}, {port: 81, name: db, appProtocol: mysql}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: seats, namespace: sales}
spec:
  host: seats
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
`;

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(`${server.url}/api/v1${path}`, init)).json()) as T;
}

async function checks(query = ''): Promise<CheckList> {
  const found = await call<CheckList>(`/migrations/${migration}/checks${query}`);
  expect([...Value.Errors(routes.listChecks.response, found)].slice(0, 3)).toEqual([]);
  return found;
}

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  const headers = { 'content-type': 'application/json' };
  const made = await call<Migration>('/migrations', { method: 'POST', headers, body: '{"name":"Test"}' });
  migration = made.id;
}, 60_000);

afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('before anything is imported there is nothing to check', async () => {
  expect(await call(`/migrations/${migration}/checks`)).toMatchObject({ code: 'no-snapshot' });
});

test('every check is told with what it examined, findings with their lines, places in the workbench and patches', async () => {
  const form = new FormData();
  form.append('files', new Blob([mesh]), 'mesh.yaml');
  const { id } = await call<ImportJob>(`/migrations/${migration}/snapshots`, { method: 'POST', body: form });
  await expect.poll(async () => (await call<ImportJob>(`/imports/${id}`)).state, { timeout: 30_000 }).toBe('done');
  const { sentence, summary, checks: all } = await checks();
  expect(sentence).toMatch(/^\d+ checks: \d+ passed, 2 failed \(2 block 1 service\), \d+ skipped\.$/);
  expect(all).toHaveLength(summary.checks);
  const protocols = all.find((check) => check.id === 'unknown-protocol');
  expect(protocols).toMatchObject({ state: 'failed', total: 2, examined: [{ count: 1 }, { count: 2 }] });
  expect(protocols?.component).toContain('kind: Component');
  expect(protocols?.findings[0]).toMatchObject({ line: 6, excerpt: { line: 4 }, services: ['sales/seats'] });
  expect(protocols?.findings[0]?.index).toBeUndefined();
  const mutual = all.find((check) => check.id === 'forced-mutual-tls');
  expect(mutual?.findings[0]).toMatchObject({ index: 0, path: 'spec.trafficPolicy.tls.mode', line: 13 });
  expect(mutual?.findings[0]?.excerpt?.text).not.toContain('---');
});

test('findings are left out where only results are asked for', async () => {
  const { checks: all } = await checks('?findings=0');
  const protocols = all.find((check) => check.id === 'unknown-protocol');
  expect(protocols).toMatchObject({ findings: [], total: 2 });
  expect(protocols?.component).toBeUndefined();
  expect((await checks('?findings=1')).checks.find((check) => check.id === 'unknown-protocol')?.findings).toHaveLength(
    1,
  );
});

test('a service is asked about: what fails, with the findings about it alone', async () => {
  const { checks: about, summary } = await checks('?service=sales/seats');
  expect(about.map(({ id, total }) => [id, total])).toEqual([
    ['unknown-protocol', 2],
    ['forced-mutual-tls', 1],
  ]);
  expect(summary.checks).toBe(2);
  expect((await checks('?service=sales/gone')).checks).toEqual([]);
});

test('the page of its code has an example that fails and one that passes', async () => {
  const page = await call<CodePage>('/codes/ISTHMUS-PF-012');
  expect([...Value.Errors(routes.getCode.response, page)]).toEqual([]);
  expect(page.example).toContain('kubernetes.io/h2c');
  expect(page.passing).toContain('appProtocol: http2');
  expect(page.examines).toContain('appProtocol');
});
