import { formatDuration, parseDuration, parseProtoDuration } from '@isthmus/kubernetes';
import { type Field, text } from '../../field.ts';

/** A duration of Envoy's API as Kong Mesh writes it; undefined where the field holds none. */
export function duration(field: Field | undefined): string | undefined {
  const found = text(field)?.value;
  const nanoseconds = found === undefined ? undefined : (parseProtoDuration(found) ?? parseDuration(found));
  return nanoseconds === undefined || nanoseconds < 0n ? undefined : formatDuration(nanoseconds);
}
