import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { takeIn } from '@isthmus/istio';
import { targetVersions } from '@isthmus/kong-mesh';
import { isMap, type Json, type Resource, readManifest, join as step } from '@isthmus/kubernetes';
import { arbitraryEstate, arbitraryIstioResource, asResources, sharedPath, sharedSchemas } from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from './settings.ts';
import { translate } from './translate.ts';
import type { Translation } from './translation.ts';

// The leaves of the input, read apart from the code under test.
function leaves(value: Json, path: string): string[] {
  const children: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, index): [number, Json] => [index, item])
    : isMap(value)
      ? Object.entries(value)
      : [];
  return children.length === 0 ? [path] : children.flatMap(([key, item]) => leaves(item, step(path, key)));
}

function expected(resource: Resource): string[] {
  const found = resource.kind === 'MeshConfig' && resource.group === '' ? leaves(resource.object, '') : [];
  if (resource.kind !== 'MeshConfig' && 'spec' in resource.object)
    found.push(...leaves(resource.object.spec as Json, 'spec'));
  for (const part of ['annotations', 'labels'] as const) {
    const keys = (resource.object.metadata as { [key: string]: Json } | undefined)?.[part];
    for (const key of isMap(keys) ? Object.keys(keys) : []) {
      const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
      if (/(?:^|\.)istio\.io$/.test(prefix)) found.push(step(`metadata.${part}`, key));
    }
  }
  return found.sort();
}

function expectWholeLedger(translation: Translation, resources: readonly Resource[]): void {
  const byResource = new Map(translation.ledger.map((entry) => [entry.resource, entry]));
  expect(byResource.size).toBe(translation.ledger.length);
  for (const resource of resources) {
    const fields = byResource.get(resource)?.fields ?? [];
    expect(fields.map(({ path }) => path).sort()).toEqual(expected(resource));
    for (const { outcome, code, targets } of fields) {
      if (outcome !== 'exact') expect(code).toMatch(/^ISTHMUS-/);
      for (const target of targets) expect(translation.emitted[target.resource]).toBeDefined();
    }
  }
}

/** Whoever applies a bundle finds each object in one place: one resource, one patch, one draft. */
function expectEachOnce({ emitted }: Translation): void {
  const names = emitted.map(({ object: { apiVersion, kind, metadata }, role, place }) =>
    JSON.stringify([role, place ?? null, apiVersion, kind, metadata.namespace ?? '', metadata.name]),
  );
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
}

const intake = (resources: readonly Resource[]) =>
  takeIn([{ file: 'generated.yaml', documents: resources.length, resources, unidentified: [], diagnostics: [] }]);

const schemas = sharedSchemas('schemas/istio/crds.yaml');

test.skipIf(schemas.size === 0).each(targetVersions)(
  'every leaf of any Istio resource is in the ledger (%s)',
  (target) => {
    fc.assert(
      fc.property(arbitraryIstioResource(schemas), (manifest) => {
        const resources = asResources([manifest]);
        const translation = translate(intake(resources), { ...defaultSettings, target });
        expectWholeLedger(translation, translation.estate.istio);
      }),
      { numRuns: 150 },
    );
  },
);

test.each([true, false])('every leaf of a coherent estate is in the ledger (complete: %s)', (complete) => {
  fc.assert(
    fc.property(arbitraryEstate(6), (manifests) => {
      const translation = translate(intake(asResources(manifests)), { ...defaultSettings, complete });
      expectWholeLedger(translation, translation.estate.istio);
      expectEachOnce(translation);
    }),
    { numRuns: 50 },
  );
});

const corpus = sharedPath('corpus/files');

test.skipIf(corpus === undefined)('every leaf of the corpus is in the ledger, whatever the order of its files', () => {
  const root = corpus as string;
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => readManifest(relative(root, path), readFileSync(path)));
  const translation = translate(takeIn(files), defaultSettings);
  expect(translation.ledger.length).toBeGreaterThan(1000);
  expectWholeLedger(translation, [...translation.estate.istio]);
  expectEachOnce(translation);
  const backwards = translate(takeIn([...files].reverse()), defaultSettings);
  expect(backwards.emitted).toEqual(translation.emitted);
  expect(backwards.diagnostics).toEqual(translation.diagnostics);
});

const one = (text: string) =>
  translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), defaultSettings);

test('a restriction that is not translated blocks; other fields warn', () => {
  const policy = one(`apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: only-web}
spec: {tomorrow: 1}
`);
  expect(policy.diagnostics).toContainEqual(
    expect.objectContaining({ code: 'ISTHMUS-TR-001', severity: 'blocker', path: 'spec.tomorrow' }),
  );
  const unknown = one(`apiVersion: telemetry.istio.io/v1
kind: Tomorrow
metadata: {name: t}
spec: {tracing: [{randomSamplingPercentage: 1}]}
`);
  expect(unknown.diagnostics).toContainEqual(expect.objectContaining({ code: 'ISTHMUS-TR-002', severity: 'warning' }));
});

test("the loser of two versions is in the ledger as inert, and Istio's annotations elsewhere stand in the context", () => {
  const translation = one(`apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled, istio.io/rev: canary}}
---
apiVersion: networking.istio.io/v1
kind: Tomorrow
metadata: {name: s}
spec: {egress: [{hosts: [a/*]}]}
---
apiVersion: networking.istio.io/v1
kind: Tomorrow
metadata: {name: s}
spec: {egress: [{hosts: [b/*]}]}
`);
  expect(translation.ledger.map(({ fields }) => fields)).toEqual([
    [{ path: 'spec.egress[0].hosts[0]', outcome: 'untranslated', code: 'ISTHMUS-TR-002', targets: [] }],
    [{ path: 'spec.egress[0].hosts[0]', outcome: 'inert', code: 'ISTHMUS-TR-005', targets: [] }],
  ]);
  expect(translation.context.map(({ fields }) => fields.map(({ path }) => path))).toEqual([
    ['metadata.labels["istio-injection"]', 'metadata.labels["istio.io/rev"]'],
  ]);
});

test.each([
  ["['80', null, 7, [], {name: http, port: 80}]", [80]],
  ['{name: http, port: 80}', []],
])('ports of a Service that are no ports do no harm, also where they are copied for a subset: %s', (ports, copied) => {
  const text = `
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: ${ports}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: seats, namespace: sales}
spec: {host: seats, subsets: [{name: v1, labels: {version: v1}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec: {hosts: [seats], http: [{route: [{destination: {host: seats, subset: v1}}]}]}
`;
  const translation = translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), defaultSettings);
  expectWholeLedger(translation, translation.estate.istio);
  const copies = translation.emitted.filter(
    ({ object }) => object.metadata.name === 'seats-v1' && object.kind === 'Service',
  );
  const found = copies.flatMap(
    ({ object }) => (object as unknown as { spec: { ports: { port: number }[] } }).spec.ports,
  );
  expect(found.map(({ port }) => port)).toEqual(copied);
});
