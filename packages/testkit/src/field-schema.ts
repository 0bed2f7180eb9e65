import type { Json, Resource } from '@isthmus/kubernetes';
import { istioFields } from './generated/istio-fields.ts';
import { exclusiveKeys, isDuration, type StructuralSchema, schemasOf } from './structural-schema.ts';

/** What a field of an Istio kind may hold, as far as making an example of it needs to know. */
export interface FieldSchema {
  readonly type: 'map' | 'list' | 'text' | 'duration' | 'integer' | 'number' | 'flag' | 'any';
  /** The fields of a map with names of its own. */
  readonly fields?: Readonly<Record<string, FieldSchema>>;
  /** What the items of a list, or the entries of an open map, hold. */
  readonly each?: FieldSchema;
  readonly required?: readonly string[];
  /** Sets of fields of which at most one may be set. */
  readonly exclusive?: readonly (readonly string[])[];
  readonly values?: readonly Json[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const types = { string: 'text', integer: 'integer', number: 'number', boolean: 'flag' } as const;

function fieldSchema(schema: StructuralSchema): FieldSchema {
  if (schema['x-kubernetes-int-or-string']) return { type: 'integer' };
  const { type } = schema;
  if (type === 'array') return { type: 'list', each: fieldSchema(schema.items ?? {}) };
  if (type === 'object') {
    const { properties, additionalProperties, required } = schema;
    if (typeof additionalProperties === 'object') return { type: 'map', each: fieldSchema(additionalProperties) };
    if (properties === undefined) return { type: 'any' };
    const exclusive = exclusiveKeys(schema);
    return {
      type: 'map',
      fields: Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, fieldSchema(part)])),
      ...(required === undefined ? {} : { required }),
      ...(exclusive.length === 0 ? {} : { exclusive }),
    };
  }
  if (type === undefined) return { type: 'any' };
  return {
    type: isDuration(schema) ? 'duration' : types[type],
    ...(schema.enum === undefined ? {} : { values: schema.enum }),
    ...(schema.minimum === undefined ? {} : { minimum: schema.minimum }),
    ...(schema.maximum === undefined ? {} : { maximum: schema.maximum }),
  };
}

const age = (version: string): string => version.replace(/^v(\d+)$/, 'v$1z');

/** The fields of `spec` of each kind among CustomResourceDefinitions, by `group/version/Kind` with the newest version. */
export function fieldsOfSchemas(crds: readonly Resource[]): ReadonlyMap<string, FieldSchema> {
  const newest = new Map<string, { version: string; schema: StructuralSchema }>();
  for (const [name, schema] of schemasOf(crds)) {
    const [group = '', version = '', kind = ''] = name.split('/');
    const spec = schema.properties?.spec;
    const known = newest.get(`${group}/${kind}`);
    if (spec !== undefined && (known === undefined || age(version) > age(known.version)))
      newest.set(`${group}/${kind}`, { version, schema: spec });
  }
  return new Map(
    [...newest]
      .map(([name, { version, schema }]): [string, FieldSchema] => [
        name.replace('/', `/${version}/`),
        fieldSchema(schema),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The fields of every kind of Istio that this release of Isthmus knows, by `group/version/Kind`. */
export const knownIstioFields = (): ReadonlyMap<string, FieldSchema> =>
  new Map(Object.entries(istioFields).map(([name, text]) => [name, JSON.parse(text) as FieldSchema]));

/** The paths of the leaves below a field: `[]` stands for every item of a list, `{}` for every entry of an open map. */
export function leafPaths(schema: FieldSchema, path: string): string[] {
  if (schema.fields !== undefined)
    return Object.entries(schema.fields).flatMap(([key, part]) => leafPaths(part, `${path}.${key}`));
  if (schema.each !== undefined) return leafPaths(schema.each, `${path}${schema.type === 'list' ? '[]' : '{}'}`);
  return [path];
}
