import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImportJob, type Migration, type Plan, routes } from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-plan-'));
let server: RunningServer;
let migration: string;

const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: {selector: {app: ${name}}}\n---\n`;
const mesh = `${service('cart')}${service('pay')}apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  http:
    - route:
        - destination: {host: pay}
`;

const call = (path: string, init?: RequestInit): Promise<Response> => fetch(`${server.url}/api/v1${path}`, init);
async function json<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await call(path, init)).json()) as T;
}

async function planned(query = ''): Promise<Plan> {
  const found = await json<Plan>(`/migrations/${migration}/plan${query}`);
  expect([...Value.Errors(routes.getPlan.response, found)].slice(0, 3)).toEqual([]);
  return found;
}

const waves = ({ waves: all }: Plan): string[][] => all.map(({ groups }) => groups.flatMap(({ services }) => services));

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  const headers = { 'content-type': 'application/json' };
  migration = (await json<Migration>('/migrations', { method: 'POST', headers, body: '{"name":"Test"}' })).id;
}, 60_000);

afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('before anything is imported there is nothing to plan', async () => {
  expect(await json(`/migrations/${migration}/plan`)).toMatchObject({ code: 'no-snapshot' });
});

test('a plan has its answer, its waves, and calls with their places in the workbench', async () => {
  const form = new FormData();
  form.append('files', new Blob([mesh]), 'mesh.yaml');
  const { id } = await json<ImportJob>(`/migrations/${migration}/snapshots`, { method: 'POST', body: form });
  await expect.poll(async () => (await json<ImportJob>(`/imports/${id}`)).state, { timeout: 30_000 }).toBe('done');
  const plan = await planned();
  expect(plan.sentence).toBe('2 services move in 2 waves; at most 1 call crosses between the meshes at once.');
  expect(waves(plan)).toEqual([['shop/pay'], ['shop/cart']]);
  expect(plan.calls[0]?.evidence).toEqual([
    expect.objectContaining({ kind: 'route', index: 0, file: 'mesh.yaml', line: 18, column: 25 }),
  ]);
});

test('what it has to keep to stands in the query', async () => {
  expect(waves(await planned('?order=callers-first'))).toEqual([['shop/cart'], ['shop/pay']]);
  expect(waves(await planned('?excluded=shop/pay&most=1&oneNamespace=true'))).toEqual([['shop/cart']]);
  const { unkept } = await planned('?pinned=shop/cart=1,shop/pay=2');
  expect(unkept).toMatchObject([{ kind: 'order', services: ['shop/cart', 'shop/pay'] }]);
  expect((await planned('?confidence=1')).summary).toMatchObject({ calls: 0, weak: 1 });
});

test.each(['order=sideways', 'most=0', 'excluded=cart', 'pinned=shop/cart', 'confidence=2'])(
  '%s is refused',
  async (query) => {
    expect((await call(`/migrations/${migration}/plan?${query}`)).status).toBe(400);
  },
);
