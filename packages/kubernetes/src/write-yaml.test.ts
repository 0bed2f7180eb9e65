import fc from 'fast-check';
import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { stringifyJson } from './json.ts';
import type { Json } from './resource.ts';
import { writeYaml, writeYamlDocuments } from './write-yaml.ts';
import { parseYaml } from './yaml.ts';

test('a manifest as people write it', () => {
  const route = {
    apiVersion: 'kuma.io/v1alpha1',
    kind: 'MeshHTTPRoute',
    metadata: { name: 'reviews', labels: { 'kuma.io/mesh': 'default', version: '1.0' }, annotations: {} },
    spec: {
      targetRef: { kind: 'Mesh' },
      to: [{ rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], default: { timeout: '15s' } }] }],
      script: 'first\n  second\n',
      answer: 'no',
      weight: 90,
      none: null,
      tags: [],
    },
  };
  expect(writeYaml(route)).toBe(`apiVersion: kuma.io/v1alpha1
kind: MeshHTTPRoute
metadata:
  name: reviews
  labels:
    kuma.io/mesh: default
    version: "1.0"
  annotations: {}
spec:
  targetRef:
    kind: Mesh
  to:
    - rules:
        - matches:
            - path:
                type: PathPrefix
                value: /
          default:
            timeout: 15s
  script: |
    first
      second
  answer: "no"
  weight: 90
  none: null
  tags: []
`);
});

test('documents are separated by ---', () => {
  expect(writeYamlDocuments([{ a: 1 }, { b: 2 }])).toBe('a: 1\n---\nb: 2\n');
});

test('numbers that JSON does not have are a bug of the caller', () => {
  expect(() => writeYaml({ a: Number.NaN })).toThrow(TypeError);
});

const tricky = fc.constantFrom(
  ...[
    'y',
    'N',
    'on',
    '~',
    'null',
    'NULL',
    '1',
    '0x1f',
    '1_000',
    '0o7',
    '1e3',
    '.5',
    '.inf',
    '+1',
    '12:30',
    '2024-01-01',
  ],
  ...[
    '=',
    '<<',
    '-',
    '- a',
    '?',
    '? a',
    'a: b',
    'a:',
    'a #b',
    '#',
    '@x',
    '`',
    '%a',
    '*a',
    '&a',
    '!a',
    '|',
    '>',
    '{',
    '[',
  ],
  ...[
    'a\nb',
    'a\n',
    '\na',
    ' a\nb',
    'a\n\n',
    '\n',
    'a\r\nb',
    '\ta\nb',
    'a\n\tb',
    'a\n   \nb',
    'a \nb',
    '---',
    'a\n---\nb',
  ],
  ...['...', '"', "'", '\\', "it's", ' a', 'a ', 'a  b', 'a,b', '1s', '300ms', '*.com', 'x/y:z', '__proto__', '\u0000'],
  ...['\u0085', '\u2028', '\ufeff', '\u007f', '😀', 'x'.repeat(1100), 'line\n'.repeat(40)],
);
const text = fc.oneof(
  tricky,
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).map((s) => s.toWellFormed()),
  fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\t', '#', ':', '-', '"', "'", '|') }),
);
const integer64 = fc.bigInt({ min: 9007199254740992n, max: 18446744073709551615n });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x));

function values(...leaves: fc.Arbitrary<Json>[]): fc.Arbitrary<Json> {
  return fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      ...leaves,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  })).value;
}

const scalars = [text, fc.integer(), fc.boolean(), fc.constant(null)] as fc.Arbitrary<Json>[];

test('every value comes back from the reader of the API server', () => {
  fc.assert(
    fc.property(values(...scalars, number, integer64), (value) => {
      expect(stringifyJson(parseYaml(writeYaml(value))[0]?.value as Json)).toBe(stringifyJson(value));
    }),
    { numRuns: 2000 },
  );
});

test.each<[string, (text: string) => unknown]>([
  ['js-yaml for YAML 1.1', (source) => load(source, { schema: YAML11_SCHEMA })],
  ['js-yaml for YAML 1.2', (source) => load(source, { schema: CORE_SCHEMA })],
  ['yaml for YAML 1.2', (source) => parse(source)],
])('every value comes back from %s', (_, reader) => {
  fc.assert(
    fc.property(values(...scalars), (value) => {
      expect(stringifyJson(reader(writeYaml(value)) as Json)).toBe(stringifyJson(value));
    }),
    { numRuns: 1000 },
  );
});
