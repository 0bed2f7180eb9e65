import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AcceptedFinding,
  type AcceptedFindings,
  type DiagnosticList,
  type History,
  type ImportJob,
  type Migration,
  type Overview,
  routes,
  type ServiceList,
  type Workbench,
} from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-acceptances-'));
let server: RunningServer;
let migration: string;

// A permission of Kong Mesh cannot say paths, and the filter has no counterpart.
const mesh = `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 80, name: http, appProtocol: http}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats, namespace: sales}
spec:
  selector: {matchLabels: {app: seats}}
  rules: [{to: [{operation: {paths: ["/seats"]}}]}]
---
apiVersion: networking.istio.io/v1
kind: EnvoyFilter
metadata: {name: filter, namespace: sales}
spec: {priority: 10}
`;

const json = { 'content-type': 'application/json' };

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(`${server.url}/api/v1${path}`, init)).json()) as T;
}
const at = (path: string): string => `/migrations/${migration}${path}`;

async function bring(text: string): Promise<void> {
  const form = new FormData();
  form.append('files', new Blob([text]), 'mesh.yaml');
  const job = await call<ImportJob>(at('/snapshots'), { method: 'POST', body: form });
  await (await fetch(`${server.url}/api/v1/imports/${job.id}/events`)).text();
}

const accept = (finding: string | undefined, reason: string, name = 'Ann'): Promise<Response> =>
  fetch(`${server.url}/api/v1${at('/acceptances')}`, {
    method: 'POST',
    headers: { ...json, cookie: `isthmus_name=${name}` },
    body: JSON.stringify({ finding, reason }),
  });

const decidable = async () =>
  (await call<DiagnosticList>(at('/diagnostics'))).diagnostics.filter(({ id }) => id !== undefined);

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  migration = (await call<Migration>('/migrations', { method: 'POST', headers: json, body: '{"name":"Test"}' })).id;
  await bring(mesh);
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('blockers and warnings have a name to accept them by, information has none', async () => {
  const { diagnostics } = await call<DiagnosticList>(at('/diagnostics'));
  expect(diagnostics.length).toBeGreaterThan(1);
  for (const { severity, id, accepted } of diagnostics) {
    expect(id === undefined).toBe(severity === 'info');
    expect(accepted).toBeUndefined();
  }
});

test('a blocker is accepted with a reason, is counted everywhere, and is taken back', async () => {
  const before = await call<Overview>(at('/overview'));
  expect(before.accepted).toEqual({ blocker: 0, warning: 0, info: 0 });
  expect(before.blockedServices).toBe(1);
  const blockers = (await decidable()).filter(
    ({ severity, resource }) => severity === 'blocker' && resource?.kind === 'AuthorizationPolicy',
  );
  expect(blockers.length).toBeGreaterThan(0);
  for (const { id } of blockers) {
    const answer = await accept(id, '  the application checks paths ');
    expect(answer.status).toBe(201);
    const made = (await answer.json()) as AcceptedFinding;
    expect([...Value.Errors(routes.acceptFinding.response, made)]).toEqual([]);
    expect(made).toMatchObject({
      finding: id,
      reason: 'the application checks paths',
      severity: 'blocker',
      current: true,
    });
  }
  const after = await call<Overview>(at('/overview'));
  expect(after.findings).toEqual(before.findings);
  expect(after.accepted.blocker).toBe(blockers.length);
  const [service] = (await call<ServiceList>(at('/services'))).services;
  expect(service?.accepted.blocker).toBe(blockers.length);
  // Another resource of the service's namespace may still block it.
  expect(after.blockedServices).toBe((service?.findings.blocker ?? 0) > blockers.length ? 1 : 0);
  const workbench = await call<Workbench>(at('/workbench?service=sales/seats'));
  expect([...Value.Errors(routes.getWorkbench.response, workbench)].slice(0, 3)).toEqual([]);
  const placed = workbench.findings.find(({ diagnostic }) => diagnostic.id === blockers[0]?.id);
  expect(placed?.diagnostic.accepted).toMatchObject({ reason: 'the application checks paths' });
  expect(Date.parse(placed?.diagnostic.accepted?.at ?? '')).toBeGreaterThan(0);
  const { diagnostics } = await call<{ diagnostics: { accepted?: { reason: string } }[] }>(at('/report'));
  expect(diagnostics.filter(({ accepted }) => accepted !== undefined)).toHaveLength(blockers.length);
  const page = await (await fetch(`${server.url}/api/v1${at('/report.html')}`)).text();
  expect(page).toContain('the application checks paths');
  const { entries } = await call<History>(at('/history?subject=finding'));
  expect(entries[0]).toMatchObject({ before: null, after: 'the application checks paths' });
  expect(entries[0]?.field).toMatch(/^ISTHMUS-\S+ at AuthorizationPolicy sales\/seats spec/);
  const refused = await accept(blockers[0]?.id, 'mine');
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ current: { reason: 'the application checks paths' } });
  for (const { id } of blockers) {
    const gone = await fetch(`${server.url}/api/v1${at(`/acceptances/${id}`)}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
  }
  expect((await call<Overview>(at('/overview'))).accepted.blocker).toBe(0);
});

test('what is not there, has no reason or is mere information is refused', async () => {
  expect((await accept('0'.repeat(32), 'why not')).status).toBe(404);
  expect((await accept('no id', 'why not')).status).toBe(400);
  const [first] = await decidable();
  expect((await accept(first?.id, ' ')).status).toBe(400);
  expect((await accept(first?.id, '')).status).toBe(400);
  const none = await fetch(`${server.url}/api/v1${at(`/acceptances/${first?.id}`)}`, { method: 'DELETE' });
  expect(none.status).toBe(404);
  expect((await fetch(`${server.url}/api/v1/migrations/none/acceptances`)).status).toBe(404);
});

test('an acceptance survives lines that move, and not a finding that says something else', async () => {
  const all = await decidable();
  for (const { id } of all) expect((await accept(id, 'agreed')).status).toBe(201);
  await bring(`# moved\n---\n${mesh}`);
  const there = async () =>
    (await call<AcceptedFindings>(at('/acceptances'))).acceptances.map(({ current }) => current);
  expect(await there()).toEqual(all.map(() => true));
  expect((await decidable()).every(({ accepted }) => accepted?.reason === 'agreed')).toBe(true);
  await bring(
    'apiVersion: v1\nkind: Service\nmetadata: {name: other, namespace: sales}\nspec: {ports: [{port: 80}]}\n',
  );
  expect(await there()).toEqual(all.map(() => false));
});
