import { readFile } from 'node:fs/promises';
import { certificates } from '../apps/server/src/certificates.test-support.ts';
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

test('each stage of a wave has its picture and its manifests, and a request is followed through it', async ({
  page,
}) => {
  const address = await openSample(page);
  await page.goto(`${address}/bridge`);
  await page.getByLabel('Moment of the migration').selectOption('1');
  await expect(page.getByRole('region', { name: 'Stages' }).getByRole('row')).toHaveCount(8);
  await page.getByRole('button', { name: /shift 10 %/ }).click();
  await expect(page).toHaveURL(/wave=1&stage=shift-10/);
  await expect(page.getByRole('img', { name: /10 in Istio, 7 joined/ })).toBeVisible();
  const manifests = page.getByRole('region', { name: 'Manifests' });
  await manifests.getByText('sales/payments', { exact: true }).first().click();
  await expect(manifests.locator('details[open]').getByText('weight: 10').first()).toBeVisible();

  await page.getByRole('combobox', { name: 'Caller' }).fill('sales/web');
  await page.getByRole('combobox', { name: 'Caller' }).press('Enter');
  await page.getByRole('combobox', { name: 'Called service' }).fill('payments');
  await page.getByRole('combobox', { name: 'Called service' }).press('Enter');
  const path = page.getByRole('region', { name: 'The path of a request' });
  await expect(path.getByText('10 % of the requests.')).toBeVisible();
  await expect(path.getByText('The server sees spiffe://kongair.internal/ns/sales/sa/web.').first()).toBeVisible();
  await expect(path.getByRole('img')).toBeVisible();
  await expectAccessible(page);
  const download = page.waitForEvent('download');
  await path.getByRole('button', { name: 'Download Mermaid' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('path-sales_web-sales_payments-1-shift-10.mmd');
  expect(await readFile(await file.path(), 'utf8')).toContain('flowchart');
  await page.reload();
  await expect(path.getByText('10 % of the requests.')).toBeVisible();
  await page.goto(`${address}/bridge?wave=99`);
  await expect(page.getByText('The plan has no wave 99.')).toBeVisible();
});

test('roots of both meshes are shown with their end; a private key is refused', async ({ page }) => {
  const address = await openSample(page);
  await page.goto(`${address}/bridge`);
  const trust = page.getByRole('region', { name: 'Trust' });
  await trust.getByRole('button', { name: 'Give certificates …' }).first().click();
  const field = trust.getByLabel('Certificates as PEM, never a private key');
  await field.fill('-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEH\n-----END PRIVATE KEY-----\n');
  await trust.getByRole('button', { name: 'Use them' }).click();
  await expect(trust.getByRole('alert')).toContainText(/Refused\..*private key/i);
  await field.fill(certificates.istio);
  await trust.getByRole('button', { name: 'Use them' }).click();
  const root = trust.getByRole('list', { name: 'Istio’s root' });
  await expect(root).toContainText('valid');
  await expect(root).toContainText('2120');
  await expectAccessible(page);

  await page.getByLabel('Clusters', { exact: true }).selectOption('separate-clusters');
  await page.getByRole('button', { name: 'Keep for everybody' }).click();
  await page.reload();
  await expect(page.getByLabel('Clusters', { exact: true })).toHaveValue('separate-clusters');
  await expect(page.getByLabel('DNS suffix of the bridge')).toHaveValue('bridge.internal');
});
