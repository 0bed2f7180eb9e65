import { edgeSchemaOf, isEdgeGroup } from '@isthmus/kong-gateway';
import { schemaOf, type TargetVersion } from '@isthmus/kong-mesh';
import type { Json, StructuralSchema } from '@isthmus/kubernetes';

type Schema = Readonly<Record<string, unknown>>;

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const typeWords: Readonly<Record<string, string>> = {
  object: 'A map',
  array: 'A list',
  string: 'A text',
  integer: 'A whole number',
  number: 'A number',
  boolean: '`true` or `false`',
};

const words = (list: readonly Json[]): string => list.map((one) => `\`${asText(one)}\``).join(', ');

/** What a field takes, in words: the schemas of the releases come without descriptions. */
function describe(schema: StructuralSchema, isRequired: boolean): string {
  const isEither = schema['x-kubernetes-int-or-string'] === true;
  const required = schema.required ?? [];
  return [
    `${isEither ? 'A whole number or a text' : (typeWords[schema.type ?? ''] ?? 'Any value')}${isRequired ? ', required' : ''}.`,
    ...(schema.enum === undefined ? [] : [`One of ${words(schema.enum)}.`]),
    ...(schema.default === undefined ? [] : [`Default: \`${asText(schema.default)}\`.`]),
    ...(schema.pattern === undefined ? [] : [`Has to match \`${schema.pattern}\`.`]),
    ...(schema.minimum === undefined ? [] : [`At least ${schema.minimum}.`]),
    ...(schema.maximum === undefined ? [] : [`At most ${schema.maximum}.`]),
    ...(schema.minItems === undefined ? [] : [`At least ${schema.minItems} items.`]),
    ...(schema.maxItems === undefined ? [] : [`At most ${schema.maxItems} items.`]),
    ...(required.length === 0 ? [] : [`Needs ${words(required)}.`]),
  ].join(' ');
}

function convert(schema: StructuralSchema, isRequired = false): Schema {
  const { type, properties, additionalProperties, items, required } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  const types = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : type;
  const copied = ['default', 'enum', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'];
  return {
    description: describe(schema, isRequired),
    ...(types === undefined ? {} : { type: types }),
    ...Object.fromEntries(Object.entries(schema).filter(([key]) => copied.includes(key))),
    ...(required === undefined ? {} : { required }),
    ...(items === undefined ? {} : { items: convert(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, of]) => [key, convert(of, required?.includes(key))]),
          ),
        }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: convert(additionalProperties) }
      : properties === undefined || isOpen
        ? {}
        : { additionalProperties: false }),
  };
}

const textMap = (description: string): Schema => ({
  description,
  type: 'object',
  additionalProperties: { type: 'string' },
});

/**
 * The JSON Schema by which an editor completes, explains and checks a resource of the target; of kinds that the target does
 * not define only what every object has.
 */
export function editorSchema(apiVersion: string, kind: string, version: TargetVersion): Schema {
  const isEdge = isEdgeGroup(apiVersion.split('/')[0] ?? '');
  const found = isEdge ? edgeSchemaOf(apiVersion, kind) : schemaOf(apiVersion, kind, version)?.schema;
  const { properties = {}, additionalProperties: _, ...rest } = found === undefined ? {} : convert(found);
  const product = isEdge ? 'Gateway API and Kong Gateway' : `Kong Mesh ${version}`;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata'],
    ...rest,
    description: found === undefined ? `${kind} of Kubernetes.` : `${kind} of ${product}.`,
    properties: {
      apiVersion: { description: 'Stays as it is.', type: 'string', enum: [apiVersion] },
      kind: { description: 'Stays as it is.', type: 'string', enum: [kind] },
      metadata: {
        description: 'Name, namespace, labels and annotations; name and namespace stay as they are.',
        type: 'object',
        required: ['name'],
        properties: {
          name: { description: 'Stays as it is.', type: 'string' },
          namespace: { description: 'Stays as it is.', type: 'string' },
          labels: textMap('Labels: texts by name.'),
          annotations: textMap('Annotations: texts by name.'),
        },
      },
      ...(properties as Schema),
    },
    ...(found === undefined ? {} : { additionalProperties: false }),
  };
}
