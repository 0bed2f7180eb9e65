import { type Json, parseYaml, stringifyJson, YamlError } from '@isthmus/kubernetes';
import type { Comparison, Suite } from './suite.ts';

interface Recorded {
  readonly yaml: string;
  readonly json?: Json;
  readonly error?: string;
  readonly strictError?: string;
}

const sorted = (value: Json): string => stringifyJson(value, { sortKeys: true });

function read(yaml: string): string {
  try {
    return sorted(parseYaml(yaml.replace(/^\ufeff/, ''))[0]?.value ?? null);
  } catch (error) {
    if (error instanceof YamlError) return 'refused';
    throw error;
  }
}

function* compare(record: Json): Iterable<Comparison> {
  const { yaml, json = null, error, strictError } = record as unknown as Recorded;
  // A key that `<<` brought and the map sets again is a duplicate for the strict mode only.
  const duplicate = strictError !== undefined && !yaml.includes('<<');
  const expected = error !== undefined || duplicate ? 'refused' : sorted(json);
  const actual = read(yaml);
  yield { case: JSON.stringify(yaml), agrees: actual === expected, expected: error ?? strictError ?? expected, actual };
}

/** How sigs.k8s.io/yaml reads a snippet; for equal keys its strict mode counts. */
export const kubernetesYaml: Suite = { file: 'kubernetes-yaml', compare };
