import { formatProtoDuration, type Json, parseDuration } from '@isthmus/kubernetes';

const million = 1_000_000n;

/** Nanoseconds of a duration as policies write it; undefined where there is none. */
export const nanosecondsOf = (value: Json | undefined): bigint | undefined =>
  typeof value === 'string' ? parseDuration(value) : undefined;

/** Milliseconds of a duration as policies write it; undefined where there is none. */
export function millisecondsOf(value: Json | undefined): number | undefined {
  const nanoseconds = nanosecondsOf(value);
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / Number(million);
}

/** A duration in Envoy's spelling (`1.500s`), or the default where there is none. */
export const envoyDuration = (value: Json | undefined, otherwise: string): string => {
  const nanoseconds = nanosecondsOf(value);
  return nanoseconds === undefined ? otherwise : formatProtoDuration(nanoseconds);
};
