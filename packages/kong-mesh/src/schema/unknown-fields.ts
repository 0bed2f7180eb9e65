import { formatPath, isList, isMap, type Json, type Step, type StructuralSchema } from '@isthmus/kubernetes';

/** A field that a schema does not know: as the API server names it, and in the notation of the field ledger. */
export interface UnknownField {
  readonly path: string;
  readonly at: string;
}

const metadata = new Set(['apiVersion', 'kind', 'metadata']);

/** What a schema knows below a value. */
interface Known {
  /** Whether fields that it does not name are kept. */
  readonly keepsAll: boolean;
  readonly fields: ReadonlyMap<string, Known>;
  /** Below every field that is not named; undefined where none may stand. */
  readonly others?: Known;
  /** Below the items of a list; undefined where they have no fields. */
  readonly items?: Known;
}

const nothing: Known = { keepsAll: false, fields: new Map() };
const anything: Known = { keepsAll: true, fields: new Map() };

function compile(schema: StructuralSchema): Known {
  const { properties = {}, additionalProperties: extra, items } = schema;
  return {
    keepsAll: schema['x-kubernetes-preserve-unknown-fields'] === true,
    fields: new Map(Object.entries(properties).map(([key, part]) => [key, compile(part)])),
    ...(extra === undefined || extra === false ? {} : { others: extra === true ? anything : compile(extra) }),
    ...(items === undefined ? {} : { items: compile(items) }),
  };
}

/** As the API server names a field: keys as they are, whatever characters they have. */
const nameOf = (steps: readonly Step[]): string =>
  steps.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  );

function walk(value: Json, known: Known, steps: Step[], found: UnknownField[]): void {
  const { keepsAll, fields, others, items = nothing } = known;
  if (keepsAll && fields.size === 0) return;
  if (isList(value)) {
    for (let index = 0; index < value.length; index++) {
      steps.push(index);
      walk(value[index] as Json, items, steps, found);
      steps.pop();
    }
  } else if (isMap(value)) {
    for (const key in value) {
      const part = fields.get(key) ?? others;
      const isRoot = steps.length === 0;
      steps.push(key);
      if (part !== undefined) walk(value[key] as Json, part, steps, found);
      else if (!keepsAll && !(isRoot && metadata.has(key))) found.push({ path: nameOf(steps), at: formatPath(steps) });
      steps.pop();
    }
  }
}

const compiled = new WeakMap<StructuralSchema, Known>();

/**
 * The fields that a schema does not know, which strict field validation refuses. Values of the wrong type are walked like
 * any other, since the API server looks for unknown fields before it looks at types
 * (k8s.io/apiextensions-apiserver 1.33, pkg/apiserver/schema/pruning/algorithm.go).
 */
export function unknownFields(value: Json, schema: StructuralSchema): UnknownField[] {
  const found: UnknownField[] = [];
  const known = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, known);
  walk(value, known, [], found);
  return found;
}
