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
