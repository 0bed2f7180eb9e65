import type { Locator } from '@playwright/test';
import { hands, keyboard, mouse, tabTo } from './support/hand.ts';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

const crossings = /^\d+ services? moves? in \d+ waves?/;

test('plan waves with the mouse: a move shows what follows, is kept, and its files are downloaded', async ({
  page,
}) => {
  const address = await openSample(page);
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page.getByRole('heading', { level: 1, name: 'Plan' })).toBeVisible();
  await expect(
    page.getByText(/^17 services move in 4 waves; at most \d+ calls cross between the meshes at once\.$/),
  ).toBeVisible();
  const wave = (number: number) => page.getByRole('region', { name: `Wave ${number}`, exact: true });
  const card = (id: string) => page.getByRole('button', { name: new RegExp(`^${id}\\b`) });
  await expect(wave(1).getByRole('button', { name: /sales\/payments/ })).toBeVisible();

  // What calls others moves before them: said at once, and nothing is kept yet.
  await card('sales/web').dragTo(wave(1));
  await expect(wave(1).getByRole('button', { name: /sales\/web/ })).toBeVisible();
  const draft = page.getByRole('region', { name: 'Changes that are not kept yet' });
  await expect(draft).toContainText('1 service moved');
  await expect(draft).toContainText(/constraints? (?:is|are) not kept \(\+\d+\)/);
  await expect(page.getByRole('region', { name: 'What could not be kept' })).toContainText(
    'sales/web calls sales/bookings: sales/bookings is to move first, but is in wave 2 behind sales/web in wave 1.',
  );
  await expectAccessible(page);
  await draft.getByRole('button', { name: 'Undo' }).click();
  await expect(draft).toBeHidden();
  await expect(wave(4).getByRole('button', { name: /sales\/web/ })).toBeVisible();

  // Dropped behind the last wave it has one of its own; kept, everybody sees it.
  await card('sales/web').dragTo(page.getByText('New wave', { exact: true }));
  await expect(wave(5)).toContainText('1 service');
  await draft.getByRole('button', { name: 'Keep for everybody' }).click();
  await expect(page.getByText('Kept for everybody.')).toBeVisible();
  await expect(page.getByText(/^17 services move in 5 waves/)).toBeVisible();
  await page.reload();
  await expect(wave(5).getByRole('button', { name: /sales\/web/ })).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Downloads of wave 5' }).click();
  await page.getByRole('menuitem', { name: 'Runbook as Markdown' }).click();
  expect((await download).suggestedFilename()).toBe('wave-5.md');

  await page.getByRole('button', { name: 'Plan them anew' }).click();
  await draft.getByRole('button', { name: 'Keep for everybody' }).click();
  await expect(page.getByText(/^17 services move in 4 waves/)).toBeVisible();

  // Where a call is said.
  await page.goto(`${address}/plan?view=calls&service=sales/payments`);
  const call = page.getByRole('list', { name: 'Calls', exact: true }).getByRole('listitem').first();
  await call.getByText('sales/bookings', { exact: true }).click();
  await expect(call).toContainText('sales/mesh/security.yaml:138:17');
  await call
    .getByRole('link', { name: /AuthorizationPolicy .* in the workbench/ })
    .first()
    .click();
  await expect(page).toHaveURL(/workbench\?resource=[\w/-]+&field=spec\.rules/);
});

test('plan waves by keyboard only', async ({ page }) => {
  await openSample(page);
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page.getByText(crossings)).toBeVisible();
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.card);
  for (let step = 0; step < 60 && (await focused()) === undefined; step++) await page.keyboard.press('Tab');
  expect(await focused()).toBe('operations/weather');
  await page.keyboard.press('End');
  expect(await focused()).toBe('sales/seats');
  await page.keyboard.press('Space');
  await expect(page.getByText(/^sales\/seats picked up\./)).toBeAttached();
  await page.keyboard.press('ArrowRight');
  await expect(
    page.getByRole('region', { name: 'Wave 2' }).getByRole('button', { name: /sales\/seats/ }),
  ).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(
    page.getByRole('region', { name: 'Wave 1' }).getByRole('button', { name: /sales\/seats/ }),
  ).toBeFocused();
  await expect(page.getByRole('region', { name: 'Changes that are not kept yet' })).toBeHidden();

  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByText('sales/seats put down: wave 3 of 4.')).toBeAttached();
  await expect(
    page.getByRole('region', { name: 'Wave 3' }).getByRole('button', { name: /sales\/seats/ }),
  ).toBeFocused();
  // Enter leads to what holds it there.
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Service sales/seats' })).toBeFocused();

  const keep = page.getByRole('button', { name: 'Keep for everybody' });
  await expect(keep).toBeVisible();
  await keyboard.press(keep);
  await expect(page.getByText('Kept for everybody.')).toBeVisible();
  await page.reload();
  await expect(
    page.getByRole('region', { name: 'Wave 3' }).getByRole('button', { name: /sales\/seats/ }),
  ).toBeVisible();
});

