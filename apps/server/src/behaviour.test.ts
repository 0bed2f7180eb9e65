import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Behaviour,
  type ImportJob,
  type Migration,
  routes,
  type ServiceBehaviour,
  type Simulation,
  type SimulationModel,
  type Workbench,
} from '@isthmus/contract';
import { type SimulationModel as CompiledModel, simulate as decide } from '@isthmus/equivalence';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-behaviour-'));
let server: RunningServer;
let migration: string;

const service = (name: string): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: sales}
spec: {selector: {app: ${name}}, ports: [{port: 80, name: http, appProtocol: http}]}
---
`;
const mesh = `${service('seats')}${service('quiet')}apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec:
  hosts: [seats]
  http:
    - match: [{headers: {x-cabin: {exact: crew}}}]
      route: [{destination: {host: seats}}]
    - match: [{uri: {prefix: /cabin}}]
      directResponse: {status: 418}
    - route: [{destination: {host: seats}}]
`;

const headers = { 'content-type': 'application/json' };

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(`${server.url}/api/v1${path}`, init)).json()) as T;
}

async function behaviour(query = ''): Promise<Behaviour> {
  const found = await call<Behaviour>(`/migrations/${migration}/behaviour${query}`);
  expect([...Value.Errors(routes.getBehaviour.response, found)].slice(0, 3)).toEqual([]);
  return found.complete ? found : behaviour(query);
}

const simulate = (body: object): Promise<Response> =>
  fetch(`${server.url}/api/v1/migrations/${migration}/simulate`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      service: 'sales/seats',
      client: { namespace: 'web', labels: { app: 'web' } },
      method: 'GET',
      path: '/',
      headers: {},
      ...body,
    }),
  });

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
  migration = (await call<Migration>('/migrations', { method: 'POST', headers, body: '{"name":"Test"}' })).id;
  const form = new FormData();
  form.append('files', new Blob([mesh]), 'mesh.yaml');
  await finish(await call<ImportJob>(`/migrations/${migration}/snapshots`, { method: 'POST', body: form }));
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('services are compared and counted, one row each', async () => {
  const { verified, services, rows, next, tally } = await behaviour();
  expect({ verified, services, next }).toEqual({ verified: 2, services: 2, next: 2 });
  expect(rows.map(({ service: of, routing }) => [of, routing.verdict])).toEqual([
    ['sales/quiet', 'same'],
    ['sales/seats', 'differs'],
  ]);
  expect(tally.routing).toMatchObject({ same: 1, differs: 1, undecided: 0, accepted: 0 });
});

test('rows are filtered by verdict, aspect and namespace, and continued', async () => {
  const names = async (query: string) => (await behaviour(query)).rows.map((row) => row.service);
  expect(await names('?verdict=differs&aspect=routing')).toEqual(['sales/seats']);
  expect(await names('?verdict=undecided')).toEqual([]);
  expect(await names('?namespace=web')).toEqual([]);
  expect(await names('?from=1')).toEqual(['sales/seats']);
  expect((await fetch(`${server.url}/api/v1/migrations/${migration}/behaviour?aspect=access`)).status).toBe(400);
});

test('the counterexample of a service leads to both rules in the workbench, and to the same in the simulator', async () => {
  const found = await call<ServiceBehaviour>(`/migrations/${migration}/behaviour/sales/seats`);
  expect([...Value.Errors(routes.getServiceBehaviour.response, found)].slice(0, 3)).toEqual([]);
  const [worst] = found.verdicts;
  expect(worst).toMatchObject({ aspect: 'routing', verdict: 'differs', port: 80, clients: 'all clients' });
  const { before, after, request, client } = worst?.counterexample ?? {};
  expect(before?.rule).toMatchObject({ kind: 'VirtualService', resource: 0, path: 'spec.http[1].match[0]' });
  if (after?.rule !== undefined) {
    const { line, name } = after.rule;
    const workbench = await call<Workbench>(`/migrations/${migration}/workbench?service=sales/seats`);
    const document = workbench.after.find(({ resource }) => resource.name === name);
    expect(document?.text.split('\n')[(line ?? 0) - 1]).toMatch(/\S/);
  }
  const answer = await simulate({ ...request, client, port: 80 });
  const simulation = (await answer.json()) as Simulation;
  expect([...Value.Errors(routes.simulate.response, simulation)].slice(0, 3)).toEqual([]);
  expect(simulation.before).toMatchObject({ decision: before?.decision, answer: { status: 418 } });
  expect(simulation.after.decision).toBe(after?.decision);
  expect(simulation.differences).not.toEqual([]);
});

test('a request is simulated with the names that stand to reason', async () => {
  const simulation = (await (
    await simulate({ path: '/seats?x=1', headers: { 'X-Cabin': ['crew'] } })
  ).json()) as Simulation;
  expect(simulation).toMatchObject({ ports: [80], port: 80, authority: 'seats.sales' });
  expect(simulation.before.seen).toMatchObject([{ path: '/seats?x=1', headers: { 'x-cabin': ['crew'] } }]);
  expect((await simulate({ service: 'sales/none' })).status).toBe(404);
  expect((await simulate({ port: 81 })).status).toBe(404);
  expect((await simulate({ path: 'seats' })).status).toBe(400);
  expect((await fetch(`${server.url}/api/v1/migrations/${migration}/behaviour/sales/none`)).status).toBe(404);
});

test('what decides all requests of a client is sent once, and decides here as the server does', async () => {
  const ask = (body: object): Promise<Response> =>
    fetch(`${server.url}/api/v1/migrations/${migration}/simulation-model`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ service: 'sales/seats', client: { namespace: 'web', labels: {} }, ...body }),
    });
  const { ports, port, model } = (await (await ask({})).json()) as SimulationModel;
  expect({ ports, port }).toEqual({ ports: [80], port: 80 });
  for (const path of ['/', '/seats?x=1', '/../..']) {
    const there = (await (await simulate({ path, client: { namespace: 'web', labels: {} } })).json()) as Simulation;
    const request = { method: 'GET', authority: 'seats.sales', path, headers: {} };
    const { before, after, differences } = decide(model as CompiledModel, request);
    expect({ before, after, differences }).toMatchObject({
      before: there.before,
      after: there.after,
      differences: there.differences,
    });
  }
  expect((await ask({ service: 'sales/none' })).status).toBe(404);
  expect((await ask({ port: 81 })).status).toBe(404);
  expect((await ask({ service: 'seats' })).status).toBe(400);
});

test('an accepted difference is counted as such at once', async () => {
  const { revision } = await call<Migration>(`/migrations/${migration}`);
  const accepted = [{ service: 'sales/seats', aspect: 'routing', reason: 'nobody asks the teapot' }];
  const change = { revision, settings: { accepted } };
  const changed = await call<Migration>(`/migrations/${migration}`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify(change),
  });
  expect(changed.settings.accepted).toEqual(accepted);
  const { rows, tally } = await behaviour('?verdict=accepted');
  expect(rows.map((row) => row.service)).toEqual(['sales/seats']);
  expect(tally.routing).toMatchObject({ same: 1, differs: 0, accepted: 1 });
  const { verdicts } = await call<ServiceBehaviour>(`/migrations/${migration}/behaviour/sales/seats`);
  expect(verdicts.find(({ aspect }) => aspect === 'routing')).toMatchObject({ accepted: 'nobody asks the teapot' });
});

test('the report holds the verdicts where they are asked for', async () => {
  const report = `/migrations/${migration}/report`;
  const { equivalence } = await call<{ equivalence: readonly { service: string; verdict: string }[] }>(
    `${report}?verify=true`,
  );
  expect(equivalence.filter(({ verdict }) => verdict === 'differs').map((one) => one.service)).toContain('sales/seats');
  expect(await call(report)).not.toHaveProperty('equivalence');
  const page = await (await fetch(`${server.url}/api/v1${report}.html?verify=true`)).text();
  expect(page).toContain('<h2>Behaviour</h2>');
});
