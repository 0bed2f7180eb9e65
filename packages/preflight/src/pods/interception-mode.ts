import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { annotated } from './annotations.ts';

export const interceptionMode: Check = {
  id: 'interception-mode',
  holds: 'Traffic is redirected in the ordinary way',
  area: 'pods',
  code: codes.preflight.interception,
  examines: 'the annotation `sidecar.istio.io/interceptionMode` of pod templates',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: departures, namespace: operations}
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/interceptionMode: TPROXY
    spec: {containers: [{name: departures}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: departures, namespace: operations}
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/interceptionMode: REDIRECT
    spec: {containers: [{name: departures}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: annotated(facts, ['sidecar.istio.io/interceptionMode'], (value) => /^(?:TPROXY|NONE)$/.test(value)),
  }),
};
