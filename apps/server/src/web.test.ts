import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CodeList, type Coverage, routes } from '@isthmus/contract';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'isthmus-web-'));
let server: RunningServer;
beforeAll(async () => {
  const webRoot = join(folder, 'dist');
  mkdirSync(join(webRoot, 'assets'), { recursive: true });
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>App</title>');
  writeFileSync(join(webRoot, 'assets', 'app-1.js'), 'export {};');
  server = await startServer({ host: '127.0.0.1', port: 0, data: join(folder, 'data'), webRoot });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const visit = (path: string, accept = 'text/html,*/*;q=0.8'): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers: { accept } });

test.each([
  '/',
  '/migrations/1/services',
  '/migrations/1/services/sales/api.partner.example',
  '/migrations/1/findings?q=a.b',
])('a browser that asks for %s gets the app', async (path) => {
  const answer = await visit(path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(await answer.text()).toContain('<title>App</title>');
});

test.each([
  ['/assets/gone-2.js', 'text/html'],
  ['/api/v1/nothing', 'text/html'],
  ['/robots.txt', '*/*'],
])('%s is not the app', async (path, accept) => {
  const answer = await visit(path, accept);
  expect(answer.status).toBe(404);
  expect(((await answer.json()) as { code: string }).code).toBe('not-found');
});

test('what has a hash in its name is kept for a year', async () => {
  const answer = await visit('/assets/app-1.js', '*/*');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test('the codes are listed, each with a page of its own', async () => {
  const list = (await (await visit('/api/v1/codes', '*/*')).json()) as CodeList;
  expect(Value.Check(routes.listCodes.response, list)).toBe(true);
  expect(list.codes.length).toBeGreaterThan(20);
  for (const { code, title } of list.codes.slice(0, 3)) {
    const page = (await (await visit(`/api/v1/codes/${code}`, '*/*')).json()) as { title: string };
    expect(page.title).toBe(title);
  }
});

test('the coverage of fields names every kind, and only codes that there are', async () => {
  const coverage = (await (await visit('/api/v1/coverage', '*/*')).json()) as Coverage;
  expect(Value.Check(routes.getCoverage.response, coverage)).toBe(true);
  expect(coverage.kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['VirtualService', 'EnvoyFilter']));
  const codes = new Set(
    ((await (await visit('/api/v1/codes', '*/*')).json()) as CodeList).codes.map(({ code }) => code),
  );
  const named = coverage.kinds.flatMap(({ fields }) =>
    fields.flatMap(({ results }) => results.flatMap(({ code }) => code ?? [])),
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((code) => !codes.has(code))).toEqual([]);
});
