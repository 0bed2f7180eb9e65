import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BulkResult,
  type Gate,
  type History,
  type ImportJob,
  type Migration,
  type Problem,
  routes,
  type Service,
  type ServiceGates,
  type StoredPlan,
} from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificates } from './certificates.test-support.ts';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-gates-'));
let server: RunningServer;
let migration: string;

const workload = (name: string, env = ''): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: [{port: 80, name: http, appProtocol: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {serviceAccountName: ${name}, containers: [{name: app, image: app, ports: [{containerPort: 80}]${env}}]}
---
`;
// The path cannot be said by a permission: whoever may call pay with some requests may not call it at all.
const mesh = `${workload('cart', ', env: [{name: PAY, value: "http://pay.shop:80"}]')}${workload('pay')}${workload('log')}apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: pay, namespace: shop}
spec:
  selector: {matchLabels: {app: pay}}
  rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: log, namespace: shop}
spec: {hosts: [log], http: [{match: [{headers: {x-a: {exact: b}}, statPrefix: x, sourceLabels: {app: none}}], route: [{destination: {host: log}}]}, {corsPolicy: {allowOrigins: [{exact: "https://a.example"}]}, route: [{destination: {host: log}}]}]}
`;

const headers = { 'content-type': 'application/json' };
async function call<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}/api/v1/migrations/${migration}${path}`, init);
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}
const refusedBy = (gate: Gate | undefined): string[] =>
  (gate?.conditions ?? []).flatMap(({ id, state }) => (state === 'holds' ? [] : [`${id} ${state}`]));
const revisionOf = async (id: string): Promise<number> => {
  const { body } = await call<{ services: Service[] }>('GET', '/services');
  return body.services.find((service) => service.id === id)?.revision ?? 0;
};
const move = async (id: string, change: object) =>
  call<Service & Problem>('PATCH', `/services/${id}`, { revision: await revisionOf(id), ...change });

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  const created = await fetch(`${server.url}/api/v1/migrations`, { method: 'POST', headers, body: '{"name":"Test"}' });
  migration = ((await created.json()) as Migration).id;
  const form = new FormData();
  form.append('files', new Blob([mesh]), 'mesh.yaml');
  const imported = await fetch(`${server.url}/api/v1/migrations/${migration}/snapshots`, {
    method: 'POST',
    body: form,
  });
  const { id } = (await imported.json()) as ImportJob;
  const state = async (): Promise<string> =>
    ((await (await fetch(`${server.url}/api/v1/imports/${id}`)).json()) as ImportJob).state;
  for (let tries = 0; (await state()) !== 'done' && tries < 300; tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const { body } = await call<Migration>('GET', '');
  await call('PATCH', '', { revision: body.revision, settings: { complete: true } });
}, 60_000);

afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('a service goes forward where its gate is open', async () => {
  expect(await move('shop/pay', { phase: 'translated' })).toMatchObject({ status: 200, body: { phase: 'translated' } });
});

test('a phase that is left out is refused with the evidence', async () => {
  const { status, body } = await move('shop/pay', { phase: 'shifting' });
  expect([status, body.code]).toEqual([422, 'gate']);
  expect(body.detail).toMatch(/^shop\/pay cannot become shifting yet: It is translated, and would leave bridged out/);
  expect(refusedBy(body.gate as Gate)).toContain('previous fails');
  expect(await revisionOf('shop/pay')).toBe(1);
});

test('the gates of a service say what holds, what does not, and why', async () => {
  const { body } = await call<ServiceGates>('GET', '/services/shop/pay/gates');
  expect([...Value.Errors(routes.getGates.response, body)].slice(0, 3)).toEqual([]);
  expect(body).toMatchObject({ phase: 'translated', next: 'reviewed', approvalsNeeded: 1, wave: 1 });
  expect(body.gates.map(({ to }) => to)).toEqual(['reviewed', 'bridged', 'shifting', 'migrated', 'retired']);
  const trust = body.gates[1]?.conditions.find(({ id }) => id === 'trust');
  expect(trust).toMatchObject({
    state: 'fails',
    evidence: [
      { text: 'The root certificate of Istio is not given.' },
      { text: 'The root certificate of Kong Mesh is not given.' },
    ],
  });
  expect((await call('GET', '/services/shop/none/gates')).status).toBe(404);
});

test('an override leads on with a reason, which the history keeps', async () => {
  for (const reason of ['', '   '])
    expect((await move('shop/pay', { phase: 'bridged', override: { reason } })).status).toBe(400);
  const { body } = await move('shop/pay', { phase: 'bridged', override: { reason: 'certificates follow' } });
  expect(body.phase).toBe('bridged');
  const { body: history } = await call<History>('GET', '/history?subject=shop/pay&limit=2');
  expect(history.entries.map(({ field, after }) => [field, after])).toEqual([
    ['override', 'certificates follow'],
    ['phase', 'bridged'],
  ]);
});

