import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonError, parseJson, parseJsonPart, stringifyJson } from './json.ts';
import type { Json } from './resource.ts';

test('integers keep 64 bits; beyond, and with fractions, they are doubles', () => {
  expect(parseJson('[9007199254740991, 9007199254740993, -9223372036854775808, 18446744073709551615]')).toEqual([
    9007199254740991,
    9007199254740993n,
    -9223372036854775808n,
    18446744073709551615n,
  ]);
  expect(parseJson('[18446744073709551616, 1e2, 0.5, -0]')).toEqual([2 ** 64, 100, 0.5, 0]);
  expect(stringifyJson({ a: 9007199254740993n })).toBe('{"a":9007199254740993}');
});

test('what JSON.stringify writes is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      expect(stringifyJson(parseJson(text))).toBe(stringifyJson(JSON.parse(text) as Json));
    }),
  );
});

test('indentation is that of JSON.stringify', () => {
  const value = { a: [1, { b: null }], c: {}, d: [] };
  expect(stringifyJson(value, { indent: 2 })).toBe(JSON.stringify(value, undefined, 2));
});

test('sorted keys make equal values equal texts', () => {
  expect(stringifyJson({ b: 1, a: { d: 1, c: 2 } }, { sortKeys: true })).toBe('{"a":{"c":2,"d":1},"b":1}');
});

test('equal keys are an error with both places', () => {
  expect(() => parseJson('{"a": {"b": 1}, "b": 2, "b": 3}')).toThrow(
    expect.objectContaining({ message: 'b', offset: 24, first: 16 }),
  );
});

test.each(['', '{', '[1,]', '{"a" 1}', '{a: 1}', '"x', '"\\x"', '01x', 'nul', '1 2', '{"a":1}}', '"\n"', '1e999'])(
  '%j is refused',
  (text) => {
    expect(() => parseJson(text)).toThrow(JsonError);
  },
);

test('nesting is limited', () => {
  expect(() => parseJson('['.repeat(100_000))).toThrow('nesting');
});

test('a part leaves the rest to the caller', () => {
  expect(parseJsonPart(' {"a":1} {"b":2}')).toEqual({ value: { a: 1 }, start: 1, end: 8 });
});
