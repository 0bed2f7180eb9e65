import { codes } from '@isthmus/diagnostics';
import { child, flag } from '@isthmus/kubernetes';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { injectionLabel } from '../joining.ts';
import { podPatch } from '../pods.ts';

export const hostNetwork: Check = {
  id: 'host-network',
  holds: 'No pod of the mesh is on the network of its node',
  area: 'pods',
  code: codes.preflight.hostNetwork,
  examines: '`hostNetwork` of pod templates that Kong Mesh would inject into',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata: {name: operations, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: log-shipper, namespace: operations}
spec:
  template:
    metadata: {labels: {app: log-shipper}}
    spec:
      hostNetwork: true
      containers: [{name: shipper}]
`,
    passing: `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: log-shipper, namespace: operations}
spec:
  template:
    metadata: {labels: {app: log-shipper, kuma.io/sidecar-injection: disabled}}
    spec:
      hostNetwork: true
      containers: [{name: shipper}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: crew, namespace: operations}
spec:
  template:
    metadata: {labels: {app: crew}}
    spec: {containers: [{name: crew}]}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: facts.pods.flatMap((pod) => {
      const at = flag(child(pod.spec, 'hostNetwork'));
      if (at?.value !== true) return [];
      const isSure = facts.joining(pod) === 'yes';
      return {
        found: `The pods of ${called(pod.resource)} use the network of their node${isSure ? '' : ', and the import does not say whether their namespace is in the mesh'}.`,
        at,
        services: facts.servicesOf(pod),
        ...(isSure ? {} : { severity: 'warning' as const }),
        patch: podPatch(pod, { labels: { [injectionLabel]: 'disabled' } }),
      };
    }),
  }),
};
