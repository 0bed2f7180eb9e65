import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessView, type ImportJob, type Migration, routes, type WorkloadAccess } from '@isthmus/contract';
import { calledWorkload } from '@isthmus/testkit';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-access-'));
let server: RunningServer;
let migration: string;

const mesh = `${calledWorkload('seats')}${calledWorkload('web')}apiVersion: apps/v1
kind: Deployment
metadata: {name: quiet, namespace: sales}
spec: {template: {metadata: {labels: {app: quiet}}, spec: {serviceAccountName: web}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats, namespace: sales}
spec:
  selector: {matchLabels: {app: seats}}
  rules:
    - from: [{source: {principals: [cluster.local/ns/sales/sa/web]}}]
      to: [{operation: {methods: [GET]}}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
`;

const headers = { 'content-type': 'application/json' };
const at = (path: string): string => `${server.url}/api/v1${path}`;

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(at(path), init)).json()) as T;
}

async function access(query = ''): Promise<AccessView> {
  const found = await call<AccessView>(`/migrations/${migration}/access${query}`);
  expect([...Value.Errors(routes.getAccess.response, found)].slice(0, 3)).toEqual([]);
  return found.complete ? found : access(query);
}

async function finish({ id }: ImportJob): Promise<void> {
  for (;;) {
    const { state } = await call<ImportJob>(`/imports/${id}`);
    if (state === 'done') return;
    if (state === 'failed') throw new Error('the import failed');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  const created = await call<Migration>('/migrations', { method: 'POST', headers, body: '{"name":"Test"}' });
  migration = created.id;
  const body = JSON.stringify({ revision: created.revision, settings: { complete: true } });
  await call<Migration>(`/migrations/${migration}`, { method: 'PATCH', headers, body });
  const form = new FormData();
  form.append('files', new Blob([mesh]), 'mesh.yaml');
  await finish(await call<ImportJob>(`/migrations/${migration}/snapshots`, { method: 'POST', body: form }));
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('the answer stands first, then who may call whom', async () => {
  const { answer, tally, rows, workloads, next, leftOut } = await access();
  expect(answer).toBe('Nobody can call what they could not before: 9 pairs the same, 1 narrower.');
  expect({ workloads, next }).toEqual({ workloads: 2, next: rows.length });
  expect(leftOut).toEqual([{ reason: 'no Service sends to it', count: 1, workloads: ['sales/quiet'] }]);
  expect(tally.access).toEqual({ same: 9, narrower: 1, wider: 0, undecided: 0, accepted: 0 });
  expect(tally.transport).toEqual({ same: 2, narrower: 0, wider: 0, undecided: 0, accepted: 0 });
  expect([...new Set(rows.map(({ workload, account }) => `${workload} as ${account}`))]).toEqual([
    'sales/seats as seats',
    'sales/web as web',
  ]);
  expect(rows.find(({ verdict }) => verdict === 'narrower')?.predictedBy).toEqual(['ISTHMUS-AP-003']);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});

test('rows are filtered by verdict, aspect and namespace, and continued', async () => {
  const { rows } = await access('?verdict=narrower,wider');
  expect(rows.map(({ workload: of, port, callers, services }) => ({ of, port, callers, services }))).toEqual([
    { of: 'sales/seats', port: 80, callers: ['sales/web'], services: ['sales/seats'] },
  ]);
  expect(rows[0]?.rules?.before).toMatchObject([{ kind: 'AuthorizationPolicy', name: 'seats', resource: 0 }]);
  expect((await access('?aspect=transport')).rows.map(({ after }) => after)).toEqual(['strict', 'strict']);
  expect((await access('?namespace=passenger')).rows).toEqual([]);
  expect((await access('?aspect=transport&from=1')).rows).toHaveLength(1);
  expect((await fetch(at(`/migrations/${migration}/access?aspect=routing`))).status).toBe(400);
});

test('a workload has every caller', async () => {
  const found = await call<WorkloadAccess>(`/migrations/${migration}/access/sales/seats`);
  expect([...Value.Errors(routes.getWorkloadAccess.response, found)].slice(0, 3)).toEqual([]);
  expect(found.rows.flatMap(({ callers }) => callers).sort()).toEqual([
    'a client without an identity',
    'any account of another namespace',
    'any other account of sales',
    'sales/seats',
    'sales/web',
  ]);
  expect((await fetch(at(`/migrations/${migration}/access/sales/none`))).status).toBe(404);
});

test('the matrix is a table of comma-separated values', async () => {
  const answer = await fetch(at(`/migrations/${migration}/access.csv?verdict=narrower`));
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect((await answer.text()).split('\r\n')).toEqual([
    'aspect,caller,bridge,workload,cluster,port,before,after,verdict,request,reason,way,foretold by,accepted',
    'access,sales/web,,sales/seats,,80,some requests,refused,narrower,,,,ISTHMUS-AP-003,',
    '',
  ]);
});

test('a verified report says who may call whom', async () => {
  const { equivalence } = await call<{ equivalence: { aspect: string; workload?: string; verdict: string }[] }>(
    `/migrations/${migration}/report?verify=true`,
  );
  const narrower = equivalence.filter(({ aspect, verdict }) => aspect === 'access' && verdict === 'narrower');
  expect(narrower.map(({ workload: of }) => of)).toEqual(['sales/seats']);
  expect(equivalence.some(({ aspect }) => aspect === 'routing')).toBe(true);
});

test('states between the first and the last have verdicts of their own', async () => {
  const bridged = await access('?phase=bridged');
  expect(bridged.answer).toMatch(/^Nobody can call what they could not before: \d+ pairs the same, \d+ narrower\.$/);
  expect(bridged.rows.map(({ way }) => way)).toContain(
    'from Kong Mesh to Istio in plaintext, which the server sees without an identity',
  );
  // The bridge is that of the plan, which leads nobody through a gateway to what is restricted.
  const gateways = await access('?phase=migrated&bridge=gateways');
  expect(gateways.rows.filter(({ verdict }) => verdict === 'narrower').map(({ way }) => way)).toEqual([
    'from Istio to Kong Mesh, where there is no way',
  ]);
  expect(gateways.rows.map(({ way }) => way)).toContain(
    'from Istio to Kong Mesh by a gateway, which the server sees as `spiffe://default.default.mesh.local/ns/kong/sa/kong-gateway`',
  );
  // Nobody has moved yet.
  expect((await access('?phase=recorded')).tally.access).toMatchObject({ narrower: 0, wider: 0 });
  const web = await call<WorkloadAccess>(`/migrations/${migration}/access/sales/web?phase=bridged`);
  expect(web.rows.some(({ way }) => way?.startsWith('from Kong Mesh to Istio'))).toBe(true);
  const table = await (await fetch(at(`/migrations/${migration}/access.csv?phase=bridged&verdict=narrower`))).text();
  expect(table).toContain('from Kong Mesh to Istio in plaintext');
  expect((await fetch(at(`/migrations/${migration}/access?phase=later`))).status).toBe(400);
});

test('what is accepted is counted apart, in the app and in the report, and not in phases', async () => {
  const { revision } = await call<Migration>(`/migrations/${migration}`);
  const accepted = [{ service: 'sales/seats', port: 80, aspect: 'access', reason: 'the application checks methods' }];
  const change = (settings: object, of: number) =>
    call<Migration>(`/migrations/${migration}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ revision: of, settings }),
    });
  const { revision: next } = await change({ accepted }, revision);
  const { tally, answer, rows } = await access();
  expect(tally.access).toMatchObject({ narrower: 0, accepted: 1 });
  expect(answer).toBe(
    'Nobody can call what they could not before, but for what is accepted: 9 pairs the same, 1 accepted.',
  );
  expect(rows.find(({ verdict }) => verdict === 'narrower')?.accepted).toBe('the application checks methods');
  expect((await access('?phase=migrated')).rows.some((row) => row.accepted !== undefined)).toBe(false);
  await change({ accepted: [] }, next);
  expect((await access()).tally.access).toMatchObject({ narrower: 1, accepted: 0 });
});
