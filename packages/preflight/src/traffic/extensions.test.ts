import { expect, test } from 'vitest';
import { resultOf } from '../example.test-support.ts';
import { envoyFilters } from './envoy-filters.ts';
import { wasmModules } from './wasm-modules.ts';

const seats = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`;
const plugin = (spec: string, namespace = 'sales'): string => `---
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: quota, namespace: ${namespace}}
spec: {url: "oci://registry.example/quota:1", ${spec}}
`;
const filter = (spec: string): string => `---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: ids, namespace: sales}
spec: {${spec}, configPatches: [{applyTo: HTTP_FILTER, patch: {operation: INSERT_BEFORE, value: {name: envoy.filters.http.lua}}}]}
`;

function said(check: typeof wasmModules, text: string): string[] {
  const result = resultOf(check, text);
  return result.state === 'failed' ? result.findings.map(({ severity, found }) => `${severity}: ${found}`) : [];
}

test('what is for a gateway by its labels or by name is no matter of the workloads of its namespace', () => {
  expect(said(wasmModules, seats + plugin('selector: {matchLabels: {istio: ingressgateway}}'))).toEqual([
    'blocker: WasmPlugin sales/quota runs a module in gateways.',
  ]);
  expect(
    said(wasmModules, seats + plugin('targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: public}]')),
  ).toEqual(['blocker: WasmPlugin sales/quota runs a module in the gateways or waypoints that it names.']);
  expect(said(envoyFilters, seats + filter('workloadSelector: {labels: {istio: ingressgateway}}'))).toEqual([
    'warning: EnvoyFilter sales/ids changes the configuration of gateways.',
  ]);
});

test('what selects none of the workloads at hand is told as such; without workloads it counts in full', () => {
  const other = 'selector: {matchLabels: {app: other}}';
  expect(said(wasmModules, seats + plugin(other))).toEqual([
    'info: WasmPlugin sales/quota runs a module in no workload of the import.',
  ]);
  expect(said(wasmModules, plugin(other))).toEqual([
    'blocker: WasmPlugin sales/quota runs a module in proxies whose workloads are not in the import.',
  ]);
  expect(said(wasmModules, seats + plugin('selector: {matchLabels: {app: seats}}'))).toEqual([
    'blocker: WasmPlugin sales/quota runs a module in Deployment sales/seats.',
  ]);
});
