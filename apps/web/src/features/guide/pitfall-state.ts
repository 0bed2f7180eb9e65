import type { Check } from '@isthmus/contract';
import type { Pitfall } from './content/pitfalls.ts';

/** What an estate says of a pitfall. */
export type PitfallState = 'failed' | 'partly' | 'skipped' | 'passed';

/**
 * `failed` where a check fails or a finding is there; `passed` where all that looks for it looked at something and found
 * nothing, `partly` where some of it did, `skipped` where nothing could be looked at.
 */
export function pitfallState(
  { checks, codes }: Pick<Pitfall, 'checks' | 'codes'>,
  results: readonly Pick<Check, 'id' | 'state'>[],
  counts: ReadonlyMap<string, number>,
): PitfallState {
  const states = results.filter(({ id }) => checks.includes(id)).map(({ state }) => state);
  if (states.includes('failed') || codes.some((code) => (counts.get(code) ?? 0) > 0)) return 'failed';
  const passed = states.filter((state) => state === 'passed').length;
  if (passed === checks.length) return 'passed';
  return passed > 0 ? 'partly' : 'skipped';
}
