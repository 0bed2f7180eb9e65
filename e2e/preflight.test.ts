import type { Locator } from '@playwright/test';
import { tabTo } from './support/hand.ts';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

test('what would break on the day: the answer, the evidence, a patch to copy, the way to the workbench', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openSample(page);
  const rail = page.getByRole('navigation', { name: 'Migration' });
  await expect(rail.getByRole('link', { name: /Pre-flight.*\d+ ?blockers/ })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page.getByRole('heading', { level: 1, name: 'Pre-flight' })).toBeVisible();
  await expect(
    page.getByText(/^\d+ checks: \d+ passed, \d+ failed \(\d+ block \d+ services\), \d+ skipped\.$/),
  ).toBeVisible();
  // What blocks comes first; passed and skipped ones say what was examined or why not.
  await expect(page.getByRole('region', { name: 'Failed' }).getByRole('listitem').first()).toContainText('blocker');
  await expect(
    page.getByRole('button', { name: /passed No container listens on a port of the sidecar.*workloads/ }),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: /skipped Roots outlive the migration.*certificates/ })).toBeVisible();

  await page.getByRole('button', { name: /blocker Clients are told to speak Istio's mutual TLS/ }).press('Enter');
  await expect(page).toHaveURL(/open=forced-mutual-tls/);
  await expect(page.getByText('sales/mesh/payments.yaml:99:7')).toBeVisible();
  await page.getByText('Patch that settles it').click();
  await page.getByRole('button', { name: 'Copy the patch' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('tls: null');
  await expectAccessible(page);

  // Filters stand in the address: a link opens the same thing.
  await page
    .getByRole('button', { name: /^skipped/ })
    .first()
    .click();
  await expect(page).toHaveURL(/state=skipped/);
  await page.reload();
  await expect(page.getByRole('region', { name: 'Failed' })).toBeHidden();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('link', { name: 'DestinationRule sales/payments in the workbench' }).click();
  await expect(page).toHaveURL(/workbench\?resource=DestinationRule\/[\w/-]+&field=spec\.trafficPolicy\.tls\.mode/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('payments');
});

test('by keyboard only: a check is opened, its patch copied, the skipped ones shown alone, and the field found', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openSample(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page.getByRole('heading', { level: 1, name: 'Pre-flight' })).toBeVisible();
  const press = async (target: Locator, key = 'Enter') => {
    await tabTo(target);
    await page.keyboard.press(key);
  };
  await press(page.getByRole('button', { name: /blocker Clients are told to speak Istio's mutual TLS/ }));
  await expect(page).toHaveURL(/open=forced-mutual-tls/);
  await press(page.locator('summary').filter({ hasText: 'Patch that settles it' }));
  await press(page.getByRole('button', { name: 'Copy the patch' }));
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('tls: null');
  await press(page.getByRole('button', { name: /^skipped/ }).first(), 'Space');
  await expect(page).toHaveURL(/state=skipped/);
  await expect(page.getByRole('region', { name: 'Failed' })).toBeHidden();
  await press(page.getByRole('button', { name: 'Show all' }));
  await press(page.getByRole('link', { name: 'DestinationRule sales/payments in the workbench' }));
  await expect(page).toHaveURL(/workbench\?resource=DestinationRule\/[\w/-]+&field=spec\.trafficPolicy\.tls\.mode/);
});

test('the page of a rule has an example that fails and one that passes', async ({ page }) => {
  await page.goto('/codes/ISTHMUS-PF-007');
  await expect(page.getByRole('region', { name: 'An input that leads to it' })).toContainText('hostNetwork: true');
  await expect(page.getByRole('region', { name: 'An input that passes' })).toContainText(
    'kuma.io/sidecar-injection: disabled',
  );
  await expectAccessible(page);
});
