import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startServer } from './support/server.ts';

const guard = `--import=${new URL('./support/no-network.ts', import.meta.url).href}`;
const outside = (log: string): string[] =>
  existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '' && line !== 'guarded')
    : [];

const pages = [
  ['', /resources carry over/],
  ['/services', /17 of 17 services/],
  ['/workbench?service=sales/seats', 'networking.istio.io/v1'],
  ['/simulator?service=sales/seats&path=/layout', /Decided/],
  ['/plan?view=graph', /17 services move/],
  ['/fan-out', /proxies holds/],
  ['/bridge', /17 in Istio/],
  ['/clusters', /cluster/i],
  ['/export', 'Download .zip'],
] as const;

test('without a network nothing is missing, and neither the pages nor the server ask for one', async ({
  playwright,
}) => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-offline-'));
  const log = join(folder, 'outside');
  const environment = { ISTHMUS_OUTSIDE: log, NODE_OPTIONS: guard };
  // The guard itself is tried first: without it an empty log would mean nothing.
  spawnSync(process.execPath, ['-e', 'fetch("http://192.0.2.1/").catch(() => {})'], {
    env: { ...process.env, ...environment },
  });
  expect(outside(log)).toEqual(['connected to 192.0.2.1']);
  rmSync(log);

  const server = await startServer(undefined, environment);
  const { launchOptions = {} } = test.info().project.use;
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'],
  });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !/^(?:data|blob):/.test(url)) complaints.push(`asked for ${url}`);
    });
    page.on('requestfailed', (request) => {
      // What the page itself gives up as it is left is no failure.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()}`);
    });
    page.on('websocket', (socket) => complaints.push(`socket to ${socket.url()}`));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });

    await page.goto(server.url);
    await page.getByRole('button', { name: 'Open the sample estate' }).click();
    await page.waitForURL(/\/migrations\/[^/]+\/?$/);
    const address = page.url().replace(/\/$/, '');
    for (const [path, shown] of pages) {
      await page.goto(`${address}${path}`);
      await expect(page.getByText(shown).first()).toBeAttached();
    }
    // That the browser takes itself for offline stops nothing, as the server answers.
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await page.getByRole('link', { name: 'History' }).click();
    await expect(page.getByRole('grid', { name: 'History' }).getByRole('row').nth(1)).toBeVisible();
    // The editor with its workers, and the diagrams, are parts of the build.
    await page.goto(`${address}/workbench?service=sales/seats`);
    const after = page.getByRole('region', { name: 'After: Kong Mesh' });
    const worker = page.waitForResponse(/yaml\.worker/);
    await after.getByRole('button', { name: /^Edit/ }).click();
    await expect(after.getByRole('textbox', { name: /^Edit \w+ / })).toBeAttached();
    expect((await worker).ok()).toBe(true);
    await page.goto(`${address}/bridge`);
    await expect(page.getByRole('img', { name: /17 services: 17 in Istio/ })).toBeVisible();
    await page.goto(`${server.url}/guide`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    // Letters come from the build, not from the machine or a host of fonts.
    await page.evaluate(() => document.fonts.ready);
    expect(
      await page.evaluate(() =>
        [...document.fonts].some(({ family, status }) => /Inter/.test(family) && status === 'loaded'),
      ),
    ).toBe(true);
    expect(complaints).toEqual([]);
    expect(readFileSync(log, 'utf8')).toContain('guarded');
    expect(outside(log)).toEqual([]);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
