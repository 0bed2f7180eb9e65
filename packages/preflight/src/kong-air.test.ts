import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { settings } from './example.test-support.ts';
import { preflight } from './run.ts';

const folder = fileURLToPath(new URL('../../../examples/kong-air/', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));

test('the sample estate fails for the traps it was built with, and for nothing else', () => {
  const estate = takeIn(files.map((path) => readManifest(path, readFileSync(`${folder}${path}`))));
  const failed = preflight(estate, settings).flatMap((result) =>
    result.state === 'failed' ? [`${result.severity} ${result.check.id}: ${result.findings.length}`] : [],
  );
  expect(failed).toEqual([
    'warning ends-istio: 1',
    'warning included-traffic: 1',
    'info jobs: 1',
    'warning probe-rewriting: 1',
    'warning scraping: 1',
    'info sidecar-resources: 1',
    'info datagrams: 1',
    'warning external-name: 1',
    'warning headless: 1',
    'warning server-first: 1',
    'blocker undeclared-protocol: 5',
    'blocker unknown-protocol: 2',
    // The translation emits a MeshPassthrough, which is not at hand here.
    'blocker egress-control: 1',
    'warning envoy-filters: 3',
    'blocker forced-mutual-tls: 1',
    'warning gateway-class: 1',
    'warning istio-dns: 1',
    'blocker machines: 3',
    'blocker request-rules: 3',
    'warning shared-account: 1',
    'warning strict-server: 2',
    'blocker tokens: 1',
    'blocker wasm-modules: 1',
  ]);
});
