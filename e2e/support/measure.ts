import { availableParallelism, loadavg } from 'node:os';
import { type Browser, expect, type Page, test } from '@playwright/test';

/** What two cores may be busy with beside a test only ever adds to a time, so that the least of a few is the page's own. */
export const tries = 3;

/** Whether over three times as many processes want to run as there are cores (load of the last minute). */
const isCrowded = (): boolean => (loadavg()[0] ?? 0) > 3 * availableParallelism();

/**
 * Whether a core is less than half as quick as those that the budgets are meant for: there a hundred million multiplications of
 * which each waits for the one before take about 0.2 s (5 cycles each at 2.5 GHz). Machines that are shared may be throttled.
 */
function isSlow(): boolean {
  const begin = process.cpuUsage();
  let mixed = 1;
  for (let round = 0; round < 100_000_000; round++) mixed = (mixed * 31 + round) | 0;
  const { user, system } = process.cpuUsage(begin);
  return mixed !== 0 && user + system > 400_000;
}

/**
 * Holds times to a budget, each the least of up to three, in ms. The machine may be busy with something else, which only ever adds,
 * to processor time too where threads share a core; what is too slow is so each time. On a crowded or slow machine even the least tells of
 * that: too slow a page is not told from a slow machine then, and the test says that it was skipped rather than guess.
 */
export function hold(least: Readonly<Record<string, number>>, budget: number): void {
  const over = Object.entries(least).filter(([, ms]) => ms > budget);
  test.skip(
    over.length > 0 && (isCrowded() || isSlow()),
    `The machine is too busy or slow to tell: ${JSON.stringify(least)}`,
  );
  expect(over).toEqual([]);
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread in µs. */
  readonly tdur?: number;
}

/**
 * The longest task of the page's main thread while `work` goes on, in ms of processor time. A PerformanceObserver of long
 * tasks tells the time on the wall, in which a busy machine makes a task of 20 ms one of 80: the trace tells how long the
 * thread itself was at work, which is what a page can be held to.
 */
export async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, {
    categories: ['toplevel', 'blink.user_timing', 'disabled-by-default-devtools.timeline'],
  });
  const mark = `isthmus ${Math.random()}`;
  await page.evaluate((name) => performance.mark(name), mark);
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as {
    traceEvents: readonly TraceEvent[];
  };
  const main = traceEvents.find(({ name }) => name === mark);
  expect(main, 'the mark that names the main thread').toBeDefined();
  const tasks = traceEvents.filter(
    ({ name, pid, tid, tdur }) =>
      /^(?:RunTask|ThreadControllerImpl::RunTask)$/.test(name) &&
      pid === main?.pid &&
      tid === main.tid &&
      tdur !== undefined,
  );
  expect(tasks.length, 'tasks with a processor time').toBeGreaterThan(10);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

/** From the start of the navigation to the largest content on the screen, in ms, as the browser reports it. */
export async function largestPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        });
      }),
  );
}

declare global {
  interface Window {
    slowest: number;
  }
}

/** Has the page note how long each interaction took up to the next paint. */
export async function watchInteractions(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.slowest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId?: number })[])
        if ((entry.interactionId ?? 0) > 0) window.slowest = Math.max(window.slowest, entry.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
}

/** The slowest interaction of `work` up to the next paint, in ms; below 16 it is 0, since browsers do not report those. */
export async function slowestInteraction(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    window.slowest = 0;
  });
  await work();
  // Entries come with the frame behind the one that they tell of.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50)))),
  );
  return page.evaluate(() => window.slowest);
}