for (const hand of hands)
  test(`two people arrange one plan: both values are shown, and both moves can be had, ${hand.name}`, async ({
    page,
    browser,
  }) => {
    const address = await openSample(page);
    const context = await browser.newContext();
    const other = await context.newPage();
    for (const one of [page, other]) {
      await one.goto(`${address}/plan?at=sales/seats`);
      await expect(one.getByRole('region', { name: 'Wave 1', exact: true })).toBeVisible();
    }
    await hand.choose(page.getByLabel('When sales/seats moves'), '2');
    await other.goto(`${address}/plan?at=sales/flights`);
    await hand.choose(other.getByLabel('When sales/flights moves'), '3');
    await hand.press(page.getByRole('button', { name: 'Keep for everybody' }));
    await expect(page.getByText('Kept for everybody.')).toBeVisible();
    await expect(other.getByText(/changed the plan meanwhile/)).toBeVisible();
    await hand.press(other.getByRole('button', { name: 'Keep for everybody' }));
    const dialog = other.getByRole('dialog');
    await expect(dialog.getByRole('row', { name: /sales\/seats/ })).toContainText('wave 2');
    await expect(dialog.getByRole('row', { name: /sales\/flights/ })).toContainText('wave 3');
    await hand.press(dialog.getByRole('button', { name: 'Combine and look at it' }));
    await hand.press(other.getByRole('button', { name: 'Keep for everybody' }));
    await expect(other.getByText('Kept for everybody.')).toBeVisible();
    const wave = (number: number) => page.getByRole('region', { name: `Wave ${number}`, exact: true });
    await expect(wave(2).getByRole('button', { name: /sales\/seats/ })).toBeVisible();
    await expect(wave(3).getByRole('button', { name: /sales\/flights/ })).toBeVisible();
    await context.close();
  });

for (const hand of hands)
  test(`settings of the plan are tried and kept; traffic that was seen is taken, and what is none is refused, ${hand.name}`, async ({
    page,
  }) => {
    const address = await openSample(page);
    await page.goto(`${address}/plan?settings=open`);
    await hand.write(page.getByLabel('Services per wave'), '2');
    await page.keyboard.press('Enter');
    const draft = page.getByRole('region', { name: 'Changes that are not kept yet' });
    await expect(draft).toContainText('services per wave');
    await expect(page.getByRole('region', { name: 'Wave 9' })).toBeVisible();
    await hand.write(page.getByLabel('First wave on'), '2027-01-11');
    await hand.write(page.getByLabel('Freeze from'), '2027-01-16');
    await hand.write(page.getByLabel('Freeze to'), '2027-01-20');
    await hand.write(page.getByLabel('Reason of the freeze'), 'holiday sale');
    await hand.press(page.getByRole('button', { name: 'Add freeze' }));
    await expect(page.getByRole('region', { name: 'Wave 2' })).toContainText('2027-01-21 *');
    if (hand === mouse) await expectAccessible(page);
    await hand.press(draft.getByRole('button', { name: 'Keep for everybody' }));
    await expect(draft).toBeHidden();
    await page.reload();
    await expect(page.getByLabel('Services per wave')).toHaveValue('2');

    const upload = async (text: string) => {
      const chooser = page.waitForEvent('filechooser');
      await hand.press(page.getByRole('button', { name: /^(?:Choose a file|Replace it) …$/ }));
      await (await chooser).setFiles({ name: 'traffic.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    };
    await upload('{"status":"success","data":{"resultType":"matrix","result":[]}}');
    await expect(page.getByRole('alert')).toContainText('the vector of an instant query');
    await upload('not JSON');
    await expect(page.getByRole('alert')).toContainText('Refused.');
    const metric = {
      __name__: 'istio_requests_total',
      source_workload: 'web',
      source_workload_namespace: 'sales',
      destination_service_name: 'flights',
      destination_service_namespace: 'sales',
    };
    await upload(
      JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [{ metric, value: [1, '5'] }] } }),
    );
    await expect(page.getByText('1 call of 1 sample by Prometheus')).toBeVisible();
    await expect(page.getByRole('alert')).toBeHidden();
  });

for (const hand of hands)
  test(`the graph is laid out in a worker, walked by arrows, and tells what crosses, ${hand.name}`, async ({
    page,
  }) => {
    const address = await openSample(page);
    await page.goto(`${address}/plan?view=graph&after=2`);
    const bookings = page.getByRole('button', { name: /^sales\/bookings, wave 2, in Kong Mesh/ });
    await expect(bookings).toBeVisible();
    if (hand === mouse) {
      await expectAccessible(page);
      await bookings.click();
      await bookings.focus();
    } else {
      // As somebody goes who sees where the box is.
      await tabTo(page.locator('[data-node][tabindex="0"]'));
      const centreOf = async (box: Locator) => {
        const { x, y, width, height } = (await box.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
        return { x: x + width / 2, y: y + height / 2 };
      };
      for (let presses = 0; presses < 20; presses++) {
        const from = await centreOf(page.locator('[data-node]:focus'));
        const to = await centreOf(bookings);
        const [dx, dy] = [to.x - from.x, to.y - from.y];
        if (Math.hypot(dx, dy) < 1) break;
        const isAcross = Math.abs(dx) > Math.abs(dy);
        await page.keyboard.press(isAcross ? (dx > 0 ? 'ArrowRight' : 'ArrowLeft') : dy > 0 ? 'ArrowDown' : 'ArrowUp');
      }
      await expect(bookings).toBeFocused();
    }
    await expect(page).toHaveURL(/at=sales\/bookings/);
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('button', { name: /^sales\/bookings-db, wave 1/ })).toBeFocused();
    await expect(page.getByRole('region', { name: 'Service sales/bookings-db' })).toBeVisible();
    await hand.choose(page.getByLabel('What the boxes are'), 'namespace');
    await page.getByRole('button', { name: /^sales, 8 services/ }).press('Enter');
    await expect(page).toHaveURL(/open=sales/);
    await expect(page.getByRole('button', { name: /^sales\/bookings, wave 2/ })).toBeVisible();
    if (hand === mouse) {
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page);
    }
    await hand.press(page.getByRole('button', { name: 'As a list' }));
    await expect(page.getByRole('list', { name: 'Calls', exact: true })).toBeVisible();
  });
