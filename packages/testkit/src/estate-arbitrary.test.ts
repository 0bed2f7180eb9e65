import { identityKey, type Json, matchesLabels } from '@isthmus/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryEstate } from './estate-arbitrary.ts';
import { asResources } from './manifest.ts';

interface Reference {
  readonly host: string;
  readonly subset?: string;
}

/** What the rules of a VirtualService send requests to. */
function destinations(value: Json): Reference[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'destination' || key === 'mirror' ? [part as unknown as Reference] : destinations(part),
  );
}

test('every host, subset and selector of an estate exists, and no object twice', () => {
  fc.assert(
    fc.property(arbitraryEstate(6), (estate) => {
      const resources = asResources(estate);
      expect(new Set(resources.map(identityKey)).size).toBe(resources.length);
      const of = (kind: string) => resources.filter((resource) => resource.kind === kind);
      const full = (host: string, namespace: string) =>
        host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;
      const services = new Set(of('Service').map(({ name, namespace }) => full(name, namespace)));
      expect(services.size).toBe(6);
      expect(of('DestinationRule')).toHaveLength(6);
      for (const { object, namespace } of of('DestinationRule')) {
        const { host } = object.spec as unknown as Reference;
        expect(services).toContain(full(host, namespace));
      }
      for (const { object, namespace } of of('VirtualService')) {
        for (const { host, subset } of destinations(object)) {
          expect(services).toContain(full(host, namespace));
          if (subset !== undefined) expect(['v1', 'v2']).toContain(subset);
        }
      }
      for (const { object, namespace } of [...of('PeerAuthentication'), ...of('AuthorizationPolicy')]) {
        const { selector } = object.spec as unknown as { selector: { matchLabels: Record<string, string> } };
        const workloads = of('Deployment').filter((found) => found.namespace === namespace);
        const labels = workloads.map(
          ({ object: { spec } }) =>
            (spec as unknown as { template: { metadata: { labels: Record<string, string> } } }).template.metadata
              .labels,
        );
        expect(labels.some((found) => matchesLabels(selector.matchLabels, found))).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

test('has workloads and rules in random order', () => {
  const [first, second] = fc.sample(arbitraryEstate(4), { numRuns: 2, seed: 5 });
  expect(first?.map(({ kind }) => kind)).not.toEqual(second?.map(({ kind }) => kind));
});
