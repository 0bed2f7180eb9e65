import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DiagnosticList,
  type History,
  type ImportJob,
  type Migration,
  type OverrideImport,
  type OverrideVersions,
  type Overview,
  type Problem,
  type ResourceList,
  type ResourceOverride,
  type ResourceOverrides,
  routes,
  type ServiceBehaviour,
  type ServiceGates,
  type ServiceList,
  type Workbench,
} from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-overrides-'));
let server: RunningServer;
let migration: string;

const mesh = (timeout: string, more = ''): string => `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 80, name: http, appProtocol: http}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec: {hosts: [seats], http: [{timeout: ${timeout}, route: [{destination: {host: seats}}]}]}
${more}`;

const headers = (name: string) => ({ 'content-type': 'application/json', cookie: `isthmus_name=${name}` });
const at = (path: string): string => `${server.url}/api/v1/migrations/${migration}${path}`;
const get = async <T>(path: string): Promise<T> => (await (await fetch(at(path))).json()) as T;
async function send<T>(method: string, path: string, body?: unknown, name = 'Ann') {
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(at(path), {
    ...init,
    headers: body === undefined ? { cookie: `isthmus_name=${name}` } : headers(name),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

async function bring(text: string): Promise<void> {
  const form = new FormData();
  form.append('files', new Blob([text]), 'mesh.yaml');
  const job = (await (await fetch(at('/snapshots'), { method: 'POST', body: form })).json()) as ImportJob;
  await (await fetch(`${server.url}/api/v1/imports/${job.id}/events`)).text();
}

const bench = () => get<Workbench>('/workbench?service=sales/seats');
async function shown(kind = 'MeshTimeout') {
  const found = (await bench()).after.find(({ resource }) => resource.kind === kind && resource.name === 'seats');
  if (found === undefined) throw new Error(`a ${kind} was expected`);
  const { apiVersion, namespace, name } = found.resource;
  return { ...found, subject: { apiVersion, kind, namespace, name } };
}

/** Saves an edit of the request timeout as somebody who sees what is there now. */
async function edit(timeout: string, name = 'Ann', more: object = {}) {
  const { subject, text, emitted, override } = await shown();
  const body = {
    subject,
    change: 'edit',
    text: text.replace(/requestTimeout: \S+/, `requestTimeout: ${timeout}`),
    reason: 'measured',
    revision: override?.override.revision ?? 0,
    emitted,
    ...more,
  };
  return send<ResourceOverride & Problem>('POST', '/overrides', body, name);
}

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});
beforeEach(async () => {
  const init = { method: 'POST', headers: headers('Ann'), body: '{"name":"Test"}' };
  migration = ((await (await fetch(`${server.url}/api/v1/migrations`, init)).json()) as Migration).id;
  await bring(mesh('3s'));
});

test('an edit is shown in the workbench, judged, in the bundle, in the report and in the history', async () => {
  expect(await get<ResourceOverrides>('/overrides')).toEqual({ overrides: [] });
  const saved = await edit('30s');
  expect(saved.status).toBe(201);
  expect([...Value.Errors(routes.saveOverride.response, saved.body)]).toEqual([]);
  expect(saved.body).toMatchObject({ by: 'Ann', reason: 'measured', state: 'applied', revision: 1, widens: false });
  const now = await shown();
  expect([...Value.Errors(routes.getWorkbench.response, await bench())]).toEqual([]);
  expect(now.text).toContain('requestTimeout: 30s');
  const line = now.text.split('\n').findIndex((one) => one.includes('requestTimeout')) + 1;
  expect(now.override?.spans.map((span) => span.line)).toEqual([line]);
  expect((await bench()).findings.map(({ diagnostic }) => diagnostic.code)).toContain('ISTHMUS-OVR-001');
  const link = (await bench()).fields.find(({ path }) => path === 'spec.http[0].timeout');
  expect(link?.targets.some(({ overridden }) => overridden)).toBe(true);
  const behaviour = await get<ServiceBehaviour>('/behaviour/sales/seats');
  const resilience = behaviour.verdicts.filter(({ aspect }) => aspect === 'resilience');
  expect(resilience.map(({ verdict }) => verdict)).toContain('differs');
  expect(resilience.find(({ verdict }) => verdict === 'differs')?.sentence).toMatch(/3 s in Istio, 30 s in Kong Mesh/);
  const report = await get<{ resources: { kind: string; overridden?: object }[] }>('/report');
  expect(report.resources.filter(({ overridden }) => overridden !== undefined)).toMatchObject([
    { kind: 'MeshTimeout', overridden: { by: 'Ann', reason: 'measured', change: 'edit' } },
  ]);
  const history = await get<History>('/history?limit=5');
  expect(history.entries[0]).toMatchObject({
    subject: 'override',
    field: 'MeshTimeout sales/seats',
    after: 'measured',
  });
});

/** The overrides that services, resources and documents of the workbench are marked with. */
async function marks() {
  const { services } = await get<ServiceList>('/services');
  const { resources } = await get<ResourceList>('/resources');
  const { overrides, unsettledOverrides } = await get<Overview>('/overview');
  return {
    services: services.map(({ id, overrides: ids }) => [id, ids]),
    resources: resources.map(({ name, overrides: ids }) => [name, ids]),
    // Without the service there is no workbench of it.
    documents: ((await bench()).before ?? []).map((document) => document.overrides),
    overview: [overrides, unsettledOverrides],
  };
}

test('services and resources are marked with what was overridden of them, also where that waits to be decided again', async () => {
  const crew = mesh('3s').replaceAll('seats', 'crew');
  await bring(mesh('3s', `---\n${crew}`));
  const none = {
    overview: [0, 0],
    documents: [[]],
    services: [
      ['sales/crew', []],
      ['sales/seats', []],
    ],
  };
  expect(await marks()).toMatchObject(none);
  const { body } = await edit('30s');
  const marked = {
    services: [
      ['sales/crew', []],
      ['sales/seats', [body.id]],
    ],
    resources: [
      ['seats', [body.id]],
      ['crew', []],
    ],
    documents: [[body.id]],
  };
  expect(await marks()).toEqual({ ...marked, overview: [1, 0] });
  for (const route of ['listServices', 'listResources', 'getOverview', 'getWorkbench'] as const) {
    const query = route === 'getWorkbench' ? '?service=sales/seats' : '';
    const answer = await get<object>(`${routes[route].path.replace('/migrations/:id', '')}${query}`);
    expect([...Value.Errors(routes[route].response, answer)], route).toEqual([]);
  }
  await bring(mesh('5s', `---\n${crew}`));
  expect(await marks()).toEqual({ ...marked, overview: [1, 1] });
  await bring(crew);
  expect(await marks()).toMatchObject({ services: [['sales/crew', []]], overview: [1, 1] });
  await bring(mesh('3s', `---\n${crew}`));
  await send('DELETE', `/overrides/${body.id}`);
  expect(await marks()).toMatchObject(none);
  const { subject, emitted } = await shown();
  await send('POST', '/overrides', { subject, change: 'leave-out', reason: 'ours', revision: 0, emitted });
  expect(await marks()).toEqual({ ...marked, overview: [1, 0] });
});

test('an edit survives an import that leaves its ground, and conflicts with one that does not', async () => {
  await edit('30s');
  await bring(mesh('3s', '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: sales}\n'));
  expect((await shown()).text).toContain('requestTimeout: 30s');
  await bring(mesh('5s'));
  const now = await shown();
  expect(now.text).toContain('requestTimeout: 5s');
  expect(now.override?.override).toMatchObject({
    state: 'conflict',
    paths: [expect.stringContaining('requestTimeout')],
  });
  const { diagnostics } = await get<DiagnosticList>('/diagnostics?severity=blocker');
  expect(diagnostics.map(({ code }) => code)).toContain('ISTHMUS-OVR-002');
  const id = now.override?.override.id;
  const versions = await get<OverrideVersions>(`/overrides/${id}`);
  expect([...Value.Errors(routes.getOverride.response, versions)]).toEqual([]);
  const timeout = (text: string | undefined) => /requestTimeout: (\S+)/.exec(text ?? '')?.[1];
  expect([versions.ground, versions.now, versions.edit, versions.merged].map(timeout)).toEqual([
    '3s',
    '5s',
    '30s',
    '30s',
  ]);
  expect(versions.conflicts).toEqual([
    { path: expect.stringContaining('requestTimeout'), ground: '3s\n', now: '5s\n', edit: '30s\n' },
  ]);
  const resolved = await edit('30s', 'Bob', { text: versions.merged, reason: 'still measured' });
  expect(resolved.body).toMatchObject({ state: 'applied', by: 'Bob', revision: 2 });
  expect((await shown()).text).toContain('requestTimeout: 30s');
});

test('of two who edit one resource the second one is told, with both values', async () => {
  const stale = await shown();
  expect((await edit('30s', 'Ann')).status).toBe(201);
  const second = await edit('9s', 'Bob', { revision: 0, emitted: stale.emitted });
  expect(second).toMatchObject({
    status: 409,
    body: { code: 'conflict', detail: 'Ann changed this resource first: measured' },
  });
  const { current, attempted } = second.body as unknown as { current: OverrideVersions; attempted: { text: string } };
  expect(current.edit).toContain('requestTimeout: 30s');
  expect(attempted.text).toContain('requestTimeout: 9s');
  expect((await shown()).text).toContain('requestTimeout: 30s');
});

test('an edit of what a new import has replaced meanwhile is told so', async () => {
  const { emitted } = await shown();
  await bring(mesh('5s'));
  expect(await edit('30s', 'Ann', { emitted })).toMatchObject({ status: 409, body: { code: 'stale-ground' } });
});

test.each([
  [
    'what the target refuses',
    (text: string) => text.replace(/requestTimeout: \S+/, 'requestTimeout: soon'),
    'refused-edit',
    /^Line \d+, column \d+: /,
  ],
  ['broken YAML', (text: string) => `${text}  - [`, 'refused-edit', /^Line \d+, column \d+: /],
  ['another name', (text: string) => text.replace('name: seats', 'name: other'), 'refused-edit', /metadata\.name/],
  ['nothing new', (text: string) => text, 'nothing-changed', /nothing to keep/],
])('%s is not kept', async (_, change, code, detail) => {
  const { text } = await shown();
  const refused = await edit('', 'Ann', { text: change(text) });
  expect(refused).toMatchObject({ status: 422, body: { code, detail: expect.stringMatching(detail) } });
  expect(await get<ResourceOverrides>('/overrides')).toEqual({ overrides: [] });
});

test('a text too long is refused before anybody reads it', async () => {
  expect((await edit('', 'Ann', { text: 'a'.repeat(1_000_002) })).status).toBe(400);
});

test('a text is assessed without being kept', async () => {
  const { subject, text } = await shown();
  const assess = (given: string) => send('POST', '/overrides/assessment', { subject, change: 'edit', text: given });
  expect((await assess(text.replace(/requestTimeout: \S+/, 'requestTimeout: 1s'))).body).toMatchObject({
    problems: [],
    paths: [expect.stringContaining('requestTimeout')],
    widens: false,
  });
  const line = text.split('\n').findIndex((one) => one.includes('requestTimeout')) + 1;
  expect((await assess(text.replace(/requestTimeout: \S+/, 'requestTimeout: soon'))).body).toMatchObject({
    problems: [{ line }],
  });
});

test('an override is taken back, and brought back from the file that it answers with', async () => {
  const saved = await edit('30s');
  expect((await send('DELETE', `/overrides/${saved.body.id}?revision=7`)).status).toBe(409);
  const removed = await send<{ text: string }>('DELETE', `/overrides/${saved.body.id}?revision=1`);
  expect(removed.status).toBe(200);
  expect((await shown()).text).toContain('requestTimeout: 3s');
  expect((await send('DELETE', `/overrides/${saved.body.id}`)).status).toBe(404);
  const back = await send<OverrideImport>('POST', '/override-file', removed.body);
  expect(back.body).toEqual({ added: 1, same: 0, conflicts: [] });
  expect((await shown()).text).toContain('requestTimeout: 30s');
  const file = await (await fetch(at('/override-file'))).text();
  expect((await send<OverrideImport>('POST', '/override-file', { text: file })).body).toEqual({
    added: 0,
    same: 1,
    conflicts: [],
  });
  const other = file.replace("'30s'", '9s').replace(/value: \S+/, 'value: 9s');
  expect((await send<OverrideImport>('POST', '/override-file', { text: other })).body).toMatchObject({
    added: 0,
    conflicts: [{ kind: 'MeshTimeout' }],
  });
  expect(await send('POST', '/override-file', { text: 'overrides:\n  - {' })).toMatchObject({
    status: 422,
    body: { code: 'invalid-overrides', detail: expect.stringMatching(/^Line 2/) },
  });
});

test('a resource is left out as a draft, and one of their own is added', async () => {
  const { subject, emitted } = await shown();
  const left = await send<ResourceOverride>('POST', '/overrides', {
    subject,
    change: 'leave-out',
    reason: 'ours',
    revision: 0,
    emitted,
  });
  expect(left).toMatchObject({ status: 201, body: { state: 'applied', change: 'leave-out' } });
  expect(await shown()).toMatchObject({ role: 'draft', why: 'Left out of what is applied. Ann: ours' });
  const own = (kind: string, spec: string) => ({
    change: 'add',
    text: `apiVersion: kuma.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ours, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}\nspec: ${spec}\n`,
    reason: 'ours',
    revision: 0,
  });
  const open = own(
    'MeshTrafficPermission',
    '{targetRef: {kind: Mesh}, rules: [{default: {allow: [{spiffeID: {type: Prefix, value: "spiffe://other/ns"}}]}}]}',
  );
  expect((await send('POST', '/overrides', open)).body).toMatchObject({ state: 'applied', widens: true });
  const blockers = async () =>
    (await get<DiagnosticList>('/diagnostics?severity=blocker')).diagnostics.filter(
      ({ code }) => code === 'ISTHMUS-OVR-004',
    );
  const [blocker] = await blockers();
  expect(await send('POST', '/acceptances', { finding: blocker?.id, reason: 'guests' })).toMatchObject({ status: 201 });
  expect((await send('POST', '/overrides', { ...open, revision: 1, acceptsWidening: 'guests come' })).status).toBe(201);
  expect(await blockers()).toEqual([]);
});

test('an approval counts for what was approved, not for another edit', async () => {
  const given = async (): Promise<number> => (await get<ServiceGates>('/services/sales/seats/gates')).approvals.length;
  await send('POST', '/services/sales/seats/approvals', { note: '' });
  expect(await given()).toBe(1);
  await edit('30s');
  expect(await given()).toBe(0);
});

test('the schema of a kind describes what an editor completes', async () => {
  const schema = await get<{ properties: { spec: { properties: object } } }>(
    '/editor-schema?apiVersion=kuma.io/v1alpha1&kind=MeshTimeout',
  );
  expect(Object.keys(schema.properties.spec.properties)).toContain('targetRef');
});
