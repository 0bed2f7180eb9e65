import type { Json, JsonObject } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { checkStructure, exclusiveKeys, isDuration, type StructuralSchema } from './structural-schema.ts';

/** What `arbitraryFromSchema` may do beyond plain values. */
export interface SchemaArbitraryOptions {
  /**
   * Where nulls occur: `nullable` (the default) only where the schema allows them, so that every value is valid;
   * `anywhere` also in place of any other field, as hand-written manifests have them.
   */
  readonly nulls?: 'nullable' | 'anywhere';
}

/** Keys that trip careless code: not identifiers, quotes, prototypes, numbers, other scripts, none at all. */
const oddKey = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('app', 'version', 'x-request-id', 'app.kubernetes.io/name') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '0',
      '-1',
      'a b',
      'a.b[0]',
      '"',
      "it's",
      '\\',
      '__proto__',
      'constructor',
      'länge',
      'y',
      '飛行',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 6, unit: 'grapheme' }) },
);

const oddText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('reviews', '*', '.', 'prod/reviews', '*.example.com', '/api', '10s', 'v1') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'true',
      'n',
      '017',
      '1e3',
      '12:30',
      '- a',
      '# no',
      'a: b',
      '{{ x }}',
      'two\nlines\n',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 8, unit: 'grapheme' }) },
);

const duration = fc
  .tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom('ms', 's', 'm', 'h'))
  .map(([amount, unit]) => `${amount}${unit}`);

type Entries = readonly (readonly [key: string, value: Json])[];

/** A map with own keys only, `__proto__` among them. */
const fromEntries = (entries: Entries): JsonObject => Object.fromEntries(entries);

const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.oneof<fc.Arbitrary<Json>[]>(fc.constant(null), fc.boolean(), fc.integer(), oddText),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(oddKey, tie('value')), { maxLength: 3 }).map(fromEntries),
  ),
})).value;

/** Fields of a map that are expected to be set, by depth: manifests are bushy at the top and thin below. */
const expectedFields = (depth: number): number => Math.max(1, 3 - depth / 2);

function text(schema: StructuralSchema): fc.Arbitrary<string> {
  if (isDuration(schema)) return duration;
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const candidates = pattern === undefined ? oddText : fc.stringMatching(new RegExp(pattern));
  const padded = candidates.map((value) => (pattern === undefined ? value.padEnd(minLength, 'x') : value));
  return padded.filter((value) => [...value].length >= minLength && [...value].length <= maxLength);
}

function wholeNumber(schema: StructuralSchema): fc.Arbitrary<number> {
  const bound = 2 ** 31 - 1;
  const min = Math.ceil(schema.minimum ?? -bound);
  const max = Math.floor(schema.maximum ?? bound);
  const usual = fc.integer({ min: Math.max(min, Math.min(0, max)), max: Math.min(max, Math.max(min, 10_000)) });
  return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: fc.integer({ min, max }) });
}

function fraction(schema: StructuralSchema): fc.Arbitrary<number> {
  const { minimum = 0, maximum = 1000 } = schema;
  return fc.oneof(
    fc.constantFrom(0.1, 0.5, 12.5, 100).filter((value) => value >= minimum && value <= maximum),
    fc.double({ min: minimum, max: maximum, noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  );
}

interface Walk {
  /** Deep schemas recur once for each place that uses them; the same node at the same depth is built once. */
  readonly known: Map<StructuralSchema, Map<number, fc.Arbitrary<Json>>>;
  readonly nulls: 'nullable' | 'anywhere';
}

function field(walk: Walk, schema: StructuralSchema, depth: number): fc.Arbitrary<Json> {
  const byDepth = walk.known.get(schema) ?? new Map<number, fc.Arbitrary<Json>>();
  walk.known.set(schema, byDepth);
  const known = byDepth.get(depth) ?? withNulls(walk, schema, plain(walk, schema, depth));
  byDepth.set(depth, known);
  return known;
}

function withNulls(walk: Walk, schema: StructuralSchema, arbitrary: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  if (schema.nullable !== true && walk.nulls !== 'anywhere') return arbitrary;
  return fc.oneof({ weight: 12, arbitrary }, { weight: 1, arbitrary: fc.constant(null) });
}

function plain(walk: Walk, schema: StructuralSchema, depth: number): fc.Arbitrary<Json> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema['x-kubernetes-int-or-string']) return fc.oneof<fc.Arbitrary<Json>[]>(wholeNumber(schema), text(schema));
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return wholeNumber(schema);
    case 'number':
      return fraction(schema);
    case 'string':
      return text(schema);
    case 'array':
      return list(walk, schema, depth);
    case 'object':
      return schema.properties === undefined
        ? openMap(walk, schema, depth)
        : closedMap(walk, schema, schema.properties, depth);
    default:
      return anyJson;
  }
}

