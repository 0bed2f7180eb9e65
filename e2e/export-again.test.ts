import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { type Hand, hands } from './support/hand.ts';
import { expect, test } from './support/test.ts';

const sample = fileURLToPath(new URL('../examples/kong-air', import.meta.url));

async function chooseFolder(page: Page, hand: Hand): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await hand.press(page.getByRole('button', { name: 'Choose a folder' }));
  await (await chooser).setFiles(sample);
}

async function bundleOf(page: Page, hand: Hand): Promise<Buffer> {
  await hand.goTo(page, 'Export', 'e');
  const download = page.waitForEvent('download');
  await hand.press(page.getByRole('link', { name: 'Download .tar.gz' }));
  return readFile(await (await download).path());
}

for (const hand of hands)
  test(`a folder is imported, exported, and imported again: the bundle has the same bytes, decisions stay, ${hand.name}`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await page.goto('/');
    await chooseFolder(page, hand);
    await page.waitForURL(/\/migrations\/[^/]+\/?$/);
    await expect(page.getByText(/\d+ of 88 resources carry over/)).toBeVisible({ timeout: 30_000 });
    await hand.goTo(page, 'Services', 's');
    await hand.openRow(page.getByRole('grid', { name: 'Services' }), 'weather');
    await expect(page.getByRole('heading', { level: 1, name: /weather/ })).toBeVisible();
    await hand.write(page.getByLabel('Owner'), 'flight-ops');
    await hand.press(page.getByRole('button', { name: 'Save' }));
    await expect(page.getByText('Saved.')).toBeVisible();
    const first = await bundleOf(page, hand);
    expect(first.length).toBeGreaterThan(10_000);

    await page.goto(page.url().replace(/\/export.*/, '/import'));
    await chooseFolder(page, hand);
    await expect(page).not.toHaveURL(/\/import\/?(?:\?.*)?$/);
    expect((await bundleOf(page, hand)).equals(first)).toBe(true);
    await hand.goTo(page, 'Services', 's');
    await expect(page.getByRole('grid', { name: 'Services' }).getByText('flight-ops')).toBeVisible();
  });

for (const hand of hands)
  test(`a bundle that comes back alone is taken for what it is: resources of Kong Mesh, none of Istio, ${hand.name}`, async ({
    page,
    request,
  }) => {
    const job = await (await request.post('/api/v1/migrations/sample')).json();
    await (await request.get(`/api/v1/imports/${job.id}/events`)).text();
    const bundle = await (await request.get(`/api/v1/migrations/${job.migration}/bundle?format=zip`)).body();
    await page.goto('/');
    const chooser = page.waitForEvent('filechooser');
    await hand.press(page.getByRole('button', { name: 'Choose files' }));
    await (await chooser).setFiles([{ name: 'kong-mesh-bundle.zip', mimeType: 'application/zip', buffer: bundle }]);
    await page.waitForURL(/\/migrations\/[^/]+\/?$/);
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await expect(page.getByText(/\d+ of \d+ resources carry over/)).toHaveCount(0);
    // What it allows is told as what is there already, beside which nothing may be read as a restriction.
    await hand.goTo(page, 'Findings', 'f');
    await hand.write(page.getByRole('searchbox', { name: /filter/i }), 'EP-005');
    await expect(page.getByText(/This MeshTrafficPermission is in the import already/).first()).toBeVisible();
    await hand.goTo(page, 'Resources', 'r');
    await expect(page.getByRole('heading', { level: 1, name: 'Resources' })).toBeVisible();
    await expect(page.getByRole('row', { name: /VirtualService/ })).toHaveCount(0);
  });
