import { expect, test } from 'vitest';
import { allCodes, codes, findCode } from './index.ts';

test('every code has the form ISTHMUS-<AREA>-<NNN> and is used once', () => {
  for (const entry of allCodes) expect(entry.code).toMatch(/^ISTHMUS-[A-Z]+-\d{3}$/);
  expect(new Set(allCodes.map((entry) => entry.code)).size).toBe(allCodes.length);
});

test('every area has one prefix of its own', () => {
  const prefixes = Object.values(codes).map((area) => new Set(Object.values(area).map((e) => e.code.split('-')[1])));
  for (const prefix of prefixes) expect(prefix.size).toBe(1);
  expect(new Set(prefixes.flatMap((p) => [...p])).size).toBe(prefixes.length);
});

test('every entry says what was found, what to do and why, in sentences', () => {
  for (const entry of allCodes) {
    expect(entry.title, entry.code).not.toBe('');
    for (const text of [entry.message, entry.help, entry.explanation]) expect(text, entry.code).toMatch(/[.!?:`)]$/);
  }
});

test('a code is found without regard to case', () => {
  expect(findCode('isthmus-read-001')?.code).toBe('ISTHMUS-READ-001');
  expect(findCode('ISTHMUS-READ-999')).toBeUndefined();
});
