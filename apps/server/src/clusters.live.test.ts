import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readingRights } from '@isthmus/cluster/model';
import type {
  ChangedVerdicts,
  Changes,
  CheckList,
  Drift,
  EvidenceList,
  Gate,
  ImportJob,
  LiveInventory,
  Migration,
  ServiceGates,
} from '@isthmus/contract';
import { type JsonObject, readManifest } from '@isthmus/kubernetes';
import { type ApiServer, sharedPath, startApiServer, type Written } from '@isthmus/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const definitions = sharedPath('schemas/istio/crds.yaml');
const kongMesh = sharedPath('schemas/kong-mesh-2.14');
const api: ApiServer | undefined = definitions === undefined ? undefined : await startApiServer();
const live = api as ApiServer;
if (api === undefined) console.warn('Skipped: the API server was not built, or etcd or the reference data is missing.');

const data = mkdtempSync(join(tmpdir(), 'isthmus-clusters-'));
let server: RunningServer | undefined;
afterAll(async () => {
  await server?.close();
  await api?.stop();
  rmSync(data, { recursive: true, force: true });
});

const read = (path: string): JsonObject[] =>
  readManifest(path, readFileSync(path)).resources.map(({ object }) => object);

const answers: string[] = [];
async function ask<Value>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Value }> {
  const answer = await fetch(`${server?.url}/api/v1${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  answers.push(text);
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as Value };
}

async function until<Value>(path: string, holds: (value: Value) => boolean): Promise<Value> {
  for (const end = Date.now() + 60_000; ; ) {
    const { body } = await ask<Value>('GET', path);
    if (holds(body)) return body;
    if (Date.now() > end) throw new Error(`${path} stays ${JSON.stringify(body).slice(0, 3000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const finished = (job: string): Promise<ImportJob> =>
  until<ImportJob>(`/imports/${job}`, ({ state }) => state === 'done' || state === 'failed');

const pod = (name: string, images: Record<string, string>): Written => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'sales', name, labels: { app: 'seats' } },
  spec: { containers: Object.entries(images).map(([container, image]) => ({ name: container, image })) },
  status: { phase: 'Running', podIP: '10.1.0.9', conditions: [{ type: 'Ready', status: 'True' }] },
});

const slice = (...pods: readonly string[]): Written => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace: 'sales', name: 'seats-1', labels: { 'kubernetes.io/service-name': 'seats' } },
  addressType: 'IPv4',
  ports: [{ port: 80 }],
  endpoints: pods.map((name) => ({
    addresses: ['10.1.0.9'],
    conditions: { ready: true },
    targetRef: { kind: 'Pod', name, namespace: 'sales' },
  })),
});

