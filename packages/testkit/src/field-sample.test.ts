import { expect, test } from 'vitest';
import { fieldSamples } from './field-sample.ts';
import { type FieldSchema, leafPaths } from './field-schema.ts';

const text: FieldSchema = { type: 'text' };
const route: FieldSchema = {
  type: 'map',
  fields: {
    host: text,
    timeout: { type: 'duration' },
    mode: { type: 'text', values: ['A', 'B'] },
    labels: { type: 'map', each: text },
    prefix: text,
    exact: text,
  },
  required: ['host'],
  exclusive: [['prefix', 'exact']],
};
const schema: FieldSchema = { type: 'map', fields: { routes: { type: 'list', each: route } } };

test('paths name every leaf once, whatever its place in lists and maps', () => {
  expect(leafPaths(schema, 'spec')).toEqual([
    'spec.routes[].host',
    'spec.routes[].timeout',
    'spec.routes[].mode',
    'spec.routes[].labels{}',
    'spec.routes[].prefix',
    'spec.routes[].exact',
  ]);
});

test('each leaf gets a spec of its own, with what it requires beside it', () => {
  const samples = fieldSamples(schema, {}, { values: { 'spec.routes[].host': ['cart'] } });
  expect(samples.map(({ path, value, spec }) => [path, value, spec])).toEqual([
    ['spec.routes[0].host', 'cart', { routes: [{ host: 'cart' }] }],
    ['spec.routes[0].timeout', '7s', { routes: [{ host: 'cart', timeout: '7s' }] }],
    ['spec.routes[0].mode', 'A', { routes: [{ host: 'cart', mode: 'A' }] }],
    ['spec.routes[0].mode', 'B', { routes: [{ host: 'cart', mode: 'B' }] }],
    ['spec.routes[0].labels.sample', 'sample', { routes: [{ host: 'cart', labels: { sample: 'sample' } }] }],
    ['spec.routes[0].prefix', 'sample', { routes: [{ host: 'cart', prefix: 'sample' }] }],
    ['spec.routes[0].exact', 'sample', { routes: [{ host: 'cart', exact: 'sample' }] }],
  ]);
});

test('fields that exclude each other, by schema or by hint, never stand together', () => {
  const base = { routes: [{ host: 'cart', prefix: '/a', timeout: '1s' }, { host: 'other' }] };
  const samples = fieldSamples(schema, base, {
    without: { 'spec.routes[].exact': ['timeout'] },
    beside: { 'spec.routes[].exact': { mode: 'B' } },
    keys: { 'spec.routes[].labels': 'app' },
  });
  const of = (field: string) => samples.find((sample) => sample.field === field);
  expect(of('spec.routes[].exact')?.spec).toEqual({
    routes: [{ host: 'cart', mode: 'B', exact: 'sample' }, { host: 'other' }],
  });
  expect(of('spec.routes[].prefix')?.value).toBe('/a');
  expect(of('spec.routes[].labels{}')?.path).toBe('spec.routes[0].labels.app');
});
