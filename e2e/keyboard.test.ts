import { expect, expectAccessible, openSample, test } from './support/test.ts';

test('the sample estate, a finding and a change of phase without a mouse', async ({ page }) => {
  await page.goto('/');
  const press = async (name: RegExp | string, role: 'button' | 'link' = 'button') => {
    const target = page.getByRole(role, { name }).first();
    for (let step = 0; step < 60; step++) {
      if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) break;
      await page.keyboard.press('Tab');
    }
    await expect(target).toBeFocused();
    await page.keyboard.press('Enter');
  };
  await press('Open the sample estate');
  await page.waitForURL(/\/migrations\/[^/]+\/?$/);
  // The palette finds a service by its name.
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: /search|find/i })).toBeFocused();
  await page.keyboard.type('seats');
  await expect(page.getByRole('listbox', { name: 'Found' }).getByRole('option').first()).toContainText('seats');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: /seats/ })).toBeVisible();
  // It finds what can be used on the page that is shown, and uses it.
  await expect(page.getByRole('button', { name: 'Enter translated' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('enter translated');
  await expect(page.getByRole('option', { name: /^On this page Enter translated/ })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Recorded: translated.')).toBeVisible();
  // And what can be done from anywhere.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('report as markdown');
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await download).suggestedFilename()).toMatch(/\.md$/);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('connect a cluster');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Connect a cluster' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  // The list of keys opens and closes.
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('what is typed before the search is loaded is searched for, and Enter takes what the whole of it finds', async ({
  page,
}) => {
  await openSample(page);
  const here = page.url();
  let load = () => {};
  const asked = new Promise<void>((resolve) => {
    load = resolve;
  });
  await page.route(/\/assets\/palette-[^/]*\.js$/, async (route) => {
    await asked;
    await route.continue();
  });
  const field = page.getByRole('combobox', { name: /^Search/ });
  await page.keyboard.press('Control+k');
  // "g" and "s" lead to another page where nothing is typed into, and Enter follows the link that has the focus.
  await page.keyboard.type('gsx');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await expect(field).toHaveCount(0);
  load();
  await expect(field).toHaveValue('gs');
  expect(page.url()).toBe(here);
  await page.keyboard.press('Escape');
  await expect(field).toHaveCount(0);
  // The page has no time to draw what is found before Enter.
  await page.keyboard.press('Control+k');
  await expect(field).toHaveValue('');
  await field.evaluate((input: HTMLInputElement) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, 'Settings of the plan');
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  });
  await expect(page.getByRole('heading', { level: 1, name: 'Plan' })).toBeVisible();
  await expect(page).toHaveURL(/settings=open/);
});
