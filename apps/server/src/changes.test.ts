import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ChangedVerdicts,
  type Changes,
  type DiagnosticList,
  type ImportJob,
  type Migration,
  routes,
} from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const sample = fileURLToPath(new URL('../../../examples/kong-air/', import.meta.url));
const files = new Map(
  readdirSync(sample, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(sample, path), 'utf8')]),
);

const data = mkdtempSync(join(tmpdir(), 'isthmus-changes-'));
let server: RunningServer;
let migration = '';

async function call<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

async function upload(of: ReadonlyMap<string, string>): Promise<void> {
  const form = new FormData();
  for (const [path, text] of of) form.append('files', new Blob([text]), path);
  const answer = await fetch(`${server.url}/api/v1/migrations/${migration}/snapshots`, { method: 'POST', body: form });
  const job = (await answer.json()) as ImportJob;
  const events = await (await fetch(`${server.url}/api/v1/imports/${job.id}/events`)).text();
  expect(events).toContain('"state":"done"');
}

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  migration = (await call<Migration>('POST', '/migrations', { name: 'changes' })).body.id;
  await upload(files);
}, 60_000);
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

const changes = () => call<Changes>('GET', `/migrations/${migration}/changes`);

async function verdicts(): Promise<ChangedVerdicts> {
  for (;;) {
    const { status, body } = await call<ChangedVerdicts>('GET', `/migrations/${migration}/changes/verdicts`);
    expect(status).toBe(200);
    expect(Value.Check(routes.getChangedVerdicts.response, body)).toBe(true);
    if (body.complete) return body;
    expect(body.decisions).toEqual([]);
  }
}

test('one snapshot has nothing to be compared with', async () => {
  expect((await changes()).status).toBe(404);
});

test('a second snapshot shows what changed in the source, the result, the verdicts, and which decisions stand', async () => {
  const { body: list } = await call<DiagnosticList>('GET', `/migrations/${migration}/diagnostics`);
  const acceptable = list.diagnostics.filter(({ id, resource }) => id !== undefined && resource !== undefined);
  const [kept] = acceptable.filter(({ resource }) => resource?.namespace === 'sales');
  const [gone] = acceptable.filter(({ resource }) => resource?.kind === 'Sidecar');
  expect(kept?.id).toBeDefined();
  for (const one of [kept, gone])
    if (one !== undefined)
      await call('POST', `/migrations/${migration}/acceptances`, { finding: one.id, reason: 'looked at' });

  const next = new Map(files);
  const edited = [...files].find(([, text]) => /^kind: VirtualService$/m.test(text) && /attempts: \d/.test(text));
  const [editedPath = '', editedText = ''] = edited ?? [];
  next.set(editedPath, editedText.replace(/attempts: \d+/, 'attempts: 9'));
  next.set(
    'new.yaml',
    'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: added, namespace: sales}\nspec: {egress: [{hosts: ["./*"]}], workloadSelector: {labels: {app: nobody}}}\n',
  );
  const dropped = gone?.file ?? '';
  if (dropped !== editedPath) next.delete(dropped);
  await upload(next);

  const { body } = await changes();
  expect(Value.Check(routes.getChanges.response, body)).toBe(true);
  expect([body.from.number, body.to.number]).toEqual([1, 2]);
  expect(body.sources.find(({ name }) => name === 'added')).toMatchObject({
    change: 'added',
    kind: 'Sidecar',
    file: 'new.yaml',
  });
  const row = body.sources.find(({ change, kind }) => change === 'changed' && kind === 'VirtualService');
  expect(row?.fields).toEqual([expect.objectContaining({ path: expect.stringContaining('attempts'), after: '9' })]);
  const { added, changed, removed, same } = body.source;
  expect(added).toBe(1);
  expect(changed).toBe(1);
  expect(removed).toBeGreaterThan(0);
  expect(body.sources).toHaveLength(added + changed + removed);
  expect(same).toBeGreaterThan(50);
  expect(body.results.length).toBe(body.result.added + body.result.changed + body.result.removed);
  expect(body.results.some(({ kind }) => kind === 'MeshRetry')).toBe(true);

  const judged = await verdicts();
  expect(judged.compared).toBe(judged.total);
  expect(judged.verdicts.length).toBeGreaterThan(0);
  expect(judged.same).toBeGreaterThan(0);
  for (const one of judged.verdicts) expect(one.before === null && one.after === null).toBe(false);
  const byFinding = new Map(judged.decisions.map((one) => [one.id, one]));
  expect(byFinding.get(`finding ${kept?.id}`)?.holds).toBe(true);
  expect(byFinding.get(`finding ${gone?.id}`)?.holds).toBe(false);
}, 60_000);

test('the same content again has no differences, and numbers name snapshots', async () => {
  const { body } = await call<Changes>('GET', `/migrations/${migration}/changes?from=2&to=2`);
  expect([body.sources, body.results]).toEqual([[], []]);
  const { body: back } = await call<Changes>('GET', `/migrations/${migration}/changes?from=2&to=1`);
  const { body: forth } = await changes();
  expect([back.source.added, back.source.removed]).toEqual([forth.source.removed, forth.source.added]);
  expect((await call('GET', `/migrations/${migration}/changes?from=7`)).status).toBe(404);
});

test('a route at the head of others is one field more, and what moves is said to move', async () => {
  const seats = (...routes: readonly (readonly [uri: string, host: string])[]): ReadonlyMap<string, string> =>
    new Map([
      [
        'seats.yaml',
        JSON.stringify({
          apiVersion: 'networking.istio.io/v1',
          kind: 'VirtualService',
          metadata: { name: 'seats', namespace: 'sales' },
          spec: {
            hosts: ['seats'],
            http: routes.map(([prefix, host]) => ({
              match: [{ uri: { prefix } }],
              route: [{ destination: { host } }],
            })),
          },
        }),
      ],
    ]);
  await upload(seats(['/a', 'a'], ['/b', 'b'], ['/c', 'c']));
  await upload(seats(['/new', 'n'], ['/a', 'a'], ['/b', 'other'], ['/c', 'c']));
  const { body } = await changes();
  expect(Value.Check(routes.getChanges.response, body)).toBe(true);
  expect(body.sources.map(({ fields }) => fields.map(({ change, path, from }) => [change, path, from]))).toEqual([
    [
      ['added', 'spec.http[0]', undefined],
      ['changed', 'spec.http[2].route[0].destination.host', 'spec.http[1].route[0].destination.host'],
    ],
  ]);
  expect(body.sources[0]?.fields[1]).toMatchObject({ before: '"b"', after: '"other"' });
  await upload(seats(['/a', 'a'], ['/b', 'other'], ['/c', 'c'], ['/new', 'n']));
  expect((await changes()).body.sources[0]?.fields).toEqual([
    expect.objectContaining({ change: 'moved', path: 'spec.http[3]', from: 'spec.http[0]' }),
  ]);
}, 60_000);
