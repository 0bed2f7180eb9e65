import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImportJob, type Migration, routes, type Service } from '@isthmus/contract';
import { defaultLimits } from '@isthmus/kubernetes';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'isthmus-server-'));
  folders.push(made);
  return made;
};
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data: folder() });
});
afterAll(async () => {
  await server.close();
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  base = server.url,
): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${base}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

/** A multipart body with file names as they are: FormData of a client may change them. */
async function upload(migration: string, files: Record<string, string>, base = server.url): Promise<Response> {
  const boundary = 'isthmus-test';
  const parts = Object.entries(files).map(
    ([name, text]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="files"; filename="${name}"\r\ncontent-type: text/plain\r\n\r\n${text}\r\n`,
  );
  return fetch(`${base}/api/v1/migrations/${migration}/snapshots`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${parts.join('')}--${boundary}--\r\n`,
  });
}

/** The last event of an import. */
async function finish(job: ImportJob, base = server.url): Promise<ImportJob> {
  const events = await (await fetch(`${base}/api/v1/imports/${job.id}/events`)).text();
  const last = events.slice(events.lastIndexOf('event: end'));
  return JSON.parse(last.slice(last.indexOf('data: ') + 6)) as ImportJob;
}

async function newMigration(files: Record<string, string>, base = server.url): Promise<string> {
  const { body } = await call<Migration>('POST', '/migrations', { name: 'Test' }, base);
  const answer = await upload(body.id, files, base);
  expect(answer.status).toBe(202);
  expect((await finish((await answer.json()) as ImportJob, base)).state).toBe('done');
  return body.id;
}

const shop = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80, name: http}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  http:
    - route:
        - destination: {host: cart}
