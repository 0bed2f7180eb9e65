import { expect, expectAccessible, openSample, test } from './support/test.ts';

test('in which order services move: the answer, the waves, what a choice costs, and where a call is said', async ({
  page,
}) => {
  const address = await openSample(page);
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page.getByRole('heading', { level: 1, name: 'Plan' })).toBeVisible();
  await expect(
    page.getByText(/^17 services move in \d+ waves; at most \d+ calls cross between the meshes at once\.$/),
  ).toBeVisible();

  // A service that moves before what it calls: said at once, and in the address.
  await page.getByRole('button', { name: /^Wave 1/ }).press('Enter');
  await expect(page).toHaveURL(/open=1/);
  await page.goto(`${address}/plan?open=4`);
  await page.getByLabel('When sales/web moves').selectOption('in wave 1');
  await expect(page).toHaveURL(/pinned=sales\/web%3D1/);
  await expect(page.getByRole('region', { name: 'What could not be kept' })).toContainText(
    'sales/web calls sales/bookings, but a pin moves sales/web in wave 1',
  );
  await expectAccessible(page);
  await page.getByLabel('Services per wave').fill('2');
  await expect(page.getByText(/^17 services move in (?:9|\d\d) waves/)).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Services per wave')).toHaveValue('2');
  await page.getByRole('button', { name: 'As first planned' }).click();
  await expect(page.getByRole('region', { name: 'What could not be kept' })).toBeHidden();

  await page.getByRole('combobox', { name: 'Service', exact: true }).selectOption('sales/payments');
  const call = page.getByRole('list', { name: 'Calls', exact: true }).getByRole('listitem').first();
  await call.getByText('sales/bookings', { exact: true }).click();
  await expect(call).toContainText('sales/mesh/security.yaml:138:17');
  await call
    .getByRole('link', { name: /AuthorizationPolicy .* in the workbench/ })
    .first()
    .click();
  await expect(page).toHaveURL(/workbench\?resource=\d+&field=spec\.rules/);
});
