/** Durations are bigint nanoseconds, exact over the whole range of Go's `time.Duration`. */
const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const maxInt64 = 9223372036854775807n;
const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

const mostRemembered = 1000;
// Of longer texts V8 makes slices, which would keep the whole file in memory that they are from.
const longestRemembered = 12;

/** An estate has few durations, of which each is asked for again and again. */
function remembering(parse: (text: string) => bigint | undefined): (text: string) => bigint | undefined {
  const known = new Map<string, bigint | undefined>();
  return (text) => {
    if (text.length > longestRemembered) return parse(text);
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before;
    const value = parse(text);
    if (known.size >= mostRemembered) known.clear();
    known.set(text, value);
    return value;
  };
}

/**
 * Parses what Go's `time.ParseDuration` accepts: `300ms`, `1h0m0s`, `-1.5s`, `0`. Fractions below a nanosecond are cut.
 * Undefined where Go returns an error (a missing unit, an unknown one, more than 64 bits).
 */
export const parseDuration = remembering((text) => {
  const sign = text.startsWith('-') ? -1n : 1n;
  const start = text.startsWith('-') || text.startsWith('+') ? 1 : 0;
  if (text.slice(start) === '0') return 0n;
  if (text.length === start) return undefined;
  let total = 0n;
  part.lastIndex = start;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, whole = '', fraction = '', name = ''] = match;
    if (whole === '' && fraction === '') return undefined;
    const unit = units[name] as bigint;
    total += BigInt(whole || '0') * unit;
    if (fraction !== '') total += (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length);
  }
  if (total > maxInt64 && !(sign === -1n && total === maxInt64 + 1n)) return undefined;
  return sign * total;
});

/** Formats nanoseconds as Go's `Duration.String` does: `1h0m0s`, `1.5s`, `300ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const n = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (n < 1_000n) return `${sign}${n}ns`;
  if (n < 1_000_000n) return `${sign}${decimal(n, 1_000n)}µs`;
  if (n < 1_000_000_000n) return `${sign}${decimal(n, 1_000_000n)}ms`;
  const minutes = n / 60_000_000_000n;
  const seconds = `${decimal(n % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, unit: bigint): string {
  const rest = value % unit;
  if (rest === 0n) return `${value / unit}`;
  const digits = rest
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '');
  return `${value / unit}.${digits}`;
}

const proto = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;
const maxProtoSeconds = 315_576_000_000n;

/**
 * Parses the JSON form of `google.protobuf.Duration`: decimal seconds with the suffix `s` and no other unit.
 * Undefined where protojson refuses. Istio's CRDs validate `duration` fields as Go durations instead: see `parseDuration`.
 */
export const parseProtoDuration = remembering((text) => {
  const match = proto.exec(text);
  if (match === null) return undefined;
  const seconds = BigInt(match[2] as string);
  if (seconds > maxProtoSeconds) return undefined;
  const total = seconds * 1_000_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'));
  return match[1] === '-' ? -total : total;
});

/** Formats nanoseconds as protojson does: seconds with 0, 3, 6 or 9 decimals. */
export function formatProtoDuration(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const n = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const digits = (n % 1_000_000_000n)
    .toString()
    .padStart(9, '0')
    .replace(/(?:000)+$/, '');
  return `${sign}${n / 1_000_000_000n}${digits === '' ? '' : `.${digits}`}s`;
}
