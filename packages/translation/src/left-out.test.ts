import { createAccessJudge, verifyAccess } from '@isthmus/equivalence';
import { isIstioGroup, takeIn } from '@isthmus/istio';
import { targetVersions } from '@isthmus/kong-mesh';
import { effectiveNamespace } from '@isthmus/kubernetes';
import {
  arbitraryAuthorizationPolicy,
  arbitraryEstate,
  arbitraryPeerAuthentication,
  asResources,
  type Manifest,
  manifest,
} from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from './settings.ts';
import { translate } from './translate.ts';

const intake = (manifests: readonly Manifest[]) => {
  const resources = asResources(manifests);
  return takeIn([
    { file: 'generated.yaml', documents: resources.length, resources, unidentified: [], diagnostics: [] },
  ]);
};

const meshConfig = (mesh: string): Manifest =>
  ({ ...manifest('v1', 'ConfigMap', { name: 'istio', namespace: 'istio-system' }), data: { mesh } }) as Manifest;
const root = manifest('security.istio.io/v1', 'AuthorizationPolicy', { name: 'nobody', namespace: 'istio-system' }, {});

/** An estate of which Istio does not read one namespace, and which that is. */
const arbitraryHidden = arbitraryEstate(3).chain((manifests) => {
  const names = [...new Set(manifests.map(({ metadata }) => metadata.namespace as string))];
  return fc.record({
    manifests: fc.constant(manifests),
    hidden: fc.constantFrom(...names),
    around: fc.boolean().map((isClosed) => (isClosed ? [root] : [])),
    names: fc.constant(names),
  });
});

const spaces = (names: readonly string[], hidden: string): Manifest[] => [
  ...[...names, 'istio-system'].map((name) =>
    manifest('v1', 'Namespace', { name, labels: name === hidden ? {} : { seen: 'ours' } }),
  ),
  meshConfig('discoverySelectors: [{matchLabels: {seen: ours}}]'),
];

const isHiddenIn = (hidden: string) => (one: Manifest) =>
  one.metadata.namespace === hidden && isIstioGroup(one.apiVersion.split('/')[0] as string);

test.each(targetVersions)('what Istio does not read is inert, and nothing is made of it (%s)', (target) => {
  fc.assert(
    fc.property(arbitraryHidden, ({ manifests, hidden, around, names }) => {
      const settings = { ...defaultSettings, target, complete: true };
      const given = [...manifests, ...around, ...spaces(names, hidden)];
      const { ledger, emitted, diagnostics } = translate(intake(given), settings);
      const without = translate(intake(given.filter((one) => !isHiddenIn(hidden)(one))), settings);
      const outcomes = ledger
        .filter(({ resource }) => effectiveNamespace(resource) === hidden)
        .flatMap(({ fields }) => fields.map(({ outcome, code, targets }) => [outcome, code, targets.length]));
      for (const [outcome, code, targets] of outcomes) {
        expect([outcome, targets]).toEqual(['inert', 0]);
        expect(['ISTHMUS-INS-007', 'ISTHMUS-INS-008']).toContain(code);
      }
      expect(emitted.map(({ object }) => object)).toEqual(without.emitted.map(({ object }) => object));
      // Beside its being left out nothing is said of it either.
      const said = diagnostics.filter(({ resource }) => resource?.namespace === hidden).map(({ code }) => code);
      expect(said.filter((code) => !code.startsWith('ISTHMUS-INS-0') && !code.startsWith('ISTHMUS-LAB'))).toEqual(
        without.diagnostics
          .filter(({ resource }) => resource?.namespace === hidden)
          .map(({ code }) => code)
          .filter((code) => !code.startsWith('ISTHMUS-INS-0') && !code.startsWith('ISTHMUS-LAB')),
      );
    }),
    { numRuns: 15 },
  );
});

const surroundings = { namespaces: ['sales', 'passenger', 'istio-system'], ports: [8080] };
const arbitraryPolicies = fc
  .tuple(
    fc.array(arbitraryAuthorizationPolicy(surroundings), { maxLength: 4 }),
    fc.array(arbitraryPeerAuthentication(surroundings), { maxLength: 2 }),
  )
  .map((found) => found.flat().map((one, index) => ({ ...one, metadata: { ...one.metadata, name: `p${index}` } })));

test('by what Istio does not read nobody gets in whom it refuses', () => {
  let leftOut = 0;
  fc.assert(
    fc.property(
      arbitraryEstate(3),
      arbitraryPolicies,
      fc.constantFrom('sales', 'istio-system'),
      (own, more, hidden) => {
        const settings = { ...defaultSettings, complete: true };
        const manifests = [...own, ...more, ...spaces(['sales', 'passenger', 'operations'], hidden)];
        const { estate, emitted, diagnostics } = translate(intake(manifests), settings);
        const rows = [...verifyAccess(createAccessJudge({ estate, emitted, settings }))];
        expect(rows.filter(({ verdict }) => verdict === 'wider')).toEqual([]);
        leftOut += diagnostics.filter(({ code }) => code === 'ISTHMUS-INS-007').length;
      },
    ),
    { numRuns: 25 },
  );
  expect(leftOut).toBeGreaterThan(10);
});
