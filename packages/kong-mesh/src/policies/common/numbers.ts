import { parseDuration } from '@isthmus/kubernetes';
import type { Report } from './resource.ts';

/** An integer as JSON holds it here. */
export type Integer = number | bigint;
export type IntegerOrText = Integer | string;

/** Nanoseconds of a Go duration that admission has read already. */
export function nanoseconds(duration: string): bigint {
  return parseDuration(duration) ?? 0n;
}

/** A number of any size and precision: `digits` times ten to the power of `exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Parses what shopspring/decimal's `NewFromString` accepts: `1.5`, `-.5`, `1e3`; a sign may stand after the point. */
function parseDecimal(value: string): Decimal | undefined {
  const [mantissa = '', power] = value.split(/[Ee](.*)/s);
  if (power !== undefined && !/^[+-]?\d{1,10}$/.test(power)) return undefined;
  const parts = mantissa.split('.');
  const digits = parts.join('');
  if (parts.length > 2 || !/^[+-]?\d+$/.test(digits)) return undefined;
  const exponent = Number(power ?? '0') - (parts[1]?.length ?? 0);
  if (Math.abs(exponent) > 2 ** 31) return undefined;
  return { digits: BigInt(digits.replace(/^\+/, '')), exponent };
}

/** Negative, zero or positive as the decimal is below, equal to or above a whole number that is not negative. */
function compareDecimal({ digits, exponent }: Decimal, whole: bigint): number {
  const sign = (difference: bigint): number => (difference < 0n ? -1 : difference > 0n ? 1 : 0);
  if (digits <= 0n) return digits === 0n || whole > 0n ? sign(-whole) : sign(digits);
  const magnitude = digits.toString().length + exponent;
  if (magnitude > 20) return 1;
  if (magnitude < 0) return whole === 0n ? 1 : -1;
  return exponent >= 0
    ? sign(digits * 10n ** BigInt(exponent) - whole)
    : sign(digits - whole * 10n ** BigInt(-exponent));
}

/** What a number in an integer or a text is, or that it is none. */
export function inspectDecimal(value: IntegerOrText): 'none' | 'negative' | 'zero' | 'to 100' | 'above 100' {
  if (typeof value !== 'string')
    return value < 0 ? 'negative' : value <= 0 ? 'zero' : value > 100 ? 'above 100' : 'to 100';
  const decimal = parseDecimal(value);
  if (decimal === undefined) return 'none';
  const toZero = compareDecimal(decimal, 0n);
  if (toZero <= 0) return toZero < 0 ? 'negative' : 'zero';
  return compareDecimal(decimal, 100n) > 0 ? 'above 100' : 'to 100';
}

/** Reports a percentage outside 0 to 100, or one of 0 where that is not `zero`-able. */
export function checkPercentage(
  value: IntegerOrText | undefined,
  path: string,
  report: Report,
  { zero = true, at }: { readonly zero?: boolean; readonly at?: string } = {},
): void {
  if (value === undefined) return;
  const found = inspectDecimal(value);
  if (found === 'none') report(path, 'it must be a number', at);
  else if (found === 'negative' || found === 'above 100') report(path, 'it must be from 0 to 100', at);
  else if (found === 'zero' && !zero) report(path, 'it must be above 0', at);
}

/** Reports an integer that is given and not above zero. */
export function checkPositive(value: Integer | undefined, path: string, report: Report, at?: string): void {
  if (value !== undefined && value <= 0) report(path, 'it must be above 0', at);
}

/** Reports a duration that is given and not above zero. */
export function checkPositiveDuration(value: string | undefined, path: string, report: Report, at?: string): void {
  if (value !== undefined && nanoseconds(value) <= 0n) report(path, 'it must be a duration above 0', at);
}

/** Reports a duration that is given and negative. */
export function checkNoNegativeDuration(value: string | undefined, path: string, report: Report, at?: string): void {
  if (value !== undefined && nanoseconds(value) < 0n) report(path, 'it must not be a negative duration', at);
}
