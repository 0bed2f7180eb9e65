import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BulkResult,
  type History,
  type ImportJob,
  type Migration,
  type Overview,
  type Plan,
  type PlanAssessment,
  type PlanSettings,
  type Problem,
  type Progress,
  type RequestPath,
  routes,
  type ServiceList,
  type StoredPlan,
  type WaveStages,
} from '@isthmus/contract';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificates } from './certificates.test-support.ts';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-plan-settings-'));
let server: RunningServer;
let migration: string;

const workload = (name: string): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: [{port: 80, name: http, appProtocol: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app}]}}}
---
`;
const mesh = `${workload('cart')}${workload('pay')}${workload('log')}apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec: {hosts: [cart], http: [{route: [{destination: {host: pay}}]}]}
`;

const headers = { 'content-type': 'application/json' };
const at = (path: string): string => `${server.url}/api/v1/migrations/${migration}${path}`;
async function call<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(at(path), init);
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}
async function read<T>(path: string, schema: TSchema): Promise<T> {
  const { body } = await call<T>('GET', path);
  expect([...Value.Errors(schema, body)].slice(0, 3)).toEqual([]);
  return body;
}
const stored = (): Promise<StoredPlan> => read('/plan/settings', routes.getPlanSettings.response);
async function change(settings: Partial<PlanSettings>): Promise<{ status: number; body: StoredPlan & Problem }> {
  return call('PATCH', '/plan/settings', { revision: (await stored()).revision, settings });
}
const plan = (query = ''): Promise<Plan> => read(`/plan${query}`, routes.getPlan.response);
const waves = ({ waves: all }: Plan): string[][] => all.map(({ groups }) => groups.flatMap(({ services }) => services));

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  const created = await fetch(`${server.url}/api/v1/migrations`, { method: 'POST', headers, body: '{"name":"Test"}' });
  migration = ((await created.json()) as Migration).id;
}, 60_000);

afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('a plan can be settled before anything is imported; what it leads to cannot be seen', async () => {
  expect(await stored()).toMatchObject({
    revision: 0,
    updatedBy: null,
    observed: null,
    settings: { most: null, shift: [10, 50, 100] },
  });
  for (const path of ['/plan', '/plan/waves/1', '/plan/bundle', '/bridge/path?from=a/b&to=c/d', '/services/a/b/gates'])
    expect((await call<Problem>('GET', path)).body).toMatchObject({ code: 'no-snapshot' });
});

test('what is kept is what the plan keeps to; a query asks for something else and keeps nothing', async () => {
  const form = new FormData();
  form.append('files', new Blob([mesh]), 'mesh.yaml');
  const { id } = (await (await fetch(at('/snapshots'), { method: 'POST', body: form })).json()) as ImportJob;
  const state = async (): Promise<string> =>
    ((await (await fetch(`${server.url}/api/v1/imports/${id}`)).json()) as ImportJob).state;
  await expect.poll(state, { timeout: 30_000 }).toBe('done');
  expect(waves(await plan())).toEqual([['shop/log', 'shop/pay'], ['shop/cart']]);
  expect((await change({ order: 'callers-first', start: '2027-01-11' })).status).toBe(200);
  const kept = await plan();
  expect(waves(kept)).toEqual([['shop/cart', 'shop/log'], ['shop/pay']]);
  expect(kept.waves.map(({ day }) => day?.day)).toEqual(['2027-01-11', '2027-01-18']);
  expect(waves(await plan('?order=callees-first'))).toEqual([['shop/log', 'shop/pay'], ['shop/cart']]);
  await change({ order: 'callees-first' });
});

test('two who change the plan at once both hear of it, and nothing is lost', async () => {
  const { revision } = await stored();
  const first = await call<StoredPlan>('PATCH', '/plan/settings', { revision, settings: { most: 1 } });
  expect(first.body.revision).toBe(revision + 1);
  const second = await call<Problem>('PATCH', '/plan/settings', { revision, settings: { most: 2 } });
  expect(second).toMatchObject({
    status: 409,
    body: { code: 'conflict', current: { settings: { most: 1 } }, attempted: { settings: { most: 2 } } },
  });
  expect((await stored()).settings.most).toBe(1);
  expect((await change({ most: null })).body.settings.most).toBeNull();
});

test.each<[Partial<PlanSettings>, number, string]>([
  [{ shift: [50, 10, 100] }, 422, '10 comes after 50'],
  [{ start: '2027-02-30' }, 422, '2027-02-30 is no day'],
  [{ freezes: [{ from: '2027-01-02', to: '2027-01-01', reason: 'x' }] }, 422, 'ends before it begins'],
  [{ pinned: { 'no service': 1 } }, 400, ''],
  [{ everyDays: 0 }, 400, ''],
  [{ unknown: true } as Partial<PlanSettings>, 400, ''],
])('%j is refused', async (settings, status, detail) => {
  const before = await stored();
  const refused = await change(settings);
  expect(refused.status).toBe(status);
  expect(refused.body.detail).toContain(detail);
  expect(await stored()).toEqual(before);
});

test('services, the overview and the progress tell the waves of the plan as it is kept', async () => {
  const told = async () => {
    const { services } = await read<ServiceList>('/services', routes.listServices.response);
    const overview = await read<Overview>('/overview', routes.getOverview.response);
    const progress = await read<Progress>('/progress', routes.getProgress.response);
    return {
      services: Object.fromEntries(services.map(({ name, wave }) => [name, wave])),
      overview: overview.waves.map(({ wave, day, services: number, resources }) => [wave, day, number, resources]),
      progress: progress.waves.map(({ name, services: number }) => [name, number]),
    };
  };
  const { settings: before } = await stored();
  await change({ order: 'callees-first', excluded: ['shop/log'], pinned: {}, arrangement: null, start: null });
  const expected = waves(await plan());
  expect(expected).toEqual([['shop/pay'], ['shop/cart']]);
  expect(await told()).toEqual({
    services: { pay: 1, cart: 2, log: null },
    overview: [
      [1, undefined, 1, 1],
      [2, undefined, 1, 1],
      [null, undefined, 1, 0],
    ],
    progress: [
      ['', 1],
      ['1', 1],
      ['2', 1],
    ],
  });
  const ofWave = await read<Progress>('/progress?by=wave&name=2', routes.getProgress.response);
  expect([ofWave.services, ofWave.days.at(-1)?.phases, ofWave.waves.length]).toEqual([1, { discovered: 1 }, 3]);
  expect((await read<Progress>('/progress?by=wave', routes.getProgress.response)).services).toBe(1);
  expect((await read<Progress>('/progress?by=owner&name=', routes.getProgress.response)).services).toBe(3);
  expect((await call('GET', '/progress?by=colour')).status).toBe(400);
  await change({ arrangement: [['shop/cart', 'shop/pay']], start: '2027-03-01' });
  expect(await told()).toMatchObject({
    services: { pay: 1, cart: 1, log: null },
    // The one resource is about both, and is counted once.
    overview: [
      [1, '2027-03-01', 2, 1],
      [null, undefined, 1, 0],
    ],
  });
  // What a change answers with takes the place of what a client knows.
  const { body } = await call<BulkResult>('POST', '/services/changes', {
    services: [{ id: 'shop/cart', revision: 0 }],
    set: { owner: 'Ann' },
  });
  expect(body.changed).toMatchObject([{ name: 'cart', wave: 1, owner: 'Ann' }]);
  expect((await read<Overview>('/overview', routes.getOverview.response)).owners).toMatchObject([
    { owner: '', services: 2 },
    { owner: 'Ann', services: 1, resources: 1 },
  ]);
  await change(before);
});

test('waves as somebody arranges them are assessed first, and kept when they are to be', async () => {
  const arrangement = [['shop/cart'], ['shop/pay', 'shop/none'], []];
  const { body } = await call<PlanAssessment>('POST', '/plan/assessment', { waves: arrangement });
  expect([...Value.Errors(routes.assessPlan.response, body)].slice(0, 3)).toEqual([]);
  expect(body.unkept.map(({ kind }) => kind)).toEqual(['unknown', 'unplaced', 'order']);
  expect(body.waves.map(({ crossing }) => crossing.toIstio)).toEqual([1, 0, 0]);
  expect((await stored()).settings.arrangement).toBeNull();
  const settings = { order: 'callers-first', start: '2027-01-11' };
  const planned = await call<PlanAssessment>('POST', '/plan/assessment', { settings });
  expect([...Value.Errors(routes.assessPlan.response, planned.body)].slice(0, 3)).toEqual([]);
  expect(planned.body.waves.map(({ services, day }) => [services, day?.day])).toEqual([
    [['shop/cart', 'shop/log'], '2027-01-11'],
    [['shop/pay'], '2027-01-18'],
  ]);
  expect(await call('POST', '/plan/assessment', { settings: { start: '2027-02-30' } })).toMatchObject({ status: 422 });
  expect((await stored()).settings.order).toBe('callees-first');
  await change({ arrangement });
  const kept = await plan();
  expect(waves(kept)).toEqual([['shop/cart'], ['shop/pay'], []]);
  expect(kept.unkept.map(({ kind }) => kind)).toEqual(['unknown', 'unplaced', 'order']);
  // Whoever asks for something else sees planned waves.
  expect(waves(await plan('?most=5'))).toEqual([['shop/log', 'shop/pay'], ['shop/cart']]);
  expect((await change({ arrangement: null })).body.settings.arrangement).toBeNull();
  const { body: history } = await call<History>('GET', '/history?subject=plan&limit=2');
  expect(history.entries.map(({ before, after }) => [before, after])).toEqual([
    ['{"arrangement":"3 waves"}', '{"arrangement":"as planned"}'],
    ['{"arrangement":"as planned"}', '{"arrangement":"3 waves"}'],
  ]);
});

test('a wave comes stage by stage, with commands, ways and manifests; its runbook too', async () => {
  const wave = await read<WaveStages>('/plan/waves/1', routes.getWave.response);
  expect(wave).toMatchObject({
    wave: 1,
    waves: 2,
    services: ['shop/log', 'shop/pay'],
    day: { day: '2027-01-11', behind: [] },
  });
  expect(wave.stages.map(({ id }) => id)).toEqual([
    'bridge',
    'apply',
    'shift-10',
    'shift-50',
    'shift-100',
    'cut-over',
    'clean-up',
  ]);
  const shift = wave.stages.find(({ id }) => id === 'shift-10');
  expect(shift?.changed.map(({ kind, name }) => `${kind} ${name}`)).toContain('VirtualService pay-bridge');
  expect(shift?.changed[0]?.before).not.toBe(shift?.changed[0]?.after);
  expect(shift?.steps[0]?.commands).toEqual([
    { tool: 'kubectl', text: 'kubectl apply -f wave-01/30-shift-10/apply.yaml' },
  ]);
  expect(shift?.ways).toMatchObject([{ from: 'shop/cart', to: 'shop/pay', kind: 'direct-plaintext' }]);
  for (const path of ['/plan/waves/9', '/plan/waves/0', '/plan/waves/first', '/plan/waves/9/runbook'])
    expect((await call('GET', path)).status).toBe(404);
  const page = await fetch(at('/plan/waves/1/runbook?format=html'));
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).not.toContain('<script');
  const text = await (await fetch(at('/plan/waves/1/runbook'))).text();
  expect(text).toMatch(/^# Wave 1 of 2\n/);
});

test('a wave, its runbook and its bundle come in Universal form too', async () => {
  const wave = await read<WaveStages>('/plan/waves/1?form=universal', routes.getWave.response);
  const apply = wave.stages.find(({ id }) => id === 'apply');
  expect(apply?.steps.flatMap(({ commands }) => commands.map(({ tool }) => tool))).toContain('kumactl');
  const policy = apply?.added.find(({ kind }) => kind === 'MeshTimeout');
  expect(policy).toMatchObject({ namespace: '', after: expect.stringMatching(/^type: MeshTimeout\nmesh: default\n/) });
  const kubernetes = await read<WaveStages>('/plan/waves/1', routes.getWave.response);
  for (const [index, { added, changed, removed }] of wave.stages.entries())
    expect(kubernetes.stages[index]).toMatchObject({
      added: { length: added.length },
      changed: { length: changed.length },
      removed: { length: removed.length },
    });
  const text = await (await fetch(at('/plan/waves/1/runbook?form=universal'))).text();
  expect(text).toContain('kumactl apply -f wave-01/20-apply/apply-');
  const bundle = await fetch(at('/plan/bundle?format=zip&form=universal'));
  expect(bundle.headers.get('content-disposition')).toContain('migration-plan-universal.zip');
  expect(Buffer.from(await bundle.arrayBuffer()).includes('-kumactl.yaml')).toBe(true);
  for (const path of ['/plan/waves/1', '/plan/waves/1/runbook', '/plan/bundle'])
    expect((await call('GET', `${path}?form=helm`)).status).toBe(400);
});

test('the plan comes as an archive, the same bytes each time', async () => {
  for (const query of ['?format=zip', '?format=tar.gz', '?format=zip&wave=2', '?format=zip&form=universal']) {
    const [first, second] = await Promise.all(
      [0, 1].map(async () => Buffer.from(await (await fetch(at(`/plan/bundle${query}`))).arrayBuffer())),
    );
    expect(first?.length).toBeGreaterThan(1000);
    expect(first?.equals(second as Buffer)).toBe(true);
  }
  expect((await call('GET', '/plan/bundle?wave=9')).status).toBe(404);
});

test('the picture and the path of a request are those of a moment', async () => {
  const now = await read<{ description: string }>('/bridge', routes.getBridge.response);
  expect(now.description).toContain('3 in Istio');
  const later = await read<{ description: string }>('/bridge?wave=1&stage=cut-over', routes.getBridge.response);
  expect(later.description).toContain('1 in Istio, 0 joined to both meshes by the bridge, 2 in Kong Mesh');
  expect((await call('GET', '/bridge?wave=1&stage=none')).status).toBe(404);
  const path = await read<RequestPath>(
    '/bridge/path?from=shop/cart&to=shop/pay&wave=1&stage=shift-10',
    routes.getRequestPath.response,
  );
  expect(path.routes.map(({ share, from, to }) => [share, from, to])).toEqual([
    [90, 'istio', 'istio'],
    [10, 'istio', 'kong'],
  ]);
  expect(path.mermaid).toMatch(/^flowchart TB\n/);
  expect((await call('GET', '/bridge/path?from=shop/cart&to=shop/none')).status).toBe(404);
});

test('traffic that was seen orders the waves, until it is forgotten', async () => {
  const metric = {
    __name__: 'istio_requests_total',
    source_workload: 'pay',
    source_workload_namespace: 'shop',
    destination_service_name: 'log',
    destination_service_namespace: 'shop',
  };
  const sample = { metric, value: [0, '9'] };
  const dump = { status: 'success', data: { resultType: 'vector', result: [sample, sample] } };
  const { body } = await call<StoredPlan>('POST', '/plan/observed', dump);
  expect(body.observed).toMatchObject({ source: 'prometheus', samples: 2, calls: 1 });
  expect(waves(await plan())).toEqual([['shop/log'], ['shop/pay'], ['shop/cart']]);
  for (const [other, reason] of [
    [{}, 'neither Prometheus'],
    [{ status: 'success', data: { resultType: 'matrix', result: [] } }, 'a matrix'],
    [[1], 'neither Prometheus'],
  ] as const)
    expect(await call<Problem>('POST', '/plan/observed', other)).toMatchObject({
      status: 422,
      body: { code: 'not-traffic', detail: expect.stringContaining(reason) },
    });
  expect((await stored()).observed?.calls).toBe(1);
  const broken = await fetch(at('/plan/observed'), { method: 'POST', headers, body: '{"status": ' });
  expect(broken.status).toBe(400);
  expect((await call('DELETE', '/plan/observed')).status).toBe(204);
  expect(waves(await plan())).toEqual([['shop/log', 'shop/pay'], ['shop/cart']]);
});

test('certificates are shown with their end; keys and what is no authority are refused', async () => {
  const { revision } = await stored();
  const upload = (pem: string, of = revision) =>
    call<StoredPlan & Problem>('POST', '/plan/certificates', { revision: of, side: 'istio', pem });
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n';
  expect(await upload(`${certificates.istio}${key}`)).toMatchObject({ status: 422, body: { code: 'private-key' } });
  expect(await upload(certificates.leaf)).toMatchObject({ status: 422, body: { code: 'no-authority' } });
  expect(await upload('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toMatchObject({
    status: 422,
    body: { code: 'unreadable' },
  });
  expect(await upload('hello')).toMatchObject({ status: 422, body: { code: 'no-certificate' } });
  expect((await stored()).revision).toBe(revision);
  const { body } = await upload(`${certificates.old}${certificates.istio}`);
  expect(body.certificates.istio).toMatchObject([
    { subject: 'O=Istio, CN=Old Root', validity: 'expired' },
    { subject: 'O=Istio, CN=Root CA', validity: 'valid', notAfter: '2120-01-01T00:00:00.000Z' },
  ]);
  expect((await upload(certificates.istio)).status).toBe(409);
  const wave = await read<WaveStages>('/plan/waves/1', routes.getWave.response);
  const trusts = wave.stages[0]?.added.filter(({ kind }) => kind === 'MeshTrust');
  expect(trusts?.[0]?.after).toContain(certificates.istio.split('\n')[1]);
  expect((await upload('', body.revision)).body.certificates.istio).toEqual([]);
});
