import { defaultLimits, locateAll, type Resource, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { createParts, spanOf, withContainers } from './places.ts';

const cut = (
  text: string,
  { line, column, endLine, endColumn }: { line: number; column: number; endLine: number; endColumn: number },
): string => {
  const lines = text.split('\n').slice(line - 1, endLine);
  lines[lines.length - 1] = (lines.at(-1) ?? '').slice(0, endColumn - 1);
  lines[0] = (lines[0] ?? '').slice(column - 1);
  return lines.join('\n');
};

test('a list or map spans from its first leaf’s key to the end of its last', () => {
  const text =
    'spec:\n  to:\n    - targetRef:\n        kind: MeshService\n        name: seats\n      default: {a: 1, b: 2}\n';
  const places = withContainers(locateAll(text, { file: '', line: 1, document: 0 }));
  const at = (path: string): string => cut(text, spanOf(places.get(path) as never, 1));
  expect(at('spec.to[0].targetRef')).toBe('kind: MeshService\n        name: seats');
  expect(at('spec.to[0].default')).toBe('a: 1, b: 2');
  expect(at('spec.to[0].targetRef.name')).toBe('seats');
  expect(places.has('spec.other')).toBe(false);
});

function read(file: string, text: string): { part: ReturnType<ReturnType<typeof createParts>>; resource: Resource }[] {
  const { resources } = readManifest(file, new TextEncoder().encode(text), defaultLimits);
  const partOf = createParts(() => text);
  return resources.map((resource) => ({ resource, part: partOf(resource) }));
}

test('a document ends before the next one, an item of a List before the next item', () => {
  const documents = read(
    'a.yaml',
    'kind: A\napiVersion: v1\nmetadata: {name: a}\n\n---\nkind: B\napiVersion: v1\nmetadata: {name: b}\n',
  );
  expect(documents.map(({ part }) => [part.line, part.text])).toEqual([
    [1, 'kind: A\napiVersion: v1\nmetadata: {name: a}\n'],
    [6, 'kind: B\napiVersion: v1\nmetadata: {name: b}\n'],
  ]);
  const items = read(
    'list.yaml',
    'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: A\n    metadata: {name: a}\n  - apiVersion: v1\n    kind: B\n    metadata:\n      name: b\n',
  );
  expect(items.map(({ part }) => [part.line, part.text])).toEqual([
    [4, '  - apiVersion: v1\n    kind: A\n    metadata: {name: a}\n'],
    [7, '  - apiVersion: v1\n    kind: B\n    metadata:\n      name: b\n'],
  ]);
});

test('a resource on one endless line of JSON is written anew, and its fields are found there', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'A',
    metadata: { name: 'a' },
    spec: { text: 'x'.repeat(2000), host: 'seats' },
  };
  const [one] = read('a.json', JSON.stringify(object));
  expect(one?.part).toMatchObject({ line: 1, rewritten: true });
  const place = one?.part.places.get('spec.host');
  expect(one && place && cut(one.part.text, spanOf(place, 1))).toBe('seats');
});
