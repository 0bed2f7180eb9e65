import { readFileSync } from 'node:fs';
import type { ServiceList } from '@isthmus/contract';
import { hands, keyboard, pressMany, tabTo } from './support/hand.ts';
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

for (const hand of hands)
  test(`waves of the plan are a column, a filter and groups, and follow a plan that somebody else changes, ${hand.name}`, async ({
    page,
    request,
  }) => {
    const migration = await openSample(page);
    const api = `/api/v1/migrations/${migration.split('/').at(-1)}`;
    await hand.goTo(page, 'Services', 's');
    const table = page.getByRole('grid', { name: 'Services' });
    await expect(table.getByRole('columnheader', { name: 'Wave' })).toBeVisible();
    await page.getByLabel('Wave', { exact: true }).selectOption('1');
    await expect(page).toHaveURL(/wave=1/);
    const first = ((await (await request.get(`${api}/services`)).json()) as ServiceList).services.filter(
      ({ wave }) => wave === 1,
    );
    await expect(page.getByText(`${first.length} of 17 services`)).toBeVisible();
    await hand.press(page.getByRole('button', { name: 'Show all' }));
    await page.getByLabel('Group by').selectOption('wave');
    await expect(page).toHaveURL(/group=wave/);
    const groups = page.getByRole('treegrid', { name: 'Services' });
    const headings = groups.locator('[aria-level="1"]');
    await expect(headings.first()).toContainText(`Wave 1${first.length} services`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
      await keepPicture(page, `services-by-wave-${colorScheme}`);
    }
    await hand.press(page.getByRole('button', { name: 'Fold all' }));
    await expect(groups.locator('[aria-level="2"]')).toHaveCount(0);
    await hand.press(page.getByRole('button', { name: 'Unfold all' }));
    await expect(groups.locator('[aria-level="2"]').first()).toBeVisible();

    const { revision } = (await (await request.get(`${api}/plan/settings`)).json()) as { revision: number };
    const left = first.map(({ id }) => id);
    const changed = await request.patch(`${api}/plan/settings`, {
      data: { revision, settings: { excluded: left, start: '2027-03-01' } },
    });
    expect(changed.status()).toBe(200);
    await expect(headings.last()).toContainText(`Stays in Istio${first.length} services`);
    await hand.goTo(page, 'Overview', 'o');
    await page.getByRole('radiogroup', { name: 'Coverage by' }).getByText('By wave').click();
    const coverage = page.getByRole('grid', { name: 'Coverage by wave' });
    await expect(coverage.getByRole('row').filter({ hasText: '2027-03-01' })).toHaveCount(1);
    await expect(coverage.getByRole('link', { name: 'stays in Istio' })).toBeVisible();
  });

test('as many rows as keys are pressed, however fast', async ({ page }) => {
  const migration = await openSample(page);
  await page.goto(`${migration}/services`);
  const table = page.getByRole('grid', { name: 'Services' });
  await table.focus();
  await page.keyboard.press('Home');
  const activeRow = table.locator('[data-active]');
  await expect(activeRow).toHaveAttribute('aria-rowindex', '2');
  // Faster than anything is drawn.
  await pressMany(page, 'ArrowDown', 12);
  await expect(activeRow).toHaveAttribute('aria-rowindex', '14');
  await pressMany(page, 'ArrowUp', 5);
  await expect(activeRow).toHaveAttribute('aria-rowindex', '9');
  // While the page has other things to do, over the time in which the cursor comes into the address.
  await page.evaluate(() => {
    const until = performance.now() + 2500;
    const keepBusy = (): void => {
      const end = performance.now() + 120;
      while (performance.now() < end);
      if (performance.now() < until) setTimeout(keepBusy, 4);
    };
    keepBusy();
  });
  for (let presses = 0; presses < 7; presses++) await page.keyboard.press('ArrowDown', { delay: 40 });
  await expect(activeRow).toHaveAttribute('aria-rowindex', '16');
  await expect(page).toHaveURL(/at=/);
  await expect(activeRow).toHaveAttribute('aria-rowindex', '16');

  await page.goto(`${migration}/workbench?namespace=sales&dock=20`);
  const findings = page.getByRole('region', { name: /^Findings, fields without/ }).locator('[data-index] > button');
  await findings.first().focus();
  const focused = () =>
    page.evaluate(() => document.activeElement?.closest('[data-index]')?.getAttribute('data-index'));
  await pressMany(page, 'ArrowDown', 25);
  await expect.poll(focused).toBe('25');
  for (let presses = 0; presses < 10; presses++) await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('35');
  await pressMany(page, 'ArrowUp', 30);
  await expect.poll(focused).toBe('5');
});
