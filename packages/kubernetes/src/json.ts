import type { Json, JsonObject } from './resource.ts';

const maxUint64 = 18446744073709551615n;
const minInt64 = -9223372036854775808n;

/**
 * The number that an integer's digits stand for: exact up to 64 bits (a bigint beyond 2^53), else the nearest double,
 * as sigs.k8s.io/yaml has it (int64, uint64, then float64).
 */
export function integer(digits: bigint | string): number | bigint {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  const exact = BigInt(digits);
  return exact >= minInt64 && exact <= maxUint64 ? exact : value;
}

/** What is wrong with a JSON text, and where: `offset` counts UTF-16 code units; `first` is the first of two equal keys. */
export class JsonError extends Error {
  readonly offset: number;
  readonly first: number | undefined;
  constructor(message: string, offset: number, first?: number) {
    super(message);
    this.offset = offset;
    this.first = first;
  }
}

/** A value read from a text, with the offsets of its first character and of the character after its last. */
export interface JsonPart {
  readonly value: Json;
  readonly start: number;
  readonly end: number;
}

const numberToken = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

/** Sets a key as data, whatever its name. */
export function setKey<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/** The entries of a map that stand before a key. */
export function entriesBefore<T>(map: Readonly<Record<string, T>>, end: string): Record<string, T> {
  const before: Record<string, T> = {};
  for (const key in map) {
    if (key === end) break;
    setKey(before, key, map[key] as T);
  }
  return before;
}

/**
 * Parses the JSON value that begins at or after `offset`; what follows it is left to the caller.
 * Integers keep 64 bits. Throws `JsonError`; two equal keys in one object are an error, and so is nesting beyond `depth`.
 */
export function parseJsonPart(text: string, offset = 0, depth = 100): JsonPart {
  let at = offset;

  const fail = (message: string, where = at, first?: number): never => {
    throw new JsonError(message, where, first);
  };
  const space = (): void => {
    for (;;) {
      const c = text.charCodeAt(at);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
      at++;
    }
  };
  const string = (): string => {
    const start = at;
    at++;
    for (;;) {
      const c = text.charCodeAt(at);
      if (c === 34) break;
      if (Number.isNaN(c)) fail('a string is not closed', start);
      if (c < 32) fail('a control character stands in a string');
      at += c === 92 ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return fail('a string has an unknown escape', start);
    }
  };
  const number = (): number | bigint => {
    numberToken.lastIndex = at;
    const match = numberToken.exec(text);
    if (match === null) return fail('a value was expected');
    at += match[0].length;
    if (match[1] === undefined && match[2] === undefined) return integer(match[0]);
    const value = Number(match[0]);
    return Number.isFinite(value) ? value : fail('a number is out of range', at - match[0].length);
  };
  const word = (name: string, result: Json): Json => {
    if (!text.startsWith(name, at)) fail('a value was expected');
    at += name.length;
    return result;
  };
  const value = (level: number): Json => {
    space();
    switch (text.charCodeAt(at)) {
      case 123: {
        if (level >= depth) fail(`nesting exceeds ${depth} levels`);
        return object(level + 1);
      }
      case 91: {
        if (level >= depth) fail(`nesting exceeds ${depth} levels`);
        return array(level + 1);
      }
      case 34:
        return string();
      case 116:
        return word('true', true);
      case 102:
        return word('false', false);
      case 110:
        return word('null', null);
      default:
        return number();
    }
  };
  const array = (level: number): Json => {
    const items: Json[] = [];
    at++;
    space();
    if (text.charCodeAt(at) === 93) {
      at++;
      return items;
    }
    for (;;) {
      items.push(value(level));
      space();
      const c = text.charCodeAt(at);
      if (c !== 44 && c !== 93) fail("',' or ']' was expected");
      at++;
      if (c === 93) return items;
    }
  };
  const object = (level: number): Json => {
    const start = at;
    const result: Record<string, Json> = {};
    at++;
    space();
    if (text.charCodeAt(at) === 125) {
      at++;
      return result;
    }
    for (;;) {
      space();
      const keyAt = at;
      if (text.charCodeAt(at) !== 34) fail('a key in double quotes was expected');
      const key = string();
      if (Object.hasOwn(result, key)) fail(key, keyAt, keyOffset(text, start, key));
      space();
      if (text.charCodeAt(at) !== 58) fail("':' was expected");
      at++;
      setKey(result, key, value(level));
      space();
      const c = text.charCodeAt(at);
      if (c !== 44 && c !== 125) fail("',' or '}' was expected");
      at++;
      if (c === 125) return result;
    }
  };

  space();
  const start = at;
  const result = value(0);
  return { value: result, start, end: at };
}

/** Where a key of the object that begins at `start` stands; looked for only once two equal keys were found. */
function keyOffset(text: string, start: number, key: string): number {
  let level = 0;
  let keyExpected = false;
  for (let at = start; at < text.length; at++) {
    const c = text[at];
    if (c === '{' || c === '[') {
      level++;
      keyExpected = level === 1;
    } else if (c === '}' || c === ']') {
      level--;
    } else if (c === ',') {
      keyExpected = level === 1;
    } else if (c === '"') {
      const from = at;
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
      if (keyExpected && JSON.parse(text.slice(from, at + 1)) === key) return from;
      keyExpected = false;
    }
  }
  return start;
}

/** Parses one JSON text. Integers beyond 2^53 become bigint, so that none loses a digit. Throws `JsonError`. */
export function parseJson(text: string): Json {
  const { value, end } = parseJsonPart(text);
  const rest = text.slice(end).search(/[^ \t\r\n]/);
  if (rest !== -1) throw new JsonError('the text goes on after its value', end + rest);
  return value;
}

/**
 * Writes a value as JSON, bigint as an integer literal.
 * @param options.indent spaces per level; 0 (the default) writes one line
 * @param options.sortKeys orders the keys of every map by code unit, so that equal values give equal text
 */
export function stringifyJson(value: Json, options: { indent?: number; sortKeys?: boolean } = {}): string {
  const step = ' '.repeat(options.indent ?? 0);
  const colon = step === '' ? ':' : ': ';
  const write = (v: Json, margin: string): string => {
    if (typeof v === 'bigint') return v.toString();
    if (v === null || typeof v !== 'object') return JSON.stringify(v);
    const inner = margin + step;
    const between = step === '' ? ',' : `,\n${inner}`;
    const wrap = (open: string, parts: readonly string[], close: string): string => {
      if (parts.length === 0) return open + close;
      return step === ''
        ? open + parts.join(between) + close
        : `${open}\n${inner}${parts.join(between)}\n${margin}${close}`;
    };
    if (isList(v)) {
      return wrap(
        '[',
        v.map((item) => write(item, inner)),
        ']',
      );
    }
    const keys = Object.keys(v);
    if (options.sortKeys) keys.sort();
    return wrap(
      '{',
      keys.map((key) => `${JSON.stringify(key)}${colon}${write(v[key] as Json, inner)}`),
      '}',
    );
  };
  return write(value, '');
}

/** Whether a value is a list; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether a value is a map. */
export function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map that stands in a field; an empty one where the field is absent or holds something else. */
export const mapOf = (value: Json | undefined): JsonObject => (isMap(value) ? value : {});
