import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, formatProtoDuration, parseDuration, parseProtoDuration } from './duration.ts';

test.each([
  ['1.5s', 1_500_000_000n],
  ['300ms', 300_000_000n],
  ['1h0m0s', 3_600_000_000_000n],
  ['-1h2m', -3_720_000_000_000n],
  ['+5s', 5_000_000_000n],
  ['0', 0n],
  ['.5s', 500_000_000n],
  ['1.s', 1_000_000_000n],
  ['10us', 10_000n],
  ['10µs', 10_000n],
  ['1.0000000009s', 1_000_000_000n],
  ['2562047h47m16.854775807s', 9223372036854775807n],
])('Go reads %s', (text, nanoseconds) => expect(parseDuration(text)).toBe(nanoseconds));

test.each(['', '-', '5', '1.5', 's', '.s', '1d', '1 s', '1s ', '2562047h47m16.854775808s', '1s-1s', '1e3s'])(
  'Go refuses %j',
  (text) => expect(parseDuration(text)).toBeUndefined(),
);

test.each([
  [0n, '0s'],
  [1n, '1ns'],
  [1_100n, '1.1µs'],
  [2_200_000n, '2.2ms'],
  [3_300_000_000n, '3.3s'],
  [60_000_000_000n, '1m0s'],
  [3_600_000_000_000n, '1h0m0s'],
  [245_001_000_000n, '4m5.001s'],
  [-1_500_000_000n, '-1.5s'],
])('Go writes %d ns as %s', (nanoseconds, text) => expect(formatDuration(nanoseconds)).toBe(text));

test('what Go writes it reads', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => {
      expect(parseDuration(formatDuration(n))).toBe(n);
    }),
  );
});

test('protobuf knows seconds only, with 0, 3, 6 or 9 decimals', () => {
  expect(parseProtoDuration('1.5s')).toBe(1_500_000_000n);
  expect(parseProtoDuration('-0.000000001s')).toBe(-1n);
  for (const text of ['1m', '1', '1.s', '1.0000000001s', '400000000000s', '+1s']) {
    expect(parseProtoDuration(text), text).toBeUndefined();
  }
  expect([1_500_000_000n, 5_000_000_000n, 1n, -1_000n].map(formatProtoDuration)).toEqual([
    '1.500s',
    '5s',
    '0.000000001s',
    '-0.000001s',
  ]);
});