`;

test('the sample is imported with one call and every view answers as the contract says', async () => {
  const { status, body: job } = await call<ImportJob>('POST', '/migrations/sample');
  expect(status).toBe(202);
  expect(await finish(job)).toMatchObject({ state: 'done', resources: 144 });
  const at = `/migrations/${job.migration}`;
  const views = {
    getOverview: '/overview',
    getInventory: '/inventory',
    listResources: '/resources',
    listDiagnostics: '/diagnostics?severity=blocker&limit=5',
    listServices: '/services',
    getBridge: '/bridge',
    getHistory: '/history',
    listSnapshots: '/snapshots',
  } as const;
  for (const [name, path] of Object.entries(views)) {
    const answer = await call<unknown>('GET', `${at}${path}`);
    expect(answer.status, path).toBe(200);
    const schema = routes[name as keyof typeof views].response;
    expect([...Value.Errors(schema, answer.body)].slice(0, 3), path).toEqual([]);
  }
  for (const query of ['resource=0', 'namespace=passenger']) {
    const workbench = await call<unknown>('GET', `${at}/workbench?${query}`);
    expect(workbench.status, query).toBe(200);
    expect([...Value.Errors(routes.getWorkbench.response, workbench.body)].slice(0, 3), query).toEqual([]);
  }
  expect((await call('GET', `${at}/workbench?service=no/where`)).status).toBe(404);
  expect((await call<{ reportVersion: number }>('GET', `${at}/report`)).body.reportVersion).toBe(1);
});

test('a field of the workbench points into the text that is shown', async () => {
  const id = await newMigration({ 'mesh/shop.yaml': shop });
  const { body } = await call<{
    before: { text: string; file: string; line: number }[];
    fields: { path: string; span?: { line: number; column: number; endColumn: number } }[];
  }>('GET', `/migrations/${id}/workbench?service=shop/cart`);
  expect(body.before).toMatchObject([{ file: 'mesh/shop.yaml', line: 6 }]);
  const field = body.fields.find(({ path }) => path === 'spec.http[0].route[0].destination.host');
  const line = body.before[0]?.text.split('\n')[(field?.span?.line ?? 0) - 1];
  expect(line?.slice((field?.span?.column ?? 0) - 1, (field?.span?.endColumn ?? 0) - 1)).toBe('cart');
});

test('an upload may hold several clusters, each named in front of its files', async () => {
  const { body: migration } = await call<Migration>('POST', '/migrations', { name: 'Two clusters' });
  const post = (...names: readonly string[]): Promise<Response> => {
    const form = new FormData();
    for (const name of names) {
      form.append('cluster', name);
      form.append('files', new Blob([shop]), 'shop.yaml');
    }
    return fetch(`${server.url}/api/v1/migrations/${migration.id}/snapshots`, { method: 'POST', body: form });
  };
  expect((await post('../east')).status).toBe(400);
  expect((await finish((await (await post('east', 'west')).json()) as ImportJob)).state).toBe('done');
  const at = `/migrations/${migration.id}`;
  const { body: report } = await call<{
    ledger: { resource: { cluster?: string; file: string } }[];
    resources: { kind: string; zone?: string; global?: boolean }[];
    diagnostics: { code: string }[];
  }>('GET', `${at}/report`);
  expect(report.ledger.map(({ resource: { cluster, file } }) => [cluster, file])).toEqual([
    ['east', 'cluster=east/shop.yaml'],
    ['west', 'cluster=west/shop.yaml'],
  ]);
  expect(report.diagnostics.map(({ code }) => code)).not.toContain('ISTHMUS-EST-002');
  expect(new Set(report.resources.map(({ zone }) => zone))).toEqual(new Set([undefined, 'east', 'west']));
  expect(report.resources).toContainEqual(expect.objectContaining({ kind: 'MeshMultiZoneService', global: true }));
  for (const path of [
    '/overview',
    '/inventory',
    '/services',
    '/resources',
    '/checks',
    '/plan',
    '/behaviour',
    '/access',
  ])
    expect((await call('GET', `${at}${path}`)).status, path).toBe(200);
});

test('of two editors the second gets a conflict with both values', async () => {
  const id = await newMigration({ 'a.yaml': shop });
  const path = `/migrations/${id}/services/shop/cart`;
  expect((await call('PATCH', path, { revision: 0, owner: 'Ann' })).status).toBe(200);
  const second = await call('PATCH', path, { revision: 0, owner: 'Bob' });
  expect(second).toMatchObject({
    status: 409,
    body: { code: 'conflict', current: { owner: 'Ann', revision: 1 }, attempted: { owner: 'Bob' } },
  });
  const bulk = await call<{ changed: Service[]; conflicts: Service[] }>('POST', `/migrations/${id}/services/changes`, {
    services: [{ id: 'shop/cart', revision: 1 }],
    set: { phase: 'bridged' },
    override: { reason: 'tried by hand' },
  });
  expect(bulk.body).toMatchObject({
    changed: [{ phase: 'bridged', owner: 'Ann', revision: 2 }],
    conflicts: [],
    refused: [],
  });
  expect((await call('PATCH', `/migrations/${id}/services/shop/none`, { revision: 0, note: '' })).status).toBe(404);
});

test('secrets are not stored, and a private key blocks while the import goes on', async () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----';
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2hunter2}\n';
  const id = await newMigration({ 'a.yaml': shop, 's.yaml': secret, 'tls.key': key });
  const { body } = await call<{ diagnostics: { code: string; file: string }[] }>(
    'GET',
    `/migrations/${id}/diagnostics`,
  );
  expect(body.diagnostics[0]).toMatchObject({ severity: 'blocker', file: 'tls.key' });
  const report = await fetch(`${server.url}/api/v1/migrations/${id}/report`);
  expect(await report.text()).not.toMatch(/hunter2hunter2|MIIEvQ/);
});

test('what is asked wrongly is refused with a problem document', async () => {
  const { body } = await call<Migration>('POST', '/migrations', { name: 'Test' });
  const traversal = await upload(body.id, { '../../etc/passwd.yaml': shop });
  expect([traversal.status, await traversal.json()]).toMatchObject([400, { code: 'unsafe-path' }]);
  expect(await call('POST', '/migrations', { name: '' })).toMatchObject({
    status: 400,
    body: { code: 'invalid-request' },
  });
  expect(await call('POST', '/migrations', { name: 'x', more: 1 })).toMatchObject({ status: 400 });
  expect(await call('POST', `/migrations/${body.id}/snapshots`, {})).toMatchObject({ status: 415 });
  expect(await call('GET', '/migrations/none')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  expect(await call('GET', `/migrations/${body.id}/overview`)).toMatchObject({
    status: 404,
    body: { code: 'no-snapshot' },
  });
  expect(await call('PATCH', `/migrations/${body.id}`, { revision: 7, name: 'y' })).toMatchObject({ status: 409 });
});

test('an upload above the limit is refused, and an import can be watched and cancelled', async () => {
  const limits = { ...defaultLimits, totalBytes: 1000 };
  const small = await startServer({ host: '127.0.0.1', port: 0, data: folder(), limits });
  try {
    const { body } = await call<Migration>('POST', '/migrations', { name: 'Test' }, small.url);
    const answer = await upload(body.id, { 'a.yaml': shop, 'b.yaml': '#'.repeat(2000) }, small.url);
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'too-large' }]);
    const { body: job } = await call<ImportJob>('POST', '/migrations/sample', undefined, small.url);
    expect((await call('DELETE', `/imports/${job.id}`, undefined, small.url)).status).toBe(204);
    expect((await finish(job, small.url)).state).toBe('cancelled');
    const snapshots = await call('GET', `/migrations/${job.migration}/snapshots`, undefined, small.url);
    expect(snapshots.body).toEqual({ snapshots: [] });
  } finally {
    await small.close();
  }
});

test('a client that comes back gets what it missed', async () => {
  const id = await newMigration({ 'a.yaml': shop });
  const abort = new AbortController();
  const events = await fetch(`${server.url}/api/v1/migrations/${id}/events`, {
    headers: { 'last-event-id': '0' },
    signal: abort.signal,
  });
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('event: snapshot')) text += (await reader?.read())?.value ?? '';
  await call('PATCH', `/migrations/${id}/services/shop/cart`, { revision: 0, note: 'seen' });
  while (!text.includes('"note":"seen"')) text += (await reader?.read())?.value ?? '';
  expect(text).toMatch(/id: \d+\nevent: services/);
  abort.abort();
});

function statusWith(headers: Record<string, string>, path = '/api/v1/migrations', base = server.url): Promise<number> {
  return new Promise((resolve, reject) => {
    rawRequest(`${base}${path}`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

test('other hosts’ names and other sites are refused, and every answer has the headers', async () => {
  expect(await statusWith({ host: 'evil.example' })).toBe(403);
  expect(await statusWith({ host: 'localhost:8420' })).toBe(200);
  expect(await statusWith({ origin: 'https://evil.example' })).toBe(403);
  expect(await statusWith({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  const { headers } = await fetch(`${server.url}/healthz`);
  expect(headers.get('content-security-policy')).toContain("default-src 'self'; script-src 'self';");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('an address for other machines needs a token, and with one every call does', async () => {
  await expect(startServer({ host: '0.0.0.0', port: 0, data: folder() })).rejects.toThrow('ISTHMUS_TOKEN');
  const guarded = await startServer({ host: '127.0.0.1', port: 0, data: folder(), token: 'open sesame' });
  try {
    const base = guarded.url;
    expect(await statusWith({}, '/api/v1/migrations', base)).toBe(401);
    expect(await statusWith({}, '/metrics', base)).toBe(401);
    expect(await statusWith({ authorization: 'Bearer wrong' }, '/api/v1/migrations', base)).toBe(401);
    expect(await statusWith({ authorization: 'Bearer open sesame' }, '/api/v1/migrations', base)).toBe(200);
    expect((await call('POST', '/session', { token: 'wrong' }, base)).status).toBe(401);
    const signedIn = await fetch(`${base}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: 'open sesame' }),
    });
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(await statusWith({ cookie: cookie.split(';')[0] ?? '' }, '/api/v1/migrations', base)).toBe(200);
  } finally {
    await guarded.close();
  }
});