describe.skipIf(api === undefined || kongMesh === undefined)('a migration with a live cluster', () => {
  let migration = '';
  let token = '';
  let few = '';
  beforeAll(async () => {
    const wanted = new Set([
      'VirtualService',
      'DestinationRule',
      'AuthorizationPolicy',
      'PeerAuthentication',
      'Sidecar',
    ]);
    const policies = new Set(['MeshTimeout', 'MeshHTTPRoute', 'MeshRetry', 'MeshTrafficPermission', 'MeshTLS']);
    const all = [
      ...read(definitions as string),
      ...readdirSync(kongMesh as string).flatMap((name) => read(join(kongMesh as string, name))),
    ] as Written[];
    await live.define(all.filter(({ spec }) => wanted.has(spec?.names?.kind) || policies.has(spec?.names?.kind)));
    await live.create([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kong-mesh-system' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'sales', labels: { 'istio-injection': 'enabled' } } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace: 'sales', name: 'seats' },
        spec: { selector: { app: 'seats' }, ports: [{ name: 'http', port: 80, appProtocol: 'http' }] },
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { namespace: 'sales', name: 'seats' },
        spec: { hosts: ['seats'], http: [{ timeout: '3s', route: [{ destination: { host: 'seats' } }] }] },
      },
      pod('seats-1', { app: 'seats:1', 'istio-proxy': 'istio/proxyv2:1.29.1' }),
      slice('seats-1'),
    ]);
    const [role] = readingRights('default/reader') as [Written];
    token = await live.account('reader', role.rules);
    few = await live.account('few', [
      { apiGroups: ['', 'apps'], resources: ['namespaces', 'services'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['networking.istio.io'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
    ]);
    const east = live.kubeconfig('east', token);
    server = await startServer({
      host: '127.0.0.1',
      port: 0,
      data,
      clusters: { programs: [], kubeconfigs: [east], inCluster: false },
    });
    migration = (await ask<Migration>('POST', '/migrations', { name: 'Live' })).body.id;
  }, 120_000);

  test('knows which contexts there are, and connects one after a look at it', async () => {
    const { body } = await ask<{ contexts: unknown[]; rights: string }>('GET', '/contexts');
    expect(body.contexts).toEqual([{ name: 'east', server: live.url, isCurrent: true }]);
    expect(body.rights).toContain('kind: ClusterRole');
    const wrong = await ask<{ code: string; detail: string }>('POST', `/migrations/${migration}/clusters`, {
      name: 'east',
      connection: { kind: 'context', context: 'north' },
    });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'cluster-connection' } });
    const connection = { kind: 'context', context: 'east' };
    const made = await ask('POST', `/migrations/${migration}/clusters`, { name: 'east', connection });
    expect(made).toMatchObject({ status: 201, body: { name: 'east', connection } });
    expect((await ask('POST', `/migrations/${migration}/clusters`, { name: 'east', connection })).status).toBe(409);
  });

  test('does not run the program of a kubeconfig that somebody names by its path', async () => {
    const path = join(data, 'exec.yaml');
    const proof = join(data, 'it-ran');
    const text = readFileSync(join(live.folder, 'east.kubeconfig'), 'utf8');
    writeFileSync(
      path,
      text.replace(
        /user: \{token: .*\}\}\]/,
        `user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: ["${proof}"]}}}]`,
      ),
    );
    const refused = await ask('POST', `/migrations/${migration}/clusters`, {
      name: 'west',
      connection: { kind: 'file', path },
    });
    expect(refused).toMatchObject({ status: 422, body: { code: 'cluster-program' } });
    expect(readdirSync(data)).not.toContain('it-ran');
    const relative = { name: 'west', connection: { kind: 'file', path: 'config' } };
    expect((await ask('POST', `/migrations/${migration}/clusters`, relative)).status).toBe(400);
  });

  test('reads it into a snapshot, like an upload', async () => {
    const { body } = await ask<ImportJob>('POST', `/migrations/${migration}/clusters/snapshot`);
    const job = await finished(body.id);
    expect(job).toMatchObject({ state: 'done', clusters: [{ name: 'east', unread: [] }] });
    expect(job.clusters?.[0]?.kinds.every(({ state }) => state === 'read')).toBe(true);
    const { body: list } = await ask<{ resources: { name: string; file: string }[] }>(
      'GET',
      `/migrations/${migration}/resources`,
    );
    expect(list.resources).toMatchObject([
      { name: 'seats', file: expect.stringContaining('virtualservices.networking.istio.io.yaml') },
    ]);
  });

  test('shows what it is now, and follows it', async () => {
    const path = `/migrations/${migration}/clusters/east/inventory?pods=sales`;
    const first = await until<LiveInventory>(path, ({ state }) => state === 'watching');
    expect(first).toMatchObject({
      services: expect.arrayContaining([
        expect.objectContaining({ name: 'seats', ready: expect.objectContaining({ istio: 1 }) }),
      ]),
      pods: [{ name: 'seats-1', claim: 'istio', injected: 'istio', proxies: [{ version: '1.29.1' }] }],
      alarms: [],
      unread: [],
    });
    await live.create([
      pod('seats-2', { app: 'seats:1', 'istio-proxy': 'istio/proxyv2:1', 'kuma-sidecar': 'kuma-dp:2' }),
    ]);
    const alarmed = await until<LiveInventory>(path, ({ alarms }) => alarms.length > 0);
    expect(alarmed.alarms).toMatchObject([{ namespace: 'sales', pod: 'seats-2' }]);
    await live.send('DELETE', '/api/v1/namespaces/sales/pods/seats-2');
    expect((await ask('GET', `/migrations/${migration}/clusters/north/inventory`)).status).toBe(404);
  });

  test('says how it differs from the snapshot, and which services that is about', async () => {
    const path = `/migrations/${migration}/drift`;
    const calm = await until<Drift>(path, ({ clusters }) => clusters[0]?.state === 'watching');
    expect(calm.clusters).toMatchObject([{ name: 'east', ofSnapshot: true, total: 0 }]);
    const patch = { spec: { http: [{ timeout: '9s', route: [{ destination: { host: 'seats' } }] }] } };
    const object = '/apis/networking.istio.io/v1/namespaces/sales/virtualservices/seats';
    await live.send('PATCH', object, patch, 'application/merge-patch+json');
    await live.create([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'later' } }]);
    const drift = await until<Drift>(path, ({ clusters }) => clusters[0]?.total === 2);
    expect(drift.clusters[0]?.changes).toMatchObject([
      {
        change: 'changed',
        ref: { kind: 'VirtualService', name: 'seats' },
        fields: [{ change: 'changed', path: 'spec.http[0].timeout' }],
      },
      { change: 'new', ref: { kind: 'Namespace', name: 'later' } },
    ]);
    expect(drift.services).toEqual([{ id: 'sales/seats', phase: 'discovered' }]);
    expect(drift.appliedCounts.missing).toBeGreaterThan(0);
    expect(drift.applied.every(({ state }) => state === 'missing' || state === 'unknown')).toBe(true);
  });

  test('translates what the cluster holds beside the snapshot: resources, results, verdicts, reviews', async () => {
    const live = `/migrations/${migration}/changes?to=live`;
    expect(await ask('GET', live)).toMatchObject({ status: 404, body: { code: 'not-read' } });
    const service = `/migrations/${migration}/services/sales/seats`;
    const review = { revision: 0, phase: 'reviewed', override: { reason: 'Looked at by hand.' } };
    expect((await ask('PATCH', service, review)).status).toBe(200);
    const { body: begun } = await ask<ImportJob>('POST', `/migrations/${migration}/drift`);
    expect(await finished(begun.id)).toMatchObject({ state: 'done', clusters: [{ name: 'east' }] });
    const { body: changed } = await ask<Changes>('GET', live);
    expect(changed).toMatchObject({ from: { number: 1 }, to: { number: null } });
    expect(changed.sources).toMatchObject([
      { change: 'added', kind: 'Namespace', name: 'later', cluster: 'east' },
      {
        change: 'changed',
        kind: 'VirtualService',
        fields: [{ path: 'spec.http[0].timeout', before: '"3s"', after: '"9s"' }],
      },
    ]);
    expect(changed.results.filter(({ change }) => change === 'changed')).toMatchObject([
      { kind: 'MeshTimeout', fields: [{ before: '"3s"', after: '"9s"' }] },
    ]);
    const judged = await until<ChangedVerdicts>(
      `/migrations/${migration}/changes/verdicts?to=live`,
      ({ complete }) => complete,
    );
    expect(judged.decisions).toMatchObject([
      { what: 'phase', subject: 'sales/seats', detail: 'reviewed', holds: false },
    ]);
    const { body: list } = await ask<{ snapshots: unknown[] }>('GET', `/migrations/${migration}/snapshots`);
    expect(list.snapshots).toHaveLength(1);
    expect((await ask('PATCH', service, { revision: 1, phase: 'discovered' })).status).toBe(200);
  });

  test('puts what the cluster shows beside the recorded phase', async () => {
    const path = `/migrations/${migration}/evidence`;
    const before = await until<EvidenceList>(path, ({ state }) => state === 'watching');
    expect(before.services.find(({ service }) => service === 'sales/seats')).toMatchObject({
      phase: 'discovered',
      shows: 'istio',
      istio: 1,
      kongMesh: 0,
    });
    await live.create([pod('seats-3', { app: 'seats:1', 'kuma-sidecar': 'kong/kuma-dp:2.14.0' })]);
    await live.send('PUT', '/apis/discovery.k8s.io/v1/namespaces/sales/endpointslices/seats-1', slice('seats-3'));
    const after = await until<EvidenceList>(path, ({ services }) =>
      services.some(({ shows }) => shows === 'kong-mesh'),
    );
    expect(after.services.find(({ service }) => service === 'sales/seats')).toMatchObject({
      kongMesh: 1,
      disagreement: 'Kong Mesh serves it already: 1 ready endpoint, and none of Istio.',
      suggestion: 'migrated',
    });
  });

  test('keeps the gate to a phase shut that the cluster does not show', async () => {
    const { status, body } = await ask<ServiceGates>('GET', `/migrations/${migration}/services/sales/seats/gates`);
    expect(status, JSON.stringify(body)).toBe(200);
    const said = new Map(
      body.gates.flatMap(({ to, conditions }) =>
        conditions.flatMap((one) => (one.id === 'cluster' ? [[to, one] as const] : [])),
      ),
    );
    expect(said.get('bridged')).toMatchObject({
      state: 'fails',
      detail: expect.stringMatching(/of its policies (?:is|are) missing or changed in the cluster/),
    });
    expect(said.get('translated')).toMatchObject({ state: 'holds' });
    const refused = await ask<{ code: string; gate: Gate }>('PATCH', `/migrations/${migration}/services/sales/seats`, {
      revision: 2,
      phase: 'bridged',
    });
    expect(refused).toMatchObject({ status: 422, body: { code: 'gate', gate: { open: false } } });
    expect(refused.body.gate.conditions.map(({ id }) => id)).toContain('cluster');
  });

  test('with few rights reads what it may; checks of what is missing are skipped with the reason', async () => {
    const { body: other } = await ask<Migration>('POST', '/migrations', { name: 'Few' });
    const path = live.kubeconfig('few', few);
    await ask('POST', `/migrations/${other.id}/clusters`, { name: 'few', connection: { kind: 'file', path } });
    const { body } = await ask<ImportJob>('POST', `/migrations/${other.id}/clusters/snapshot`);
    const job = await finished(body.id);
    expect(job.state).toBe('done');
    expect(job.clusters?.[0]?.unread).toContainEqual(
      expect.objectContaining({ kind: 'Pod', failure: 'forbidden', grant: expect.stringContaining('default:few') }),
    );
    const { body: list } = await ask<CheckList>('GET', `/migrations/${other.id}/checks`);
    const skipped = list.checks.filter(
      ({ state, reason }) => state === 'skipped' && reason?.includes('could not be read'),
    );
    expect(skipped.length).toBeGreaterThan(10);
    expect((await ask('DELETE', `/migrations/${other.id}/clusters/few`)).status).toBe(204);
    expect((await ask('DELETE', `/migrations/${other.id}/clusters/few`)).status).toBe(404);
    expect((await ask('POST', `/migrations/${other.id}/clusters/snapshot`)).status).toBe(409);
  });

  test('takes two clusters that hold the same names for one estate, and compares each with its own part', async () => {
    const { body: both } = await ask<Migration>('POST', '/migrations', { name: 'Both' });
    const connection = { kind: 'context', context: 'east' };
    for (const name of ['east', 'west']) await ask('POST', `/migrations/${both.id}/clusters`, { name, connection });
    const { body } = await ask<ImportJob>('POST', `/migrations/${both.id}/clusters/snapshot`);
    const job = await finished(body.id);
    expect(job).toMatchObject({ state: 'done', clusters: [{ name: 'east' }, { name: 'west' }] });
    const drift = await until<Drift>(`/migrations/${both.id}/drift`, ({ clusters }) =>
      clusters.every(({ state }) => state === 'watching'),
    );
    expect(drift.clusters).toMatchObject([
      { name: 'east', ofSnapshot: true, total: 0 },
      { name: 'west', ofSnapshot: true, total: 0 },
    ]);
    const { body: findings } = await ask<{ diagnostics: { code: string }[] }>(
      'GET',
      `/migrations/${both.id}/diagnostics`,
    );
    expect(findings.diagnostics.map(({ code }) => code)).not.toContain('ISTHMUS-EST-002');
  });

  test('compares an upload with a cluster by what its manifests say', async () => {
    const { body: upload } = await ask<Migration>('POST', '/migrations', { name: 'Upload' });
    const manifest = (timeout: string): string => `apiVersion: v1
kind: Service
metadata: {namespace: sales, name: seats}
spec: {selector: {app: seats}, ports: [{name: http, port: 80, appProtocol: http}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {namespace: sales, name: seats}
spec: {hosts: [seats], http: [{timeout: ${timeout}, route: [{destination: {host: seats}}]}]}
`;
    const form = new FormData();
    form.append('files', new Blob([manifest('1s')]), 'seats.yaml');
    const sent = await fetch(`${server?.url}/api/v1/migrations/${upload.id}/snapshots`, { method: 'POST', body: form });
    await finished(((await sent.json()) as ImportJob).id);
    const connection = { kind: 'context', context: 'east' };
    await ask('POST', `/migrations/${upload.id}/clusters`, { name: 'east', connection });
    const drift = await until<Drift>(
      `/migrations/${upload.id}/drift`,
      ({ clusters }) => clusters[0]?.state === 'watching',
    );
    expect(drift.clusters[0]?.ofSnapshot).toBe(false);
    expect(drift.clusters[0]?.changes.filter(({ change }) => change === 'changed')).toMatchObject([
      { ref: { kind: 'VirtualService', name: 'seats' }, fields: [{ change: 'changed', path: 'spec.http[0].timeout' }] },
    ]);
    expect(drift.services).toEqual([{ id: 'sales/seats', phase: 'discovered' }]);
  });

  test('never stores or tells a credential', () => {
    const stored = readdirSync(data).map((name) => readFileSync(join(data, name)));
    for (const secret of [token, few]) {
      const [, , signature = ''] = secret.split('.');
      expect(signature.length).toBeGreaterThan(100);
      for (const bytes of stored) expect(bytes.includes(signature)).toBe(false);
      for (const text of answers) expect(text).not.toContain(signature);
    }
    expect(stored.length).toBeGreaterThan(0);
  });

  test('sent nothing but get, list and watch', () => {
    const mine = live.audit().filter(({ user }) => user.username.startsWith('system:serviceaccount:'));
    expect([...new Set(mine.map(({ verb }) => verb))].sort()).toEqual(['get', 'list', 'watch']);
  });
});
