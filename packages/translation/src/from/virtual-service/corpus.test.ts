import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { meshAfter, verifyEstate } from '@isthmus/equivalence';
import { effectiveConfig, takeIn } from '@isthmus/istio';
import { checkAdmission, targetVersions } from '@isthmus/kong-mesh';
import { type JsonObject, readManifest } from '@isthmus/kubernetes';
import { sharedPath } from '@isthmus/testkit';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const { mesh, systemNamespace, clusterDomain } = defaultSettings;
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
        const after = meshAfter(estate, translation.emitted, { version: target, mesh, systemNamespace });
        const isTold = translation.diagnostics.some(({ severity }) => severity !== 'info');
        for (const { namespace, name, port, verdict } of verifyEstate(effectiveConfig(estate), after, {
          clusterDomain,
        }))
          if (verdict.verdict === 'differs' && !isTold) unforetold.push(`${repository}: ${namespace}/${name}:${port}`);
      }
    }
    expect(unforetold).toEqual([]);
  },
);
