/** A number that a benchmark is held to. */
export interface Held {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  readonly unit: string;
}

/** Machines are noisy: a limit counts as missed only where it is exceeded by more than this part of itself. */
const noise = 0.1;

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

/** Prints a number with its limit; returns whether the limit holds. */
export function hold({ what, measured, limit, unit }: Held): boolean {
  const verdict = measured <= limit ? 'holds' : measured <= limit * (1 + noise) ? 'holds within noise' : 'MISSED';
  console.log(`  ${what}: ${shown(measured)} ${unit}, limit ${shown(limit)} ${unit}: ${verdict}`);
  return verdict !== 'MISSED';
}
