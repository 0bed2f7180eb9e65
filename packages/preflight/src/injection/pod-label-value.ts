import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { injectionLabel } from '../joining.ts';
import { labelOf, podPatch } from '../pods.ts';

export const podLabelValue: Check = {
  id: 'pod-label-value',
  holds: 'Injection labels of pods have a value that is heeded',
  area: 'injection',
  code: codes.preflight.notEnabled,
  examines: 'the label `kuma.io/sidecar-injection` of pod templates in namespaces where it is `disabled`',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {kuma.io/sidecar-injection: disabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats, kuma.io/sidecar-injection: "true"}}
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
      const label = labelOf(pod, injectionLabel);
      if (label === undefined || !/^(?:true|yes)$/i.test(label.value)) return [];
      if (facts.namespace(pod.namespace)?.labels[injectionLabel] !== 'disabled') return [];
      return {
        found: `The pods of ${called(pod.resource)} say \`${injectionLabel}: "${label.value}"\` in a namespace that says \`disabled\`: only \`enabled\` is heeded there.`,
        at: label,
        services: facts.servicesOf(pod),
        patch: podPatch(pod, { labels: { [injectionLabel]: 'enabled' } }),
      };
    }),
  }),
};
