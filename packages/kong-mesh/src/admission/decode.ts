import {
  entriesBefore,
  formatPath,
  isBase64,
  isList,
  isMap,
  type Json,
  type JsonObject,
  parseDuration,
  type Step,
  type StructuralSchema,
  setKey,
} from '@isthmus/kubernetes';
import type { GoInteger, GoTypes, Report } from '../policies/common/resource.ts';

const ranges: Readonly<Record<GoInteger, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

const isInteger = (value: Json): value is number | bigint => typeof value === 'bigint' || Number.isInteger(value);

const fits = (value: number | bigint, [least, most]: readonly [bigint, bigint]): boolean =>
  value >= least && value <= most;

/**
 * Decodes a value; the steps that lead to it are written out only where something is reported, and what is put behind them on
 * the way is taken away again.
 */
type Decoder = (value: Json, steps: Step[], report: Report) => Json;

/** Whether a path without indices, such as `spec.rules.delay.value`, ends with one of the names. */
const endsWith = (field: string, names: readonly string[] = []): boolean =>
  names.some((name) => field === name || field.endsWith(`.${name}`));

function integerType(field: string, { integers = {}, integer = 'uint32' }: GoTypes): GoInteger {
  const name = Object.keys(integers).find((one) => endsWith(field, [one]));
  return name === undefined ? integer : (integers[name] as GoInteger);
}

/** What Go writes for a field that was not given and is no pointer; a nil list or map is written as null. */
function zeroOf(schema: StructuralSchema, field: string, go: GoTypes): Json {
  if (schema['x-kubernetes-int-or-string'] === true) return 0;
  switch (schema.type) {
    case 'string':
      return endsWith(field, go.durations) ? '0s' : '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'object':
      return schema.properties === undefined ? null : zeroObject(schema, field, go);
    default:
      return null;
  }
}

function zeroObject({ properties = {}, required = [] }: StructuralSchema, field: string, go: GoTypes): JsonObject {
  const object: Record<string, Json> = {};
  for (const [key, part] of Object.entries(properties)) {
    const name = `${field}.${key}`;
    if (endsWith(name, go.pointers)) {
      if (required.includes(key)) object[key] = null;
      else if (part.default !== undefined) object[key] = part.default;
    } else if (required.includes(key) || part.default !== undefined) object[key] = zeroOf(part, name, go);
  }
  return object;
}

function compileObject(schema: StructuralSchema, field: string, go: GoTypes): Decoder {
  const { properties = {}, additionalProperties: extra, required = [] } = schema;
  const parts = new Map(
    Object.entries(properties).map(([key, part]) => [key, compile(part, `${field}.${key}`, go)] as const),
  );
  const others = typeof extra === 'object' ? compile(extra, field, go) : undefined;
  const absent = Object.entries(properties).flatMap(([key, part]): (readonly [key: string, value: Json])[] => {
    if (part.default !== undefined) return [[key, part.default]];
    if (!required.includes(key)) return [];
    const name = `${field}.${key}`;
    return [[key, endsWith(name, go.pointers) ? null : zeroOf(part, name, go)]];
  });
  return (value, steps, report) => {
    if (!isMap(value)) {
      report(formatPath(steps), 'it must be an object');
      return value;
    }
    // Most objects stay as they are: one is copied where a field goes, changes or comes.
    let object: Record<string, Json> | undefined;
    for (const key in value) {
      const item = value[key] as Json;
      const decode = item === null ? undefined : (parts.get(key) ?? others);
      if (decode === undefined) {
        object ??= entriesBefore(value, key);
        continue;
      }
      const isNamed = decode !== others;
      if (isNamed) steps.push(key);
      const found = decode(item, steps, report);
      if (isNamed) steps.pop();
      if (found !== item) object ??= entriesBefore(value, key);
      if (object !== undefined) setKey(object, key, found);
    }
    for (const [key, fallback] of absent) {
      if (Object.hasOwn(object ?? value, key)) continue;
      object ??= { ...value };
      object[key] = fallback;
    }
    return object ?? value;
  };
}

function compileList({ items = {} }: StructuralSchema, field: string, go: GoTypes): Decoder {
  const decode = compile(items, field, go);
  return (value, steps, report) => {
    if (!isList(value)) {
      report(formatPath(steps), 'it must be a list');
      return value;
    }
    let list: Json[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const item = value[index] as Json;
      steps.push(index);
      const found = item === null ? zeroOf(items, field, go) : decode(item, steps, report);
      steps.pop();
      if (found !== item) list ??= value.slice();
      if (list !== undefined) list[index] = found;
    }
    return list ?? value;
  };
}

/** A decoder that gives the value back as it is, and reports it where a check has an objection. */
const checked =
  (objection: (value: Json) => string | undefined): Decoder =>
  (value, steps, report) => {
    const message = objection(value);
    if (message !== undefined) report(formatPath(steps), message);
    return value;
  };

function compileText(field: string, go: GoTypes): Decoder {
  const isDuration = endsWith(field, go.durations);
  const isBytes = endsWith(field, go.bytes);
  return checked((value) => {
    if (typeof value !== 'string') return 'it must be a string';
    if (isDuration)
      return parseDuration(value) === undefined
        ? `it must be a duration such as 1m30s or 250ms, not "${value}"`
        : undefined;
    return isBytes && !isBase64(value.replace(/[\r\n]/g, '')) ? 'it must be base64' : undefined;
  });
}

function compile(schema: StructuralSchema, field: string, go: GoTypes): Decoder {
  if (schema['x-kubernetes-int-or-string'] === true)
    return checked((value) =>
      typeof value === 'string' || (isInteger(value) && fits(value, ranges.int32))
        ? undefined
        : 'it must be an integer of 32 bits or a string',
    );
  switch (schema.type) {
    case 'string':
      return compileText(field, go);
    case 'boolean':
      return checked((value) => (typeof value === 'boolean' ? undefined : 'it must be true or false'));
    case 'integer': {
      const range = ranges[integerType(field, go)];
      return checked((value) =>
        isInteger(value) && fits(value, range) ? undefined : `it must be an integer from ${range[0]} to ${range[1]}`,
      );
    }
    case 'array':
      return compileList(schema, field, go);
    case 'object':
      return compileObject(schema, field, go);
    default:
      return (value) => value;
  }
}

// A schema belongs to one kind, and so to one set of types.
const decoders = new WeakMap<StructuralSchema, Decoder>();

/**
 * What Kuma's defaulting webhook makes of a spec. The API server takes the nulls out of objects and fills defaults in
 * (k8s.io/apiextensions-apiserver, pkg/apiserver/schema/defaulting); the webhook reads the rest into its Go types and
 * writes it back, so that a missing required field, or an item that is null, holds the zero value of its type
 * (kuma, pkg/plugins/runtime/k8s/webhooks/defaulter.go). What the types cannot hold is reported; the value of a map at the
 * map, as Go's decoder does.
 *
 * The types are read off the schema, which is generated from them, and off `go`.
 */
export function decodeSpec(spec: Json, schema: StructuralSchema, go: GoTypes, report: Report): Json {
  const decode = decoders.get(schema) ?? compile(schema, 'spec', go);
  decoders.set(schema, decode);
  return decode(spec, ['spec'], report);
}
