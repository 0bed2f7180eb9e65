import { hands, keyboard, walkTo } from './support/hand.ts';
import { expect, expectAccessible, keepPicture, openSample, test } from './support/test.ts';

const sections = ['access', 'scale', 'mapping', 'commands', 'pitfalls'];

test('from a finding to the section that explains it, and back; search; a command with the names of the estate', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const address = await openSample(page);
  await page.goto(`${address}/findings?q=AP-003`);
  await page.getByRole('grid', { name: 'Findings' }).getByText('ISTHMUS-AP-003').first().click();
  await page
    .getByRole('region', { name: /^Finding ISTHMUS-AP-003/ })
    .getByRole('link', { name: 'Guide: Who may call whom' })
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'Who may call whom' })).toBeVisible();
  await expect(page).toHaveURL(/\/guide\/access\?migration=/);

  // Back: the section counts what it explains in this estate.
  const explained = page.getByRole('region', { name: 'Findings that this explains' });
  await explained
    .getByRole('listitem')
    .filter({ hasText: 'ISTHMUS-AP-003' })
    .getByRole('link', { name: /findings?$/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/findings\?code=ISTHMUS-AP-003/);
  await page.goBack();

  await page.getByRole('searchbox', { name: 'Search the guide' }).fill('config-dump');
  await page.getByRole('link', { name: 'Read all of the configuration of Envoy' }).click();
  await expect(page).toHaveURL(/\/guide\/commands\?migration=[^#]+#envoy-config$/);
  const task = page.getByRole('article', { name: 'Read all of the configuration of Envoy' });
  await expect(task).toBeInViewport();
  // A pod is in no manifest: it stays a placeholder until somebody names it.
  await expect(task).toContainText('istioctl proxy-config all <pod>.');
  await page.getByRole('combobox', { name: 'Service of the commands' }).click();
  await page.getByRole('combobox', { name: 'Service of the commands' }).fill('sales/payments');
  await page.getByRole('combobox', { name: 'Service of the commands' }).press('Enter');
  await page.getByRole('textbox', { name: 'Pod of the commands' }).fill('payments-7c9');
  await task.getByRole('button', { name: 'Copy' }).last().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'kumactl inspect dataplane payments-7c9.sales -m default --type=config-dump --include-eds',
  );

  // A link opens the same thing for somebody else.
  await expect(page).toHaveURL(/pod=payments-7c9/);
  await page.reload();
  await expect(task).toContainText('payments-7c9.sales');
});

for (const hand of hands)
  test(`pitfalls have the result of their checks in this estate, and checks lead to the guide, ${hand.name}`, async ({
    page,
  }) => {
    const address = await openSample(page);
    await page.goto(`${address}/preflight?open=forced-mutual-tls`);
    await hand.press(page.getByRole('link', { name: 'Guide: When connections are encrypted' }).first());
    await hand.press(page.getByRole('region', { name: 'Pitfalls' }).getByRole('link', { name: /insists on mTLS/ }));
    const pitfall = page.getByRole('article', { name: /insists on mTLS/ });
    await expect(pitfall).toBeInViewport();
    await expect(pitfall).toContainText('found here');
    await expect(pitfall).toContainText(/failed, 1 blocker/);
    await hand.press(pitfall.getByRole('link', { name: /Clients are told to speak/ }));
    await expect(page).toHaveURL(/\/preflight\?q=ISTHMUS-PF-009&open=forced-mutual-tls/);
  });

test('without a migration names are placeholders, and nothing is said of an estate', async ({ page }) => {
  await page.goto('/guide/commands');
  const task = page.getByRole('article', { name: 'Find a pod of a service' });
  await expect(task).toContainText('kubectl -n <namespace> get dataplanes');
  await page.goto('/guide/pitfalls');
  await expect(page.getByText('No migration is open')).toBeVisible();
  await expect(page.getByText('found here')).toHaveCount(0);
  await page.goto('/guide/no-such-section');
  await expect(page.getByRole('heading', { level: 1, name: 'There is nothing at this address' })).toBeVisible();
});

test('without a mouse: open the guide, search, read, copy', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openSample(page);
  // From a finding to the section that explains it, and back to the findings that it explains.
  await keyboard.goTo(page, 'Findings', 'f');
  await keyboard.write(page.getByRole('searchbox', { name: /filter/i }), 'AP-003');
  await walkTo(page.getByRole('grid', { name: 'Findings' }), 'ISTHMUS-AP-003');
  await keyboard.press(page.getByRole('link', { name: 'Guide: Who may call whom' }));
  await expect(page.getByRole('heading', { level: 1, name: 'Who may call whom' })).toBeVisible();
  const explained = page.getByRole('region', { name: 'Findings that this explains' }).getByRole('listitem');
  await keyboard.press(
    explained
      .filter({ hasText: 'ISTHMUS-AP-003' })
      .getByRole('link', { name: /findings?$/ })
      .first(),
  );
  await expect(page).toHaveURL(/\/findings\?code=ISTHMUS-AP-003/);
  await expect(page.getByRole('heading', { level: 1, name: 'Findings' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await expect(page.getByRole('heading', { level: 1, name: 'Guide' })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('proxy-status');
  await expect(page.getByRole('list', { name: 'Found in the guide' })).toBeVisible();
  await keyboard.press(page.getByRole('link', { name: 'List proxies and whether they are in step' }));
  const task = page.getByRole('article', { name: 'List proxies and whether they are in step' });
  await expect(task).toBeInViewport();
  await keyboard.write(page.getByRole('combobox', { name: 'Service of the commands' }), 'sales/payments');
  await page.keyboard.press('Enter');
  await keyboard.write(page.getByRole('textbox', { name: 'Pod of the commands' }), 'payments-7c9');
  await expect(page).toHaveURL(/pod=payments-7c9/);
  await keyboard.press(task.getByRole('button', { name: 'Copy' }).first());
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('istioctl proxy-status');
  // The palette finds sections too.
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: /^Search services/ })).toBeFocused();
  await page.keyboard.type('ambient mode');
  await expect(page.getByRole('option', { name: /Ambient mode Edges and zones/ })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Ambient mode' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`no section breaks rules of accessibility, in ${colorScheme}`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const id = (await openSample(page)).split('/').at(-1);
    for (const width of [1440, 800]) {
      await page.setViewportSize({ width, height: 900 });
      for (const path of ['', '?q=mtls', ...sections.map((section) => `/${section}`)]) {
        await page.goto(`/guide${path}${path.includes('?') ? '&' : '?'}migration=${id}`);
        // The shape of a page that loads has a heading too.
        await expect(page.getByRole('searchbox', { name: 'Search the guide' })).toBeVisible();
        // What is narrower has the same elements and colours.
        if (width === 1440) await expectAccessible(page);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect({ path, overflow: Math.max(0, overflow) }).toEqual({ path, overflow: 0 });
        await keepPicture(page, `guide${path.replace(/\W/g, '-')}-${width}`);
      }
    }
  });
