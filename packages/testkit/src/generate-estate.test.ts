import { identityKey, isList, isMap, type Json, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { generateEstate } from './generate-estate.ts';
import { sharedSchemas } from './shared.ts';
import { checkObject } from './structural-schema.ts';

const files = generateEstate({ services: 600, seed: 7 });
const readings = files.map(({ file, text }) => readManifest(file, new TextEncoder().encode(text)));
const resources = readings.flatMap((reading) => reading.resources);

function leaves(value: Json): number {
  const parts = isList(value) ? value : isMap(value) ? Object.values(value) : [];
  return parts.length === 0 ? 1 : parts.reduce<number>((sum, part) => sum + leaves(part), 0);
}

test('writes as many of each kind as there are services, in files of five hundred', () => {
  expect(files.map(({ file }) => file)).toEqual([
    'services/0000.yaml',
    'virtual-services/0000.yaml',
    'destination-rules/0000.yaml',
    'services/0001.yaml',
    'virtual-services/0001.yaml',
    'destination-rules/0001.yaml',
  ]);
  expect(readings.flatMap((reading) => reading.diagnostics)).toEqual([]);
  for (const kind of ['Service', 'VirtualService', 'DestinationRule']) {
    expect(resources.filter((resource) => resource.kind === kind)).toHaveLength(600);
  }
  expect(new Set(resources.map(identityKey)).size).toBe(1800);
});

test('is the same for the same seed, another for another', () => {
  expect(generateEstate({ services: 600, seed: 7 })).toEqual(files);
  expect(generateEstate({ services: 600, seed: 8 })).not.toEqual(files);
});

test('a larger estate begins with the smaller one', () => {
  const smaller = generateEstate({ services: 100, seed: 7, perFile: 50 });
  const larger = generateEstate({ services: 150, seed: 7, perFile: 50 });
  expect(larger.slice(0, smaller.length)).toEqual(smaller);
});

test('resources are of the size of real ones', () => {
  for (const { object, name } of resources) {
    const count = leaves(object);
    expect(count, name).toBeGreaterThanOrEqual(10);
    expect(count, name).toBeLessThanOrEqual(30);
  }
});

test('hosts that routes name exist in their namespace', () => {
  const services = new Set(resources.filter(({ kind }) => kind === 'Service').map((r) => `${r.namespace}/${r.name}`));
  for (const { kind, object, namespace } of resources) {
    if (kind === 'Service') continue;
    for (const [, host] of JSON.stringify(object).matchAll(/"host":"([^"]+)"/g)) {
      expect(services).toContain(`${namespace}/${host}`);
    }
  }
});

const schemas = sharedSchemas('schemas/istio/crds.yaml');

test.skipIf(schemas.size === 0)('fits the schemas of Istio (needs ../shared)', () => {
  for (const { apiVersion, kind, object } of resources) {
    const schema = schemas.get(`${apiVersion}/${kind}`);
    if (kind !== 'Service') expect(schema && checkObject(schema, object)).toEqual([]);
  }
});
