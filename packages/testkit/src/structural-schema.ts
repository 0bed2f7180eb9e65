import { isList, isMap, type Json, join, type Resource } from '@isthmus/kubernetes';

/** The part of an OpenAPI v3 structural schema that CRDs use. */
export interface StructuralSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: boolean | StructuralSchema;
  readonly items?: StructuralSchema;
  readonly required?: readonly string[];
  readonly nullable?: boolean;
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly StructuralSchema[];
  readonly anyOf?: readonly StructuralSchema[];
  readonly oneOf?: readonly StructuralSchema[];
  readonly not?: StructuralSchema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string }[];
}

/** The schemas of CustomResourceDefinitions by `group/version/Kind`; other resources are passed over. */
export function schemasOf(crds: readonly Resource[]): ReadonlyMap<string, StructuralSchema> {
  const schemas = new Map<string, StructuralSchema>();
  for (const crd of crds) {
    if (crd.kind !== 'CustomResourceDefinition') continue;
    const spec = crd.object.spec as unknown as {
      group: string;
      names: { kind: string };
      versions: { name: string; schema?: { openAPIV3Schema?: StructuralSchema } }[];
    };
    for (const version of spec.versions) {
      const schema = version.schema?.openAPIV3Schema;
      if (schema !== undefined) schemas.set(`${spec.group}/${version.name}/${spec.names.kind}`, schema);
    }
  }
  return schemas;
}

/** Sets of keys of which a map may hold one at most: protobuf's oneof, as `oneOf` or as a CEL rule. */
export function exclusiveKeys(schema: StructuralSchema): string[][] {
  const groups: string[][] = [];
  for (const part of [schema, ...(schema.allOf ?? [])]) {
    const keys = new Set((part.oneOf ?? []).flatMap((branch) => branch.required ?? []));
    if (keys.size > 0) groups.push([...keys]);
  }
  for (const { rule } of schema['x-kubernetes-validations'] ?? []) {
    if (!/^\(has\(self\.\w+\) \? 1 : 0\).*<= 1$/.test(rule)) continue;
    groups.push([...rule.matchAll(/has\(self\.(\w+)\)/g)].map((match) => match[1] as string));
  }
  return groups;
}

/** Whether a string must be a duration of one millisecond at least, which Istio says in CEL. */
export function isDuration(schema: StructuralSchema): boolean {
  return (schema['x-kubernetes-validations'] ?? []).some(({ rule }) => rule.startsWith('duration(self)'));
}

const length = (text: string): number => [...text].length;

function checkScalar(schema: StructuralSchema, value: Json): string | undefined {
  if (typeof value === 'string') {
    if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
      return `does not match ${schema.pattern}`;
    if (length(value) < (schema.minLength ?? 0)) return 'is too short';
    if (length(value) > (schema.maxLength ?? Number.POSITIVE_INFINITY)) return 'is too long';
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (value < (schema.minimum ?? Number.NEGATIVE_INFINITY)) return `is below ${schema.minimum}`;
    if (value > (schema.maximum ?? Number.POSITIVE_INFINITY)) return `is above ${schema.maximum}`;
  }
  return undefined;
}

function typeFits(schema: StructuralSchema, value: Json): boolean {
  const whole = typeof value === 'bigint' || Number.isInteger(value);
  if (schema['x-kubernetes-int-or-string']) return whole || typeof value === 'string';
  switch (schema.type) {
    case 'object':
      return isMap(value);
    case 'array':
      return isList(value);
    case 'integer':
      return whole;
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'string':
    case 'boolean':
      return typeof value === schema.type;
    default:
      return true;
  }
}

/** Whether a value meets what stands in `oneOf`, `anyOf`, `allOf` and `not`; there a schema says nothing of types. */
function meets(schema: StructuralSchema, value: Json): boolean {
  if (isMap(value)) {
    if (schema.required?.some((key) => !Object.hasOwn(value, key))) return false;
    for (const [key, part] of Object.entries(schema.properties ?? {})) {
      if (Object.hasOwn(value, key) && !meets(part, value[key] as Json)) return false;
    }
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  return combines(schema, value);
}

function combines(schema: StructuralSchema, value: Json): boolean {
  const holds = (part: StructuralSchema): boolean => meets(part, value);
  if (schema.allOf?.every(holds) === false) return false;
  if (schema.anyOf?.some(holds) === false) return false;
  if (schema.oneOf !== undefined && schema.oneOf.filter(holds).length !== 1) return false;
  return schema.not === undefined || !holds(schema.not);
}

function checkMap(
  schema: StructuralSchema,
  value: Readonly<Record<string, Json>>,
  path: string,
  problems: string[],
): void {
  const keys = Object.keys(value);
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) problems.push(`${path}: lacks ${key}`);
  }
  if (keys.length < (schema.minProperties ?? 0)) problems.push(`${path}: has too few entries`);
  if (keys.length > (schema.maxProperties ?? Number.POSITIVE_INFINITY)) problems.push(`${path}: has too many entries`);
  for (const group of exclusiveKeys(schema)) {
    const found = group.filter((key) => Object.hasOwn(value, key));
    if (found.length > 1) problems.push(`${path}: ${found.join(' and ')} exclude each other`);
  }
  const { additionalProperties } = schema;
  for (const key of keys) {
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, key);
    const part = known
      ? schema.properties?.[key]
      : typeof additionalProperties === 'object'
        ? additionalProperties
        : undefined;
    if (part !== undefined) check(part, value[key] as Json, join(path, key), problems);
    else if (additionalProperties !== true && !schema['x-kubernetes-preserve-unknown-fields']) {
      problems.push(`${path}: knows no ${key}`);
    }
  }
}

function check(schema: StructuralSchema, value: Json, path: string, problems: string[]): void {
  if (value === null) {
    if (schema.nullable !== true) problems.push(`${path}: must not be null`);
    return;
  }
  if (!typeFits(schema, value)) {
    problems.push(`${path}: is not of type ${schema['x-kubernetes-int-or-string'] ? 'int-or-string' : schema.type}`);
    return;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) problems.push(`${path}: ${value} is not in the enum`);
  const problem = checkScalar(schema, value);
  if (problem !== undefined) problems.push(`${path}: ${problem}`);
  if (!combines(schema, value)) problems.push(`${path}: breaks oneOf, anyOf, allOf or not`);
  if (isList(value)) {
    if (value.length < (schema.minItems ?? 0)) problems.push(`${path}: has too few items`);
    if (value.length > (schema.maxItems ?? Number.POSITIVE_INFINITY)) problems.push(`${path}: has too many items`);
    const { items } = schema;
    if (items === undefined) return;
    for (const [index, item] of value.entries()) check(items, item, join(path, index), problems);
  } else if (isMap(value) && schema.type === 'object') checkMap(schema, value, path, problems);
}

/**
 * Checks the fields of a value against a structural schema and lists what is wrong, each with its path; empty when
 * nothing is. Unknown fields are wrong, as in `kubectl apply --validate=strict`. Of the CEL rules only `exclusiveKeys`
 * are looked at.
 */
export function checkStructure(schema: StructuralSchema, value: Json, path = ''): string[] {
  const problems: string[] = [];
  check(schema, value, path, problems);
  return problems;
}

/** `checkStructure` for a whole object: `apiVersion`, `kind` and `metadata` are the API server's and not looked at. */
export function checkObject(schema: StructuralSchema, object: Readonly<Record<string, Json>>): string[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (key === 'apiVersion' || key === 'kind' || key === 'metadata') return [];
    const part = schema.properties?.[key];
    return part === undefined ? [`knows no ${key}`] : checkStructure(part, value, key);
  });
}
