import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type AccessView,
  type Behaviour,
  type ImportJob,
  type Migration,
  type Plan,
  routes,
  type ServiceBehaviour,
  type ServiceGates,
  type Simulation,
  type StoredPlan,
  type WaveStages,
  type WorkloadAccess,
} from '@isthmus/contract';
import { calledWorkload } from '@isthmus/testkit';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-one-cluster-'));
let server: RunningServer;
let migration: string;

const guardedFor = (account: string): string => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats, namespace: sales}
spec:
  selector: {matchLabels: {app: seats}}
  rules: [{from: [{source: {principals: [cluster.local/ns/sales/sa/${account}]}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec: {hosts: [seats], http: [{redirect: {uri: /${account}}}]}
`;
const files = {
  'cluster=east/a.yaml': `${calledWorkload('seats')}${calledWorkload('web')}${guardedFor('web')}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: sales}
spec: {hosts: [web.sales.svc.cluster.local], http: [{match: [{uri: {prefix: /shop}}], route: [{destination: {host: shop.sales.svc.cluster.local}}]}, {route: [{destination: {host: web.sales.svc.cluster.local}}]}]}
`,
  'cluster=west/a.yaml': calledWorkload('seats') + calledWorkload('shop') + guardedFor('shop'),
};

const headers = { 'content-type': 'application/json' };
const at = (path: string): string => `${server.url}/api/v1${path}`;
const ask = (path: string, init?: RequestInit) => fetch(at(`/migrations/${migration}${path}`), init);
async function read<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await ask(path, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function whole<T extends { complete: boolean }>(path: string): Promise<T> {
  const found = await read<T>(path);
  return found.complete ? found : whole(path);
}

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  const created = await fetch(at('/migrations'), { method: 'POST', headers, body: '{"name":"Test"}' });
  const { id, revision } = (await created.json()) as Migration;
  migration = id;
  const body = JSON.stringify({ revision, settings: { complete: true } });
  await fetch(at(`/migrations/${id}`), { method: 'PATCH', headers, body });
  const form = new FormData();
  for (const [path, text] of Object.entries(files)) form.append('files', new Blob([text]), path);
  const job = await read<ImportJob>('/snapshots', { method: 'POST', body: form });
  for (let state: string = job.state; state !== 'done'; ) {
    state = ((await (await fetch(at(`/imports/${job.id}`))).json()) as ImportJob).state;
    if (state === 'failed') throw new Error('the import failed');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('access is compared in each cluster by itself, or in the one that is chosen', async () => {
  const all = await whole<AccessView>('/access');
  expect([...Value.Errors(routes.getAccess.response, all)].slice(0, 3)).toEqual([]);
  expect(all.clusters).toEqual(['east', 'west']);
  const mayCall = ({ rows }: Pick<AccessView, 'rows'>) =>
    rows
      .filter(({ workload, before, aspect }) => `${aspect} ${workload} ${before}` === 'access sales/seats may call')
      .map(({ cluster, callers }) => [cluster, callers]);
  // Merged, the account of either cluster would be let in by both.
  expect(mayCall(all)).toEqual([
    ['east', ['sales/web']],
    ['west', ['sales/shop']],
  ]);
  expect(new Set(all.rows.map(({ id }) => id)).size).toBe(all.rows.length);
  const east = await whole<AccessView>('/access?cluster=east');
  expect([east.clusters, mayCall(east), east.workloads]).toEqual([
    ['east', 'west'],
    [['east', ['sales/web']]],
    all.workloads / 2,
  ]);
  expect(mayCall(await read<WorkloadAccess>('/access/sales/seats?cluster=west'))).toEqual([['west', ['sales/shop']]]);
  expect(mayCall(await read<WorkloadAccess>('/access/sales/seats'))).toHaveLength(2);
  expect((await ask('/access/sales/web?cluster=west')).status).toBe(404);
  const table = await (await ask('/access.csv?cluster=west&verdict=same')).text();
  expect(table).toContain('access,sales/shop,,sales/seats,west,80,may call,may call,same');
  expect(table).not.toContain(',east,');
  const before = await whole<AccessView>('/access?phase=discovered&cluster=west');
  expect(new Set(before.rows.map(({ cluster }) => cluster))).toEqual(new Set(['west']));
});

test('requests are compared and simulated in the cluster that is chosen, and rules lead to its resources', async () => {
  const all = await whole<Behaviour>('/behaviour');
  expect([all.clusters, all.services]).toEqual([['east', 'west'], 3]);
  const west = await whole<Behaviour>('/behaviour?cluster=west');
  expect(west.rows.map(({ service }) => service)).toEqual(['sales/seats', 'sales/shop']);
  const { verdicts } = await read<ServiceBehaviour>('/behaviour/sales/seats?cluster=west');
  expect(new Set(verdicts.map(({ clients }) => clients))).toEqual(new Set(['all clients']));
  const each = await read<ServiceBehaviour>('/behaviour/sales/seats');
  expect([...Value.Errors(routes.getServiceBehaviour.response, each)].slice(0, 3)).toEqual([]);
  expect(new Set(each.verdicts.map(({ cluster, clients }) => `${cluster}: ${clients}`))).toEqual(
    new Set(['east: all clients of cluster east', 'west: all clients of cluster west']),
  );
  expect((await ask('/behaviour/sales/none')).status).toBe(404);
  const request = { service: 'sales/seats', client: { namespace: 'sales', labels: {} }, method: 'GET', path: '/' };
  const simulate = (cluster: string) =>
    read<Simulation>('/simulate', {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...request, cluster, headers: {} }),
    });
  for (const [cluster, path, resource] of [
    ['east', '/web', 1],
    ['west', '/shop', 4],
  ] as const) {
    const { before } = await simulate(cluster);
    expect([before.answer?.location, before.rule?.resource], cluster).toEqual([`http://seats.sales${path}`, resource]);
  }
});

