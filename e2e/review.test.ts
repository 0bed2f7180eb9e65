import { hands } from './support/hand.ts';
import { expect, expectAccessible, openSample, test } from './support/test.ts';

for (const hand of hands)
  test(`a service is reviewed up to its gate: a blocker and each difference are decided, and it opens, ${hand.name}`, async ({
    page,
  }) => {
    test.setTimeout(180_000);
    await openSample(page);
    const phase = page.getByRole('region', { name: 'Phase' });
    const toService = async () => {
      await hand.goTo(page, 'Services', 's');
      await hand.openRow(page.getByRole('grid', { name: 'Services' }), 'reports');
      await expect(page.getByRole('heading', { level: 1, name: /reports/ })).toBeVisible();
    };
    await toService();
    await hand.press(phase.getByRole('button', { name: 'Enter translated' }));
    await expect(page.getByText('Recorded: translated.')).toBeVisible();
    const conditions = phase.getByRole('list', { name: 'Conditions of reviewed' });
    await expect(phase.getByText(/^It cannot become reviewed yet/)).toBeVisible();
    await expect(conditions).toContainText('1 finding about it blocks.');
    await expect(conditions).toContainText('3 differences of its behaviour are not accepted.');
    await expectAccessible(page);

    // Each condition leads to where it is settled.
    await hand.press(conditions.getByRole('link', { name: 'Before and after' }).last());
    await expect(page).toHaveURL(/workbench\?service=operations\/reports/);
    await hand.press(page.getByRole('button', { name: /^blocker.*ISTHMUS-/ }).first());
    await hand.press(page.getByRole('button', { name: 'Accept with a reason …' }));
    await page.keyboard.type('the other rule is removed before the move');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^Accepted by anonymous, .*removed before the move$/)).toBeVisible();

    await toService();
    await expect(conditions).not.toContainText('1 finding about it blocks.');
    await hand.press(conditions.getByRole('link', { name: 'Behaviour' }));
    await hand.openRow(page.getByRole('grid', { name: 'Behaviour of services' }), 'operations/reports');
    const detail = page.getByRole('region', { name: /^Behaviour of / });
    const undecided = detail.getByRole('button', { name: 'Accept with a reason …' });
    await expect(undecided.first()).toBeVisible();
    for (let left = await undecided.count(); left > 0; left--) {
      await hand.press(undecided.first());
      await page.keyboard.type(`nobody sends it ${left}`);
      await page.keyboard.press('Enter');
      await expect(detail.getByText(`Accepted: nobody sends it ${left}`)).toBeVisible();
      await expect(undecided).toHaveCount(left - 1);
    }

    await toService();
    await expect(phase.getByText(/^It may become reviewed/)).toBeVisible();
    await hand.press(phase.getByRole('button', { name: 'Enter reviewed' }));
    await expect(page.getByText('Recorded: reviewed.')).toBeVisible();
    await hand.goTo(page, 'History', 'h');
    await expect(page.getByText(/removed before the move/)).toBeVisible();
  });
