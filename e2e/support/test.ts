import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { type ServerProcess, startServer } from './server.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** Fails the test at its end where the page asked another host, logged an error or broke the content security policy. */
  readonly quiet: undefined;
}

interface WorkerFixtures {
  readonly server: ServerProcess;
}

/** Playwright's test with a real server, and pages that must stay on it without an error in the console. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern.
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  quiet: [
    async ({ context, server }, use) => {
      const complaints: string[] = [];
      await context.route('**/*', async (route) => {
        const url = route.request().url();
        if (url.startsWith(server.url) || /^(?:data|blob):/.test(url)) return route.continue();
        complaints.push(`asked for ${url}`);
        return route.abort();
      });
      context.on('console', (message) => {
        // The browser reports each answer that is not 2xx; journeys that provoke one look at it themselves.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text());
      });
      context.on('weberror', (error) => complaints.push(String(error.error())));
      await use(undefined);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens the sample estate from the first page and waits for its overview; returns the address of the migration. */
export async function openSample(page: Page): Promise<string> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Open the sample estate' }).click();
  await page.waitForURL(/\/migrations\/[^/]+\/?$/);
  return page.url().replace(/\/$/, '');
}

/** Expects no violation of axe's rules on the page as it is. */
export async function expectAccessible(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // Colours on their way to another theme are of neither.
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(
        ({ effect, playState }) =>
          playState === 'running' && effect?.getTiming().iterations !== Number.POSITIVE_INFINITY,
      );
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ target, failureSummary }) => [target, failureSummary]),
    })),
  ).toEqual([]);
}

/** Keeps a picture of the page as a test artefact. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const path = test.info().outputPath(`${name}.png`);
  await page.screenshot({ path, fullPage: false });
  await test.info().attach(name, { path, contentType: 'image/png' });
}
