import { expect, test } from 'vitest';
import { ago, bytes, count, share, whole } from './format.ts';

test('numbers are grouped, and one of a thing is singular', () => {
  expect(whole(1_234_567)).toBe('1,234,567');
  expect(count(1, 'service')).toBe('1 service');
  expect(count(0, 'service')).toBe('0 services');
  expect(count(2, 'policy', 'policies')).toBe('2 policies');
});

test.each([
  [0, 0, '–'],
  [0, 9, '0 %'],
  [9, 9, '100 %'],
  [9_999, 10_000, '> 99 %'],
  [1, 10_000, '< 1 %'],
  [1, 3, '33 %'],
])('%i of %i is %s', (part, of, text) => expect(share(part, of)).toBe(text));

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KB'],
  [209_715_200, '200 MB'],
  [5_000_000_000_000, '4657 GB'],
])('%i bytes are %s', (number, text) => expect(bytes(number)).toBe(text));

test.each([
  ['2026-11-25T12:00:05.000Z', 'just now'],
  ['2026-11-25T11:59:15.000Z', '45 s ago'],
  ['2026-11-25T11:15:00.000Z', '45 min ago'],
  ['2026-11-24T13:00:00.000Z', '23 h ago'],
  ['2026-11-22T12:00:00.000Z', '3 d ago'],
  ['2026-10-01T12:00:00.000Z', '2026-10-01'],
])('%s is %s at noon of the 25th', (iso, text) => expect(ago(iso, Date.parse('2026-11-25T12:00:00.000Z'))).toBe(text));
