import { takeIn } from '@isthmus/istio';
import { isList, isMap, type Json, type JsonObject, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { settings } from './example.test-support.ts';
import { gatherFacts } from './facts.ts';
import { checks } from './registry.ts';

const odd: readonly Json[] = [null, 7, 'odd', [], {}, [null], { odd: [{}] }];

/** Every way to put one value in the place of a part of another. */
function* replaced(value: Json, by: Json): Generator<Json> {
  yield by;
  if (isList(value)) {
    for (const [index, item] of value.entries())
      for (const part of replaced(item, by)) yield value.map((one, at) => (at === index ? part : one));
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value))
      for (const part of replaced(item, by)) yield { ...value, [key]: part };
  }
}

const read = (objects: readonly JsonObject[]) =>
  readManifest('odd.yaml', new TextEncoder().encode(writeYamlDocuments(objects)));

test('whatever stands in the place of a part of an object, no check fails on it', () => {
  let tried = 0;
  for (const check of checks) {
    const { examples } = check;
    if (examples === undefined) continue;
    const objects = readManifest('a.yaml', new TextEncoder().encode(examples.failing)).resources.map(
      ({ object }) => object,
    );
    const own = { ...settings, ...examples.settings };
    for (const [index, object] of objects.entries()) {
      for (const by of odd)
        for (const part of ['spec', 'metadata'] as const)
          for (const changed of replaced(object[part] ?? null, by)) {
            const others = objects.map((one, at) => (at === index ? { ...object, [part]: changed } : one));
            const text = `${check.id}: ${JSON.stringify(changed)}`;
            tried++;
            expect(() => check.run(gatherFacts(takeIn([read(others)]), own, [])), text).not.toThrow();
          }
    }
  }
  expect(tried).toBeGreaterThan(5000);
});
