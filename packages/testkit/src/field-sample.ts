import { isList, isMap, type Json, type JsonObject, join } from '@isthmus/kubernetes';
import type { FieldSchema } from './field-schema.ts';

/** What to write for a field, by its path as `leafPaths` gives it; what is not named gets a value of its type. */
export interface SampleHints {
  /** Examples of a leaf; of several one sample each. */
  readonly values?: Readonly<Record<string, readonly Json[]>>;
  /** The least that a map must hold, where its schema says nothing of it. */
  readonly least?: Readonly<Record<string, JsonObject>>;
  /** Keys of the entries of open maps. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Fields that must not stand beside a field, for reasons that the schema does not tell. */
  readonly without?: Readonly<Record<string, readonly string[]>>;
  /** What must stand beside a field: the fields of the map that holds it. */
  readonly beside?: Readonly<Record<string, JsonObject>>;
}

/** A spec in which one field is set to an example. */
export interface FieldSample {
  /** The field, as `leafPaths` gives it. */
  readonly field: string;
  /** The place of the example in the spec. */
  readonly path: string;
  readonly value: Json;
  readonly spec: JsonObject;
}

function examples(schema: FieldSchema, path: string, hints: SampleHints): readonly Json[] {
  const given = hints.values?.[path];
  if (given !== undefined) return given;
  const { type, values, minimum = 1, maximum = Number.POSITIVE_INFINITY } = schema;
  if (values !== undefined) return values;
  switch (type) {
    case 'flag':
      return [true];
    case 'integer':
    case 'number':
      return [Math.min(Math.max(minimum, 5), maximum)];
    case 'duration':
      return ['7s'];
    case 'text':
      return ['sample'];
    default:
      return [{}];
  }
}

/** The least that a field can hold: what it requires. */
function least(schema: FieldSchema, path: string, hints: SampleHints): Json {
  if (schema.fields !== undefined)
    return Object.fromEntries([
      ...Object.entries(hints.least?.[path] ?? {}),
      ...(schema.required ?? [])
        .filter((key) => !Object.hasOwn(hints.least?.[path] ?? {}, key))
        .map((key) => [key, least(schema.fields?.[key] as FieldSchema, `${path}.${key}`, hints)]),
    ]);
  if (schema.type === 'list') return [least(schema.each as FieldSchema, `${path}[]`, hints)];
  if (schema.each !== undefined) return { [hints.keys?.[path] ?? 'sample']: least(schema.each, `${path}{}`, hints) };
  return examples(schema, path, hints)[0] as Json;
}

interface Walk {
  readonly hints: SampleHints;
  readonly found: (sample: Omit<FieldSample, 'spec'>, value: Json) => void;
}

/** The fields that may stand beside `key`. */
function besides(object: JsonObject, schema: FieldSchema, key: string, path: string, hints: SampleHints): JsonObject {
  const not = new Set([
    ...(schema.exclusive ?? []).flatMap((group) => (group.includes(key) ? group : [])),
    ...(hints.without?.[path] ?? []),
  ]);
  not.delete(key);
  const kept = Object.entries(object).filter(([name]) => !not.has(name));
  return { ...Object.fromEntries(kept), ...hints.beside?.[path] };
}

/**
 * @param at the place of the field in the spec
 * @param put what the spec becomes with a value at that place
 */
function walk(
  schema: FieldSchema,
  base: Json | undefined,
  field: string,
  at: string,
  run: Walk,
  put: (value: Json) => Json,
): void {
  const { hints } = run;
  if (schema.fields !== undefined) {
    const object = isMap(base) ? base : (least(schema, field, hints) as JsonObject);
    for (const [key, part] of Object.entries(schema.fields)) {
      const path = `${field}.${key}`;
      const beside = besides(object, schema, key, path, hints);
      walk(part, beside[key], path, join(at, key), run, (value) => put({ ...beside, [key]: value }));
    }
    return;
  }
  if (schema.each !== undefined && schema.type === 'list') {
    const [first, ...others] = isList(base) ? base : [];
    walk(schema.each, first, `${field}[]`, join(at, 0), run, (value) => put([value, ...others]));
    return;
  }
  if (schema.each !== undefined) {
    const entries = isMap(base) ? base : {};
    const key = hints.keys?.[field] ?? Object.keys(entries)[0] ?? 'sample';
    walk(schema.each, entries[key], `${field}{}`, join(at, key), run, (value) => put({ ...entries, [key]: value }));
    return;
  }
  const given = base === undefined || hints.values?.[field] !== undefined || schema.values !== undefined;
  for (const value of given ? examples(schema, field, hints) : [base])
    run.found({ field, path: at, value }, put(value));
}

/**
 * For every leaf field of a kind a spec that sets it, and beside it only what the field needs to mean something.
 * @param base a spec that does something; its values stand for the fields that it names
 */
export function fieldSamples(schema: FieldSchema, base: JsonObject, hints: SampleHints): FieldSample[] {
  const samples: FieldSample[] = [];
  const found: Walk['found'] = (sample, spec) => void samples.push({ ...sample, spec: spec as JsonObject });
  walk(schema, base, 'spec', 'spec', { hints, found }, (value) => value);
  return samples;
}
