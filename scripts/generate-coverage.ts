// Writes what becomes of each field of each kind of Istio: docs/reference/coverage.md for people, and the same as data for
// the app. `node scripts/generate-coverage.ts`; a test says when it is due.
import { writeFileSync } from 'node:fs';
import { fieldCoverage } from './field-coverage.ts';
import { coverageFiles } from './field-coverage-files.ts';

for (const { url, text } of coverageFiles(fieldCoverage())) writeFileSync(url, text);
