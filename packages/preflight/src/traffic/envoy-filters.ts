import { codes } from '@isthmus/diagnostics';
import { istioResources } from '../amounts.ts';
import type { Check } from '../check.ts';
import { selecting } from './extensions.ts';

export const envoyFilters: Check = {
  id: 'envoy-filters',
  holds: 'No configuration of Envoy is changed by hand',
  area: 'traffic',
  code: codes.preflight.filters,
  examines: 'EnvoyFilters and the workloads that they select',
  examples: {
    failing: `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: request-id, namespace: sales}
spec:
  workloadSelector: {labels: {app: seats}}
  configPatches:
    - applyTo: HTTP_FILTER
      match: {context: SIDECAR_INBOUND}
      patch: {operation: INSERT_BEFORE, value: {name: envoy.filters.http.lua}}
`,
    passing: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: sales}
spec: {egress: [{hosts: ["./*"]}]}
`,
  },
  run: (facts) => ({
    examined: [istioResources(facts)],
    evidence: selecting(facts, facts.ofKind('networking.istio.io', 'EnvoyFilter'), 'changes the configuration of'),
  }),
};