function list(walk: Walk, schema: StructuralSchema, depth: number): fc.Arbitrary<Json> {
  const minLength = schema.minItems ?? 0;
  const maxLength = Math.max(minLength, Math.min(schema.maxItems ?? 3, depth < 4 ? 3 : 2));
  const item = schema.items === undefined ? anyJson : field(walk, schema.items, depth + 1);
  return fc.array(item, { minLength, maxLength });
}

function openMap(walk: Walk, schema: StructuralSchema, depth: number): fc.Arbitrary<Json> {
  const { additionalProperties, minProperties: minLength = 0 } = schema;
  if (additionalProperties === undefined && !schema['x-kubernetes-preserve-unknown-fields']) return fc.constant({});
  const value = typeof additionalProperties === 'object' ? field(walk, additionalProperties, depth + 1) : anyJson;
  const maxLength = Math.max(minLength, Math.min(3, schema.maxProperties ?? 3));
  return fc.uniqueArray(fc.tuple(oddKey, value), { minLength, maxLength, selector: ([key]) => key }).map(fromEntries);
}

function closedMap(
  walk: Walk,
  schema: StructuralSchema,
  properties: Readonly<Record<string, StructuralSchema>>,
  depth: number,
): fc.Arbitrary<Json> {
  const required = new Set(schema.required ?? []);
  const groups = exclusiveKeys(schema);
  const keys = Object.keys(properties);
  const absent = Math.max(1, Math.round((10 * keys.length) / expectedFields(depth)) - 10);
  const fields = keys.map((key) => {
    const value = field(walk, properties[key] as StructuralSchema, depth + 1);
    const set = value.map((found): readonly [string, Json] => [key, found]);
    if (required.has(key)) return set;
    return fc.oneof({ weight: absent, arbitrary: fc.constant(undefined) }, { weight: 10, arbitrary: set });
  });
  const favourites = fc.tuple(...groups.map((group) => fc.nat({ max: group.length - 1 })));
  return fc.tuple(favourites, fc.tuple(...fields)).map(([chosen, found]) => {
    const entries: Entries = found.filter((entry) => entry !== undefined);
    return fromEntries(groups.reduce((left, group, index) => keepOne(left, group, chosen[index] ?? 0), entries));
  });
}

/** Of the keys that exclude each other keeps the one at or next after the chosen place. */
function keepOne(entries: Entries, group: readonly string[], chosen: number): Entries {
  const order = [...group.slice(chosen), ...group.slice(0, chosen)];
  const kept = order.find((key) => entries.some(([found]) => found === key));
  return entries.filter(([key]) => key === kept || !group.includes(key));
}

/**
 * Values that a structural schema accepts: every field of the schema comes up, with odd keys in open maps, odd texts,
 * empty maps and lists, and nulls. Of the schema's CEL rules only those of `exclusiveKeys` and the least duration are
 * kept, so an API server may refuse some of them; a ledger must account for all.
 */
export function arbitraryFromSchema(
  schema: StructuralSchema,
  options: SchemaArbitraryOptions = {},
): fc.Arbitrary<Json> {
  const nulls = options.nulls ?? 'nullable';
  const values = field({ known: new Map(), nulls }, schema, 0);
  return nulls === 'anywhere' ? values : values.filter((value) => checkStructure(schema, value).length === 0);
}
