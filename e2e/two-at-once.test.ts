import { hands } from './support/hand.ts';
import { expect, openSample, test } from './support/test.ts';

for (const hand of hands)
  test(`two people change one service: the second sees both values, and nothing is lost, ${hand.name}`, async ({
    page,
    browser,
  }) => {
    const address = await openSample(page);
    const service = `${address}/services/sales/seats`;
    const context = await browser.newContext();
    const other = await context.newPage();
    await page.goto(service);
    await other.goto(service);
    await hand.write(page.getByLabel('Owner'), 'team-a');
    await hand.write(other.getByLabel('Owner'), 'team-b');
    await hand.press(page.getByRole('button', { name: 'Save' }));
    await expect(page.getByText('Saved.')).toBeVisible();
    await hand.press(other.getByRole('button', { name: 'Save' }));
    const dialog = other.getByRole('dialog');
    await expect(dialog).toContainText('team-a');
    await expect(dialog).toContainText('team-b');
    await hand.press(dialog.getByRole('button', { name: 'Use yours' }));
    await expect(dialog).toBeHidden();
    // The first page learns of it without being loaded again.
    await expect(page.getByLabel('Owner')).toHaveValue('team-b');
    await expect(page.getByText('team-a').first()).toBeVisible();
    await context.close();
  });

for (const hand of hands)
  test(`many services change at once, and their history says by whom, ${hand.name}`, async ({ page }) => {
    const address = await openSample(page);
    await page.goto(`${address}/services?namespace=operations`);
    await expect(page.getByText('5 of 17 services')).toBeVisible();
    await hand.press(page.getByRole('checkbox', { name: /all/i }));
    const bulk = page.getByRole('region', { name: 'Change the selected services' });
    await expect(bulk).toContainText('5 services selected');
    await hand.write(bulk.getByRole('textbox', { name: 'Owner of the selected services' }), 'flight-ops');
    await hand.press(bulk.getByRole('button', { name: 'Set owner' }));
    await expect(page.getByText('5 services changed.')).toBeVisible();
    await hand.goTo(page, 'History', 'h');
    await expect(page.getByText('flight-ops').first()).toBeVisible();
  });

for (const hand of hands)
  test(`gates keep many services from a phase until somebody says why, ${hand.name}`, async ({ page }) => {
    const address = await openSample(page);
    await page.goto(`${address}/services?namespace=operations`);
    await expect(page.getByText('5 of 17 services')).toBeVisible();
    await hand.press(page.getByRole('checkbox', { name: /all/i }));
    const bulk = page.getByRole('region', { name: 'Change the selected services' });
    await hand.choose(bulk.getByLabel('Phase of the selected services'), 'bridged');
    await hand.press(bulk.getByRole('button', { name: 'Set phase' }));
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('5 services kept from bridged by their gates');
    await expect(dialog.getByRole('grid', { name: 'What stands against it' })).toContainText('operations/crew');
    await hand.press(dialog.getByRole('button', { name: 'Enter bridged all the same …' }));
    await hand.write(dialog.getByRole('textbox'), 'tried out in staging');
    await hand.press(dialog.getByRole('button', { name: 'Enter bridged with 5 services' }));
    await expect(page.getByText('5 services changed.')).toBeVisible();
    await expect(dialog).toBeHidden();
    await hand.goTo(page, 'History', 'h');
    await expect(page.getByText('tried out in staging')).toHaveCount(5);
  });
