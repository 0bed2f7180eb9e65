import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

const pages = [
  ['overview', ''],
  ['services', '/services'],
  ['service', '/services/sales/seats'],
  ['resources', '/resources'],
  ['findings', '/findings'],
  ['workbench', '/workbench?service=sales/seats'],
  ['behaviour', '/behaviour'],
  ['verdicts', '/behaviour?service=sales/seats'],
  ['access', '/access'],
  ['callers', '/access?same=shown&row=sales/payments:8080:0'],
  ['simulator', '/simulator?service=sales/seats&path=/layout'],
  ['preflight', '/preflight?open=unknown-protocol,undeclared-protocol,forced-mutual-tls'],
  ['gate', '/services/sales/seats?gate=shifting'],
  ['plan', '/plan?at=sales/bookings&settings=open'],
  ['graph', '/plan?view=graph&after=2&at=sales/bookings'],
  ['calls', '/plan?view=calls&after=2'],
  ['bridge', '/bridge'],
  ['stage', '/bridge?wave=1&stage=apply&from=sales/web&to=sales/payments'],
  ['inventory', '/inventory'],
  ['export', '/export'],
  ['history', '/history'],
  ['settings', '/settings'],
] as const;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page in ${colorScheme}: a picture, and no violation of accessibility rules`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('/');
    await expectAccessible(page);
    await keepPicture(page, 'start');
    const address = await openSample(page);
    for (const [name, path] of pages) {
      await page.goto(`${address}${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.waitForLoadState('networkidle');
      await expectAccessible(page);
      await keepPicture(page, name);
    }
    await page.goto('/guide');
    await expectAccessible(page);
    await page.setViewportSize({ width: 800, height: 900 });
    for (const [name, path] of pages) {
      await page.goto(`${address}${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect({ name, overflow: Math.max(0, overflow) }).toEqual({ name, overflow: 0 });
      await keepPicture(page, `${name}-narrow`);
    }
  });
}
