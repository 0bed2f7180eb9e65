import { keyboard, tabTo, walkTo } from './support/hand.ts';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

test('whether access widens is answered, and who may call a workload is shown with the policies that decide', async ({
  page,
}) => {
  await openSample(page);
  await page.getByRole('link', { name: 'Access', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Access');
  await expect(page.getByText(/^Nobody can call what they could not before: \d+ pairs the same/)).toBeVisible();
  const grid = page.getByRole('treegrid', { name: 'Who may call whom' });
  await expect(grid.getByText('same', { exact: true })).toHaveCount(0);

  await page.getByLabel('Filter by text').fill('payments bookings');
  await expect(page).toHaveURL(/q=payments/);
  await grid.getByRole('row', { name: /^sales\/payments/ }).click();
  const detail = page.getByRole('region', { name: 'Access to sales/payments' });
  await expect(detail.getByText(/with some requests before and cannot now\.$/)).toBeVisible();
  const callers = detail.getByRole('grid', { name: 'Who may call sales/payments' });
  await expect(callers.getByRole('row', { name: /sales\/bookings/ })).toContainText('some requests → refused');
  await expect(callers.getByText('sales/flights')).toHaveCount(0);
  await page.getByRole('button', { name: /^same \d+/ }).click();
  await expect(callers.getByText('sales/flights', { exact: true })).toBeVisible();
  await expectAccessible(page);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('access.csv');
  await page.reload();
  await detail.getByRole('link', { name: 'AuthorizationPolicy sales/payments', exact: true }).first().click();
  await expect(page).toHaveURL(/\/workbench\?resource=AuthorizationPolicy\/\w+\/[\w-]+/);
});

test('by keyboard only: to a workload, its callers, the same ones too, and to the policy that decides', async ({
  page,
}) => {
  await openSample(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Access');
  await page.keyboard.press('/');
  await page.keyboard.type('payments bookings');
  await expect(page).toHaveURL(/q=payments/);
  const grid = page.getByRole('treegrid', { name: 'Who may call whom' });
  // Rows stand under the account that their workload runs as: Enter and Space fold them, and the address keeps it.
  const account = grid.getByRole('row', { name: /^Account sales\/payments \d+ of \d+ pairs/ });
  const payments = grid.getByRole('row', { name: /^sales\/payments/ });
  await walkTo(grid, 'Account sales/payments');
  await expect(account).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Enter');
  await expect(account).toHaveAttribute('aria-expanded', 'false');
  await expect(account).toHaveAttribute('data-active');
  await expect(payments).toHaveCount(0);
  await expect(page).toHaveURL(/folded=sales\/payments/);
  await page.reload();
  await expect(account).toHaveAttribute('aria-expanded', 'false');
  await expectAccessible(page);
  await walkTo(grid, 'Account sales/payments');
  await page.keyboard.press('Space');
  await expect(payments.first()).toBeVisible();
  await expect(page).not.toHaveURL(/folded=/);
  const foldAll = page.getByRole('button', { name: 'Fold accounts' });
  await tabTo(foldAll);
  await page.keyboard.press('Enter');
  await expect(payments).toHaveCount(0);
  await walkTo(grid, 'Account sales/payments');
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/folded=\*,sales\/payments/);
  await walkTo(grid, /^sales\/payments/);
  const detail = page.getByRole('region', { name: 'Access to sales/payments' });
  await expect(detail).toBeVisible();
  const callers = detail.getByRole('grid', { name: 'Who may call sales/payments' });
  const same = page.getByRole('button', { name: /^same \d+/ });
  await tabTo(same);
  await page.keyboard.press('Enter');
  await expect(callers.getByText('sales/flights', { exact: true })).toBeVisible();
  const download = page.waitForEvent('download');
  await keyboard.press(page.getByRole('link', { name: 'Download CSV' }));
  expect((await download).suggestedFilename()).toBe('access.csv');
  await tabTo(detail.getByRole('link', { name: 'AuthorizationPolicy sales/payments', exact: true }).first());
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/workbench\?resource=AuthorizationPolicy\/\w+\/[\w-]+/);
});
