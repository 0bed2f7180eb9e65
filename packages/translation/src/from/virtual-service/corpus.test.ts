import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJudge } from '@isthmus/equivalence';
import { isUnpredicted } from '@isthmus/equivalence/tallies';
import { takeIn } from '@isthmus/istio';
import { checkAdmission, targetVersions } from '@isthmus/kong-mesh';
import { type JsonObject, readManifest } from '@isthmus/kubernetes';
import { resourcesConcerning } from '@isthmus/migration';
import { sharedPath } from '@isthmus/testkit';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const { systemNamespace, clusterDomain } = defaultSettings;
const folder = sharedPath('corpus/files');
const repositories = folder === undefined ? [] : readdirSync(folder).sort();

// Without the corpus beside the project there is nothing to try it on.
test.skipIf(repositories.length === 0)(
  'real configuration: valid for each version, every field accounted for, every difference foretold',
  { timeout: 300_000 },
  () => {
    const unforetold: string[] = [];
    for (const repository of repositories) {
      const root = join(folder as string, repository);
      const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const estate = takeIn(
        files.map(({ parentPath, name }) => {
          const file = join(parentPath, name);
          return readManifest(file.slice(root.length + 1), readFileSync(file));
        }),
      );
      for (const target of targetVersions) {
        const translation = translate(estate, { ...defaultSettings, target });
        for (const { object, role } of translation.emitted)
          if (role === 'resource' && object.apiVersion.startsWith('kuma.io/'))
            expect(checkAdmission(object as unknown as JsonObject, target, { systemNamespace })).toMatchObject({
              accepted: true,
            });
        for (const { resource, fields } of translation.ledger)
          if (resource.kind === 'VirtualService' || resource.kind === 'DestinationRule')
            expect(fields.filter(({ outcome }) => outcome === 'untranslated')).toEqual([]);
        const judge = createJudge({
          estate,
          emitted: translation.emitted,
          settings: translation.settings,
          findings: translation.diagnostics,
          concerning: resourcesConcerning(estate, clusterDomain),
        });
        // Gateways are a matter of their own.
        for (const row of judge.services.flatMap((service) => judge.verify(service, [])))
          if (isUnpredicted(row) && !row.service.includes('/gateway:'))
            unforetold.push(`${repository}: ${row.service}:${row.port} ${row.sentence}`);
      }
    }
    expect(unforetold).toEqual([]);
  },
);
