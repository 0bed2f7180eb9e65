import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImportJob, type Progress, routes, type SavedView } from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'isthmus-reports-'));
let server: RunningServer;
let migration = '';

const fetchOf = (path: string, init?: RequestInit): Promise<Response> => fetch(`${server.url}/api/v1${path}`, init);
const text = async (path: string): Promise<string> => (await fetchOf(`/migrations/${migration}${path}`)).text();
const send = (method: string, path: string, body: unknown): Promise<Response> =>
  fetchOf(`/migrations/${migration}${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

beforeAll(async () => {
  server = await startServer({ host: '127.0.0.1', port: 0, data });
  const job = (await (await fetchOf('/migrations/sample', { method: 'POST' })).json()) as ImportJob;
  migration = job.migration;
  await (await fetchOf(`/imports/${job.id}/events`)).text();
}, 30_000);
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

test('a report under pseudonyms holds no name in any form, the same ones each time, and the table tells whose they are', async () => {
  const [page, markdown, again, json] = await Promise.all([
    text('/report.html?pseudonyms=true'),
    text('/report.md?pseudonyms=true'),
    text('/report.md?pseudonyms=true'),
    text('/report?pseudonyms=true'),
  ]);
  for (const form of [page, markdown, json]) expect(form).not.toMatch(/passenger|kongair|loyalty|flights/i);
  expect(again).toBe(markdown);
  expect((JSON.parse(json) as { pseudonyms: boolean }).pseudonyms).toBe(true);
  const table = (await text('/report-names.csv')).trimEnd().split('\r\n');
  expect(table[0]).toBe('pseudonym,name');
  const passenger = table.find((line) => line.endsWith(',passenger'))?.split(',')[0] ?? '';
  expect(passenger).toMatch(/^\w{5}-\w{5}-\w{5}$/);
  expect(markdown).toContain(passenger);
});

test('without the switch names stay, and the report is the same as ever', async () => {
  const [markdown, json] = await Promise.all([text('/report.md?verify=true'), text('/report')]);
  expect(markdown).toContain('passenger');
  expect(markdown).toContain('## Behaviour');
  expect(JSON.parse(json)).not.toHaveProperty('pseudonyms');
  const answer = await fetchOf(`/migrations/${migration}/report.md`);
  expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
});

test('a report names the files of the bundle of its form', async () => {
  const files = async (query: string): Promise<string[]> =>
    (JSON.parse(await text(`/report${query}`)) as { resources: { file: string }[] }).resources.map(({ file }) => file);
  const [kubernetes, universal] = [await files(''), await files('?form=universal')];
  expect(kubernetes.some((file) => file.startsWith('kubernetes/'))).toBe(false);
  expect(universal.some((file) => file.startsWith('kubernetes/40-services/'))).toBe(true);
  expect(universal.length).toBe(kubernetes.length);
});

test('a view is saved under a name, replaced, listed and removed', async () => {
  const view = { page: 'services', name: ' Blocked ', query: '?findings=blocker' };
  const saved = (await (await send('POST', '/views', view)).json()) as SavedView;
  expect(saved).toMatchObject({ page: 'services', name: 'Blocked', query: '?findings=blocker', by: 'anonymous' });
  await send('POST', '/views', { ...view, query: '?findings=blocker&columns=name' });
  const { views } = JSON.parse(await text('/views')) as { views: SavedView[] };
  expect(views.map(({ name, query }) => [name, query])).toEqual([['Blocked', '?findings=blocker&columns=name']]);
  expect((await send('POST', '/views', { ...view, query: 'javascript:alert(1)' })).status).toBe(400);
  expect((await send('POST', '/views', { ...view, name: '  ' })).status).toBe(400);
  expect((await fetchOf(`/migrations/${migration}/views/services/Blocked`, { method: 'DELETE' })).status).toBe(204);
  expect((await fetchOf(`/migrations/${migration}/views/services/Blocked`, { method: 'DELETE' })).status).toBe(404);
  expect((await fetchOf('/migrations/nothing/views')).status).toBe(404);
});

test('progress counts every service on every day, and in every way of grouping', async () => {
  const { services } = JSON.parse(await text('/services')) as { services: { id: string; revision: number }[] };
  const chosen = services.slice(0, 3).map(({ id, revision }) => ({ id, revision }));
  const change = (set: object, revision: number) =>
    send('POST', '/services/changes', {
      services: chosen.map(({ id }) => ({ id, revision })),
      set,
      override: { reason: 'test' },
    });
  expect((await change({ phase: 'translated', owner: 'Ann' }, chosen[0]?.revision ?? 0)).status).toBe(200);
  const progress = JSON.parse(await text('/progress')) as Progress;
  expect(Value.Check(routes.getProgress.response, progress)).toBe(true);
  expect(progress.services).toBe(services.length);
  const sum = (phases: Readonly<Record<string, number>>): number => Object.values(phases).reduce((a, b) => a + b, 0);
  for (const { phases } of progress.days) expect(sum(phases)).toBe(services.length);
  expect(progress.days.at(-1)?.phases.translated).toBe(3);
  for (const groups of [progress.namespaces, progress.owners, progress.waves])
    expect(groups.reduce((all, group) => all + group.services, 0)).toBe(services.length);
  expect(progress.owners.find(({ name }) => name === 'Ann')).toMatchObject({ services: 3, phases: { translated: 3 } });
  expect(progress.waves.some(({ name }) => name === '1')).toBe(true);
});
