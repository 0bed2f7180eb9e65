/** What one piece of an expression says: a text that it matches, and where it ends. */
interface Piece {
  readonly text: string;
  readonly end: number;
}

const escapes: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', n: '\n', t: '\t' };

/** A character of a class, from its `[` on; a class that excludes gets one of a few that it does not name. */
function fromClass(pattern: string, start: number): Piece {
  const end = pattern.indexOf(']', start + (pattern[start + 1] === '^' ? 3 : 2));
  const body = pattern.slice(start + 1, end < 0 ? pattern.length : end);
  const known = body.startsWith('^') ? ['a', '1', '-', 'z', '/', '.'].find((one) => !body.includes(one)) : undefined;
  const text = known ?? (body.startsWith('\\') ? (escapes[body[1] ?? ''] ?? body[1]) : body[0]) ?? '';
  return { text, end: end < 0 ? pattern.length : end + 1 };
}

/** One atom without its quantifier. */
function atom(pattern: string, start: number, repeats: number): Piece {
  const first = pattern[start] as string;
  if (first === '(') {
    const flags = /^\(\?(?:P?<[^>]*>|[a-zA-Z-]*:)/.exec(pattern.slice(start))?.[0].length;
    const bare = /^\(\?[a-zA-Z-]+\)/.exec(pattern.slice(start))?.[0].length;
    if (bare !== undefined) return { text: '', end: start + bare };
    const inner = sequence(pattern, start + (flags ?? 1), repeats);
    return { text: inner.text, end: inner.end + 1 };
  }
  if (first === '[') return fromClass(pattern, start);
  if (first === '\\') {
    const next = pattern[start + 1] ?? '';
    return { text: /[zAbB]/.test(next) ? '' : (escapes[next] ?? next), end: start + 2 };
  }
  if (first === '^' || first === '$') return { text: '', end: start + 1 };
  const one = String.fromCodePoint(pattern.codePointAt(start) as number);
  return { text: one === '.' ? 'x' : one, end: start + one.length };
}

/** The first alternative of a group, up to the bracket that closes it or the end. */
function sequence(pattern: string, start: number, repeats: number): Piece {
  let text = '';
  let at = start;
  let isFirst = true;
  while (at < pattern.length && pattern[at] !== ')') {
    if (pattern[at] === '|') {
      isFirst = false;
      at++;
      continue;
    }
    const piece = atom(pattern, at, repeats);
    const quantifier = /^(?:[*?+]|\{(\d+)(?:,\d*)?\})\??/.exec(pattern.slice(piece.end));
    const [whole = '', least] = quantifier ?? [];
    const times =
      least === undefined ? (whole === '' ? 1 : whole[0] === '+' ? Math.max(1, repeats) : repeats) : Number(least);
    if (isFirst) text += piece.text.repeat(times);
    at = piece.end + whole.length;
  }
  return { text, end: at };
}

/**
 * Texts that an expression of RE2 may match, found by its own letters: what can be left out is left out in one and there once
 * in the other. They are guesses, which the caller has to try.
 */
export const sampleTexts = (pattern: string): string[] => [0, 1].map((repeats) => sequence(pattern, 0, repeats).text);
