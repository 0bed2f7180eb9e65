import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryDestinationRule } from './destination-rule-arbitrary.ts';
import { arbitraryIstioResource } from './istio-resource-arbitrary.ts';
import { asResources } from './manifest.ts';
import { arbitraryGateway, arbitraryService, arbitraryServiceEntry } from './registry-arbitraries.ts';
import { arbitraryAuthorizationPolicy, arbitraryPeerAuthentication } from './security-arbitraries.ts';
import { sharedSchemas } from './shared.ts';
import { checkObject, type StructuralSchema } from './structural-schema.ts';
import { arbitraryVirtualService } from './virtual-service-arbitrary.ts';

const schemas = sharedSchemas('schemas/istio/crds.yaml');

const kinds = [
  ['networking.istio.io/v1/VirtualService', arbitraryVirtualService],
  ['networking.istio.io/v1/DestinationRule', arbitraryDestinationRule],
  ['networking.istio.io/v1/ServiceEntry', arbitraryServiceEntry],
  ['networking.istio.io/v1/Gateway', arbitraryGateway],
  ['security.istio.io/v1/PeerAuthentication', arbitraryPeerAuthentication],
  ['security.istio.io/v1/AuthorizationPolicy', arbitraryAuthorizationPolicy],
  ['v1/Service', arbitraryService],
] as const;

test.for(kinds)('%s is read back as it was made', ([key, arbitrary]) => {
  fc.assert(
    fc.property(arbitrary(), (made) => {
      const [read] = asResources([made]);
      expect(read?.object).toEqual(made);
      expect(`${read?.apiVersion}/${read?.kind}`).toBe(key);
    }),
  );
});

test.skipIf(schemas.size === 0).for(kinds.slice(0, -1))('%s fits its schema (needs ../shared)', ([key, arbitrary]) => {
  const schema = schemas.get(key) as StructuralSchema;
  fc.assert(
    fc.property(arbitrary(), (made) => {
      expect(checkObject(schema, made)).toEqual([]);
    }),
  );
});

test('takes namespaces, hosts and ports from its surroundings', () => {
  const surroundings = { namespaces: ['air'], hosts: ['only'], subsets: ['blue'], ports: [7000] };
  fc.assert(
    fc.property(arbitraryVirtualService(surroundings), (made) => {
      expect(made.metadata.namespace).toBe('air');
      expect(JSON.stringify(made.spec)).not.toMatch(
        /"(destination|mirror)":\{"host":"(?!only")|"subset":"(?!blue")|"number":(?!7000\b)/,
      );
    }),
  );
});

test.skipIf(schemas.size === 0)('makes resources of every kind from their schemas (needs ../shared)', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(arbitraryIstioResource(schemas), (made) => {
      const key = `${made.apiVersion}/${made.kind}`;
      seen.add(key);
      expect(checkObject(schemas.get(key) as StructuralSchema, made)).toEqual([]);
      expect(asResources([made])[0]?.object).toEqual(made);
    }),
    { numRuns: 600, seed: 3 },
  );
  expect([...seen].sort()).toEqual([...schemas.keys()].sort());
});
