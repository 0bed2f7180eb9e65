import { codes } from '@isthmus/diagnostics';
import { istioResources } from '../amounts.ts';
import type { Check } from '../check.ts';
import { selecting } from './extensions.ts';

export const wasmModules: Check = {
  id: 'wasm-modules',
  holds: 'No Wasm module is in the way of requests',
  area: 'traffic',
  code: codes.preflight.modules,
  examines: 'WasmPlugins and the workloads that they select',
  examples: {
    failing: `apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: quota, namespace: passenger}
spec:
  selector: {matchLabels: {app: loyalty}}
  url: oci://registry.kongair.example/quota:1
  phase: AUTHN
`,
    passing: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: passenger}
spec: {egress: [{hosts: ["./*"]}]}
`,
  },
  run: (facts) => ({
    examined: [istioResources(facts)],
    evidence: selecting(facts, facts.ofKind('extensions.istio.io', 'WasmPlugin'), 'runs a module in'),
  }),
};
