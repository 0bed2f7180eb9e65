import { compileExpression } from '@isthmus/behavior';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Automaton, automatonOf, leadOf } from './automaton.ts';
import { findText } from './intersection.ts';
import { UndecidableExpression } from './re2/parse.ts';

function accepts({ initial, transitions, accepts: final }: Automaton, text: string): boolean {
  let state = initial;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    const next = transitions[state]?.find(({ min, max }) => min <= point && point <= max);
    if (next === undefined) return false;
    state = next.to;
  }
  return final[state] === true;
}

const ofPattern = (pattern: string) => automatonOf({ kind: 'regex', pattern });

test.each([
  '/v[0-9]+(?:/.*)?',
  '(?i)/Straße/K',
  '^/foo$',
  '(^|/)a(/|$)',
  'a|b^|c',
  '(?s)a.b',
  'a.b',
  '[^/]+\\.json',
  '[[:alpha:]_]\\d{2,3}',
  '\\Qa.b\\E+',
  '\\x41\\x{42}\\103',
  '\\p{Lu}\\pN',
  '[\\w-]+',
  '(?P<name>x)(?<other>y)',
  '(?:a{2}){3}',
  'a{,2}',
  '(?i:a)b',
  'a(?i)b|c',
  '[a\\]]',
  '[]a]',
  '',
])('%s is the language that RE2 matches', (pattern) => {
  const expression = compileExpression(pattern);
  const automaton = ofPattern(pattern);
  const words = ['/v1', '/foo', '/a/', 'a', 'b', 'c', 'B', 'C', 'A1', 'Äx', 'a.b', 'a\nb', 'x.json', 'aaaaaa', 'a{,2}'];
  const texts = fc.oneof(
    fc.constantFrom(...words, '/STRASSE/k', '/straße/\u212a', 'ab1', 'a]', ']', 'ABC', 'xy', '_12', 'a-b', ''),
    fc.string({ unit: fc.constantFrom(...'/av1.bcxyABC_-]'), maxLength: 6 }),
  );
  fc.assert(fc.property(texts, (text) => accepts(automaton, text) === expression.matches(text)));
});

test('any expression that is parsed is the language that RE2 matches', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '/', '\\.', '(?i)A', '^', '$', '(?:)');
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: 'small' },
      atom,
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
      fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{1,2}')).map(([a, sign]) => `(?:${a})${sign}`),
    ),
  }));
  const text = fc.string({ unit: fc.constantFrom(...'aAb/._'), maxLength: 5 });
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 20, maxLength: 20 }), (source, texts) => {
      let automaton: Automaton;
      try {
        automaton = ofPattern(source);
      } catch (error) {
        if (error instanceof UndecidableExpression) return;
        throw error;
      }
      for (const one of texts)
        expect({ one, accepted: accepts(automaton, one) }).toEqual({
          one,
          accepted: compileExpression(source).matches(one),
        });
    }),
    { numRuns: 400 },
  );
});

test.each(['a\\b', 'a(?m)^b'])('%s is not decided', (pattern) => {
  expect(() => ofPattern(pattern)).toThrow(UndecidableExpression);
});

const budget = () => ({ states: 10_000, cases: 0 });
test('the shortest text in some languages and not in others', () => {
  const find = (inside: string[], outside: string[]) =>
    findText(inside.map(ofPattern), outside.map(ofPattern), budget());
  expect(find(['/a.*'], ['/ab?', '/a[^/].*'])).toBe('/a/');
  expect(find(['a+', '.{3,}'], ['aaa'])).toBe('aaaa');
  expect(find(['a|b'], ['[ab]'])).toBeUndefined();
  expect(find(['.*'], [''])).toBe('a');
});

test.each([
  [{ kind: 'regex', pattern: '/api/v1/[0-9]+' }, '/api/v1/', false],
  [{ kind: 'regex', pattern: '/api(?:/v1)?' }, '/api', false],
  [{ kind: 'regex', pattern: '/api\\.v1' }, '/api.v1', true],
  [{ kind: 'regex', pattern: '(?i)a' }, '', false],
  [{ kind: 'regex', pattern: 'ab|ac' }, 'a', false],
  [{ kind: 'regex', pattern: 'a?b' }, '', false],
  [{ kind: 'prefix', value: '/a' }, '/a', false],
  [{ kind: 'prefix', value: '/a', ignoreCase: true }, '/', false],
  [{ kind: 'exact', value: '/1', ignoreCase: true }, '/1', true],
  [{ kind: 'exact', value: '/a\u{1f600}' }, '/a\u{1f600}', true],
  [{ kind: 'present' }, '', false],
] as const)('every text of %j begins with %j, and whether that is all: %j', (match, text, isAll) => {
  expect(leadOf(automatonOf(match))).toEqual({ text, isAll });
});
