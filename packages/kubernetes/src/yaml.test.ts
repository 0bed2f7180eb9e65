import { readFileSync } from 'node:fs';
import { gunzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { parseJson, stringifyJson } from './json.ts';
import type { Json } from './resource.ts';
import { decode } from './text.ts';
import { parseYaml } from './yaml.ts';
import { YamlError } from './yaml-events.ts';

interface Vector {
  readonly yaml: string;
  readonly json?: Json;
  readonly error?: string;
  readonly strictError?: string;
}

const recorded = new URL('../../../conformance/kubernetes-yaml.jsonl.gz', import.meta.url);
const vectors = new TextDecoder()
  .decode(gunzipSync(new Uint8Array(readFileSync(recorded))))
  .trim()
  .split('\n')
  .map((line) => parseJson(line) as unknown as Vector);

function read(yaml: string): Json {
  const content = decode(new TextEncoder().encode(yaml));
  if ('reason' in content) throw new YamlError('syntax', content.reason, 0);
  return parseYaml(content.text)[0]?.value ?? null;
}

const sorted = (value: Json): string => stringifyJson(value, { sortKeys: true });

test('all recorded snippets are there', () => expect(vectors).toHaveLength(183));

// A key that `<<` brought and the map sets again is a duplicate for the strict mode of sigs.k8s.io/yaml only.
const isDuplicate = (v: Vector): boolean => v.strictError !== undefined && !v.yaml.includes('<<');

test.each(vectors.filter((v) => v.error === undefined && !isDuplicate(v)))('reads $yaml as the API server', (v) => {
  expect(sorted(read(v.yaml))).toBe(sorted(v.json as Json));
});

test.each(vectors.filter((v) => v.error !== undefined))('refuses $yaml as the API server', (v) => {
  expect(() => read(v.yaml)).toThrow(YamlError);
});

test.each(vectors.filter(isDuplicate))('refuses the equal keys of $yaml', (v) => {
  expect(() => read(v.yaml)).toThrow(expect.objectContaining({ kind: 'duplicate' }));
});

test('a key that appears after << is replaced by it, as go-yaml merges in document order', () => {
  expect(read('a: &a {k: 1}\nb:\n  k: 3\n  <<: *a\n')).toEqual({ a: { k: 1 }, b: { k: 1 } });
  expect(read('a: &a {k: 1}\nb: &b {k: 2}\nc:\n  <<: [*a, *b]\n')).toMatchObject({ c: { k: 1 } });
});

test('duplicates carry both places, also when the keys are written differently', () => {
  const text = 'a: 1\nb: {c: 1}\n"a": 2\n';
  expect(() => read(text)).toThrow(expect.objectContaining({ kind: 'duplicate', message: 'a', offset: 15, first: 0 }));
  expect(() => read('1: a\n"1": b\n')).toThrow(expect.objectContaining({ kind: 'duplicate' }));
});

test('names of Object.prototype are keys like any other', () => {
  const value = read('__proto__: {x: 1}\nconstructor: 2\ntoString: 3\n') as Record<string, Json>;
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('a line break of YAML 1.1 within a comment does not hide what follows', () => {
  expect(read('a: 1 # comment\u2028b: 2\n')).toEqual({ a: 1, b: 2 });
  expect(read('a: "x\u2028y"\n')).toEqual({ a: 'x\u2028y' });
});

test('an alias bomb stops at the limit, an honest alias does not', () => {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]\n`,
  );
  expect(() => read(`l0: &l0 x\n${levels.join('')}`)).toThrow(expect.objectContaining({ kind: 'aliases' }));
  expect(read('a: &a [1]\nb: *a\n')).toEqual({ a: [1], b: [1] });
  expect(() => read('a: &a [*a]\n')).toThrow('contains itself');
});

test('nesting stops at the limit in both styles', () => {
  expect(() => read(`a: ${'['.repeat(5000)}`)).toThrow(expect.objectContaining({ kind: 'depth' }));
  const block = Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
  expect(() => read(block)).toThrow(expect.objectContaining({ kind: 'depth' }));
  expect(() => parseYaml('a: {b: {c: 1}}', { depth: 2, aliasExpansion: 1 })).toThrow('2 levels');
});

test.each([
  ['|\n  a', 'a'],
  ['|\n  a\n', 'a\n'],
  ['>+\n  a', 'a'],
  ['|-\n  a', 'a'],
])('a block at the end of a file, %j, ends as its text does', (block, expected) => {
  expect(read(`v: ${block}`)).toEqual({ v: expected });
});

// Taken from runs of sigs.k8s.io/yaml 1.4.0.
test.each([
  ['._9', '._9'],
  ['.9_', '.9_'],
  ['.7_8', 0.78],
  ['-._7', -0.7],
  ['1__0', 10],
  ['0x_1', 1],
])('underscores: %s is %j', (text, expected) => expect(read(`v: ${text}`)).toEqual({ v: expected }));

test.each([
  ['1e7', '1e+07'],
  ['1.5', '1.5'],
  ['100.0', '100'],
  ['0.1', '0.1'],
  ['16777217.0', '1.6777216e+07'],
  ['1e88', '.inf'],
  ['-0.', '-0'],
  ['.nan', '.nan'],
  ['0x1e', '30'],
])('the key %s becomes %s', (key, expected) => expect(read(`${key}: 1`)).toEqual({ [expected]: 1 }));
