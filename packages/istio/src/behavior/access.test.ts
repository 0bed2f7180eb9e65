import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseJson, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { istioAccess } from '../../../../conformance/istio-access.ts';
import { takeIn } from '../take-in.ts';
import { compileAccess } from './access.ts';
import { addressWithin } from './address.ts';
import type { Approach } from './approach.ts';

test('every recorded answer of a sidecar of Istio 1.32 is reproduced', () => {
  const compressed = readFileSync(new URL('../../../../conformance/istio-access.jsonl.gz', import.meta.url));
  const lines = gunzipSync(compressed).toString('utf8').trim().split('\n');
  const comparisons = lines.flatMap((line) => [...istioAccess.compare(parseJson(line))]);
  expect(comparisons).toHaveLength(5000);
  expect(comparisons.filter(({ agrees }) => !agrees)).toEqual([]);
});

const approach: Approach = {
  port: 8080,
  tls: 'mtls',
  certificate: { uris: ['spiffe://cluster.local/ns/sales/sa/web'], issuer: 'root' },
  address: '10.1.2.3',
  alpn: ['istio-http/1.1'],
};

test.each([
  { service: 'name: http', put: 'allowed' },
  // A port that declares nothing is found out by its bytes, and a sidecar says that it speaks HTTP.
  { service: 'name: web', put: 'allowed' },
  { service: 'name: tcp', put: 'denied' },
])('a denial by method is for every connection where the port is not HTTP ($service)', ({ service, put }) => {
  const text = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: sales}
spec: {selector: {app: web}, ports: [{${service}, port: 8080}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: one, namespace: sales}
spec: {action: DENY, rules: [{from: [{source: {notNamespaces: [ops]}}], to: [{operation: {methods: [GET]}}]}]}
`;
  const decide = compileAccess(
    takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]),
    { namespace: 'sales', labels: { app: 'web' } },
    { rootNamespace: 'istio-system', clusterDomain: 'cluster.local' },
  );
  const request = { method: 'GET', authority: 'a', path: '/', headers: {} };
  expect(decide({ ...approach, request }).outcome).toBe('denied');
  expect(decide({ ...approach, request: { ...request, method: 'PUT' } }).outcome).toBe(put);
});

test.each([
  [':method', 'GET', 'denied'],
  [':authority', 'a', 'denied'],
  ['host', 'a', 'denied'],
  [':path', '/b?q', 'denied'],
  [':method', 'PUT', 'allowed'],
])('a condition on the header %s sees what Envoy keeps under this name', (header, value, outcome) => {
  const text = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: sales}
spec: {selector: {app: web}, ports: [{name: http, port: 8080}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: one, namespace: sales}
spec: {action: DENY, rules: [{when: [{key: "request.headers[${header}]", values: ["${value}"]}]}]}
`;
  const decide = compileAccess(
    takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]),
    { namespace: 'sales', labels: { app: 'web' } },
    { rootNamespace: 'istio-system', clusterDomain: 'cluster.local' },
  );
  const request = { method: 'GET', authority: 'a', path: '/a/../b?q', headers: {} };
  expect(decide({ ...approach, request }).outcome).toBe(outcome);
});

test.each([
  ['BASE', '/admin%2Fx', 'allowed'],
  ['DECODE_AND_MERGE_SLASHES', '/admin%2Fx', 'denied'],
  ['BASE', '/a/..;/admin/x', 'denied'],
  ['NONE', '/a/../admin/x', 'allowed'],
])('with the path normalised as %s, a denial of /admin/* leaves %s %s', (normalization, path, outcome) => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "pathNormalization: {normalization: ${normalization}}"}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: sales}
spec: {selector: {app: web}, ports: [{name: http, port: 8080}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: one, namespace: sales}
spec: {action: DENY, rules: [{to: [{operation: {paths: [/admin/*]}}]}]}
`;
  const decide = compileAccess(
    takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]),
    { namespace: 'sales', labels: { app: 'web' } },
    { rootNamespace: 'istio-system', clusterDomain: 'cluster.local' },
  );
  expect(decide({ ...approach, request: { method: 'GET', authority: 'a', path, headers: {} } }).outcome).toBe(outcome);
});

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.4', '10.1.2.3', false],
  ['192.0.2.1', '0.0.0.0/0', true],
  ['2001:db8::1', '2001:db8::/32', true],
  ['2001:db9::1', '2001:db8::/32', false],
  ['::ffff', '0.0.0.0/0', false],
  ['300.0.0.1', '0.0.0.0/0', false],
  ['1:2', '::/0', false],
])('%s is within %s: %s', (address, block, expected) => {
  expect(addressWithin(address, block)).toBe(expected);
});

test.each([
  ['seen: "yes"', 'denied', 'refused'],
  ['seen: "no"', 'allowed', 'allowed'],
])('policies count where the namespace is selected: %s', (label, mtls, plaintext) => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: 'discoverySelectors: [{matchLabels: {seen: "yes"}}]'}
---
apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {${label}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: one, namespace: sales}
spec: {rules: [{from: [{source: {namespaces: [ops]}}]}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: one, namespace: sales}
spec: {mtls: {mode: STRICT}}
`;
  const decide = compileAccess(
    takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]),
    { namespace: 'sales', labels: { app: 'web' } },
    { rootNamespace: 'istio-system', clusterDomain: 'cluster.local' },
  );
  expect(decide(approach).outcome).toBe(mtls);
  expect(decide({ port: 8080, tls: 'none', address: '10.1.2.3' }).outcome).toBe(plaintext);
});