test('gates look at each cluster by itself, and stay shut for calls between them that nobody compared', async () => {
  const conditions = async (service: string, to: string) => {
    const { gates } = await read<ServiceGates>(`/services/${service}/gates`);
    return new Map(gates.find((gate) => gate.to === to)?.conditions.map((one) => [one.id, one]));
  };
  const bridged = await conditions('sales/seats', 'bridged');
  // Nobody of one cluster is let in by the permissions of the other.
  expect(bridged.get('access-in-phase')).toMatchObject({ state: 'holds' });
  expect(bridged.get('between-clusters')).toMatchObject({ state: 'holds' });
  expect((await conditions('sales/web', 'bridged')).get('between-clusters')).toMatchObject({
    state: 'fails',
    evidence: [
      { text: 'sales/web of east calls sales/shop of west, and no cluster holds both.', service: 'sales/shop' },
    ],
  });
  expect((await conditions('sales/seats', 'migrated')).has('between-clusters')).toBe(true);
});

test('a cluster that the snapshot does not have is not found', async () => {
  for (const path of ['/access', '/access/sales/seats', '/access.csv', '/behaviour', '/behaviour/sales/seats'])
    expect((await ask(`${path}?cluster=north`)).status, path).toBe(404);
});

test('the bundle of a plan has a folder for each cluster, with what is done to that one', async () => {
  const read = async (query: string): Promise<string[]> => {
    const bytes = new Uint8Array(await (await ask(`/plan/bundle?format=tar.gz${query}`)).arrayBuffer());
    // Names of a tar stand before their zeros, at the beginning of a block of 512 bytes.
    const text = gunzipSync(bytes).toString('latin1');
    return [...text.matchAll(/((?:cluster=\w+\/)?[\w./-]+\.(?:md|html|yaml|sh))\0/g)].map(
      (match) => match[1] as string,
    );
  };
  const all = await read('');
  expect(all).toEqual(expect.arrayContaining(['README.md', 'cluster=east/README.md', 'cluster=west/README.md']));
  expect(all.filter((path) => /^wave-/.test(path))).toEqual([]);
  const wave = await read('&wave=1');
  expect(wave.length).toBeGreaterThan(3);
  for (const path of wave) expect(path).toMatch(/^cluster=(?:east|west)\/wave-01\//);
});

test('stages, runbooks and paths are those of one cluster, the first that takes part or the one that is chosen', async () => {
  const stages = async (wave: number, query = '') => {
    const found = await read<WaveStages>(`/plan/waves/${wave}${query}`);
    expect([...Value.Errors(routes.getWave.response, found)].slice(0, 3)).toEqual([]);
    return found;
  };
  const { waves } = await read<Plan>('/plan');
  const waveOf = (service: string): number =>
    1 + waves.findIndex(({ groups }) => groups.some(({ services }) => services.includes(service)));
  // The service of either cluster alone, and the one of both.
  for (const [service, clusters] of [
    ['sales/web', ['east']],
    ['sales/shop', ['west']],
    ['sales/seats', ['east', 'west']],
  ] as const) {
    const wave = waveOf(service);
    const first = await stages(wave, `?service=${service}`);
    expect([first.clusters, first.cluster], service).toEqual([clusters, clusters[0]]);
    for (const cluster of clusters) {
      const own = await stages(wave, `?cluster=${cluster}`);
      expect([own.cluster, own.services.includes(service)], service).toEqual([cluster, true]);
      const commands = JSON.stringify(own.stages.map(({ steps }) => steps));
      const other = cluster === 'east' ? 'sales/shop' : 'sales/web';
      expect(own.services).not.toContain(other);
      if (wave === 1) expect(commands).toContain(`--zone ${cluster} `);
      const runbook = await ask(`/plan/waves/${wave}/runbook?cluster=${cluster}`);
      expect(runbook.headers.get('content-disposition')).toContain(`${cluster}-wave-${wave}.md`);
      expect(await runbook.text()).not.toContain(other);
    }
  }
  expect((await ask(`/plan/waves/${waveOf('sales/web')}?service=sales/web&cluster=west`)).status).toBe(404);
  expect((await ask('/plan/waves/1?cluster=north')).status).toBe(404);
  const path = (query: string) => ask(`/bridge/path?from=sales/seats&to=${query}`);
  expect(await (await path('sales/shop')).json()).toMatchObject({ cluster: 'west' });
  expect((await path('sales/shop&cluster=east')).status).toBe(404);
});

test('a plan of several clusters has a Universal form as long as services stay in their clusters', async () => {
  expect(await read('/plan')).toMatchObject({ forms: ['kubernetes', 'universal'], clusters: ['east', 'west'] });
  const stages = await read<WaveStages>('/plan/waves/1?form=universal&cluster=east');
  const policies = stages.stages.flatMap(({ added }) =>
    added.filter(({ kind, after = '' }) => kind !== 'Mesh' && after.startsWith('type: ')),
  );
  expect(policies.length).toBeGreaterThan(3);
  // At one control plane those of the other cluster have names of their own.
  for (const { name } of policies) expect(name).toMatch(/^east[.-]/);
  const { revision } = await read<StoredPlan>('/plan/settings');
  const body = JSON.stringify({ revision, settings: { topology: 'separate-clusters' } });
  await read('/plan/settings', { method: 'PATCH', headers, body });
  expect(await read('/plan')).toMatchObject({ forms: ['kubernetes'] });
  expect(await read('/plan/waves/1')).toMatchObject({ forms: ['kubernetes'] });
  for (const path of ['/plan/waves/1', '/plan/waves/1/runbook', '/plan/bundle']) {
    const answer = await ask(`${path}?form=universal`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('is for one zone')]);
  }
});
