import { hands, keyboard, walkTo } from './support/hand.ts';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

test('a difference is found, opened in the simulator, and the request changed until both meshes agree', async ({
  page,
}) => {
  const address = await openSample(page);
  await page.getByRole('link', { name: 'Behaviour' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Behaviour');
  await expect(page.getByRole('link', { name: /^Behaviour \d+ services with open verdicts$/ })).toBeVisible();
  await expect(page.getByText(/^Kong Mesh treats every request to \d+ of \d+ services as Istio does/)).toBeVisible();
  await page.getByRole('button', { name: /^differs \d+/ }).click();
  await expect(page).toHaveURL(/verdict=differs/);
  const grid = page.getByRole('grid', { name: 'Behaviour of services' });
  await grid.getByRole('row').nth(1).click();
  const detail = page.getByRole('region', { name: /^Behaviour of / });
  await expect(detail.getByText(/^Differs:/).first()).toBeVisible();
  await expect(detail.getByRole('table', { name: 'What is different' }).first()).toBeVisible();
  await expectAccessible(page);

  await detail.getByRole('link', { name: 'Open in the simulator' }).first().click();
  await expect(page).toHaveURL(/\/workbench\?.*list=simulator/);
  const differences = page.getByRole('table', { name: 'What is different' });
  await expect(differences.getByRole('row').nth(1)).toBeVisible();
  // At a gateway Kong Gateway decides.
  for (const mesh of [/^Istio$/, /^Kong (Mesh|Gateway)$/])
    await expect(page.getByRole('region', { name: mesh }).getByText('Step by step')).toBeVisible();

  // A link to the simulator holds the request, and an edit is answered as it is typed.
  await page.reload();
  await expect(differences.getByRole('row').nth(1)).toBeVisible();
  await page.goto(`${address}/simulator?service=sales/seats`);
  await page.getByLabel('Path and query').fill('/layout');
  await expect(page).toHaveURL(/path=%2Flayout|path=\/layout/);
  await expect(page.getByRole('region', { name: 'Istio', exact: true }).getByText('Decided:').first()).toBeAttached();
  await page.getByLabel('Headers, one on a line').fill('x-cabin');
  await expect(page.getByText('One on a line, as x-cabin: crew.').first()).toBeVisible();
  await expect(page.getByLabel('Headers, one on a line')).toBeFocused();
  await page.getByLabel('Headers, one on a line').fill('x-cabin: crew');
  await expect(
    page.getByRole('region', { name: 'Istio', exact: true }).getByText('x-cabin', { exact: true }),
  ).toBeVisible();
  await expectAccessible(page);
});

test('the rules that decided are marked in both panes, and lead the cursor to them', async ({ page }) => {
  const address = await openSample(page);
  // An address of its own, which people may have kept.
  await page.goto(`${address}/simulator?service=sales/seats&path=/layout`);
  await expect(page).toHaveURL(/\/workbench\?.*list=simulator/);
  const before = page.getByRole('region', { name: 'Before: Istio' });
  const after = page.getByRole('region', { name: 'After: Kong Mesh' });
  await expect(before).toContainText(/step.\d+.decides/);
  await expect(after).toContainText(/step.\d+.decides/);
  await expect(page.getByRole('tab', { name: /MeshHTTPRoute/, selected: true })).toBeVisible();
  await page
    .getByRole('region', { name: 'Istio', exact: true })
    .getByRole('button', { name: 'VirtualService sales/seats spec.http[0]' })
    .first()
    .click();
  await expect(page).toHaveURL(/at=before:VirtualService\/sales\/seats:/);
  await expect(before.getByRole('textbox')).toBeFocused();
  // The next request is decided by another rule, on both sides.
  await page.getByLabel('Path and query').fill('/');
  await expect(before).toContainText(/steps?.1.*passed.over/);
});

for (const hand of hands)
  test(`a difference is accepted with a reason, and that is taken back, ${hand.name}`, async ({ page }) => {
    const address = await openSample(page);
    await page.goto(`${address}/behaviour?verdict=differs`);
    await hand.openRow(page.getByRole('grid', { name: 'Behaviour of services' }), 'sales/flights');
    const detail = page.getByRole('region', { name: /^Behaviour of / });
    await hand.press(detail.getByRole('button', { name: 'Accept with a reason …' }).first());
    await hand.write(detail.getByLabel(/^Why may/), 'nobody sends it');
    await hand.press(detail.getByRole('button', { name: 'Accept', exact: true }));
    await expect(detail.getByText('Accepted: nobody sends it').first()).toBeVisible();
    await hand.press(detail.getByRole('button', { name: 'Take back' }).first());
    await expect(detail.getByText('Accepted: nobody sends it')).toHaveCount(0);
  });

test('without a mouse: to the verdicts, down to a service, into the simulator, and a new path', async ({ page }) => {
  test.setTimeout(120_000);
  await openSample(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await expect(page).toHaveURL(/\/behaviour/);
  // The overview, which stays until the page is there, says the same sentence.
  const grid = page.getByRole('grid', { name: 'Behaviour of services' });
  await expect(grid).toBeVisible();
  await expect(page.getByText(/^Kong Mesh treats every request to \d+ of \d+ services as Istio does/)).toBeVisible({
    timeout: 60_000,
  });
  // A service whose rules look at the path.
  await page.keyboard.press('/');
  await page.keyboard.type('sales/seats');
  await expect(page.getByText(/^1 of \d+ services$/)).toBeVisible();
  await walkTo(grid, 'sales/seats');
  await expect(page).toHaveURL(/service=sales\/seats/);
  await keyboard.press(page.getByRole('link', { name: 'Open in the simulator' }).first());
  await expect(page).toHaveURL(/list=simulator/);
  await keyboard.write(page.getByLabel('Path and query'), '/typed');
  await expect(page.getByRole('region', { name: 'Istio', exact: true }).getByText('/typed').first()).toBeVisible();
});
