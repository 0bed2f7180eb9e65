import type { JsonObject } from '@isthmus/kubernetes';
import fc from 'fast-check';
import type { Manifest } from './manifest.ts';
import { arbitraryFromSchema, type SchemaArbitraryOptions } from './schema-arbitrary.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { resource, type Surroundings } from './surroundings.ts';

/**
 * A resource of any kind of the schemas, its spec made from the kind's own schema (see `arbitraryFromSchema`).
 * @param schemas by `group/version/Kind`, as `schemasOf` and `sharedSchemas` give them; must not be empty
 */
export function arbitraryIstioResource(
  schemas: ReadonlyMap<string, StructuralSchema>,
  options: SchemaArbitraryOptions & Surroundings = {},
): fc.Arbitrary<Manifest> {
  const kinds = [...schemas].map(([key, schema]) => {
    const [group, version, kind] = key.split('/') as [string, string, string];
    const spec = schema.properties?.spec ?? {};
    const body = arbitraryFromSchema(spec, options) as fc.Arbitrary<JsonObject>;
    return resource(`${group}/${version}`, kind, options, body);
  });
  return fc.oneof(...kinds);
}
