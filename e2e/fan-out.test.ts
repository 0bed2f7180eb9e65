import { hands, mouse } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

for (const hand of hands)
  test(`what scoping saves is a page with charts, and with tables one key away, ${hand.name}`, async ({ page }) => {
    const migration = await openSample(page);
    await hand.goTo(page, 'Fan-out', 'n');
    await expect(page).toHaveURL(`${migration}/fan-out`);
    await expect(page.getByText(/^Each of \d+ proxies holds \d+ clusters and .* in Kong Mesh/)).toBeVisible();
    const charts = page.getByRole('img');
    await expect(charts).toHaveCount(2);
    await expect(charts.first()).toHaveAccessibleName(/operations .* in Istio and .* in Kong Mesh/);
    if (hand === mouse) {
      await expectAccessible(page);
      await keepPicture(page, 'charts');
    }

    await page.keyboard.press('t');
    await expect(page).toHaveURL(/as=table/);
    const namespaces = page.getByRole('grid', { name: 'Fan-out by namespace' });
    await expect(namespaces.getByRole('row', { name: /^sales/ })).toBeVisible();
    await expect(page.getByRole('grid', { name: 'Projection' }).getByRole('row', { name: /^10,000/ })).toBeVisible();
    if (hand === mouse) await expectAccessible(page);

    await hand.press(page.getByRole('group').getByRole('button', { name: 'Clusters', exact: true }));
    await page.keyboard.press('t');
    await expect(page).toHaveURL(/measure=clusters/);
    await expect(charts.last()).toHaveAccessibleName(/^Clusters of the mean proxy .* Istio, as written [\d,]+/);
  });
