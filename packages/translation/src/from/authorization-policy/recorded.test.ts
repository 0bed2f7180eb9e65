import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Access, Arrival } from '@isthmus/behavior';
import { compileAccess, type Estate, takeIn, trustOf } from '@isthmus/istio';
import { compileKongMeshAccess, identityAuthority } from '@isthmus/kong-mesh';
import { isList, isMap, type Json, type JsonObject, parseJson, parseYaml, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { approachOf, type RecordedAccess } from '../../../../../conformance/istio-access.ts';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

// 5,000 answers of a real sidecar of Istio, and the model of Kong Mesh that reproduces those recorded from Kuma: whoever
// gets in by what is emitted was let in. Trust in Istio's certificates, which is a draft, counts as finished.

const istio = { rootNamespace: 'istio-system', clusterDomain: 'cluster.local' };
const own = 'default.default.mesh.local';
const map = (value: Json | undefined): JsonObject => (isMap(value ?? null) ? (value as JsonObject) : {});

const namespace = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kuma.io/sidecar-injection': 'enabled' } },
});

/** The cluster after the migration: its namespaces labelled, its ports with an appProtocol, and what is emitted. */
function migrated(resources: string, estate: Estate): JsonObject[] {
  const kept = parseYaml(resources).flatMap(({ value }) => (isMap(value) ? [value] : []));
  const objects = kept.flatMap((object): JsonObject[] => {
    if (object.kind === 'Namespace') return [namespace(String(map(object.metadata).name))];
    if (object.kind !== 'Service') return String(object.apiVersion).includes('istio.io') ? [] : [object];
    const spec = map(object.spec);
    const ports = (isList(spec.ports) ? spec.ports : []).map((port) => ({
      ...map(port),
      appProtocol: map(port).name === 'http' ? 'http' : 'tcp',
    }));
    return [{ ...object, spec: { ...spec, ports } }];
  });
  const { emitted } = translate(estate, { ...defaultSettings, complete: true });
  const applied = emitted
    .filter(({ role, object }) => role === 'resource' || object.kind === 'MeshTrust')
    .map(({ object }) => object as unknown as JsonObject)
    .filter(({ apiVersion }) => String(apiVersion).startsWith('kuma.io/'));
  const mesh = { apiVersion: 'kuma.io/v1alpha1', kind: 'Mesh', metadata: { name: 'default' }, spec: {} };
  return [...objects, namespace('kong-mesh-system'), mesh, ...applied];
}

const lines = gunzipSync(readFileSync(new URL('../../../../../conformance/istio-access.jsonl.gz', import.meta.url)))
  .toString('utf8')
  .trim()
  .split('\n');

test('nobody gets in to Kong Mesh whom Istio was recorded to keep out', () => {
  let allowed = 0;
  const wider: string[] = [];
  for (const line of lines) {
    const { id, resources, server, requests } = parseJson(line) as unknown as RecordedAccess;
    const estate = takeIn([readManifest(`${id}.yaml`, new TextEncoder().encode(resources))]);
    const before = compileAccess(estate, server, istio);
    const { trustDomain } = trustOf(estate, { rootNamespace: 'istio-system', trustDomain: 'cluster.local' });
    const access = compileKongMeshAccess(migrated(resources, estate), {
      version: '2.14',
      mesh: 'default',
      zone: 'default',
      systemNamespace: 'kong-mesh-system',
      rootName: (pem) => (pem.includes('root certificate of Istio') ? 'istio' : pem),
    }).of(server);
    expect(access.ports.filter(({ refused }) => refused !== undefined)).toEqual([]);
    // That tokens are not checked any more blocks for itself.
    for (const request of requests.filter(({ jwt }) => jwt === undefined)) {
      const { certificate, ...approach } = approachOf(request);
      const [name = ''] = certificate?.uris ?? [];
      const asIstio: Arrival = {
        ...approach,
        ...(certificate ? { certificate: { uris: [name], issuer: 'istio' } } : {}),
      };
      const migratedName = name.replace(`spiffe://${trustDomain}/`, `spiffe://${own}/`);
      const asMigrated: Arrival = {
        port: approach.port,
        tls: 'mtls',
        certificate: { uris: [migratedName], issuer: identityAuthority('identity') },
        alpn: ['kuma'],
      };
      for (const arrival of [asIstio, ...(migratedName === name ? [] : [asMigrated])]) {
        const after: Access = access.decide(arrival);
        if (after.outcome !== 'allowed') continue;
        allowed++;
        // Where Istio takes no mTLS its sidecars come in plaintext.
        const plaintext = (): boolean => before({ ...approach, tls: 'none', alpn: [] }).outcome === 'allowed';
        const was =
          request.outcome === 'allowed' || (request.outcome === 'refused' && arrival.tls === 'mtls' && plaintext());
        if (!was) wider.push(`${id} ${JSON.stringify(arrival)} ${JSON.stringify(request)}`);
      }
    }
  }
  expect(wider).toEqual([]);
  expect(allowed).toBeGreaterThan(1000);
});
