import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { type Hand, keyboard, mouse, walkTo } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

const sample = fileURLToPath(new URL('../examples/kong-air/', import.meta.url));

/** Kong Air with more tries of every retry and one resource more. */
const edited = [
  ...readdirSync(sample, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => ({ path, text: readFileSync(join(sample, path), 'utf8').replace(/attempts: \d+/, 'attempts: 9') })),
  {
    path: 'new.yaml',
    text: 'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: added, namespace: sales}\nspec: {egress: [{hosts: ["./*"]}], workloadSelector: {labels: {app: nobody}}}\n',
  },
].map(({ path, text }) => ({
  name: path.replaceAll('/', '-'),
  mimeType: 'text/yaml',
  buffer: Buffer.from(text),
}));

async function importAgain(page: Page, migration: string, hand: Hand): Promise<void> {
  await page.goto(`${migration}/import`);
  const chooser = page.waitForEvent('filechooser');
  await hand.press(page.getByRole('button', { name: 'Choose files' }));
  await (await chooser).setFiles(edited);
  await page.waitForURL(/\/import\/changes/);
}

test('a new import opens what it changed: fields, results, verdicts, and decisions to look at again', async ({
  page,
  request,
}) => {
  const migration = await openSample(page);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  const api = migration.replace('/migrations', '/api/v1/migrations');
  const { services } = (await (await request.get(`${api}/services`)).json()) as {
    services: { id: string; revision: number }[];
  };
  const answer = await request.post(`${api}/services/changes`, {
    data: {
      services: services.map(({ id, revision }) => ({ id, revision })),
      set: { phase: 'reviewed' },
      override: { reason: 'seen' },
    },
  });
  expect(answer.ok()).toBe(true);

  await importAgain(page, migration, mouse);
  await expect(page.getByRole('heading', { name: 'What changed' })).toBeVisible();
  await expect(
    page.getByText(/From snapshot 1 to 2, \d+ of \d+ resources are not as before \(1 added, \d+ changed\)/),
  ).toBeVisible();
  const table = page.getByRole('grid', { name: 'Changed resources' });
  await page.getByRole('button', { name: /changed/ }).click();
  await table.getByText('spec.http[0].retries.attempts').first().click();
  const detail = page.getByRole('region', { name: /What changed of VirtualService/ });
  await expect(detail.getByText('spec.http[0].retries.attempts')).toBeVisible();
  await expect(detail.getByText('9', { exact: true })).toBeVisible();
  await expect(page.getByText(/verdicts? (is|are) other than before\./)).toBeVisible({ timeout: 30_000 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    await keepPicture(page, `new-import-${colorScheme}`);
  }

  await page.getByText(/^Decisions \d+/).click();
  await page.getByRole('button', { name: /look again/ }).click();
  await expect(page.getByRole('grid', { name: 'Decisions' }).getByText('look again').first()).toBeVisible();
  await expect(page).toHaveURL(/show=decisions/);
  await expectAccessible(page);
  const address = page.url();
  await page.goto(`${migration}/services`);
  await page.goto(address);
  await expect(page.getByRole('grid', { name: 'Decisions' }).getByText('look again').first()).toBeVisible({
    timeout: 30_000,
  });
  await page.setViewportSize({ width: 800, height: 900 });
  await keepPicture(page, 'new-import-narrow');
});

test('without a mouse: from a field that changed to its values, and to the decisions to look at again', async ({
  page,
}) => {
  const migration = await openSample(page);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await keyboard.goTo(page, 'Services', 's');
  await keyboard.openRow(page.getByRole('grid', { name: 'Services' }), 'weather');
  const phase = page.getByRole('region', { name: 'Phase' });
  await keyboard.press(phase.getByRole('button', { name: 'Enter translated' }));
  await expect(page.getByText('Recorded: translated.')).toBeVisible();
  await importAgain(page, migration, keyboard);
  await keyboard.press(page.getByRole('button', { name: /changed/ }));
  await walkTo(page.getByRole('grid', { name: 'Changed resources' }), 'spec.http[0].retries.attempts');
  const detail = page.getByRole('region', { name: /What changed of/ });
  await expect(detail.getByText('9', { exact: true })).toBeVisible();
  await keyboard.press(page.getByRole('button', { name: 'Show all' }));
  await page.keyboard.press('/');
  await page.keyboard.type('sidecar');
  await expect(page.getByText(/^1 of \d+$/)).toBeVisible();
});
