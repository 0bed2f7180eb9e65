import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { takeIn, trustOf } from '@isthmus/istio';
import { parseJson, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import type { RecordedAccess } from '../../../../conformance/istio-access.ts';
import { policiesOf, readBefore } from './before.ts';
import type { Caller } from './callers.ts';

// Answers of a real sidecar of Istio: where every request of a caller is said to be let through none was refused, and where
// none is said to be, none was let through.

const lines = gunzipSync(readFileSync(new URL('../../../../conformance/istio-access.jsonl.gz', import.meta.url)))
  .toString('utf8')
  .trim()
  .split('\n');

const callerOf = (before: string | undefined): Caller => {
  const [, namespace = '', account = ''] = /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(before ?? '') ?? [];
  return { kind: 'account', namespace, account, before, after: before, bridge: false };
};

test('what is said of all requests of a caller holds for each that was recorded', () => {
  const wrong: string[] = [];
  const counts = { all: 0, none: 0, depends: 0 };
  for (const line of lines) {
    const { id, resources, server, requests } = parseJson(line) as unknown as RecordedAccess;
    const estate = takeIn([readManifest(`${id}.yaml`, new TextEncoder().encode(resources))]);
    const trust = trustOf(estate, { rootNamespace: 'istio-system', trustDomain: 'cluster.local' });
    const callers = requests.map(({ client }) => callerOf(client.identity ?? undefined));
    const before = readBefore(estate, trust, policiesOf(estate, trust.rootNamespace), callers).of(server);
    for (const [index, { client, port, method, outcome }] of requests.entries()) {
      // Who does not get as far as the policies is a matter of transport.
      if (outcome === 'refused') continue;
      const mode = before.mtls.ports.get(String(port)) ?? before.mtls.mode;
      const ended = client.tls === 'mtls' && mode !== 'DISABLE';
      const bySidecar = client.alpn?.some((name) => name.startsWith('istio')) === true;
      const known = ended && (mode === 'STRICT' || bySidecar) && client.identity !== null;
      const reach = before.reach(known ? index : undefined, port, method === null ? 'tcp' : 'detected');
      counts[reach]++;
      const allowed = outcome === 'allowed';
      if ((reach === 'all' && !allowed) || (reach === 'none' && allowed))
        wrong.push(`${id} ${reach} ${JSON.stringify(requests[index])}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(counts.all).toBeGreaterThan(500);
  expect(counts.none).toBeGreaterThan(200);
});
