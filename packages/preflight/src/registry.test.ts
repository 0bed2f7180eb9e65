import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { codes } from '@isthmus/diagnostics';
import { expect, test } from 'vitest';
import { areas } from './check.ts';
import { checks, findCheck } from './registry.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const numberOf = (code: string): number => Number(code.slice('ISTHMUS-PF-'.length));

test('the registry is sorted by area and name, and every check is a file of that name with a test beside it', () => {
  const places = checks.map(({ area, id }) => `${areas.indexOf(area)} ${id}`);
  expect(places).toEqual(places.toSorted());
  for (const { area, id } of checks)
    expect(readdirSync(`${folder}${area}`)).toEqual(expect.arrayContaining([`${id}.ts`, `${id}.test.ts`]));
});

test('every code of the area is that of one check', () => {
  const used = checks.map(({ code }) => code.code).toSorted();
  expect(used).toEqual(
    Object.values(codes.preflight)
      .map(({ code }) => code)
      .toSorted(),
  );
});

test('every check says what it looks at, and what its failing means in sentences', () => {
  for (const { id, examines, holds, code } of checks) {
    expect(holds, id).toMatch(/^[A-Zg].*[^.]$/);
    expect(examines, id).toMatch(/^[`'"\w].*[^.]$/);
    expect(code.message, id).toMatch(/^\{found\} .*\.$/s);
  }
});

test('the catalogue is complete: each number is a check, or the README says where it went', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const elsewhere = [...readme.matchAll(/^\| *(\d+) *\|/gm)].map((match) => Number(match[1]));
  const own = checks.map(({ code }) => numberOf(code.code));
  const all = [...own, ...elsewhere].toSorted((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 108 }, (_, index) => index + 1));
});

test('a check is found by its code without regard to case', () => {
  expect(findCheck('isthmus-pf-007')?.id).toBe('host-network');
  expect(findCheck('ISTHMUS-PF-999')).toBeUndefined();
});
