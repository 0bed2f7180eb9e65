import { isList, isMap, stringifyJson } from './json.ts';
import { formatPath, type Step } from './path.ts';
import type { Json } from './resource.ts';
import { isBase64 } from './text.ts';

/** The part of an OpenAPI v3 structural schema that the CustomResourceDefinitions of Kong Mesh, Gateway API and Kong use. */
export interface StructuralSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: boolean | StructuralSchema;
  readonly items?: StructuralSchema;
  readonly required?: readonly string[];
  readonly nullable?: boolean;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  /** Other formats do not matter to the API server, or are in no schema. */
  readonly format?: 'int32' | 'byte';
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** A field that the API server would refuse, and why. Paths are spelled as in the field ledger. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

/**
 * Collects the violations of a value. The steps that lead to it are written out only where something is found; what is put
 * behind them on the way is taken away again.
 */
export type Checker = (value: Json, steps: Step[], found: Violation[]) => void;

const typeOf = (value: Json): string =>
  isList(value) ? 'array' : value === null ? 'null' : isMap(value) ? 'object' : typeof value;

const accepts: Readonly<Record<string, (value: Json) => boolean>> = {
  object: isMap,
  array: isList,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => typeof value === 'bigint' || Number.isInteger(value),
  number: (value) => typeof value === 'number' || typeof value === 'bigint',
};

function checkObject(schema: StructuralSchema): Checker {
  const properties = new Map(Object.entries(schema.properties ?? {}).map(([key, part]) => [key, compileSchema(part)]));
  const extra =
    typeof schema.additionalProperties === 'object' ? compileSchema(schema.additionalProperties) : undefined;
  const open = schema.additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const required = schema.required ?? [];
  return (value, steps, found) => {
    if (!isMap(value)) return;
    for (const key of required) {
      // A default is filled in before the server looks for required fields; a null without `nullable` is dropped.
      const missing = !Object.hasOwn(value, key) && schema.properties?.[key]?.default === undefined;
      if (missing) found.push({ path: formatPath([...steps, key]), message: 'it is required' });
    }
    for (const key in value) {
      const check = properties.get(key) ?? extra;
      steps.push(key);
      if (check !== undefined) check(value[key] as Json, steps, found);
      else if (!open) found.push({ path: formatPath(steps), message: 'the schema knows no such field' });
      steps.pop();
    }
  };
}

function checkRange(schema: StructuralSchema): Checker | undefined {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  if (schema.minimum === undefined && schema.maximum === undefined) return undefined;
  return (value, steps, found) => {
    if (typeof value !== 'number' && typeof value !== 'bigint') return;
    if (value < minimum) found.push({ path: formatPath(steps), message: `it must be at least ${minimum}` });
    if (value > maximum) found.push({ path: formatPath(steps), message: `it must be at most ${maximum}` });
  };
}

function checkSize(schema: StructuralSchema): Checker | undefined {
  const minimum = schema.minLength ?? schema.minItems ?? 0;
  const maximum = schema.maxLength ?? schema.maxItems ?? Number.POSITIVE_INFINITY;
  if (minimum === 0 && maximum === Number.POSITIVE_INFINITY) return undefined;
  return (value, steps, found) => {
    const units = typeof value === 'string' || isList(value) ? value.length : undefined;
    // A text has at most as many characters as code units, and at least half as many.
    if (units === undefined || (units <= maximum && units >= 2 * minimum)) return;
    const size = typeof value === 'string' ? [...value].length : units;
    if (size < minimum || size > maximum)
      found.push({ path: formatPath(steps), message: `its length must be from ${minimum} to ${maximum}` });
  };
}

function checkText(schema: StructuralSchema): Checker | undefined {
  if (schema.pattern === undefined) return undefined;
  const pattern = new RegExp(schema.pattern, 'u');
  return (value, steps, found) => {
    if (typeof value === 'string' && !pattern.test(value))
      found.push({ path: formatPath(steps), message: `it must match ${schema.pattern}` });
  };
}

/** Formats (k8s.io/kube-openapi, pkg/validation): an integer of 32 bits; base64 of something. */
function checkFormat({ format }: StructuralSchema): Checker | undefined {
  if (format === 'int32')
    return (value, steps, found) => {
      if ((typeof value === 'number' || typeof value === 'bigint') && (value < -(2 ** 31) || value >= 2 ** 31))
        found.push({ path: formatPath(steps), message: 'it must be an integer of 32 bits' });
    };
  if (format === 'byte')
    return (value, steps, found) => {
      if (typeof value === 'string' && (value === '' || !isBase64(value)))
        found.push({ path: formatPath(steps), message: 'it must be base64 of something' });
    };
  return undefined;
}

function checkEnum(schema: StructuralSchema): Checker | undefined {
  if (schema.enum === undefined) return undefined;
  const values = new Set(schema.enum);
  return (value, steps, found) => {
    if (values.has(value)) return;
    found.push({ path: formatPath(steps), message: `it must be one of ${[...values].join(', ')}` });
  };
}

/** Items of a `set`, or of a `map` by its keys, must differ; a key that is not given has its default. */
function checkUnique(schema: StructuralSchema): Checker | undefined {
  const kind = schema['x-kubernetes-list-type'];
  if (kind !== 'set' && kind !== 'map') return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = (item: Json): Json =>
    kind === 'set'
      ? item
      : keys.map((key) => (isMap(item) ? item[key] : undefined) ?? schema.items?.properties?.[key]?.default ?? null);
  return (value, steps, found) => {
    if (!isList(value) || value.length < 2) return;
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      const key = stringifyJson(identity(item as Json), { sortKeys: true });
      if (seen.has(key))
        found.push({ path: formatPath([...steps, index]), message: 'an item of the list stands twice' });
      seen.add(key);
    }
  };
}

/**
 * Compiles a structural schema to a check as the API server makes it under strict field validation
 * (k8s.io/apiextensions-apiserver, pkg/apiserver/schema and validation, 1.33): types, unknown and required fields, enums,
 * ranges, lengths, patterns, formats, items that stand twice. Rules in CEL are not part of these schemas.
 */
export function compileSchema(schema: StructuralSchema): Checker {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return (value, steps, found) => {
      if (typeof value !== 'string' && !accepts.integer?.(value))
        found.push({ path: formatPath(steps), message: `an integer or a string was expected, not ${typeOf(value)}` });
    };
  }
  const accept = schema.type === undefined ? undefined : accepts[schema.type];
  const checks = [
    checkEnum(schema),
    checkRange(schema),
    checkSize(schema),
    checkText(schema),
    checkFormat(schema),
    checkUnique(schema),
    schema.type === 'object' ? checkObject(schema) : undefined,
  ].filter((check) => check !== undefined);
  const items = schema.items === undefined ? undefined : compileSchema(schema.items);
  return (value, steps, found) => {
    if (value === null) {
      if (!schema.nullable) found.push({ path: formatPath(steps), message: 'it must not be null' });
      return;
    }
    if (accept !== undefined && !accept(value)) {
      found.push({ path: formatPath(steps), message: `${schema.type} was expected, not ${typeOf(value)}` });
      return;
    }
    for (const check of checks) check(value, steps, found);
    if (items === undefined || !isList(value)) return;
    for (let index = 0; index < value.length; index++) {
      steps.push(index);
      items(value[index] as Json, steps, found);
      steps.pop();
    }
  };
}
