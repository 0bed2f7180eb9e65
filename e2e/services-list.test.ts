import { readFileSync } from 'node:fs';
import { keyboard, tabTo } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

test('columns are chosen, views are saved for everybody, and what is shown becomes a file', async ({
  page,
  context,
}) => {
  const migration = await openSample(page);
  await page.goto(`${migration}/services`);
  const table = page.getByRole('grid', { name: 'Services' });
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Fields by outcome' }).uncheck();
  await page.getByRole('checkbox', { name: 'Note' }).check();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Columns' })).toBeFocused();
  await expect(table.getByRole('columnheader', { name: 'Note' })).toBeVisible();
  await expect(table.getByRole('columnheader', { name: 'Fields by outcome' })).toHaveCount(0);
  await page.getByRole('button', { name: /blocked/ }).click();

  await page.getByRole('button', { name: /^Views/ }).click();
  await page.getByRole('textbox', { name: 'Name of the view' }).fill('Blocked ones');
  await page.getByRole('button', { name: 'Save this view' }).click();
  await expect(page.getByRole('button', { name: 'View: Blocked ones' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    await keepPicture(page, `services-views-${colorScheme}`);
  }

  const other = await context.newPage();
  await other.goto(`${migration}/services`);
  await other.getByRole('button', { name: /^Views/ }).click();
  await other.getByRole('button', { name: 'Blocked ones', exact: true }).click();
  await expect(other).toHaveURL(/findings=blocker/);
  await expect(other.getByRole('columnheader', { name: 'Note' })).toBeVisible();
  await other.close();

  await page.bringToFront();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('services.csv');
  const lines = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(lines[0]).toMatch(/^Service,Namespace,Phase,.*,Note$/);
  const shown = Number((await page.getByText(/^\d+ of \d+ services$/).textContent())?.split(' ')[0]);
  expect(lines).toHaveLength(shown + 1);
});

test('without a mouse: a column, a saved view, many services changed at once and back', async ({ page }) => {
  const migration = await openSample(page);
  await page.goto(`${migration}/services`);
  await keyboard.press(page.getByRole('button', { name: 'Columns' }));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(/columns=/);
  await page.keyboard.press('Escape');
  await keyboard.press(page.getByRole('button', { name: /^Views/ }));
  await page.keyboard.press('Tab');
  await page.keyboard.type('Mine');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'View: Mine' })).toBeVisible();
  await page.keyboard.press('Escape');

  const table = page.getByRole('grid', { name: 'Services' });
  const download = page.waitForEvent('download');
  await keyboard.press(page.getByRole('button', { name: 'CSV' }));
  expect((await download).suggestedFilename()).toBe('services.csv');
  await tabTo(table);
  await page.keyboard.press('Control+a');
  await keyboard.write(page.getByRole('textbox', { name: 'Owner of the selected services' }), 'crew');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/services changed\./)).toBeVisible();
  await expect(table.getByText('crew', { exact: true }).nth(1)).toBeVisible();
  await keyboard.press(page.getByRole('button', { name: 'Undo' }));
  await expect(page.getByText('Taken back.')).toBeVisible();
});
