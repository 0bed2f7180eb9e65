import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { formatPath, isList, isMap, type Json, type Resource, type Step } from '@isthmus/kubernetes';
import { textFields } from './generated/text-fields.ts';

type TextFields = 'text' | { readonly [step: string]: TextFields };

const parsed = new Map<string, TextFields | undefined>();

function fieldsOf({ group, kind }: Resource): TextFields | undefined {
  const key = `${group}/${kind}`;
  if (!parsed.has(key))
    parsed.set(key, Object.hasOwn(textFields, key) ? (JSON.parse(textFields[key] as string) as TextFields) : undefined);
  return parsed.get(key);
}

/** Calls `found` with the steps to each value; the list of steps changes afterwards. */
function check(
  value: Json,
  fields: TextFields,
  steps: Step[],
  found: (steps: readonly Step[], value: Json) => void,
): void {
  if (fields === 'text') {
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') found(steps, value);
    return;
  }
  const any = fields['*'];
  if (isList(value)) {
    if (any === undefined) return;
    for (let index = 0; index < value.length; index++) {
      steps.push(index);
      check(value[index] as Json, any, steps, found);
      steps.pop();
    }
  } else if (isMap(value)) {
    for (const key in value) {
      const inner = Object.hasOwn(fields, key) ? fields[key] : any;
      if (inner === undefined) continue;
      steps.push(key);
      check(value[key] as Json, inner, steps, found);
      steps.pop();
    }
  }
}

/**
 * Finds booleans and numbers where an Istio resource holds texts: a plain `n`, `on` or `1.0` is none in the YAML that the
 * API server reads, and it refuses the object (types of the fields: Istio's CustomResourceDefinitions, 1.32).
 */
export function checkTexts(resource: Resource): Diagnostic[] {
  const fields = fieldsOf(resource);
  const { spec } = resource.object;
  if (fields === undefined || spec === undefined) return [];
  const diagnostics: Diagnostic[] = [];
  const { apiVersion, kind, namespace, name, source } = resource;
  check(spec, fields, ['spec'], (steps, value) => {
    const path = formatPath(steps);
    const found = `the ${typeof value === 'boolean' ? 'boolean' : 'number'} ${value}`;
    diagnostics.push(
      diagnose(
        codes.reading.unexpectedType,
        { path, found, expected: 'a text' },
        { resource: { apiVersion, kind, namespace, name }, file: source.file, line: source.line, path },
      ),
    );
  });
  return diagnostics;
}
