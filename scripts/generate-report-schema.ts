// Writes docs/reference/report.schema.json from packages/bundle/src/report-schema.ts: `node scripts/generate-report-schema.ts`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reportSchema } from '@isthmus/bundle';
import { targetVersions } from '@isthmus/kong-mesh';

const file = fileURLToPath(new URL('../docs/reference/report.schema.json', import.meta.url));
writeFileSync(file, JSON.stringify(reportSchema(targetVersions)));
spawnSync('biome', ['format', '--write', file], { stdio: 'inherit' });