test('the OpenAPI document describes the operations of the contract', async () => {
  const { paths } = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const unserved = Object.entries(routes).filter(
    ([, { method, path }]) => paths[`/api/v1${path.replace(/:(\w+)/g, '{$1}')}`]?.[method.toLowerCase()] === undefined,
  );
  expect(unserved).toEqual([]);
});

test('the bundle comes as an archive, the same bytes each time, and the report as a page without scripts', async () => {
  const id = await newMigration({ 'a.yaml': shop });
  const get = (path: string) => fetch(`${server.url}/api/v1/migrations/${id}/${path}`);
  for (const [format, magic] of [
    ['zip', 'PK'],
    ['tar.gz', '\u001f\u008b'],
  ] as const) {
    const answers = await Promise.all([get(`bundle?format=${format}`), get(`bundle?format=${format}`)]);
    const [first, second] = await Promise.all(answers.map(async (answer) => Buffer.from(await answer.arrayBuffer())));
    expect(answers[0]?.headers.get('content-disposition')).toContain(`kong-mesh-bundle.${format}`);
    expect(first?.subarray(0, 2).toString('latin1')).toBe(magic);
    expect(first?.equals(second as Buffer)).toBe(true);
  }
  expect((await get('bundle?format=rar')).status).toBe(400);
  expect((await get('bundle?form=helm')).status).toBe(400);
  const universal = await get('bundle?format=zip&form=universal');
  expect(universal.headers.get('content-disposition')).toContain('kong-mesh-universal-bundle.zip');
  // Names of files stand in a zip as they are.
  expect(Buffer.from(await universal.arrayBuffer()).includes('apply.sh')).toBe(true);
  const page = await get('report.html');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).not.toContain('<script');
});

test('after kill -9 everything acknowledged is there', async () => {
  const data = folder();
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const start = () =>
    new Promise<{ base: string; kill: () => Promise<void> }>((resolve, reject) => {
      const child = spawn(process.execPath, [main, '--port', '0', '--data', data, '--no-open']);
      const gone = new Promise<void>((done) => child.on('exit', () => done()));
      const kill = (): Promise<void> => {
        child.kill('SIGKILL');
        return gone;
      };
      child.on('error', reject);
      child.stdout.on('data', (text: Buffer) => {
        const base = /http:\S+/.exec(String(text))?.[0];
        if (base !== undefined) resolve({ base, kill });
      });
    });
  const first = await start();
  const id = await newMigration({ 'a.yaml': shop }, first.base);
  let edits = 0;
  const editing = (async () => {
    for (;;) {
      const { status } = await call(
        'PATCH',
        `/migrations/${id}/services/shop/cart`,
        { revision: edits, note: `edit ${edits + 1}` },
        first.base,
      );
      if (status === 200) edits++;
    }
  })().catch(() => undefined);
  await vi.waitFor(() => expect(edits).toBeGreaterThan(3), { timeout: 30_000, interval: 5 });
  await first.kill();
  await editing;
  const second = await start();
  const { body } = await call<{ services: Service[] }>('GET', `/migrations/${id}/services`, undefined, second.base);
  expect(body.services[0]?.revision).toBeGreaterThanOrEqual(edits);
  await second.kill();
  expect(readFileSync(join(data, 'store.sqlite')).length).toBeGreaterThan(0);
});
