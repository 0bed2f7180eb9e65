import { takeIn } from '@isthmus/istio';
import { targetVersions } from '@isthmus/kong-mesh';
import { arbitraryIstioResource, arbitraryServiceEntry, asResources, sharedSchemas } from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const intake = (resources: ReturnType<typeof asResources>) =>
  takeIn([{ file: 'generated.yaml', documents: resources.length, resources, unidentified: [], diagnostics: [] }]);

const schemas = sharedSchemas('schemas/istio/crds.yaml');
const odd =
  schemas.size === 0
    ? fc.constant(undefined)
    : arbitraryIstioResource(new Map([...schemas].filter(([key]) => key.endsWith('/ServiceEntry'))));

test.each(targetVersions)('every leaf of a ServiceEntry has an outcome, sensible or not (%s)', (target) => {
  fc.assert(
    fc.property(fc.array(arbitraryServiceEntry(), { maxLength: 3 }), odd, (sensible, other) => {
      const resources = asResources(other === undefined ? sensible : [...sensible, other]);
      const { ledger, diagnostics } = translate(intake(resources), { ...defaultSettings, target });
      const open = ledger.flatMap(({ resource, fields }) =>
        resource.kind === 'ServiceEntry'
          ? fields.filter(({ outcome, path }) => outcome === 'untranslated' && path.startsWith('spec'))
          : [],
      );
      expect(open).toEqual([]);
      expect(diagnostics.filter(({ code }) => code === 'ISTHMUS-TR-003')).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
