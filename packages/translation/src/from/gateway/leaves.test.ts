import { takeIn } from '@isthmus/istio';
import {
  arbitraryGateway,
  arbitraryIstioResource,
  arbitraryVirtualService,
  asResources,
  type Manifest,
  sharedSchemas,
} from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const intake = (resources: ReturnType<typeof asResources>) =>
  takeIn([{ file: 'generated.yaml', documents: resources.length, resources, unidentified: [], diagnostics: [] }]);

const door: Manifest = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'door', namespace: 'default' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] },
      {
        port: { number: 443, name: 'https', protocol: 'HTTPS' },
        hosts: ['*.kongair.example'],
        tls: { mode: 'SIMPLE', credentialName: 'door' },
      },
      { port: { number: 9000, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] },
    ],
  },
} as unknown as Manifest;

const throughTheDoor = (service: Manifest): Manifest =>
  ({
    ...service,
    metadata: { ...(service.metadata as object), namespace: 'default' },
    spec: { ...(service.spec as object), gateways: ['door'] },
  }) as unknown as Manifest;

const schemas = sharedSchemas('schemas/istio/crds.yaml');
const odd = (kind: string): fc.Arbitrary<Manifest | undefined> =>
  schemas.size === 0
    ? fc.constant(undefined)
    : arbitraryIstioResource(new Map([...schemas].filter(([key]) => key.endsWith(`/${kind}`))));

function check(manifests: readonly Manifest[]): void {
  const { ledger, diagnostics } = translate(intake(asResources([...manifests])), defaultSettings);
  const open = ledger.flatMap(({ resource, fields }) =>
    fields
      .filter(({ outcome, path }) => outcome === 'untranslated' && path.startsWith('spec'))
      .map(({ path }) => `${resource.kind} ${path}`),
  );
  expect(open).toEqual([]);
  expect(diagnostics.filter(({ code }) => code === 'ISTHMUS-GW-001')).toEqual([]);
}

test('every leaf of a Gateway has an outcome, and what is emitted is valid', () => {
  fc.assert(
    fc.property(fc.array(arbitraryGateway(), { maxLength: 3 }), odd('Gateway'), (sensible, other) =>
      check(other === undefined ? sensible : [...sensible, other]),
    ),
    { numRuns: 200 },
  );
});

test('every leaf of a VirtualService of a Gateway has an outcome, and what is emitted is valid', () => {
  fc.assert(
    fc.property(fc.array(arbitraryVirtualService(), { maxLength: 3 }), odd('VirtualService'), (sensible, other) =>
      check([door, ...[...sensible, ...(other === undefined ? [] : [other])].map(throughTheDoor)]),
    ),
    { numRuns: 300 },
  );
});
