import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { takeIn } from '@isthmus/istio';
import { isManifestPath, readManifest } from '@isthmus/kubernetes';
import { sharedPath } from '@isthmus/testkit';
import { expect, test } from 'vitest';
import { settings } from './example.test-support.ts';
import { reportOf } from './report.ts';
import { preflight } from './run.ts';

const corpus = sharedPath('corpus/files');

function* walk(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* walk(path);
    else if (isManifestPath(path)) yield path;
  }
}

test.skipIf(corpus === undefined)(
  'manifests as people write them are checked without a fault, each finding is a sentence with a place, in whatever order',
  () => {
    for (const source of readdirSync(corpus as string)) {
      const folder = join(corpus as string, source);
      const readings = [...walk(folder)].map((path) => readManifest(relative(folder, path), readFileSync(path)));
      const results = preflight(takeIn(readings), settings);
      for (const result of results)
        for (const finding of result.state === 'failed' ? result.findings : []) {
          expect(finding.found, source).toMatch(/^[A-Z].*\.$/s);
          expect(finding.source?.line, source).toBeGreaterThan(0);
        }
      const reversed = preflight(takeIn(readings.toReversed()), settings);
      expect(reportOf(reversed, settings.target), source).toEqual(reportOf(results, settings.target));
    }
  },
);
