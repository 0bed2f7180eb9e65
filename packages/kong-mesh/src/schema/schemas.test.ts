import type { StructuralSchema } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { targetVersions } from '../version.ts';
import { kindsOf, schemaOf } from './schemas.ts';

/** The places of a schema at which values may stand whose fields it neither names nor takes as they are. */
function* silent(schema: StructuralSchema, path: string): Generator<string> {
  const { type, properties = {}, additionalProperties, items } = schema;
  const keepsAll = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const hasFields = Object.keys(properties).length > 0;
  if (type === undefined && !schema['x-kubernetes-int-or-string'] && (!keepsAll || hasFields)) yield path;
  if ((type === 'array') !== (items !== undefined) || (hasFields && type !== 'object')) yield path;
  for (const [key, part] of Object.entries(properties)) yield* silent(part, `${path}.${key}`);
  if (typeof additionalProperties === 'object') yield* silent(additionalProperties, `${path}.*`);
  if (items !== undefined) yield* silent(items, `${path}[]`);
}

// `checkAdmission` looks for unknown fields only where a schema has something against an object.
test.each(targetVersions)('%s: what a schema takes has no field that it does not know', (version) => {
  const found = kindsOf(version).flatMap((key) => {
    const [kind = ''] = key.split('/').slice(-1);
    const known = schemaOf(key.slice(0, -kind.length - 1), kind, version);
    return known === undefined ? [key] : [...silent(known.schema, kind)];
  });
  expect(found).toEqual([]);
});
