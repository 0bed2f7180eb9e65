import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { fieldsOfSchemas } from './field-schema.ts';

const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.io }
spec:
  group: example.io
  names: { kind: Thing }
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          properties:
            spec:
              type: object
              required: [name]
              oneOf: [{ not: { anyOf: [{ required: [a] }, { required: [b] }] } }, { required: [a] }, { required: [b] }]
              properties:
                name: { type: string, description: not kept }
                wait: { type: string, x-kubernetes-validations: [{ rule: "duration(self) >= duration('1ms')" }] }
                port: { x-kubernetes-int-or-string: true }
                a: { type: array, items: { type: integer, minimum: 1 } }
                b: { type: object, x-kubernetes-preserve-unknown-fields: true }
            status: { type: object }
    - name: v1beta1
      schema: { openAPIV3Schema: { properties: { spec: { type: object, properties: { old: { type: string } } } } } }
`;

test('a schema becomes what examples need: types, choices, what is required and what excludes', () => {
  const fields = fieldsOfSchemas(readManifest('crd.yaml', Buffer.from(crd)).resources);
  expect([...fields]).toEqual([
    [
      'example.io/v1/Thing',
      {
        type: 'map',
        required: ['name'],
        exclusive: [['a', 'b']],
        fields: {
          name: { type: 'text' },
          wait: { type: 'duration' },
          port: { type: 'integer' },
          a: { type: 'list', each: { type: 'integer', minimum: 1 } },
          b: { type: 'any' },
        },
      },
    ],
  ]);
});
