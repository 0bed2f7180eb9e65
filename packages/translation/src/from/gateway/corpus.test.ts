import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codes } from '@isthmus/diagnostics';
import { takeIn } from '@isthmus/istio';
import { checkEdgeResource, isEdgeGroup } from '@isthmus/kong-gateway';
import { targetVersions } from '@isthmus/kong-mesh';
import { type JsonObject, readManifest } from '@isthmus/kubernetes';
import { sharedPath } from '@isthmus/testkit';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const folder = sharedPath('corpus/files');
const repositories = folder === undefined ? [] : readdirSync(folder).sort();

// Without the corpus beside the project there is nothing to try it on.
test.skipIf(repositories.length === 0).each(['expressions', 'traditional_compatible'] as const)(
  'real configuration at the edge is valid for Gateway API and Kong, with nothing withheld (%s)',
  { timeout: 120_000 },
  (router) => {
    const kinds = new Map<string, number>();
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
        const { emitted, diagnostics, ledger } = translate(estate, { ...defaultSettings, target, router });
        expect([repository, diagnostics.filter(({ code }) => code === codes.gateway.refusedAtEdge.code)]).toEqual([
          repository,
          [],
        ]);
        for (const { object, role } of emitted) {
          if (role !== 'resource' || !isEdgeGroup(object.apiVersion.split('/')[0] as string)) continue;
          kinds.set(object.kind, (kinds.get(object.kind) ?? 0) + 1);
          expect([repository, checkEdgeResource(object as unknown as JsonObject)]).toEqual([repository, []]);
        }
        for (const { resource, fields } of ledger)
          expect([resource.kind, fields.filter(({ outcome }) => outcome === 'untranslated')]).toEqual([
            resource.kind,
            [],
          ]);
      }
    }
    expect([...kinds.keys()].sort()).toEqual([
      'Gateway',
      'GatewayClass',
      'HTTPRoute',
      'KongPlugin',
      'ReferenceGrant',
      'TLSRoute',
    ]);
    expect(Math.min(...kinds.values())).toBeGreaterThan(3);
  },
);
