import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkGolden, goldenCases } from './golden.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isthmus-golden-'));
  vi.stubEnv('ISTHMUS_UPDATE_GOLDEN', '');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

function file(path: string, text: string): string {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}

test('lists the cases by name, with YAML or JSON as the expected', () => {
  file('weights/input.yaml', 'a: 1');
  file('weights/expected.json', '{}');
  file('reroute/input.yaml', 'a: 1');
  file('README.md', 'about the cases');
  expect(goldenCases(folder)).toEqual([
    { name: 'reroute', input: join(folder, 'reroute/input.yaml'), expected: join(folder, 'reroute/expected.yaml') },
    { name: 'weights', input: join(folder, 'weights/input.yaml'), expected: join(folder, 'weights/expected.json') },
  ]);
});

test('refuses a case without input', () => {
  file('reroute/expected.yaml', '');
  expect(() => goldenCases(folder)).toThrow(/reroute has no input\.yaml/);
});

test('is silent for equal bytes', () => {
  checkGolden(file('expected.yaml', 'a: 1\n'), 'a: 1\n');
});

test('names the first line that differs and carries both texts', () => {
  const path = file('expected.yaml', 'a: 1\nb: 2\n');
  expect(() => checkGolden(path, 'a: 1\nb: 3\n')).toThrow(
    expect.objectContaining({
      message: `${path} differs from line 2 on; if the new output is right, run the tests with ISTHMUS_UPDATE_GOLDEN=1`,
      expected: 'a: 1\nb: 2\n',
      actual: 'a: 1\nb: 3\n',
    }),
  );
  expect(() => checkGolden(path, 'a: 1\nb: 2\nc: 3\n')).toThrow(/differs from line 3 on/);
});

test('says that a golden file is missing', () => {
  expect(() => checkGolden(join(folder, 'expected.yaml'), 'a: 1\n')).toThrow(/is missing/);
});

test('writes the file when asked to', () => {
  vi.stubEnv('ISTHMUS_UPDATE_GOLDEN', '1');
  checkGolden(join(folder, 'expected.yaml'), 'a: 1\n');
  expect(readFileSync(join(folder, 'expected.yaml'), 'utf8')).toBe('a: 1\n');
});
