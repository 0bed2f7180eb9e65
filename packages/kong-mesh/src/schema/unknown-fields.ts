import { formatPath, isList, isMap, type Json, type Step, type StructuralSchema } from '@isthmus/kubernetes';

/** A field that a schema does not know: as the API server names it, and in the notation of the field ledger. */
export interface UnknownField {
  readonly path: string;
  readonly at: string;
}

const metadata = new Set(['apiVersion', 'kind', 'metadata']);
const anything: StructuralSchema = { 'x-kubernetes-preserve-unknown-fields': true };

/** As the API server names a field: keys as they are, whatever characters they have. */
const nameOf = (steps: readonly Step[]): string =>
  steps.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  );

function walk(value: Json, schema: StructuralSchema | undefined, steps: Step[], found: UnknownField[]): void {
  const keepsAll = schema?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (keepsAll && schema.properties === undefined) return;
  if (isList(value)) {
    for (let index = 0; index < value.length; index++) {
      steps.push(index);
      walk(value[index] as Json, schema?.items, steps, found);
      steps.pop();
    }
  } else if (isMap(value)) {
    const { properties, additionalProperties: extra } = schema ?? {};
    for (const key in value) {
      const item = value[key] as Json;
      const part = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
      const isRoot = steps.length === 0;
      steps.push(key);
      if (part !== undefined) walk(item, part, steps, found);
      else if (extra !== undefined && extra !== false) walk(item, extra === true ? anything : extra, steps, found);
      else if (!keepsAll && !(isRoot && metadata.has(key))) found.push({ path: nameOf(steps), at: formatPath(steps) });
      steps.pop();
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
  walk(value, schema, [], found);
  return found;
}
