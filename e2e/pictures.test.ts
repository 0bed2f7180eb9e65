import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { outline } from '../apps/web/src/features/guide/content/outline.ts';
import { expect, expectAccessible, keepPicture, test } from './support/test.ts';

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

async function ended(api: string, job: { readonly id: string }): Promise<void> {
  await (await fetch(`${api}/imports/${job.id}/events`)).text();
}

/** The sample estate, imported again with one Sidecar more and other retries, so that there are changes to be seen. */
async function importTwice(url: string): Promise<string> {
  const api = `${url}/api/v1`;
  const first = (await (await fetch(`${api}/migrations/sample`, { method: 'POST' })).json()) as {
    id: string;
    migration: string;
  };
  await ended(api, first);
  const form = new FormData();
  for (const path of readdirSync(sample, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.yaml')))
    form.append(
      'files',
      new File([readFileSync(join(sample, path), 'utf8').replace('attempts: 2', 'attempts: 9')], path),
    );
  form.append('files', new File([added], 'added.yaml'));
  const snapshots = `${api}/migrations/${first.migration}/snapshots`;
  await ended(api, (await (await fetch(snapshots, { method: 'POST', body: form })).json()) as { id: string });
  return `/migrations/${first.migration}`;
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

// A page is a test of its own: what fails is named, and no number of pages is too much for the time of one test.
test.describe('in both themes, pictures and no violation of accessibility rules:', () => {
  test.describe.configure({ mode: 'parallel', timeout: 120_000 });

  test('the first page', async ({ page }) => {
    await page.goto('/');
    await lookAt(page, 'start');
  });

  for (const path of [
    'guide',
    ...outline.map(({ id }) => `guide/${id}`),
    'guide/coverage',
    'guide/codes',
    'codes/ISTHMUS-AP-003',
  ])
    test(path, async ({ page }) => {
      await page.goto(`/${path}`);
      await lookAt(page, path.replaceAll('/', '-'));
    });
});

test.describe('in both themes, pictures of a migration and no violation of accessibility rules:', () => {
  test.describe.configure({ timeout: 120_000 });
  let migration: string;
  test.beforeAll(async ({ server }) => {
    migration = await importTwice(server.url);
  });

  for (const [name, path] of pages)
    test(name, async ({ page }) => {
      await page.goto(`${migration}${path}`);
      await lookAt(page, name);
    });

  test('gates of many services that are shut', async ({ page }) => {
    await page.goto(`${migration}/services`);
    await expect(page.getByRole('grid').getByRole('row').nth(2)).toBeVisible();
    await page.getByRole('checkbox').first().check();
    await page.getByLabel('Phase of the selected services').selectOption('migrated');
    await page.getByRole('button', { name: 'Set phase' }).click();
    const dialog = page.getByRole('dialog', { name: /kept from migrated by their gates/ });
    await expect(dialog.getByRole('grid', { name: 'What stands against it' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Enter migrated all the same …' }).click();
    await lookAt(page, 'shut-gates');
  });

  test('the bridge between separate clusters', async ({ page, request }) => {
    const api = `/api/v1${migration}/plan/settings`;
    const { revision } = (await (await request.get(api)).json()) as { revision: number };
    await request.patch(api, { data: { revision, settings: { topology: 'separate-clusters' } } });
    await page.goto(`${migration}/bridge?wave=1&stage=bridge&from=sales/web&to=sales/payments`);
    await lookAt(page, 'separate-clusters');
    await page.goto(`${migration}/services/sales/seats?stages=apply`);
    await lookAt(page, 'separate-clusters-steps');
  });
});
