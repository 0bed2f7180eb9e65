import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reportSchema } from '@isthmus/bundle';
import { targetVersions } from '@isthmus/kong-mesh';
import { defaultSettings } from '@isthmus/translation';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';

const pathOf = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const schema = (name: string): object =>
  JSON.parse(readFileSync(pathOf(`docs/reference/${name}.schema.json`), 'utf8')) as object;

test.each(targetVersions)('the report of Kong Air for %s is what its published schema says', (target) => {
  const { stdout } = spawnSync(
    process.execPath,
    [
      pathOf('apps/cli/bin/isthmus.js'),
      'translate',
      pathOf('examples/kong-air'),
      '--target',
      target,
      '--verify',
      '--report',
      '-',
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const validate = new Ajv({ allErrors: true }).compile(schema('report'));
  const report = JSON.parse(stdout) as { diagnostics: unknown[]; equivalence: unknown[] };
  expect(validate(report) || validate.errors).toBe(true);
  expect(report.diagnostics.length).toBeGreaterThan(0);
  expect(report.equivalence.length).toBeGreaterThan(0);
  expect(validate({ ...report, reportVersion: 2 })).toBe(false);
});

test('the published schema of the report is the generated one', () => {
  expect(schema('report'), 'run `node scripts/generate-report-schema.ts`').toEqual(reportSchema(targetVersions));
});

test('the schema of the settings knows each setting with its default', () => {
  const { properties } = schema('settings') as { properties: Record<string, { default: unknown }> };
  const defaults = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, part.default]));
  expect(defaults).toEqual(defaultSettings);
});
