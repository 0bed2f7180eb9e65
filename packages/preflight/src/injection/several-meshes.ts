import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { labelOf } from '../pods.ts';

const key = 'kuma.io/mesh';

export const severalMeshes: Check = {
  id: 'several-meshes',
  holds: 'Pods of a namespace are in one mesh',
  area: 'injection',
  code: codes.preflight.twoMeshes,
  examines: 'the label `kuma.io/mesh` of namespaces and pod templates',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats, kuma.io/mesh: blue}}
    spec: {containers: [{name: seats}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: bookings, namespace: sales}
spec:
  template:
    metadata: {labels: {app: bookings}}
    spec: {containers: [{name: bookings}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats, kuma.io/mesh: blue}}
    spec: {containers: [{name: seats}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: [...Map.groupBy(facts.pods, ({ namespace }) => namespace)].flatMap(([namespace, pods]) => {
      const ofNamespace = facts.namespace(namespace)?.labels[key] ?? 'default';
      const meshes = [...new Set(pods.map(({ labels }) => labels[key] ?? ofNamespace))].sort();
      const pod = pods.find(({ labels }) => labels[key] !== undefined);
      if (meshes.length < 2 || pod === undefined) return [];
      return {
        found: `Pods of namespace ${namespace} are in the meshes ${meshes.join(' and ')}.`,
        at: labelOf(pod, key) ?? pod.resource,
        services: facts.servicesIn(namespace),
      };
    }),
  }),
};
