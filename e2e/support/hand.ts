import { expect, type Locator, type Page } from '@playwright/test';

/** How somebody works a page: journeys that take a hand are walked with the mouse, and again without one. */
export interface Hand {
  readonly name: string;
  /** Activates a button, a link or a checkbox. */
  press(target: Locator): Promise<void>;
  /** Puts a text in place of what a field holds; of a day as YYYY-MM-DD. */
  write(field: Locator, text: string): Promise<void>;
  /** Takes one of several: an option of a select by its value or label, a radio of a group by its label. */
  choose(field: Locator, option: string): Promise<void>;
  /** Opens a row of a table, by a text that no row before it has. */
  openRow(grid: Locator, text: string | RegExp): Promise<void>;
  /** Goes to a page of the migration by its name in the rail, or by its letter behind `g`. */
  goTo(page: Page, label: string, letter: string): Promise<void>;
}

const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === document.activeElement);

/**
 * Presses Tab until something has the focus, as somebody without a mouse does. A page takes a few dozen presses at most;
 * the bound is far above that, so that only what cannot be reached fails.
 */
export async function tabTo(target: Locator): Promise<void> {
  const page = target.page();
  // What an editor takes its keys by is not seen.
  await expect(target).toBeAttached();
  for (let presses = 0; presses < 150; presses++) {
    if (await hasFocus(target)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
}

/** Presses a key so often within one task of the page, where its focus is: nothing can be drawn in between. */
export const pressMany = (page: Page, key: string, times: number): Promise<void> =>
  page.evaluate(
    ([name, count]) => {
      for (let presses = 0; presses < count; presses++)
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }),
        );
    },
    [key, times] as const,
  );

/** Moves the cursor of a table down to the first row with a text. */
export async function walkTo(grid: Locator, text: string | RegExp): Promise<void> {
  await tabTo(grid);
  const { keyboard } = grid.page();
  const wanted = grid.getByRole('row').filter({ hasText: text }).first();
  const isThere = async () => (await wanted.count()) > 0 && (await wanted.getAttribute('data-active')) !== null;
  await keyboard.press('Home');
  for (let presses = 0; presses < 60 && !(await isThere()); presses++) await keyboard.press('ArrowDown');
  await expect(wanted).toHaveAttribute('data-active');
}

const isSelect = (field: Locator): Promise<boolean> => field.evaluate((element) => element.matches('select'));

/** Presses a key until something holds, as often as the longest list has options. */
async function pressUntil(field: Locator, key: string, holds: () => Promise<boolean>): Promise<void> {
  for (let presses = 0; presses < 60 && !(await holds()); presses++) await field.page().keyboard.press(key);
  expect(await holds()).toBe(true);
}

export const mouse: Hand = {
  name: 'with the mouse',
  press: (target) => target.click(),
  write: (field, text) => field.fill(text),
  async choose(field, option) {
    if (await isSelect(field)) await field.selectOption(option);
    else await field.getByText(option, { exact: true }).click();
  },
  openRow: (grid, text) => grid.getByRole('row').filter({ hasText: text }).first().dblclick(),
  goTo: (page, label) =>
    page.getByRole('navigation', { name: 'Migration' }).getByRole('link', { name: label }).first().click(),
};

export const keyboard: Hand = {
  name: 'by keyboard only',
  async press(target) {
    await tabTo(target);
    const isBox = await target.evaluate(
      (element) => element instanceof HTMLInputElement && element.type === 'checkbox',
    );
    await target.page().keyboard.press(isBox ? 'Space' : 'Enter');
  },
  async write(field, text) {
    await tabTo(field);
    const { keyboard } = field.page();
    const isDay = await field.evaluate((element) => element instanceof HTMLInputElement && element.type === 'date');
    if (!isDay) await keyboard.press('Control+a');
    // The parts of a day stand in the order of the browser's language, which is American English here.
    await keyboard.type(isDay ? text.replace(/^(\d+)-(\d+)-(\d+)$/, '$2$3$1') : text);
  },
  async choose(field, option) {
    if (await isSelect(field)) {
      await tabTo(field);
      const isChosen = () =>
        field.evaluate(
          ({ value, selectedOptions: [one] }: HTMLSelectElement, wanted) => value === wanted || one?.label === wanted,
          option,
        );
      await field.page().keyboard.press('Home');
      await pressUntil(field, 'ArrowDown', isChosen);
      await expect(field).toBeFocused();
      return;
    }
    const wanted = field.getByRole('radio', { name: option, exact: true });
    const checked = field.getByRole('radio', { checked: true });
    for (let presses = 0; presses < 150 && !(await hasFocus(checked)); presses++)
      await field.page().keyboard.press('Tab');
    await pressUntil(field, 'ArrowRight', () => wanted.isChecked());
  },
  async openRow(grid, text) {
    await walkTo(grid, text);
    await grid.page().keyboard.press('Enter');
  },
  async goTo(page, _, letter) {
    // Before the page is there, nobody listens to keys.
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
    // Where a text has the focus, letters are text: Tab leads out of it.
    for (let presses = 0; presses < 10; presses++) {
      const isTyping = await page.evaluate(
        () => document.activeElement?.matches('input:not([type=checkbox]), textarea, select') ?? false,
      );
      if (!isTyping) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('g');
    await page.keyboard.press(letter);
  },
};

/** Both hands, for journeys that must pass with either. */
export const hands: readonly Hand[] = [mouse, keyboard];
