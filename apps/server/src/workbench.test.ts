import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImportJob, type Migration, routes, type Workbench } from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-workbench-'));
let server: RunningServer;
let migration: string;

const mesh = `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 80, name: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: quiet, namespace: sales}
spec: {selector: {app: quiet}, ports: [{port: 80, name: http}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: seats, namespace: sales}
spec:
  host: seats
  trafficPolicy:
    outlierDetection:
      consecutive5xxErrors: 5
      interval: 10s
---
kind: VirtualService
spec: {hosts: [seats
---
apiVersion: networking.istio.io/v1
kind: EnvoyFilter
metadata: {name: filter, namespace: sales}
spec:
  priority: 10
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: machine, namespace: sales}
spec: {address: 192.0.2.1, labels: {app: machine}, ports: {http: 8080}}
`;

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(`${server.url}/api/v1${path}`, init)).json()) as T;
}

async function view(query: string): Promise<Workbench> {
  const found = await call<Workbench>(`/migrations/${migration}/workbench?${query}`);
  expect([...Value.Errors(routes.getWorkbench.response, found)].slice(0, 3)).toEqual([]);
  return found;
}

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  const headers = { 'content-type': 'application/json' };
  const made = await call<Migration>('/migrations', { method: 'POST', headers, body: '{"name":"Test"}' });
  migration = made.id;
  const form = new FormData();
  form.append('files', new Blob([mesh]), 'mesh.yaml');
  const job = await call<ImportJob>(`/migrations/${migration}/snapshots`, { method: 'POST', body: form });
  await (await fetch(`${server.url}/api/v1/imports/${job.id}/events`)).text();
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('every counterpart has a place in the text on its side', async () => {
  const { fields, after } = await view('service=sales/seats');
  const targets = fields.flatMap((field) => field.targets);
  expect(targets.length).toBeGreaterThan(0);
  for (const target of targets) {
    expect(target.span, target.path).toBeDefined();
    const line = after[target.document]?.text.split('\n')[(target.span?.line ?? 0) - 1] ?? '';
    expect(line.slice((target.span?.keyColumn ?? 0) - 1)).toMatch(/^[A-Za-z]/);
  }
});

test('a document that cannot be read has its finding beside its neighbours, with the text there', async () => {
  const { findings, before } = await view('service=sales/seats');
  expect(before).toHaveLength(1);
  const broken = findings.find(({ document }) => document === undefined);
  expect(broken?.diagnostic).toMatchObject({ code: 'ISTHMUS-READ-001', file: 'mesh.yaml' });
  const { line = 0 } = broken?.diagnostic ?? {};
  const excerpt = broken?.excerpt;
  expect(mesh.split('\n')[line - 1]).toBe(excerpt?.text.split('\n')[line - (excerpt?.line ?? 0)]);
});

test('every code of fields and findings has its title', async () => {
  const { codes, fields, findings } = await view('namespace=sales');
  const used = new Set([...fields.flatMap(({ code }) => code ?? []), ...findings.map((one) => one.diagnostic.code)]);
  expect(codes.map(({ code }) => code)).toEqual([...used].sort());
  expect(codes.every(({ code, title }) => title !== '' && title !== code)).toBe(true);
});

test('a resource that becomes nothing says of each field why', async () => {
  const { resources } = await call<{ resources: { index: number; kind: string }[] }>(
    `/migrations/${migration}/resources`,
  );
  const filter = resources.find(({ kind }) => kind === 'EnvoyFilter');
  const { after, fields, codes } = await view(`resource=${filter?.index}`);
  expect(after).toEqual([]);
  expect(fields.map(({ path, targets }) => [path, targets])).toEqual([['spec.priority', []]]);
  expect(codes.map(({ code }) => code)).toContain(fields[0]?.code);
});

test('a service without Istio resources is there, and empty', async () => {
  expect(await view('service=sales/quiet')).toMatchObject({ title: 'sales/quiet', before: [], fields: [], omitted: 0 });
});

test('of what the bundle has in Universal form it is said, although it is shown as an object of Kubernetes', async () => {
  const { after } = await view('namespace=sales');
  const plane = after.find(({ resource }) => resource.kind === 'Dataplane');
  expect(plane).toMatchObject({ form: 'universal', text: expect.stringMatching(/^apiVersion: kuma.io/) });
  for (const { resource, form } of after) if (resource.kind !== 'Dataplane') expect(form).toBeUndefined();
});
