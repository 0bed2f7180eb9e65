import { readFile } from 'node:fs/promises';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

test('the bridge is drawn, follows the colour scheme, drills down and is downloaded', async ({ page }) => {
  const address = await openSample(page);
  await page.goto(`${address}/bridge`);
  const picture = page.getByRole('img', { name: /17 services: 17 in Istio/ });
  await expect(picture).toBeVisible();
  await expect(picture.getByText('sales/seats')).toBeVisible();
  const strokes = () =>
    picture
      .locator('.cluster rect')
      .first()
      .evaluate((rect) => getComputedStyle(rect).stroke);
  const light = await strokes();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(strokes).not.toBe(light);
  await expectAccessible(page);

  await page.getByRole('link', { name: 'sales', exact: true }).click();
  await expect(page).toHaveURL(/namespace=sales/);
  await expect(page.getByRole('img', { name: /8 services of the namespace sales/ })).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download SVG' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('bridge-sales.svg');
  const svg = await readFile(await file.path(), 'utf8');
  expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
  expect(svg).not.toMatch(/<script|foreignObject|javascript:/);
});

test('a phase that changes moves a service to its side', async ({ page, request }) => {
  const address = await openSample(page);
  const api = `/api/v1/migrations/${address.split('/').at(-1)}`;
  const move = (data: object) =>
    request.patch(`${api}/services/sales/seats`, { data: { revision: 0, phase: 'migrated', ...data } });
  const refused = await move({});
  expect(refused.status()).toBe(422);
  expect((await refused.json()).gate.conditions.length).toBeGreaterThan(0);
  expect((await move({ override: { reason: 'moved by hand' } })).ok()).toBe(true);
  await page.goto(`${address}/bridge`);
  await expect(page.getByRole('img', { name: /16 in Istio, 0 joined .* 1 in Kong Mesh/ })).toBeVisible();
});
