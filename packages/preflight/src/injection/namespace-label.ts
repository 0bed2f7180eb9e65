import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { asksForKongMesh, injectionLabel } from '../joining.ts';
import { labelOf } from '../pods.ts';

export const namespaceLabel: Check = {
  id: 'namespace-label',
  holds: 'Pods that ask for injection are in labelled namespaces',
  area: 'injection',
  code: codes.preflight.namespaceUnlabelled,
  examines: 'the namespaces of pods that ask for a sidecar of Kong Mesh',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: sales
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats, kuma.io/sidecar-injection: enabled}}
    spec: {containers: [{name: seats}]}
`,
    passing: `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {kuma.io/sidecar-injection: disabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats, kuma.io/sidecar-injection: enabled}}
    spec: {containers: [{name: seats}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: facts.pods.flatMap((pod) => {
      const namespace = facts.namespace(pod.namespace);
      const label = labelOf(pod, injectionLabel);
      if (label === undefined || !asksForKongMesh(label.value) || namespace === undefined) return [];
      if (namespace.labels[injectionLabel] !== undefined) return [];
      return {
        found: `The pods of ${called(pod.resource)} ask for a sidecar of Kong Mesh, and Namespace ${pod.namespace} has no label \`${injectionLabel}\`.`,
        at: label,
        services: facts.servicesOf(pod),
        patch: {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: pod.namespace, labels: { [injectionLabel]: 'disabled' } },
        },
      };
    }),
  }),
};
