import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { checkObject, checkStructure, exclusiveKeys, type StructuralSchema, schemasOf } from './structural-schema.ts';

const abort: StructuralSchema = {
  type: 'object',
  properties: { httpStatus: { type: 'integer', nullable: true, minimum: 100 }, grpcStatus: { type: 'string' } },
  oneOf: [
    { not: { anyOf: [{ required: ['httpStatus'] }, { required: ['grpcStatus'] }] } },
    { required: ['httpStatus'] },
    { required: ['grpcStatus'] },
  ],
};

test('accepts what the schema describes', () => {
  expect(checkStructure(abort, {})).toEqual([]);
  expect(checkStructure(abort, { httpStatus: 503 })).toEqual([]);
  expect(checkStructure(abort, { httpStatus: null })).toEqual([]);
});

test('names the place and the fault', () => {
  expect(checkStructure(abort, { httpStatus: 7 })).toEqual(['httpStatus: is below 100']);
  expect(checkStructure(abort, { grpcStatus: null })).toEqual(['grpcStatus: must not be null']);
  expect(checkStructure(abort, { grpcStatus: 14 }, 'spec.abort')).toEqual([
    'spec.abort.grpcStatus: is not of type string',
  ]);
  expect(checkStructure(abort, { status: 503 }, 'abort')).toEqual(['abort: knows no status']);
});

test('finds keys that exclude each other', () => {
  expect(exclusiveKeys(abort)).toEqual([['httpStatus', 'grpcStatus']]);
  expect(checkStructure(abort, { httpStatus: 503, grpcStatus: 'x' }, 'abort')).toEqual([
    'abort: breaks oneOf, anyOf, allOf or not',
    'abort: httpStatus and grpcStatus exclude each other',
  ]);
  const rule = '(has(self.selector) ? 1 : 0) + (has(self.targetRef) ? 1 : 0) <= 1';
  const scoped: StructuralSchema = { type: 'object', 'x-kubernetes-validations': [{ rule }] };
  expect(exclusiveKeys(scoped)).toEqual([['selector', 'targetRef']]);
});

test('checks lists, maps, patterns and limits', () => {
  const schema: StructuralSchema = {
    type: 'object',
    required: ['hosts'],
    properties: {
      hosts: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[a-z.]+$', maxLength: 5 } },
      labels: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 1 },
      port: { 'x-kubernetes-int-or-string': true },
      mode: { type: 'string', enum: ['STRICT'] },
    },
  };
  expect(checkStructure(schema, { hosts: ['a.b'], labels: { 'x/y': 'z' }, port: 'http', mode: 'STRICT' })).toEqual([]);
  expect(checkStructure(schema, { hosts: ['A', 'abcdef'], labels: { a: '', b: 1 }, port: 1.5, mode: 'x' })).toEqual([
    'hosts[0]: does not match ^[a-z.]+$',
    'hosts[1]: is too long',
    'labels: has too many entries',
    'labels.b: is not of type string',
    'port: is not of type int-or-string',
    'mode: x is not in the enum',
  ]);
  expect(checkStructure(schema, {}, 'spec')).toEqual(['spec: lacks hosts']);
});

test('reads schemas from CRDs', () => {
  const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: planes.example.com}
spec:
  group: example.com
  names: {kind: Plane}
  versions:
    - name: v1
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {seats: {type: integer}}}}}}
    - name: v2
`;
  const schemas = schemasOf(readManifest('crds.yaml', new TextEncoder().encode(crd)).resources);
  expect([...schemas.keys()]).toEqual(['example.com/v1/Plane']);
  const plane = schemas.get('example.com/v1/Plane') as StructuralSchema;
  expect(checkObject(plane, { apiVersion: 'example.com/v1', kind: 'Plane', spec: { seats: 'many' } })).toEqual([
    'spec.seats: is not of type integer',
  ]);
  expect(checkObject(plane, { data: {} })).toEqual(['knows no data']);
});
