import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { compileAccess, takeIn, trustOf } from '@isthmus/istio';
import { parseJson, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { approachOf, type RecordedAccess } from '../../../../../conformance/istio-access.ts';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';
import { type Inbound, kongInbound } from './kong-inbound.test-support.ts';

const options = { rootNamespace: 'istio-system', clusterDomain: 'cluster.local' };
const migrated = 'default.default.mesh.local';

// What became of 5,000 connections in Istio was recorded from a real Envoy; each that gets through in Kong Mesh did there.
test.each([false, true])('nobody gets in whom Istio was recorded to keep out (drafts applied: %s)', (drafts) => {
  const compressed = readFileSync(new URL('../../../../../conformance/istio-access.jsonl.gz', import.meta.url));
  const lines = gunzipSync(compressed).toString('utf8').trim().split('\n');
  let allowed = 0;
  const wider: string[] = [];
  for (const line of lines) {
    const { id, resources, server, requests } = parseJson(line) as unknown as RecordedAccess;
    const estate = takeIn([readManifest(`${id}.yaml`, new TextEncoder().encode(resources))]);
    const translation = translate(estate, { ...defaultSettings, complete: true });
    const { trustDomain } = trustOf(estate, { rootNamespace: 'istio-system', trustDomain: 'cluster.local' });
    const decide = compileAccess(estate, server, options);
    const inbounds = new Map<number, Inbound>();
    // That tokens are not checked any more blocks for itself.
    for (const request of requests.filter(({ jwt }) => jwt === undefined)) {
      const { port, client, outcome } = request;
      const inbound = inbounds.get(port) ?? kongInbound(translation, server, String(port), drafts);
      inbounds.set(port, inbound);
      const { certificate, ...approach } = approachOf(request);
      // A sidecar of Istio would have come in plaintext where mTLS is not taken.
      const istio =
        outcome === 'refused' && client.tls === 'mtls' && !inbound.permissive
          ? decide({ ...approach, tls: 'none', alpn: [] }).outcome
          : outcome;
      const identity = client.identity?.replace('spiffe://', '') ?? '';
      const own = identity.startsWith(`${trustDomain}/`);
      const ids =
        client.tls === 'mtls'
          ? [identity, ...(own ? [identity.replace(trustDomain, migrated)] : [])].map((one) => `spiffe://${one}`)
          : [];
      const passes =
        client.tls === 'none' ? inbound.permissive : ids.some((one) => inbound.allows(one) && !inbound.denies(one));
      if (passes && certificate !== undefined) allowed++;
      // Over mTLS to a port that takes plaintext anyway nothing is gained.
      if (passes && istio !== 'allowed' && !(client.tls === 'mtls' && inbound.permissive && outcome === 'refused'))
        wider.push(`${id} ${JSON.stringify(request)}`);
    }
  }
  expect(wider).toEqual([]);
  expect(allowed).toBeGreaterThan(300);
});
