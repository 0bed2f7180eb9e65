import type { Json } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, isSame, patched } from './json-patch.ts';

const scalar = fc.oneof(
  fc.boolean(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom('', 'a', 'b/c', '~d', '0'),
  fc.constant(null),
);
const key = fc.constantFrom('a', 'b/c', '~d', '0', '-', '__proto__', 'constructor');
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

test('the difference of two values makes the second of the first', () => {
  fc.assert(
    fc.property(value, value, (before, after) => {
      const frozen = JSON.stringify(before);
      expect(isSame(patched(before, difference(before, after)), after)).toBe(true);
      expect(JSON.stringify(before)).toBe(frozen);
    }),
    { numRuns: 500 },
  );
});

test('what is the same needs no operation', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(difference(one, structuredClone(one))).toEqual([]);
    }),
  );
});

test('a list that grows or shrinks is replaced, one that does not is changed where it differs', () => {
  expect(difference({ rules: [1, 2] }, { rules: [1, 2, 3] })).toEqual([
    { op: 'replace', path: '/rules', value: [1, 2, 3] },
  ]);
  expect(difference({ rules: [{ a: 1 }, { a: 2 }] }, { rules: [{ a: 1 }, { a: 3 }] })).toEqual([
    { op: 'replace', path: '/rules/1/a', value: 3 },
  ]);
});

test('an operation that fits nothing gives nothing', () => {
  expect(patched({ a: 1 }, [{ op: 'replace', path: '/b', value: 1 }])).toBeUndefined();
  expect(patched({ a: [1] }, [{ op: 'replace', path: '/a/1', value: 1 }])).toBeUndefined();
  expect(patched({ a: 1 }, [{ op: 'remove', path: '/a/b/c' }])).toBeUndefined();
  expect(patched({ a: 1 }, [{ op: 'add', path: 'a', value: 1 }])).toBeUndefined();
});

test('a key that JavaScript gives a meaning is a key', () => {
  const after = patched({}, [{ op: 'add', path: '/__proto__', value: { isAdmin: true } }]);
  expect(Object.keys(after as object)).toEqual(['__proto__']);
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});
