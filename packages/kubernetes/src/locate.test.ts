import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isList, isMap } from './json.ts';
import { locate, locateAll } from './locate.ts';
import { join } from './path.ts';
import { readManifest } from './read.ts';
import type { Json } from './resource.ts';
import { writeYaml } from './write-yaml.ts';

const text = `# head
apiVersion: v1
kind: List
items:
  - kind: Service
    spec:
      ports:
        - port: 80
          "odd key": [a, 'b c' , {}]
      script: |
        one
        two
      empty:
      flow: {y: 1,
        z: 2}
---
base: &base
  host: a
  port: 1
copy:
  <<: *base
  port: 2
alias: *base
`;
const item = { file: 'a', line: 5, document: 0, within: 'items[0]' };
const second = { file: 'a', line: 17, document: 1 };

test.each([
  ['', 5, 5],
  ['kind', 5, 5],
  ['spec.ports', 7, 7],
  ['spec.ports[0]', 8, 11],
  ['spec.ports[0].port', 8, 11],
  ['spec.ports[0]["odd key"]', 9, 11],
  ['spec.ports[0]["odd key"][1]', 9, 26],
  ['spec.script', 10, 7],
  ['spec.flow.z', 15, 9],
  ['spec.flow.true', 14, 14],
])('%s of an item stands at %d:%d', (path, line, column) => {
  expect(locate(text, item, path)).toEqual({ line, column });
});

test.each([
  ['copy.port', 22, 3],
  ['copy.host', 21, 3],
  ['alias.host', 23, 1],
])('%s, by alias or merge, stands at %d:%d', (path, line, column) => {
  expect(locate(text, second, path)).toEqual({ line, column });
});

test('what is not there has no place', () => {
  expect(locate(text, item, 'spec.ports[1]')).toBeUndefined();
  expect(locate(text, item, 'spec..x')).toBeUndefined();
  expect(locate(text, { ...item, within: 'items[7]' }, 'kind')).toBeUndefined();
  expect(locate('a: [', { file: 'a', line: 1, document: 0 }, 'a')).toBeUndefined();
  expect(locateAll('a: [', { file: 'a', line: 1, document: 0 }).size).toBe(0);
});

test('all leaves with the ends of their values', () => {
  const spans = Object.fromEntries(locateAll(text, item));
  expect(Object.keys(spans)).toEqual([
    'kind',
    'spec.ports[0].port',
    'spec.ports[0]["odd key"][0]',
    'spec.ports[0]["odd key"][1]',
    'spec.ports[0]["odd key"][2]',
    'spec.script',
    'spec.empty',
    'spec.flow.true',
    'spec.flow.z',
  ]);
  expect(spans['spec.ports[0].port']).toEqual({
    line: 8,
    column: 17,
    endLine: 8,
    endColumn: 19,
    keyLine: 8,
    keyColumn: 11,
  });
  expect(spans['spec.ports[0]["odd key"][1]']).toMatchObject({ line: 9, column: 26, endColumn: 31 });
  expect(spans['spec.ports[0]["odd key"][2]']).toMatchObject({ column: 34, endColumn: 36 });
  expect(spans['spec.script']).toMatchObject({ line: 10, column: 15, endLine: 12, endColumn: 12 });
  expect(spans['spec.empty']).toMatchObject({ line: 13, keyLine: 13, keyColumn: 7 });
});

function* leaves(value: Json, path: string): Generator<string> {
  const entries = isList(value) ? [...value.entries()] : isMap(value) ? Object.entries(value) : [];
  if (entries.length === 0) yield path;
  for (const [step, child] of entries) yield* leaves(child as Json, join(path, step));
}

test('every leaf of every object that Isthmus writes has a place within the file', () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 });
  fc.assert(
    fc.property(value, (spec) => {
      const object = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, spec } as Json;
      const file = `a: 1\n---\n${writeYaml(object)}`;
      const resource = readManifest('f', new TextEncoder().encode(file)).resources[0];
      if (resource === undefined) throw new Error(file);
      const spans = locateAll(file, resource.source);
      expect([...spans.keys()].sort()).toEqual([...leaves(resource.object, '')].sort());
      for (const [path, span] of spans) {
        expect(locate(file, resource.source, path)).toEqual({ line: span.keyLine, column: span.keyColumn });
      }
    }),
  );
});

test('lines count alike in a file with carriage returns', () => {
  expect(locate('a: 1\r\nb:\r\n  c: 1\r\n', { file: 'a', line: 1, document: 0 }, 'b.c')).toEqual({
    line: 3,
    column: 3,
  });
});

const configMap = `kind: ConfigMap
data:
  mesh: |-

    # defaults
    defaultConfig:
      tracing: {sampling: 1}

    trustDomain: air
  quoted: "trustDomain: air"
  folded: >
    trustDomain:
      air
`;

test.each([
  ['mesh', '', 6, 5],
  ['mesh', 'defaultConfig.tracing.sampling', 7, 17],
  ['mesh', 'trustDomain', 9, 5],
  ['mesh', 'none', undefined, undefined],
  ['quoted', 'trustDomain', 10, 3],
  ['folded', 'trustDomain', 11, 3],
])('in the text %s of a ConfigMap, %j stands at %s:%s', (key, path, line, column) => {
  const source = { file: 'a', line: 1, document: 0, within: `data.${key}` };
  expect(locate(configMap, source, path)).toEqual(line === undefined ? undefined : { line, column });
});

test('the leaves of a text in a ConfigMap have spans in the file, where they can be told', () => {
  const source = { file: 'a', line: 1, document: 0, within: 'data.mesh' };
  const spans = locateAll(`# first\n---\n${configMap}`, { ...source, line: 3, document: 1 });
  expect([...spans].map(([path, { line, column, endColumn }]) => [path, line, column, endColumn])).toEqual([
    ['defaultConfig.tracing.sampling', 9, 27, 28],
    ['trustDomain', 11, 18, 21],
  ]);
  expect(locateAll(configMap, { ...source, within: 'data.quoted' }).size).toBe(0);
});
