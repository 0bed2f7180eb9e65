import { readFile } from 'node:fs/promises';
import { certificates } from '../apps/server/src/certificates.test-support.ts';
import { hands, mouse } from './support/hand.ts';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

for (const hand of hands)
  test(`the bridge is drawn, follows the colour scheme, drills down and is downloaded, ${hand.name}`, async ({
    page,
  }) => {
    await openSample(page);
    await hand.goTo(page, 'Bridge', 'b');
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
    if (hand === mouse) await expectAccessible(page);

    await hand.openRow(page.getByRole('grid', { name: /namespace/i }), /^sales/);
    await expect(page).toHaveURL(/namespace=sales/);
    await expect(page.getByRole('img', { name: /8 services of the namespace sales/ })).toBeVisible();
    const download = page.waitForEvent('download');
    await hand.press(page.getByRole('button', { name: 'Download SVG' }));
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

for (const hand of hands)
  test(`each stage of a wave has its picture and its manifests, and a request is followed through it, ${hand.name}`, async ({
    page,
  }) => {
    const address = await openSample(page);
    await page.goto(`${address}/bridge`);
    await hand.choose(page.getByLabel('Moment of the migration'), '1');
    await expect(page.getByRole('region', { name: 'Stages' }).getByRole('row')).toHaveCount(8);
    await hand.press(page.getByRole('button', { name: /shift 10 %/ }));
    await expect(page).toHaveURL(/wave=1&stage=shift-10/);
    await expect(page.getByRole('img', { name: /10 in Istio, 7 joined/ })).toBeVisible();
    const manifests = page.getByRole('region', { name: 'Manifests' });
    await hand.press(manifests.locator('summary').filter({ hasText: 'sales/payments' }).first());
    await expect(manifests.locator('details[open]').getByText('weight: 10').first()).toBeVisible();

    await hand.write(page.getByRole('combobox', { name: 'Caller' }), 'sales/web');
    await page.keyboard.press('Enter');
    await hand.write(page.getByRole('combobox', { name: 'Called service' }), 'payments');
    await page.keyboard.press('Enter');
    const path = page.getByRole('region', { name: 'The path of a request' });
    await expect(path.getByText('10 % of the requests.')).toBeVisible();
    await expect(path.getByText('The server sees spiffe://kongair.internal/ns/sales/sa/web.').first()).toBeVisible();
    await expect(path.getByRole('img')).toBeVisible();
    if (hand === mouse) await expectAccessible(page);
    const download = page.waitForEvent('download');
    await hand.press(path.getByRole('button', { name: 'Download Mermaid' }));
    const file = await download;
    expect(file.suggestedFilename()).toBe('path-sales_web-sales_payments-1-shift-10.mmd');
    expect(await readFile(await file.path(), 'utf8')).toContain('flowchart');
    await page.reload();
    await expect(path.getByText('10 % of the requests.')).toBeVisible();
    await page.goto(`${address}/bridge?wave=99`);
    await expect(page.getByText('The plan has no wave 99.')).toBeVisible();
  });

for (const hand of hands)
  test(`roots of both meshes are shown with their end; a private key is refused, ${hand.name}`, async ({ page }) => {
    const address = await openSample(page);
    await page.goto(`${address}/bridge`);
    const trust = page.getByRole('region', { name: 'Trust' });
    await hand.press(trust.getByRole('button', { name: 'Give certificates …' }).first());
    const field = trust.getByLabel('Certificates as PEM, never a private key');
    await hand.write(
      field,
      '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEH\n-----END PRIVATE KEY-----\n',
    );
    await hand.press(trust.getByRole('button', { name: 'Use them' }));
    await expect(trust.getByRole('alert')).toContainText(/Refused\..*private key/i);
    await hand.write(field, certificates.istio);
    await hand.press(trust.getByRole('button', { name: 'Use them' }));
    const root = trust.getByRole('list', { name: 'Istio’s root' });
    await expect(root).toContainText('valid');
    await expect(root).toContainText('2120');
    if (hand === mouse) await expectAccessible(page);

    await hand.choose(page.getByLabel('Clusters', { exact: true }), 'separate-clusters');
    await hand.press(page.getByRole('button', { name: 'Keep for everybody' }));
    await expect(page.getByRole('button', { name: 'Keep for everybody' })).toBeHidden();
    await page.reload();
    await expect(page.getByLabel('Clusters', { exact: true })).toHaveValue('separate-clusters');
    await expect(page.getByLabel('DNS suffix of the bridge')).toHaveValue('bridge.internal');
  });