test('certificates and approvals open what they are asked for', async () => {
  let { body: plan } = await call<StoredPlan>('GET', '/plan/settings');
  for (const side of ['istio', 'kong'] as const)
    plan = (
      await call<StoredPlan>('POST', '/plan/certificates', { revision: plan.revision, side, pem: certificates[side] })
    ).body;
  expect(plan.certificates.istio).toMatchObject([
    { validity: 'valid', notAfter: '2120-01-01T00:00:00.000Z', keyType: 'ec' },
  ]);
  const shifting = async (): Promise<string[]> => {
    const { body } = await call<ServiceGates>('GET', '/services/shop/pay/gates');
    return refusedBy(body.gates.find(({ to }) => to === 'shifting'));
  };
  expect(await shifting()).toEqual(['approvals fails']);
  const { body: approved } = await call<ServiceGates>('POST', '/services/shop/pay/approvals', {
    note: 'tried both ways',
  });
  expect(approved.approvals).toMatchObject([{ by: 'anonymous', note: 'tried both ways' }]);
  expect(await shifting()).toEqual([]);
  expect((await move('shop/pay', { phase: 'shifting', share: 10 })).body).toMatchObject({
    phase: 'shifting',
    share: 10,
  });
  expect(refusedBy((await move('shop/pay', { phase: 'migrated' })).body.gate as Gate)).toEqual(['share fails']);
  expect((await move('shop/pay', { share: 100 })).status).toBe(200);
  expect((await move('shop/pay', { phase: 'migrated' })).body).toMatchObject({ phase: 'migrated', share: 100 });
  // Its caller is still in Istio.
  expect(refusedBy((await move('shop/pay', { phase: 'retired' })).body.gate as Gate)).toEqual(['callers fails']);
});

test('going back needs no evidence, and takes the share away', async () => {
  expect((await move('shop/pay', { phase: 'rolled-back' })).body).toMatchObject({ phase: 'rolled-back', share: 0 });
});

test('an expired root trusts nobody', async () => {
  const { body } = await call<StoredPlan>('GET', '/plan/settings');
  await call('POST', '/plan/certificates', { revision: body.revision, side: 'istio', pem: certificates.old });
  const { body: gates } = await call<ServiceGates>('GET', '/services/shop/pay/gates');
  const trust = gates.gates.find(({ to }) => to === 'bridged')?.conditions.find(({ id }) => id === 'trust');
  expect(trust?.evidence.map(({ text }) => text)).toEqual([expect.stringContaining('Old Root) has expired.')]);
});

test('an approval is taken back by whoever gave it, once', async () => {
  expect((await call<ServiceGates>('DELETE', '/services/shop/pay/approvals')).body.approvals).toEqual([]);
  expect((await call('DELETE', '/services/shop/pay/approvals')).status).toBe(404);
});

test('of many services those whose gate is shut are left alone and come back with it', async () => {
  const services = [
    { id: 'shop/cart', revision: 0 },
    { id: 'shop/log', revision: 7 },
  ];
  const { body } = await call<BulkResult>('POST', '/services/changes', { services, set: { phase: 'migrated' } });
  expect([...Value.Errors(routes.changeServices.response, body)].slice(0, 3)).toEqual([]);
  // What somebody else changed is a conflict before it is a matter of gates.
  expect(body.conflicts.map(({ id }) => id)).toEqual(['shop/log']);
  expect(body.refused.map(({ service, open }) => [service, open])).toEqual([['shop/cart', false]]);
  expect(body.changed).toEqual([]);
  const owners = await call<BulkResult>('POST', '/services/changes', {
    services: [{ id: 'shop/cart', revision: 0 }],
    set: { owner: 'Ann' },
  });
  expect(owners.body.changed).toMatchObject([{ owner: 'Ann', phase: 'discovered' }]);
});

test('of many services those whose gate is shut enter with a reason, which the history keeps for each of them', async () => {
  const revision = async (id: string): Promise<number> =>
    (await call<{ services: Service[] }>('GET', '/services')).body.services.find((one) => one.id === id)?.revision ??
    -1;
  const services = [
    { id: 'shop/cart', revision: await revision('shop/cart') },
    { id: 'shop/log', revision: await revision('shop/log') },
  ];
  const set = { phase: 'migrated' };
  const refused = await call<BulkResult>('POST', '/services/changes', { services, set });
  expect(refused.body.refused.map(({ service }) => service).sort()).toEqual(['shop/cart', 'shop/log']);
  const override = { reason: 'both are tried out elsewhere' };
  const { body } = await call<BulkResult>('POST', '/services/changes', { services, set, override });
  expect(body.refused).toEqual([]);
  expect(body.changed.map(({ id, phase, share }) => [id, phase, share]).sort()).toEqual([
    ['shop/cart', 'migrated', 100],
    ['shop/log', 'migrated', 100],
  ]);
  const history = await call<{ entries: readonly unknown[] }>('GET', '/history?limit=20');
  const kept = history.body.entries.filter((entry) => JSON.stringify(entry).includes(override.reason));
  expect(kept).toHaveLength(2);
});
