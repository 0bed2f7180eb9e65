import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { annotated } from './annotations.ts';

const keys = ['proxyCPU', 'proxyCPULimit', 'proxyMemory', 'proxyMemoryLimit'].map((name) => `sidecar.istio.io/${name}`);

export const sidecarResources: Check = {
  id: 'sidecar-resources',
  holds: 'No pod sets resources of the sidecar',
  area: 'pods',
  code: codes.preflight.resources,
  examines: 'the annotations of pod templates for CPU and memory of the sidecar',
  examples: {
    failing: `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: bookings-db, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        sidecar.istio.io/proxyMemory: 256Mi
    spec: {containers: [{name: bookings-db}]}
`,
    passing: `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: bookings-db, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        kuma.io/container-patches: more-memory
    spec: {containers: [{name: bookings-db}]}
`,
  },
  run: (facts) => ({ examined: [workloads(facts)], evidence: annotated(facts, keys) }),
};
