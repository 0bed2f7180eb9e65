import { hands } from './support/hand.ts';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

for (const hand of hands)
  test(`a service goes from phase to phase: an open gate, one that is overridden, shares, and the way back, ${hand.name}`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    const address = await openSample(page);
    await page.goto(`${address}/services/operations/weather`);
    const phase = page.getByRole('region', { name: 'Phase' });
    await expect(phase.getByText('It may become translated')).toBeVisible();
    await hand.press(phase.getByRole('button', { name: 'Enter translated' }));
    await expect(page.getByText('Recorded: translated.')).toBeVisible();

    // A gate that is shut says why, and where to settle it; a reason overrides it.
    await hand.press(phase.getByRole('button', { name: 'bridged' }));
    await expect(page).toHaveURL(/gate=bridged/);
    const conditions = phase.getByRole('list', { name: 'Conditions of bridged' });
    await expect(conditions).toContainText('It is translated, and would leave reviewed out.');
    await expectAccessible(page);
    await hand.press(phase.getByRole('button', { name: 'Enter bridged all the same …' }));
    await hand.write(phase.getByLabel(/although its gate is shut/), 'tried in the test cluster');
    await hand.press(phase.getByRole('button', { name: 'Enter bridged', exact: true }));
    await expect(page.getByText('Recorded: bridged.')).toBeVisible();
    await expect(page.getByRole('grid', { name: 'History' })).toContainText('“tried in the test cluster”');

    // What to run next is open, with how to verify and how to go back.
    const steps = page.getByRole('region', { name: 'What to run' });
    await expect(steps.getByText('kubectl apply -f wave-01/20-apply/apply.yaml', { exact: true })).toBeVisible();
    await expect(steps.getByText('Safe to stop here.')).toBeVisible();

    await hand.press(phase.getByRole('button', { name: 'Approve as anonymous' }));
    await expect(phase.getByText('1 of 1 approval is given.')).toBeVisible();
    await hand.press(phase.getByRole('button', { name: /^Enter shifting/ }));
    const reason = phase.getByLabel(/although its gate is shut/);
    if (await reason.isVisible()) {
      await hand.write(reason, 'roots come later');
      await hand.press(phase.getByRole('button', { name: 'Enter shifting', exact: true }));
    }
    await expect(page.getByText('Recorded: shifting, 10 % in Kong Mesh.')).toBeVisible();
    await hand.press(phase.getByRole('button', { name: 'Next step: 50 %' }));
    await expect(page.getByText('Recorded: shifting, 50 % in Kong Mesh.')).toBeVisible();
    await hand.write(phase.getByLabel('Requests in Kong Mesh'), '75');
    await hand.press(phase.getByRole('button', { name: 'Record this share' }));
    await expect(page.getByRole('grid', { name: 'History' })).toContainText('share in Kong Mesh: 50 % → 75 %');

    await hand.press(phase.getByRole('button', { name: 'Roll back …' }));
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('sh wave-01/40-shift-50/rollback/rollback.sh');
    await expect(dialog).not.toContainText('10-bridge/rollback/');
    await expectAccessible(page);
    await hand.press(dialog.getByRole('button', { name: 'Record it as rolled back' }));
    await expect(page.getByText('Recorded: rolled-back.')).toBeVisible();
    await expect(phase).toContainText('It was rolled back');
  });

for (const hand of hands)
  test(`two people record a share at once: both values are shown, ${hand.name}`, async ({ page, browser, request }) => {
    const address = await openSample(page);
    const api = `/api/v1/migrations/${address.split('/').at(-1)}`;
    const started = await request.patch(`${api}/services/operations/weather`, {
      data: { revision: 0, phase: 'shifting', share: 10, override: { reason: 'for the test' } },
    });
    expect(started.ok()).toBe(true);
    const context = await browser.newContext();
    const other = await context.newPage();
    for (const one of [page, other]) {
      await one.goto(`${address}/services/operations/weather`);
      await expect(one.getByLabel('Requests in Kong Mesh')).toHaveValue('10');
    }
    await hand.write(other.getByLabel('Requests in Kong Mesh'), '20');
    await hand.write(page.getByLabel('Requests in Kong Mesh'), '60');
    await hand.press(page.getByRole('button', { name: 'Record this share' }));
    await expect(page.getByText('Recorded: shifting, 60 % in Kong Mesh.')).toBeVisible();
    await hand.press(other.getByRole('button', { name: 'Record this share' }));
    const dialog = other.getByRole('dialog');
    await expect(dialog).toContainText('60 %');
    await expect(dialog).toContainText('20 %');
    await hand.press(dialog.getByRole('button', { name: 'Use yours' }));
    await expect(page.getByLabel('Requests in Kong Mesh')).toHaveValue('20');
    await context.close();
  });
