import { readFileSync } from 'node:fs';
import { readManifest } from '@isthmus/kubernetes';
import { fieldsOfSchemas, knownIstioFields, leafPaths, sharedPath } from '@isthmus/testkit';
import { describe, expect, test } from 'vitest';
import { fieldCoverage } from './field-coverage.ts';
import { coverageFiles } from './field-coverage-files.ts';

const coverage = fieldCoverage();
const schemas = sharedPath('schemas/istio/crds.yaml');

describe('fields of Istio', () => {
  test.each(coverage)('every field of $kind has an entry', ({ group, version, kind, fields }) => {
    const schema = knownIstioFields().get(`${group}/${version}/${kind}`);
    expect(fields.map(({ field }) => field)).toEqual(schema === undefined ? [] : leafPaths(schema, 'spec'));
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter(({ results }) => results.length === 0)).toEqual([]);
  });

  test.each(coverage)('no field of $kind is left untranslated', ({ fields }) => {
    const open = fields.filter(({ results }) => results.some(({ outcome }) => outcome === 'untranslated'));
    expect(open.map(({ field }) => field)).toEqual([]);
  });

  test('whatever is not carried over exactly has a code', () => {
    const silent = coverage.flatMap(({ kind, fields }) =>
      fields
        .filter(({ results }) => results.some(({ outcome, code }) => outcome !== 'exact' && code === undefined))
        .map(({ field }) => `${kind} ${field}`),
    );
    expect(silent).toEqual([]);
  });

  test.skipIf(schemas === undefined)('those of the CustomResourceDefinitions are known (needs ../shared)', () => {
    const file = schemas as string;
    expect(knownIstioFields()).toEqual(fieldsOfSchemas(readManifest(file, readFileSync(file)).resources));
  });

  test('the published table is that of this translation: node scripts/generate-coverage.ts', () => {
    for (const { url, text } of coverageFiles(coverage))
      expect(readFileSync(url, 'utf8') === text, `${url.pathname} is as generated`).toBe(true);
  });
});
