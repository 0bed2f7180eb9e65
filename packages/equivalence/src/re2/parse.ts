import { CharSet, type Concatenation, type Element, type Expression, type NoParent } from 'refa';
import { foldCase, maximum, perl, posix, property } from './character-class.ts';

export type Part = NoParent<Element>;
export type Sequence = NoParent<Concatenation>;

/** An expression of RE2 that the automata do not hold: the comparison then says `undecided`. */
export class UndecidableExpression extends Error {}

/** Marks of the beginning and the end of the text until `resolveAnchors` has decided them. */
export const begin = 'begin';
export const end = 'end';

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
}

const newline = CharSet.fromCharacter(maximum, 0x0a);
const single: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

const sequence = (elements: Part[]): Sequence => ({ type: 'Concatenation', elements });
const unknown = (id: string): Part => ({ type: 'Unknown', id });

/**
 * Parses RE2's syntax (re2 doc/syntax.txt) into alternatives. The pattern is one that RE2 accepts, which
 * `compileExpression` of @isthmus/behavior tells; throws an UndecidableExpression for `\b`, `\B` and `\C`.
 */
export function parseRe2(pattern: string): Sequence[] {
  const points = [...pattern];
  let position = 0;
  const peek = (offset = 0): string | undefined => points[position + offset];
  const startsWith = (text: string): boolean => points.slice(position, position + text.length).join('') === text;
  const until = (close: string): string => {
    const from = position;
    while (position < points.length && !startsWith(close)) position++;
    const text = points.slice(from, position).join('');
    position += close.length;
    return text;
  };
  const literal = (point: number, { ignoreCase }: Flags): Part => {
    const set = CharSet.fromCharacter(maximum, point);
    return { type: 'CharacterClass', characters: ignoreCase ? foldCase(set) : set };
  };

  /** After a backslash: a set, or the code point that it stands for. */
  const escaped = (): CharSet | number => {
    const letter = points[position++] as string;
    const lower = letter.toLowerCase();
    const named = perl[lower];
    if (named !== undefined) return letter === lower ? named : named.negate();
    if (lower === 'p') {
      let name: string;
      if (peek() === '{') {
        position++;
        name = until('}');
      } else name = points[position++] as string;
      const negated = (letter === 'P') !== name.startsWith('^');
      const set = property(name.replace(/^\^/, ''));
      if (set === undefined) throw new UndecidableExpression(`\\p{${name}}`);
      return negated ? set.negate() : set;
    }
    if (letter === 'x') {
      if (peek() === '{') {
        position++;
        return Number.parseInt(until('}'), 16);
      }
      position += 2;
      return Number.parseInt(points.slice(position - 2, position).join(''), 16);
    }
    if (/[0-7]/.test(letter)) {
      let digits = letter;
      while (digits.length < 3 && /[0-7]/.test(peek() ?? '')) digits += points[position++];
      return Number.parseInt(digits, 8);
    }
    return single[letter] ?? (letter.codePointAt(0) as number);
  };

  const characterClass = ({ ignoreCase }: Flags): Part => {
    const negated = peek() === '^';
    if (negated) position++;
    let set = CharSet.empty(maximum);
    let first = true;
    while (first || peek() !== ']') {
      first = false;
      if (startsWith('[:')) {
        position += 2;
        const name = until(':]');
        const named = posix[name.replace(/^\^/, '')] as CharSet;
        set = set.union(name.startsWith('^') ? named.negate() : named);
        continue;
      }
      const point = (): CharSet | number => {
        const character = points[position++] as string;
        return character === '\\' ? escaped() : (character.codePointAt(0) as number);
      };
      const low = point();
      if (typeof low !== 'number') {
        set = set.union(low);
        continue;
      }
      let high: CharSet | number = low;
      if (peek() === '-' && peek(1) !== ']' && peek(1) !== undefined) {
        position++;
        high = point();
      }
      set = set.union(CharSet.fromRange(maximum, { min: low, max: typeof high === 'number' ? high : low }));
    }
    position++;
    if (ignoreCase) set = foldCase(set);
    return { type: 'CharacterClass', characters: negated ? set.negate() : set };
  };

  const quantify = (parts: Part[]): void => {
    const bounds = /^\{(\d+)(?:(,)(\d*))?\}/.exec(points.slice(position, position + 14).join(''));
    const sign = peek();
    let min: number;
    let max: number;
    if (sign === '*' || sign === '+' || sign === '?') {
      position++;
      min = sign === '+' ? 1 : 0;
      max = sign === '?' ? 1 : Number.POSITIVE_INFINITY;
    } else if (bounds !== null) {
      position += bounds[0].length;
      min = Number(bounds[1]);
      max = bounds[2] === undefined ? min : bounds[3] === '' ? Number.POSITIVE_INFINITY : Number(bounds[3]);
    } else return;
    if (peek() === '?') position++;
    const last = parts.pop();
    if (last !== undefined) parts.push({ type: 'Quantifier', alternatives: [sequence([last])], min, max, lazy: false });
    quantify(parts);
  };

  const readFlags = (flags: Flags): { flags: Flags; opensGroup: boolean } => {
    const text = points.slice(position).join('');
    const found = /^([imsU]*)(?:-([imsU]*))?([:)])/.exec(text) as RegExpExecArray;
    position += found[0].length;
    const [, on = '', off = '', close] = found;
    const value = (flag: string, before: boolean): boolean =>
      off.includes(flag) ? false : on.includes(flag) || before;
    return {
      flags: {
        ignoreCase: value('i', flags.ignoreCase),
        multiLine: value('m', flags.multiLine),
        dotAll: value('s', flags.dotAll),
      },
      opensGroup: close === ':',
    };
  };

  const alternatives = (outer: Flags): Sequence[] => {
    let flags = outer;
    const found: Sequence[] = [];
    let parts: Part[] = [];
    const group = (inner: Flags): void => {
      const content = alternatives(inner);
      position++;
      parts.push({ type: 'Alternation', alternatives: content });
      quantify(parts);
    };
    while (position < points.length && peek() !== ')') {
      const character = points[position++] as string;
      switch (character) {
        case '|':
          found.push(sequence(parts));
          parts = [];
          continue;
        case '(':
          if (peek() !== '?') {
            group(flags);
          } else if (startsWith('?P<') || startsWith('?<')) {
            until('>');
            group(flags);
          } else {
            position++;
            const read = readFlags(flags);
            if (read.opensGroup) group(read.flags);
            else flags = read.flags;
          }
          continue;
        case '[':
          parts.push(characterClass(flags));
          break;
        case '.':
          parts.push({ type: 'CharacterClass', characters: flags.dotAll ? CharSet.all(maximum) : newline.negate() });
          break;
        case '^':
        case '$':
          if (flags.multiLine) throw new UndecidableExpression(`(?m)${character}`);
          parts.push(unknown(character === '^' ? begin : end));
          break;
        case '\\':
          if (peek() === 'A' || peek() === 'z') {
            parts.push(unknown(points[position++] === 'A' ? begin : end));
          } else if (peek() === 'Q') {
            position++;
            for (const quoted of until('\\E')) parts.push(literal(quoted.codePointAt(0) as number, flags));
          } else if (peek() === 'b' || peek() === 'B' || peek() === 'C') {
            throw new UndecidableExpression(`\\${peek()}`);
          } else {
            const what = escaped();
            parts.push(
              typeof what === 'number'
                ? literal(what, flags)
                : { type: 'CharacterClass', characters: flags.ignoreCase ? foldCase(what) : what },
            );
          }
          break;
        default:
          parts.push(literal(character.codePointAt(0) as number, flags));
      }
      quantify(parts);
    }
    found.push(sequence(parts));
    return found;
  };
  return alternatives({ ignoreCase: false, multiLine: false, dotAll: false });
}

/** Parsed alternatives as an expression. */
export const asExpression = (alternatives: Sequence[]): NoParent<Expression> => ({ type: 'Expression', alternatives });
