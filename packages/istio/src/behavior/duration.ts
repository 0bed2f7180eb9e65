import { type Field, formatProtoDuration, parseDuration, text } from '@isthmus/kubernetes';

const million = 1_000_000;

/** A duration in nanoseconds; undefined where the field holds none. */
export function nanoseconds(field: Field | undefined): bigint | undefined {
  const written = text(field);
  return written && parseDuration(written.value);
}

/** A duration in milliseconds; undefined where the field holds none. */
export function milliseconds(field: Field | undefined): number | undefined {
  const found = nanoseconds(field);
  return found === undefined ? undefined : Number(found) / million;
}

/** A duration as Envoy's API spells it: `0.250s`; undefined where the field holds none. */
export function protoDuration(field: Field | undefined): string | undefined {
  const found = nanoseconds(field);
  return found === undefined ? undefined : formatProtoDuration(found);
}
