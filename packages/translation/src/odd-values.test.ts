import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeIn } from '@isthmus/istio';
import { targetVersions } from '@isthmus/kong-mesh';
import { isList, isMap, type Json, parseYaml, readManifest, type Step, writeYamlDocuments } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from './settings.ts';
import { translate } from './translate.ts';

/** Estates to try; more with `ISTHMUS_ESTATES`. */
const runs = Number(process.env.ISTHMUS_ESTATES ?? 100);

const folder = fileURLToPath(new URL('../../../examples/kong-air/', import.meta.url));
const documents = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .flatMap((file) => parseYaml(readFileSync(join(folder, file), 'utf8')).map(({ value }) => value));

/** Every place below the top of a value whose replacement leaves it an object of its kind and name. */
function placesIn(value: Json, path: readonly Step[] = []): (readonly Step[])[] {
  const steps: Step[] = isList(value) ? value.map((_, index) => index) : isMap(value) ? Object.keys(value) : [];
  return steps.flatMap((step) => {
    const own = [...path, step];
    const isIdentity = ['apiVersion', 'kind', 'metadata', 'metadata.name'].includes(own.join('.'));
    const child = isList(value) ? value[step as number] : isMap(value) ? value[step] : undefined;
    return [...(isIdentity ? [] : [own]), ...(child === undefined ? [] : placesIn(child, own))];
  });
}

const places = documents.flatMap((value, document) => placesIn(value).map((path) => ({ document, path })));

function replaced(value: Json, [step, ...rest]: readonly Step[], odd: Json): Json {
  if (step === undefined) return odd;
  if (isList(value)) return value.map((item, index) => (index === step ? replaced(item, rest, odd) : item));
  return isMap(value) ? { ...value, [step]: replaced(value[step] as Json, rest, odd) } : value;
}

const change = fc.record({
  place: fc.constantFrom(...places),
  odd: fc.constantFrom<Json>(null, '', 'x', '*', 7, -1, true, [], {}, [null], { a: null }),
});

test('whatever stands in a field, nothing ends the translation of the rest', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(...targetVersions),
      fc.boolean(),
      (changes, target, complete) => {
        const changed = [...documents];
        for (const { place, odd } of changes)
          changed[place.document] = replaced(changed[place.document] as Json, place.path, odd);
        const text = new TextEncoder().encode(writeYamlDocuments(changed));
        const { ledger } = translate(takeIn([readManifest('estate.yaml', text)]), {
          ...defaultSettings,
          target,
          complete,
        });
        expect(ledger.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: runs },
  );
});
