import { isList } from './json.ts';
import type { Json } from './resource.ts';

/** Words that YAML 1.1 or 1.2 reads as something other than a string. */
const words = new Set([
  ...['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', 'nan', 'inf', '~'].flatMap((word) => [
    word,
    word.toUpperCase(),
    word[0]?.toUpperCase() + word.slice(1),
  ]),
]);

/** Plain text that no reader takes for anything else: begins with a letter, holds neither `: ` nor ` #`, ends in no space. */
const plain = /^[A-Za-z/_](?:[\w./\-+()=;$@%^~*?!|<>]|[:#](?=[\w./-])(?<=[\w./-][:#])| (?=[\w./\-+(]))*$/;
/** Characters that may stand anywhere in plain text, as in the pattern above. */
const safe = new Uint8Array(128);
for (let code = 33; code < 127; code++) if (/[\w./\-+()=;$@%^~*?!|<>]/.test(String.fromCharCode(code))) safe[code] = 1;
const longestWord = 5;

/** Whether a text is plain and has only such characters, as most have: it takes less time to tell than the pattern does. */
function isSafe(text: string): boolean {
  const { length } = text;
  if (length === 0) return false;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127 || safe[code] === 0) return false;
  }
  const first = text.charCodeAt(0);
  const begins = (first >= 97 && first <= 122) || (first >= 65 && first <= 90) || first === 47 || first === 95;
  return begins && (length > longestWord || !words.has(text));
}

/** Amounts with a unit, which every reader takes for strings: `15s`, `500ms`, `100Mi`. */
const amount = /^\d+(?:ms|s|m|h|Mi|Gi|Ki)$/;

const needsEscape = /[\p{Cc}\p{Cs}\u00ad\u2028\u2029\ufeff\ufffe\uffff]/u;
const escaped = /[\p{Cc}\u00ad\u2028\u2029\ufeff\ufffe\uffff]/gu;
const unprintable = /(?![\t\n])[\p{Cc}\u00ad\u2028\u2029\ufeff\ufffe\uffff]/u;

const hex = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function quote(text: string): string {
  if (!needsEscape.test(text)) {
    if (!text.includes('"') && !text.includes('\\')) return `"${text}"`;
    return `'${text.replaceAll("'", "''")}'`;
  }
  return JSON.stringify(text.toWellFormed()).replace(escaped, hex);
}

function inline(text: string): string {
  if (plain.test(text) && !words.has(text)) return text;
  return amount.test(text) ? text : quote(text);
}

/** Whether a text of several lines can stand as a literal block with its indentation detected from the first line. */
function fitsLiteral(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first === 32 || first === 9 || first === 10) return false;
  return !unprintable.test(text) && text.isWellFormed();
}

function literal(text: string, margin: string): string {
  const chomping = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `|${chomping}\n${body.replace(/^(?=[^\n])/gm, margin)}`;
}

/** Strings recur in manifests (hosts with ports, durations, versions); deciding on quotes once is most of the speed. */
const remembered = new Map<string, string>();

function scalar(text: string, margin: string): string {
  if (isSafe(text)) return text;
  if (text.length > 64) return text.includes('\n') && fitsLiteral(text) ? literal(text, margin) : inline(text);
  const known = remembered.get(text);
  if (known !== undefined) return known;
  if (text.includes('\n') && fitsLiteral(text)) return literal(text, margin);
  const result = inline(text);
  if (remembered.size > 10_000) remembered.clear();
  remembered.set(text, result);
  return result;
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is no JSON number`);
  return Object.is(value, -0) ? '0' : String(value);
}

function leaf(value: Json, margin: string): string | undefined {
  switch (typeof value) {
    case 'string':
      return scalar(value, margin);
    case 'number':
      return number(value);
    case 'boolean':
    case 'bigint':
      return value.toString();
    default:
      if (value === null) return 'null';
      if (isList(value)) return value.length === 0 ? '[]' : undefined;
      for (const _ in value) return undefined;
      return '{}';
  }
}

/** A key as it stands on a line of its own: before a scalar, and above a map or list. */
interface KeyLine {
  readonly before: string;
  readonly above: string;
}

/** What lines of one indentation begin with: joined, since V8 puts what `+` makes together again wherever it is used. */
interface Level {
  readonly margin: string;
  readonly lead: string;
  readonly dash: string;
  readonly keys: Map<string, KeyLine>;
}

const levels: Level[] = [];
const mostKeys = 1000;

function levelAt(depth: number): Level {
  const known = levels[depth];
  if (known !== undefined) return known;
  const margin = '  '.repeat(depth);
  const level: Level = { margin, lead: `\n${margin}`, dash: ['\n', margin, '- '].join(''), keys: new Map() };
  levels[depth] = level;
  return level;
}

function keyLine(key: string, { margin, lead, keys }: Level): KeyLine {
  const known = keys.get(key);
  if (known !== undefined) return known;
  // A literal block as a key would need the `? ` form; quotes read the same.
  const isOdd = key.includes('\n') || key.length > 64;
  const name = isOdd ? quoteKey(key, margin) : scalar(key, margin);
  const line: KeyLine = { before: [lead, name, ': '].join(''), above: [lead, name, ':'].join('') };
  if (isOdd) return line;
  if (keys.size >= mostKeys) keys.clear();
  keys.set(key, line);
  return line;
}

/**
 * The lines of a map or list that is not empty, each with the break before it; the first without both where its line has
 * begun: in a document and behind a dash.
 */
function block(value: Json, depth: number, hasBegun: boolean): string {
  const level = levelAt(depth);
  const { margin } = levelAt(depth + 1);
  let out = '';
  let from = hasBegun ? level.lead.length : 0;
  if (isList(value)) {
    for (const item of value) {
      out += level.dash.slice(from);
      out += leaf(item, margin) ?? block(item, depth + 1, true);
      from = 0;
    }
    return out;
  }
  const map = value as { readonly [key: string]: Json };
  for (const key in map) {
    const item = map[key] as Json;
    const line = keyLine(key, level);
    const text = leaf(item, margin);
    out += (text === undefined ? line.above : line.before).slice(from);
    out += text ?? block(item, depth + 1, false);
    from = 0;
  }
  return out;
}

/** A key longer than 1,024 characters must be written with `? `, or readers refuse it (YAML 1.1, 7.4: simple keys). */
function quoteKey(key: string, margin: string): string {
  const text = key.includes('\n') ? quote(key) : inline(key);
  return text.length > 1000 ? `? ${text}\n${margin}` : text;
}

/**
 * Writes a value as block YAML that sigs.k8s.io/yaml (YAML 1.1) and YAML 1.2 readers read back to the same value.
 * Keys keep their order; texts of several lines become literal blocks; ends in a line break. Lone surrogates, which no
 * UTF-8 text can hold, become U+FFFD. Throws for numbers that JSON does not have, which no reader here produces.
 */
export function writeYaml(value: Json): string {
  return `${leaf(value, '  ') ?? block(value, 0, true)}\n`;
}

/** Writes a stream of documents, separated by `---`. */
export function writeYamlDocuments(values: readonly Json[]): string {
  return values.map(writeYaml).join('---\n');
}
