import { hands } from './support/hand.ts';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

for (const hand of hands)
  test(`from the first page to before and after of a service of the sample estate, ${hand.name}`, async ({ page }) => {
    await page.goto('/');
    await hand.press(page.getByRole('button', { name: 'Open the sample estate' }));
    await page.waitForURL(/\/migrations\/[^/]+\/?$/);
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await expect(page.getByText(/\d+ of 88 resources carry over/)).toBeVisible();

    await hand.goTo(page, 'Services', 's');
    await expect(page.getByText('17 of 17 services')).toBeVisible();
    await hand.write(page.getByRole('searchbox', { name: /filter/i }), 'seats');
    await expect(page).toHaveURL(/q=seats/);
    await hand.openRow(page.getByRole('grid', { name: 'Services' }), 'seats');
    await expect(page.getByRole('heading', { level: 1, name: /seats/ })).toBeVisible();

    await hand.press(page.getByRole('link', { name: /before and after/i }).first());
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
