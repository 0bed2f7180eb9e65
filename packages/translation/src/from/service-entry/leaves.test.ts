import { takeIn } from '@isthmus/istio';
import { targetVersions } from '@isthmus/kong-mesh';
import { readManifest } from '@isthmus/kubernetes';
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

const parts: Readonly<Record<string, readonly string[]>> = {
  resolution: ['', 'resolution: STATIC', 'resolution: DNS'],
  location: ['', 'location: MESH_INTERNAL'],
  hosts: ['hosts: [a.example]', 'hosts: ["*.a.example"]', 'hosts: [svc.s.svc.cluster.local]'],
  ports: [
    'ports: [{number: 443, name: t, protocol: TLS}, {number: 80, name: h, protocol: HTTP, targetPort: 8080}]',
    'ports: [{number: 53, name: u, protocol: UDP}]',
    'ports: [{number: 9, name: c}]',
  ],
  endpoints: [
    '',
    'endpoints: [{address: 1.2.3.4, ports: {h: 81}, labels: {a: b}, weight: 2}]',
    'workloadSelector: {labels: {app: a}}',
    'addresses: [1.2.3.4, 10.0.0.0/8]',
  ],
  more: ['', 'subjectAltNames: [x]', 'exportTo: ["."]'],
};
const around = `
apiVersion: v1
kind: Service
metadata: {name: svc, namespace: s}
spec: {selector: {app: a}, ports: [{name: http, port: 80}]}
`;
const closed = `${around}---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: istio-system}
spec: {egress: [{hosts: ["./*"]}]}
`;

test.each([
  ['open', around],
  ['closed', closed],
])('every part of an entry has an outcome, beside every other one, in a mesh that is %s', (_, estate) => {
  const specs = Object.values(parts).reduce<readonly string[]>(
    (known, values) => known.flatMap((one) => values.map((value) => [one, value].filter(Boolean).join(', '))),
    [''],
  );
  const open = specs.flatMap((spec) => {
    const entry = `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: s}\nspec: {${spec}}\n---`;
    const { ledger } = translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(entry + estate))]), {
      ...defaultSettings,
      target: '2.14',
    });
    return ledger.flatMap(({ fields }) =>
      fields.filter(({ outcome }) => outcome === 'untranslated').map(({ path }) => `${path} of {${spec}}`),
    );
  });
  expect(open).toEqual([]);
});
