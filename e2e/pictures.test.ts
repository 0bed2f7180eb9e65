import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { APIRequestContext, Page } from '@playwright/test';
import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

const sample = fileURLToPath(new URL('../examples/kong-air/', import.meta.url));
const added =
  'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: added, namespace: sales}\nspec: {egress: [{hosts: ["./*"]}]}\n';

const pages = [
  ['overview', ''],
  ['services', '/services'],
  ['service', '/services/sales/seats'],
  ['resources', '/resources'],
  ['findings', '/findings'],
  ['workbench', '/workbench?service=sales/seats'],
  ['behaviour', '/behaviour'],
  ['verdicts', '/behaviour?service=sales/seats'],
  ['access', '/access'],
  ['callers', '/access?same=shown&row=sales/payments:8080:0'],
  ['simulator', '/simulator?service=sales/seats&path=/layout'],
  ['preflight', '/preflight?open=unknown-protocol,undeclared-protocol,forced-mutual-tls'],
  ['gate', '/services/sales/seats?gate=shifting'],
  ['plan', '/plan?at=sales/bookings&settings=open'],
  ['graph', '/plan?view=graph&after=2&at=sales/bookings'],
  ['calls', '/plan?view=calls&after=2'],
  ['bridge', '/bridge'],
  ['stage', '/bridge?wave=1&stage=apply&from=sales/web&to=sales/payments'],
  ['fan-out', '/fan-out'],
  ['fan-out-tables', '/fan-out?as=table'],
  ['inventory', '/inventory'],
  ['clusters', '/clusters'],
  ['drift', '/drift'],
  ['import', '/import'],
  ['changes', '/import/changes'],
  ['decisions', '/import/changes?show=decisions'],
  ['export', '/export'],
  ['history', '/history'],
  ['settings', '/settings'],
] as const;

/** Brings one Sidecar more and other retries, so that there are changes to be seen. */
async function importAgain(request: APIRequestContext, id: string): Promise<void> {
  const form = new FormData();
  for (const path of readdirSync(sample, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.yaml')))
    form.append(
      'files',
      new File([readFileSync(join(sample, path), 'utf8').replace('attempts: 2', 'attempts: 9')], path),
    );
  form.append('files', new File([added], 'added.yaml'));
  const job = (await (await request.post(`/api/v1/migrations/${id}/snapshots`, { multipart: form })).json()) as {
    id: string;
  };
  await (await request.get(`/api/v1/imports/${job.id}/events`)).text();
}

/** A page as it is, looked at in both themes, wide and narrow. */
async function lookAt(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.waitForLoadState('networkidle');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page);
    await keepPicture(page, `${name}-${colorScheme}`);
  }
  await page.setViewportSize({ width: 800, height: 900 });
  const overflow = () => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
  await expect.poll(overflow, `what ${name} is too wide by`).toBe(0);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await keepPicture(page, `${name}-${colorScheme}-narrow`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('every page of a migration in both themes: pictures, and no violation of accessibility rules', async ({
  page,
  request,
}) => {
  test.setTimeout(600_000);
  await page.goto('/');
  await lookAt(page, 'start');
  const address = await openSample(page);
  await importAgain(request, address.split('/').at(-1) as string);
  for (const [name, path] of pages) {
    await page.goto(`${address}${path}`);
    await lookAt(page, name);
  }
});

test('every page of the guide in both themes: pictures, and no violation of accessibility rules', async ({ page }) => {
  test.setTimeout(600_000);
  await page.goto('/guide');
  // Sections are found as people find them, so that a new one is looked at too.
  const links = page.locator('a[href^="/guide/"]');
  await expect(links.nth(20)).toBeAttached();
  const sections = await links.evaluateAll((all) => [
    ...new Set(all.map((link) => (link as HTMLAnchorElement).pathname)),
  ]);
  for (const path of ['/guide', ...sections, '/codes/ISTHMUS-AP-003']) {
    await page.goto(path);
    await lookAt(page, path.slice(1).replaceAll('/', '-'));
  }
});
