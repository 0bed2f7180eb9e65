import { isList, isMap, type Json, join, type StructuralSchema } from '@isthmus/kubernetes';

/** A field that a schema does not know: as the API server names it, and in the notation of the field ledger. */
export interface UnknownField {
  readonly path: string;
  readonly at: string;
}

const metadata = new Set(['apiVersion', 'kind', 'metadata']);
const anything: StructuralSchema = { 'x-kubernetes-preserve-unknown-fields': true };

function walk(value: Json, schema: StructuralSchema | undefined, field: UnknownField, found: UnknownField[]): void {
  const keepsAll = schema?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (keepsAll && schema.properties === undefined) return;
  if (isList(value)) {
    for (const [index, item] of value.entries())
      walk(item, schema?.items, { path: `${field.path}[${index}]`, at: `${field.at}[${index}]` }, found);
  } else if (isMap(value)) {
    const { properties, additionalProperties: extra } = schema ?? {};
    for (const [key, item] of Object.entries(value)) {
      const next = { path: field.path === '' ? key : `${field.path}.${key}`, at: join(field.at, key) };
      const part = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (part !== undefined) walk(item, part, next, found);
      else if (extra !== undefined && extra !== false) walk(item, extra === true ? anything : extra, next, found);
      else if (!keepsAll && !(field.path === '' && metadata.has(key))) found.push(next);
    }
  }
}

/**
 * The fields that a schema does not know, which strict field validation refuses. Values of the wrong type are walked like
 * any other, since the API server looks for unknown fields before it looks at types
 * (k8s.io/apiextensions-apiserver 1.33, pkg/apiserver/schema/pruning/algorithm.go).
 */
export function unknownFields(value: Json, schema: StructuralSchema): UnknownField[] {
  const found: UnknownField[] = [];
  walk(value, schema, { path: '', at: '' }, found);
  return found;
}
