import {
  isList,
  isMap,
  type Json,
  type JsonObject,
  join,
  parseDuration,
  type StructuralSchema,
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

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

interface Decoding {
  readonly go: GoTypes;
  readonly report: Report;
}

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

function decodeObject(
  value: JsonObject,
  schema: StructuralSchema,
  path: string,
  field: string,
  decoding: Decoding,
): Json {
  const { properties = {}, additionalProperties: extra, required = [] } = schema;
  const object: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null) continue;
    const part = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (part !== undefined) object[key] = decode(item, part, join(path, key), `${field}.${key}`, decoding);
    else if (typeof extra === 'object') {
      const found = decode(item, extra, path, field, decoding);
      Object.defineProperty(object, key, { value: found, enumerable: true, configurable: true, writable: true });
    }
  }
  for (const [key, part] of Object.entries(properties)) {
    if (Object.hasOwn(object, key)) continue;
    if (part.default !== undefined) object[key] = part.default;
    else if (required.includes(key)) {
      const name = `${field}.${key}`;
      object[key] = endsWith(name, decoding.go.pointers) ? null : zeroOf(part, name, decoding.go);
    }
  }
  return object;
}

function decodeText(value: Json, path: string, field: string, { go, report }: Decoding): void {
  if (typeof value !== 'string') report(path, 'it must be a string');
  else if (endsWith(field, go.durations) && parseDuration(value) === undefined)
    report(path, `it must be a duration such as 1m30s or 250ms, not "${value}"`);
  else if (endsWith(field, go.bytes) && !base64.test(value.replace(/[\r\n]/g, ''))) report(path, 'it must be base64');
}

function decode(value: Json, schema: StructuralSchema, path: string, field: string, decoding: Decoding): Json {
  const { report, go } = decoding;
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value !== 'string' && !(isInteger(value) && fits(value, ranges.int32)))
      report(path, 'it must be an integer of 32 bits or a string');
    return value;
  }
  switch (schema.type) {
    case 'string':
      decodeText(value, path, field, decoding);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') report(path, 'it must be true or false');
      return value;
    case 'integer': {
      const type = integerType(field, go);
      if (!(isInteger(value) && fits(value, ranges[type])))
        report(path, `it must be an integer from ${ranges[type][0]} to ${ranges[type][1]}`);
      return value;
    }
    case 'array': {
      const { items = {} } = schema;
      if (isList(value))
        return value.map((item, index) =>
          item === null ? zeroOf(items, field, go) : decode(item, items, `${path}[${index}]`, field, decoding),
        );
      report(path, 'it must be a list');
      return value;
    }
    case 'object':
      if (isMap(value)) return decodeObject(value, schema, path, field, decoding);
      report(path, 'it must be an object');
      return value;
    default:
      return value;
  }
}

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
  return decode(spec, schema, 'spec', 'spec', { go, report });
}
