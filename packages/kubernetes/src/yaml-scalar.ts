import { integer } from './json.ts';

/** What a plain scalar stands for; `undefined` where it is text. Infinity and NaN are values here and refused by the caller. */
export type Resolved = null | boolean | number | bigint | undefined;

const words = new Map<string, null | boolean | number>([
  ['', null],
  ['~', null],
]);
for (const [value, names] of [
  [null, ['null', 'Null', 'NULL']],
  [true, ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE']],
  [false, ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE']],
  [Number.POSITIVE_INFINITY, ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']],
  [Number.NEGATIVE_INFINITY, ['-.inf', '-.Inf', '-.INF']],
  [Number.NaN, ['.nan', '.NaN', '.NAN']],
] as const) {
  for (const name of names) words.set(name, value);
}

/** First characters with which a plain scalar can be anything but text: signs, digits, dot, tilde, yntfoYNTFO. */
const special = new Uint8Array(128);
for (const character of '+-.0123456789~yYnNoOtTfF') special[character.charCodeAt(0)] = 1;

const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const octal = /^[0-7]+$/;
const decimal = /^[0-9]+$/;
const hexadecimal = /^[0-9a-fA-F]+$/;
const binary = /^[01]+$/;

/** An integer in the notations of Go's `strconv.ParseInt` with base 0: `17`, `017`, `0o17`, `0x1F`, `0b11`. */
function parseInteger(digits: string): number | bigint | undefined {
  if (digits.charCodeAt(0) !== 48 || digits.length === 1) return decimal.test(digits) ? integer(digits) : undefined;
  const rest = digits.slice(2);
  switch (digits[1]) {
    case 'x':
    case 'X':
      return hexadecimal.test(rest) ? within64(`0x${rest}`) : undefined;
    case 'o':
    case 'O':
      return octal.test(rest) ? within64(`0o${rest}`) : undefined;
    case 'b':
    case 'B':
      return binary.test(rest) ? within64(`0b${rest}`) : undefined;
    default:
      return octal.test(digits) ? within64(`0o${digits}`) : undefined;
  }
}

function within64(digits: string): number | bigint | undefined {
  const value = BigInt(digits);
  return value <= 18446744073709551615n ? integer(value) : undefined;
}

/**
 * Resolves a plain scalar as go.yaml.in/yaml v2 (`resolve.go`) does under sigs.k8s.io/yaml: YAML 1.1's booleans with `y`
 * and `n`, no sexagesimal numbers, underscores allowed, `017` and `0o17` octal, `08` decimal. Timestamps stay text
 * because sigs.k8s.io/yaml decodes without a target type and writes them back as they were.
 */
export function resolvePlain(text: string): Resolved {
  if (text.length === 0) return null;
  const first = text.charCodeAt(0);
  if (first > 127 || special[first] === 0) return undefined;
  if (text.length <= 5) {
    const word = words.get(text);
    if (word !== undefined) return word;
  }
  if (first > 57) return undefined;
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  const signed = first === 43 || first === 45;
  const magnitude = parseInteger(signed ? digits.slice(1) : digits);
  if (magnitude !== undefined) {
    if (first !== 45) return magnitude;
    const value = typeof magnitude === 'bigint' ? integer(-magnitude) : -magnitude;
    return value === 0 ? 0 : value;
  }
  if (!float.test(digits)) return undefined;
  const value = Number(digits);
  // Go's ParseFloat refuses what overflows, and the scalar stays text.
  return Number.isFinite(value) ? value : undefined;
}

/** A float as Go's `strconv.FormatFloat(f, 'g', -1, 64)` writes it, the form that sigs.k8s.io/yaml gives to float keys. */
export function formatFloatKey(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '.inf';
  if (value === Number.NEGATIVE_INFINITY) return '-.inf';
  if (Number.isNaN(value)) return '.nan';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 21) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return value.toString().includes('e') ? value.toFixed(Math.max(0, mantissa.length - 2 - power)) : value.toString();
}
