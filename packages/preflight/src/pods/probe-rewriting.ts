import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { annotated } from './annotations.ts';

export const probeRewriting: Check = {
  id: 'probe-rewriting',
  holds: 'Probes may be rewritten',
  area: 'pods',
  code: codes.preflight.probesNotRewritten,
  examines: 'the annotation `sidecar.istio.io/rewriteAppHTTPProbers` of pod templates',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/rewriteAppHTTPProbers: "false"
    spec: {containers: [{name: seats}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/rewriteAppHTTPProbers: "true"
    spec: {containers: [{name: seats}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: annotated(facts, ['sidecar.istio.io/rewriteAppHTTPProbers'], (value) => value === 'false'),
  }),
};
