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
const looseUnderscore = /_(?![0-9])|(?<![0-9])_/;

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
  const hasUnderscores = text.includes('_');
  // After a leading dot Go's ParseFloat alone decides, which wants digits on both sides of each underscore.
  if (hasUnderscores && first === 46 && looseUnderscore.test(text)) return undefined;
  const digits = hasUnderscores ? text.replaceAll('_', '') : text;
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

/** With the shortest precision, `g` changes to an exponent here (Go, `strconv/ftoa.go`). */
const exponentFrom = 6;

const floatNotation = /^[-+]?[0-9_]*[.eE]/;

/** A float key as sigs.k8s.io/yaml writes it (`strconv.FormatFloat(f, 'g', -1, 32)`); undefined where `text` is no float. */
export function floatKey(text: string, value: number): string | undefined {
  if (!floatNotation.test(text)) return undefined;
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return Number.isNaN(single) ? '.nan' : single > 0 ? '.inf' : '-.inf';
  if (single === 0) return text.startsWith('-') ? '-0' : '0';
  let digits = 0;
  while (Math.fround(Number(single.toExponential(digits))) !== single) digits++;
  const [mantissa = '', exponent = '0'] = single.toExponential(digits).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < exponentFrom) return Number(single.toExponential(digits)).toString();
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
