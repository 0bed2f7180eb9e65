import { takeIn } from '@isthmus/istio';
import { targetVersions } from '@isthmus/kong-mesh';
import { arbitraryIstioResource, asResources, sharedSchemas } from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const schemas = sharedSchemas('schemas/istio/crds.yaml');
const kinds = [
  'Sidecar',
  'Telemetry',
  'EnvoyFilter',
  'WasmPlugin',
  'TrafficExtension',
  'ProxyConfig',
  'WorkloadEntry',
  'WorkloadGroup',
];
const ofThese = new Map([...schemas].filter(([key]) => kinds.includes(key.slice(key.lastIndexOf('/') + 1))));

test.skipIf(schemas.size === 0).each(targetVersions)(
  'every leaf of the kinds without a translation of their own has an outcome, and what is emitted is valid (%s)',
  (target) => {
    fc.assert(
      fc.property(fc.array(arbitraryIstioResource(ofThese), { minLength: 1, maxLength: 3 }), (manifests) => {
        const resources = asResources(manifests);
        const estate = takeIn([
          { file: 'generated.yaml', documents: resources.length, resources, unidentified: [], diagnostics: [] },
        ]);
        const { ledger, diagnostics } = translate(estate, { ...defaultSettings, target });
        const open = ledger.flatMap(({ resource, fields }) =>
          fields.filter(({ outcome }) => outcome === 'untranslated').map(({ path }) => `${resource.kind} ${path}`),
        );
        expect(open).toEqual([]);
        expect(diagnostics.filter(({ code }) => code === 'ISTHMUS-TR-003')).toEqual([]);
      }),
      { numRuns: 200 },
    );
  },
);
