/** What waiting needs from outside, so that tests decide it. */
export interface Timing {
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** Resolves after some milliseconds, or as soon as the signal says stop. */
  readonly wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

/** The machine's own. */
export const timing: Timing = {
  random: Math.random,
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal?.addEventListener('abort', end);
    }),
  now: () => performance.now(),
};

const first = 200;
const most = 30_000;

/**
 * Milliseconds to wait before a try: between half and the whole of a time that doubles, so that many who lost the same
 * server do not all come back at once; no less than what the server asked for.
 * @param failures how often it failed in a row, from 1
 */
export function backOff(failures: number, random: () => number, asked = 0): number {
  const whole = Math.min(first * 2 ** (failures - 1), most);
  return Math.max(Math.round(whole * (0.5 + random() / 2)), Math.min(asked, most));
}
