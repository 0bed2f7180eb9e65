/** A file's text, or why its bytes are none. */
export type Decoded =
  | { readonly text: string }
  | { readonly reason: string; readonly line?: number; readonly column?: number };

/**
 * Decodes a manifest: UTF-8, or UTF-16 with a byte order mark, as the YAML library of the API server detects it.
 * A leading byte order mark is dropped; line breaks become `\n` as YAML reads them, so that lines count alike everywhere.
 */
export function decode(bytes: Uint8Array): Decoded {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  if (encoding !== 'utf-8' && bytes.length % 2 === 1)
    return { reason: 'it is UTF-16 with half a character at its end' };
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return encoding === 'utf-8' ? badUtf8(bytes) : { reason: 'it is UTF-16 with an unpaired surrogate' };
  }
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    return { reason: 'it contains a NUL character, as binary files do', ...lineAndColumn(text, nul) };
  }
  return { text: text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a text is base64 with its padding, without line breaks; an empty one is. */
export const isBase64 = (text: string): boolean => base64.test(text);

function isUtf8(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

function badUtf8(bytes: Uint8Array): Decoded {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (isUtf8(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  // A streaming decoder waits for the rest of a sequence that the next byte shows to be broken.
  while (!isUtf8(bytes.subarray(0, good), false)) good--;
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, good));
  const hex = `0x${(bytes[good] ?? 0).toString(16).padStart(2, '0').toUpperCase()}`;
  return { reason: `byte ${hex} is not UTF-8`, ...lineAndColumn(before, before.length) };
}

/** Line and column, from 1, of an offset into a text. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', start)) {
    line++;
    start = next + 1;
  }
  return { line, column: offset - start + 1 };
}

/** A part of a file between `---` lines. */
export interface Chunk {
  readonly text: string;
  /** Line of the chunk's first character, from 1. */
  readonly line: number;
  /** Offset of the chunk's first character in the file. */
  readonly start: number;
}

/**
 * Cuts a YAML stream before each line that begins with `---` and a space or the line's end: YAML ends every document
 * there, also within block scalars and quotes (YAML 1.1, 9.2 c-forbidden), so that one broken document spoils no other.
 * Directives (`%TAG`) stay with the document that they precede.
 */
export function* chunks(text: string): Generator<Chunk> {
  let start = 0;
  let line = 1;
  let counted = 0;
  let from = 0;
  for (;;) {
    const marker = text.indexOf('\n---', from);
    if (marker === -1) break;
    from = marker + 4;
    const next = text.charCodeAt(from);
    if (next !== 10 && next !== 32 && next !== 9 && from < text.length) continue;
    const end = marker + 1;
    if (onlyDirectives(text, start, end)) continue;
    yield { text: text.slice(start, end), line, start };
    start = end;
    for (let at = text.indexOf('\n', counted); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) line++;
    counted = end;
  }
  yield { text: text.slice(start), line, start };
}

function onlyDirectives(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  if (first !== 37 && first !== 35 && first !== 10 && first !== 0xfeff) return false;
  return /^\uFEFF?(?:[ \t]*(?:#[^\n]*)?\n)*%[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n|%[^\n]*\n)*$/.test(text.slice(start, end));
}

/** The name that a field of a protobuf message has in JSON, from its own, as `lb_policy`; Envoy reads both. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
