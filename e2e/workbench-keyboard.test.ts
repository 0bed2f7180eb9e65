import type { Locator } from '@playwright/test';
import { tabTo } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

test('without a mouse: a service is opened, a finding accepted, a request simulated and changed', async ({ page }) => {
  test.setTimeout(180_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/');
  await tabTo(page.getByRole('button', { name: 'Open the sample estate' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/migrations\/[^/]+\/?$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

  // To the service.
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await expect(page).toHaveURL(/\/workbench/);
  const picker = page.getByRole('combobox', { name: 'Service, resource or namespace to show' });
  await tabTo(picker);
  await page.keyboard.type('sales/seats');
  await expect(page.getByRole('option', { name: /sales\/seats/ }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/service=sales\/seats/);
  const before = page.getByRole('region', { name: 'Before: Istio' });
  const after = page.getByRole('region', { name: 'After: Kong Mesh' });
  await expect(before.getByText('networking.istio.io/v1').first()).toBeVisible();
  await tabTo(page.getByRole('button', { name: /^Findings/ }));

  // Through the findings, and one is accepted.
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await page.keyboard.press('p');
  const open = page.getByRole('button', { expanded: true }).filter({ hasText: /ISTHMUS-/ });
  await expect(open).toHaveCount(1);
  await expect(open).toContainText('warning');
  const code = /ISTHMUS-[A-Z]+-\d+/.exec((await open.textContent()) ?? '')?.[0] ?? '';
  const accept = page.getByRole('button', { name: 'Accept with a reason …' });
  await tabTo(accept);
  await page.keyboard.press('Enter');
  await expect(page.getByLabel(`Why may ${code} stay as it is?`)).toBeFocused();
  // A decision without a reason is none.
  await page.keyboard.press('Enter');
  await expect(page.getByLabel(`Why may ${code} stay as it is?`)).toBeFocused();
  await page.keyboard.type('callers look at the status only');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Accepted by anonymous, .*: callers look at the status only$/)).toBeVisible();
  await expect(open).toBeFocused();
  await expect(open).toContainText('accepted');
  await expect(page.getByRole('button', { name: '1 accepted' })).toHaveAttribute('aria-pressed', 'false');
  await expectAccessible(page);

  // It leaves the walk, is counted, and is shown again on demand.
  await page.keyboard.press('n');
  await expect(open).not.toContainText('accepted');
  await expect(page.getByText('callers look at the status only')).toHaveCount(0);
  await tabTo(page.getByRole('button', { name: '1 accepted' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/accepted=shown/);
  await expect(page.getByRole('button', { expanded: false }).filter({ hasText: code }).first()).toContainText(
    'accepted',
  );

  // A request, answered as it is typed.
  await page.keyboard.press('s');
  const path = page.getByLabel('Path and query');
  await expect(path).toBeFocused();
  await expect(page).toHaveURL(/list=simulator/);
  await page.keyboard.type('/layout');
  const istio = page.getByRole('region', { name: 'Istio', exact: true });
  const kong = page.getByRole('region', { name: 'Kong Mesh', exact: true });
  await expect(istio.getByText('path is /layout')).toBeVisible();
  await expect(before).toContainText(/step.1.decides/);
  await expect(after).toContainText(/step.1.decides/);
  await expectAccessible(page);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('/v1/map');
  await expect(before).toContainText(/step.2.decides/);
  await expect(istio.getByText('Passed over: ').first()).toBeAttached();
  await expect(istio.getByText('Decided: ').first()).toBeAttached();
  await expect(kong.getByText('/v2/map').first()).toBeVisible();
  await expect(path).toBeFocused();
  await expect(page).toHaveURL(/path=\/v1\/map/);

  // The rule that decided is a press away, and so is a larger panel.
  await tabTo(istio.getByRole('button', { name: 'VirtualService sales/seats spec.http[1]' }).last());
  await page.keyboard.press('Enter');
  await expect(before.getByRole('textbox')).toBeFocused();
  await expect(page).toHaveURL(/at=before:VirtualService\/sales\/seats:/);
  const splitter = page.getByRole('separator', { name: /^Height of/ });
  await tabTo(splitter);
  await page.keyboard.press('ArrowUp');
  await expect(page).toHaveURL(/dock=50/);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expectAccessible(page);
  await keepPicture(page, 'simulator-panel');

  // The address holds all of it.
  await page.reload();
  await expect(path).toHaveValue('/v1/map');
  await expect(splitter).toHaveAttribute('aria-valuenow', '50');
  await expect(before).toContainText(/step.2.decides/);

  // Who accepted what, and when.
  await tabTo(page.getByRole('link', { name: 'History' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText(new RegExp(`accepted ${code} at .*: “callers look at the status only”`))).toBeVisible();
});

test('the pointer lights up what belongs together, and the panes scroll together until told not to', async ({
  page,
}) => {
  const address = await openSample(page);
  await page.goto(`${address}/workbench?service=sales/seats&field=spec.http[0].match`);
  const before = page.getByRole('region', { name: 'Before: Istio' });
  const after = page.getByRole('region', { name: 'After: Kong Mesh' });
  const strands = page.locator('svg path[class*=line]');
  await expect(strands).toHaveCount(1);
  await before.getByText('/aircraft/layout').hover();
  await expect(strands).toHaveCount(2);
  await page.getByRole('heading', { level: 1 }).hover();
  await expect(strands).toHaveCount(1);
  // From the right to the left as well.
  await after.getByText('Exact', { exact: true }).first().hover();
  await expect(before.locator('[class*=hovered], [class*=atCursor]').first()).toBeVisible();

  const topOf = async (pane: Locator): Promise<number> =>
    Math.min(...(await pane.locator('.line-numbers').allTextContents()).map(Number).filter((line) => line > 0));
  await page.goto(`${address}/workbench?service=sales/seats&tab=MeshHTTPRoute/sales/seats.000`);
  await expect(after.locator('.view-lines').getByText('MeshHTTPRoute')).toBeVisible();
  await before.locator('.view-lines').hover();
  await page.mouse.wheel(0, 300);
  await expect.poll(() => topOf(after)).toBeGreaterThan(3);
  const together = page.getByRole('button', { name: 'Scroll together' });
  await together.click();
  await expect(page).toHaveURL(/scroll=apart/);
  await expect(together).toHaveAttribute('aria-pressed', 'false');
  // What was scrolled together may still be on its way.
  let kept = await topOf(after);
  const isStill = async (): Promise<boolean> => {
    const earlier = kept;
    kept = await topOf(after);
    return kept === earlier;
  };
  await expect.poll(isStill, { intervals: [500] }).toBe(true);
  const left = await topOf(before);
  await before.locator('.view-lines').hover();
  await page.mouse.wheel(0, 300);
  await expect.poll(() => topOf(before)).not.toBe(left);
  expect(await topOf(after)).toBe(kept);
});
