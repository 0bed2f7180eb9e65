import { expect, expectAccessible, openSample, test } from './support/test.ts';

test('from the first page to before and after of a service of the sample estate', async ({ page }) => {
  await openSample(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await expect(page.getByText(/\d+ of 88 resources carry over/)).toBeVisible();

  await page.getByRole('link', { name: 'Services', exact: true }).click();
  await expect(page.getByText('17 of 17 services')).toBeVisible();
  await page.getByRole('searchbox', { name: /filter/i }).fill('seats');
  await expect(page).toHaveURL(/q=seats/);
  await page.getByRole('link', { name: 'seats', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: /seats/ })).toBeVisible();

  await page
    .getByRole('link', { name: /before and after/i })
    .first()
    .click();
  await expect(page).toHaveURL(/workbench\?service=sales/);
  // Both panes show YAML: Istio's on the left, Kong Mesh's on the right.
  await expect(page.getByText('networking.istio.io/v1').first()).toBeVisible();
  await expect(page.getByText('kuma.io/v1alpha1').first()).toBeVisible();
  await expectAccessible(page);
});

test('the report and the bundle have the same bytes each time', async ({ page, request }) => {
  const address = await openSample(page);
  await page.getByRole('link', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download .zip' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.zip$/);
  const id = address.split('/').at(-1);
  for (const format of ['zip', 'tar.gz']) {
    const read = async () => (await request.get(`/api/v1/migrations/${id}/bundle?format=${format}`)).body();
    const [first, second] = [await read(), await read()];
    expect(first.length).toBeGreaterThan(1000);
    expect(first.equals(second)).toBe(true);
  }
});
