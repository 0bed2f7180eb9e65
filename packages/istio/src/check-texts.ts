import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { isList, isMap, type Json, join, type Resource } from '@isthmus/kubernetes';
import { textFields } from './generated/text-fields.ts';

type TextFields = 'text' | { readonly [step: string]: TextFields };

const parsed = new Map<string, TextFields | undefined>();

function fieldsOf({ group, kind }: Resource): TextFields | undefined {
  const key = `${group}/${kind}`;
  if (!parsed.has(key))
    parsed.set(key, Object.hasOwn(textFields, key) ? (JSON.parse(textFields[key] as string) as TextFields) : undefined);
  return parsed.get(key);
}

function check(value: Json, fields: TextFields, path: string, found: (path: string, value: Json) => void): void {
  if (fields === 'text') {
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') found(path, value);
    return;
  }
  const any = fields['*'];
  if (isList(value)) {
    if (any !== undefined) for (const [index, item] of value.entries()) check(item, any, join(path, index), found);
  } else if (isMap(value)) {
    for (const key in value) {
      const inner = Object.hasOwn(fields, key) ? fields[key] : any;
      if (inner !== undefined) check(value[key] as Json, inner, join(path, key), found);
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
  check(spec, fields, 'spec', (path, value) => {
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
