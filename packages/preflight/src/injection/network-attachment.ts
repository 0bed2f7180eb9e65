import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { annotationOf } from '../pods.ts';

const key = 'k8s.v1.cni.cncf.io/networks';

export const networkAttachment: Check = {
  id: 'network-attachment',
  holds: "No pod names Istio's network attachment",
  area: 'injection',
  code: codes.preflight.multus,
  examines: 'the networks that pod templates ask Multus for',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata:
      annotations:
        k8s.v1.cni.cncf.io/networks: istio-cni
    spec: {containers: [{name: seats}]}
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats}}
    spec: {containers: [{name: seats}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: facts.pods.flatMap((pod) => {
      const at = annotationOf(pod, key);
      if (at === undefined || !at.value.includes('istio-cni')) return [];
      return {
        found: `The pods of ${called(pod.resource)} name \`istio-cni\` in the annotation \`${key}\`.`,
        at,
        services: facts.servicesOf(pod),
      };
    }),
  }),
};
