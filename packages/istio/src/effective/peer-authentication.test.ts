import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { effectiveMtls, readPeerAuthentication } from './peer-authentication.ts';

const policies = (text: string) =>
  readManifest('a.yaml', new TextEncoder().encode(text)).resources.map((one) =>
    readPeerAuthentication(one, 'istio-system'),
  );

const policy = (namespace: string, name: string, spec: string, created = '') => `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: ${name}, namespace: ${namespace}${created === '' ? '' : `, creationTimestamp: "${created}"`}}
spec: ${spec}
`;

const web = { namespace: 'sales', labels: { app: 'web' } };
const of = (...texts: string[]) => {
  const { mode, ports } = effectiveMtls(policies(texts.join('---\n')), web);
  return { mode, ports: Object.fromEntries(ports) };
};

const strict = '{mtls: {mode: STRICT}}';
const mesh = policy('istio-system', 'default', strict);

test('the nearest level that says something counts', () => {
  expect(of('')).toEqual({ mode: 'PERMISSIVE', ports: {} });
  expect(of(mesh)).toEqual({ mode: 'STRICT', ports: {} });
  expect(of(mesh, policy('sales', 'a', '{mtls: {mode: DISABLE}}'))).toEqual({ mode: 'DISABLE', ports: {} });
  expect(of(mesh, policy('sales', 'a', '{mtls: {mode: UNSET}}'))).toEqual({ mode: 'STRICT', ports: {} });
  expect(of(mesh, policy('other', 'a', '{mtls: {mode: DISABLE}}'))).toEqual({ mode: 'STRICT', ports: {} });
});

test('ports are those of the chosen policy for the workload', () => {
  const own = policy(
    'sales',
    'web',
    '{selector: {matchLabels: {app: web}}, portLevelMtls: {8080: {mode: DISABLE}, 9090: {mode: UNSET}}}',
  );
  expect(of(mesh, own)).toEqual({ mode: 'STRICT', ports: { 8080: 'DISABLE' } });
  const named = policy(
    'sales',
    'web',
    '{selector: {matchLabels: {app: web}}, portLevelMtls: {http: {mode: DISABLE}, 70000: {mode: DISABLE}}}',
  );
  expect(of(mesh, named)).toEqual({ mode: 'STRICT', ports: {} });
  const ignored = policy('sales', 'ns', '{mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}}}');
  expect(of(ignored)).toEqual({ mode: 'STRICT', ports: {} });
});

test('a selector in the root namespace selects no sidecar', () => {
  expect(of(policy('istio-system', 'web', '{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}')).mode).toBe(
    'PERMISSIVE',
  );
});

test('of several policies of one level the oldest counts, even where it says nothing', () => {
  const old = policy('sales', 'z', '{mtls: {mode: UNSET}}', '2023-01-01T00:00:00Z');
  const young = policy('sales', 'a', '{mtls: {mode: DISABLE}}', '2024-01-01T00:00:00Z');
  expect(of(mesh, young, old).mode).toBe('STRICT');
  expect(of(policy('sales', 'b', '{mtls: {mode: DISABLE}}'), policy('sales', 'a', strict)).mode).toBe('STRICT');
});
