import { CharSet } from 'refa';

/** Unicode's last code point: RE2 compares UTF-8 texts code point by code point. */
export const maximum = 0x10ffff;

const range = (min: number, max: number): CharSet => CharSet.fromRange(maximum, { min, max });
const of = (...ranges: readonly (readonly [number, number])[]): CharSet =>
  ranges.reduce((set, [min, max]) => set.union(range(min, max)), CharSet.empty(maximum));
const chars = (text: string): [number, number][] =>
  [...text].map((character) => [character.codePointAt(0) as number, character.codePointAt(0) as number]);

const digit = of([0x30, 0x39]);
const upper = of([0x41, 0x5a]);
const lower = of([0x61, 0x7a]);
const alpha = upper.union(lower);
const word = alpha.union(digit).union(of([0x5f, 0x5f]));

/** `\d`, `\s`, `\w` of RE2: ASCII only, and `\s` without the vertical tab (re2 doc/syntax.txt). */
export const perl: Readonly<Record<string, CharSet>> = {
  d: digit,
  s: of(...chars('\t\n\f\r ')),
  w: word,
};

const punctuation = of([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]);

/** `[[:name:]]` of RE2, ASCII only. */
export const posix: Readonly<Record<string, CharSet>> = {
  alnum: alpha.union(digit),
  alpha,
  ascii: of([0, 0x7f]),
  blank: of(...chars('\t ')),
  cntrl: of([0, 0x1f], [0x7f, 0x7f]),
  digit,
  graph: of([0x21, 0x7e]),
  lower,
  print: of([0x20, 0x7e]),
  punct: punctuation,
  space: of(...chars('\t\n\v\f\r ')),
  upper,
  word,
  xdigit: digit.union(of([0x41, 0x46], [0x61, 0x66])),
};

const properties = new Map<string, CharSet>();

/** `\p{name}` (a general category or a script); undefined where JavaScript's Unicode tables know no such name. */
export function property(name: string): CharSet | undefined {
  if (name === 'Any') return CharSet.all(maximum);
  const known = properties.get(name);
  if (known !== undefined) return known;
  let test: RegExp;
  try {
    test = new RegExp(`^\\p{${name.length <= 2 ? name : `Script=${name}`}}$`, 'u');
  } catch {
    return undefined;
  }
  const ranges: [number, number][] = [];
  for (let point = 0; point <= maximum; point++) {
    if (!test.test(String.fromCodePoint(point))) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === point - 1) last[1] = point;
    else ranges.push([point, point]);
  }
  const set = of(...ranges);
  properties.set(name, set);
  return set;
}

// Larger ranges of letters hold both cases of most of what they hold.
const mostFolded = 4096;

/** A set with the other cases of its letters (`(?i)`). */
export function foldCase(set: CharSet): CharSet {
  const found: number[] = [];
  for (const { min, max } of set.ranges) {
    for (let point = min; point <= Math.min(max, min + mostFolded); point++) {
      const character = String.fromCodePoint(point);
      for (const other of [character.toLowerCase(), character.toUpperCase()]) {
        const folded = other.codePointAt(0) as number;
        if (folded !== point && other.length === String.fromCodePoint(folded).length) found.push(folded);
      }
      // The two letters outside ASCII whose simple folding is an ASCII one.
      if (point === 0x6b || point === 0x4b) found.push(0x212a);
      if (point === 0x73 || point === 0x53) found.push(0x17f);
      if (point === 0x212a) found.push(0x4b);
      if (point === 0x17f) found.push(0x53);
    }
  }
  return found.length === 0
    ? set
    : set.union(
        CharSet.fromCharacters(
          maximum,
          [...new Set(found)].sort((a, b) => a - b),
        ),
      );
}
