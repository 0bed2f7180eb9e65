import { readFileSync } from 'node:fs';
import { hands, mouse } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

for (const hand of hands)
  test(`the overview shows progress by day, and its table behind t; by namespace, owner and wave, ${hand.name}`, async ({
    page,
  }) => {
    await openSample(page);
    const chart = page.getByRole('img', { name: /^Progress by day\. Of \d+ services: 0 reviewed/ });
    await expect(chart).toBeVisible();
    for (const colorScheme of hand === mouse ? (['light', 'dark'] as const) : []) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
      await chart.scrollIntoViewIfNeeded();
      await keepPicture(page, `progress-${colorScheme}`);
    }
    await page.keyboard.press('t');
    await expect(page.getByRole('grid', { name: 'Services by phase and day' })).toBeVisible();
    await expect(page).toHaveURL(/progress=table/);
    await page.keyboard.press('t');
    await expect(chart).toBeVisible();
    await hand.choose(page.getByRole('radiogroup', { name: 'Progress by' }), 'By wave');
    const waves = page.getByRole('grid', { name: 'Progress by wave' });
    await expect(waves.getByRole('link', { name: '1', exact: true })).toBeVisible();
    if (hand === mouse) {
      await expectAccessible(page);
      await page.setViewportSize({ width: 800, height: 900 });
      await keepPicture(page, 'progress-narrow');
    }
    // A wave leads to its services.
    await hand.openRow(waves, /^1/);
    await expect(page).toHaveURL(/\/plan\b|\/services\b/);
  });

test('the progress of a wave, and what waves add up to with verdicts', async ({ page }) => {
  await openSample(page);
  await page.getByRole('radiogroup', { name: 'Progress by' }).getByText('By wave').click();
  // The course of the wave at the cursor, and of all again.
  const all = page.getByRole('img', { name: /^Progress by day\. Of 17 services/ });
  await expect(all).toBeVisible();
  await page.getByRole('grid', { name: 'Progress by wave' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByText(/^Wave 1: Since today, 0 of \d+ services have been reviewed/)).toBeVisible();
  await expect(all).toHaveCount(0);
  await expect(page).toHaveURL(/of=1/);
  await page.getByRole('button', { name: 'Show all services' }).click();
  await expect(all).toBeVisible();
  await page.getByRole('radiogroup', { name: 'Coverage by' }).getByText('By wave').click();
  await expect(page).toHaveURL(/by=wave.*coverage=wave/);
  const coverage = page.getByRole('grid', { name: 'Coverage by wave' });
  await expect(coverage.getByRole('columnheader', { name: 'Differ', exact: true })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Verdicts' })).toContainText(/of \d+ services as Istio does/);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    await coverage.scrollIntoViewIfNeeded();
    await keepPicture(page, `coverage-by-wave-${colorScheme}`);
  }
  await coverage.getByRole('link', { name: '1', exact: true }).click();
  await expect(page).toHaveURL(/\/services\?wave=1$/);
});

for (const hand of hands)
  test(`a report under pseudonyms holds no name, as a page, as Markdown and as JSON, ${hand.name}`, async ({
    page,
  }) => {
    await openSample(page);
    await hand.goTo(page, 'Export', 'e');
    await hand.press(page.getByRole('switch', { name: 'Replace names by pseudonyms' }));
    await expect(page).toHaveURL(/names=pseudonyms/);
    for (const colorScheme of hand === mouse ? (['light', 'dark'] as const) : []) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
      await keepPicture(page, `export-pseudonyms-${colorScheme}`);
    }
    for (const name of ['Download HTML', 'Download Markdown', 'Download JSON']) {
      const download = page.waitForEvent('download', { timeout: 30_000 });
      await hand.press(page.getByRole('link', { name }));
      const text = readFileSync(await (await download).path(), 'utf8');
      expect(text.length).toBeGreaterThan(10_000);
      expect(text).not.toMatch(/passenger|kongair|loyalty/i);
    }
    const table = page.waitForEvent('download', { timeout: 30_000 });
    await hand.press(page.getByRole('link', { name: 'Who is who (CSV)' }));
    expect(readFileSync(await (await table).path(), 'utf8')).toMatch(/\r\n\w{5}-\w{5}-\w{5},passenger\r\n/);
  });
