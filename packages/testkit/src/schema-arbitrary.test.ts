import { isMap, type JsonObject } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryFromSchema } from './schema-arbitrary.ts';
import { checkStructure, type StructuralSchema } from './structural-schema.ts';

const schema: StructuralSchema = {
  type: 'object',
  required: ['hosts'],
  properties: {
    hosts: { type: 'array', minItems: 1, items: { type: 'string', minLength: 2, maxLength: 20 } },
    mode: { type: 'string', enum: ['STRICT', 'PERMISSIVE'] },
    port: { type: 'integer', minimum: 1, maximum: 65535 },
    weight: { type: 'integer', nullable: true },
    percent: { type: 'number' },
    targetPort: { 'x-kubernetes-int-or-string': true },
    sha256: { type: 'string', pattern: '(^$|^[a-f0-9]{64}$)' },
    timeout: { type: 'string', 'x-kubernetes-validations': [{ rule: "duration(self) >= duration('1ms')" }] },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    config: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    marker: { type: 'object' },
    exact: { type: 'string' },
    prefix: { type: 'string' },
  },
  oneOf: [
    { not: { anyOf: [{ required: ['exact'] }, { required: ['prefix'] }] } },
    { required: ['exact'] },
    { required: ['prefix'] },
  ],
};

const sample = fc.sample(arbitraryFromSchema(schema), { numRuns: 2000, seed: 1 }) as JsonObject[];

test('every value is valid', () => {
  for (const value of sample) expect(checkStructure(schema, value)).toEqual([]);
});

test('every field comes up, and is left out', () => {
  for (const key of Object.keys(schema.properties ?? {})) {
    const set = sample.filter((value) => Object.hasOwn(value, key)).length;
    expect(set, key).toBeGreaterThan(50);
    if (key !== 'hosts') expect(set, key).toBeLessThan(sample.length - 50);
  }
});

test('holds what trips careless code: odd keys, empty maps, nulls', () => {
  const labels = sample.map((value) => value.labels).filter(isMap);
  const keys = new Set(labels.flatMap((map) => Object.keys(map)));
  for (const key of ['', '0', 'a.b[0]', '__proto__', 'app.kubernetes.io/name']) expect(keys).toContain(key);
  expect(labels.some((map) => Object.keys(map).length === 0)).toBe(true);
  expect(sample.some((value) => value.weight === null)).toBe(true);
  expect(sample.some((value) => value.mode === null)).toBe(false);
});

test('puts nulls anywhere when asked to', () => {
  const nulls = fc.sample(arbitraryFromSchema(schema, { nulls: 'anywhere' }), { numRuns: 500, seed: 1 });
  expect(nulls.some((value) => isMap(value) && value.mode === null)).toBe(true);
  expect(nulls).toContain(null);
});

test('durations are Istio durations', () => {
  for (const { timeout } of sample) if (timeout !== undefined) expect(timeout).toMatch(/^\d+(ms|s|m|h)$/);
});
