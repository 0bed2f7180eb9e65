import { codes } from '@isthmus/diagnostics';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { idOf } from '../facts.ts';
import { asksForKongMesh, injectionLabel } from '../joining.ts';
import type { Pod } from '../pods.ts';

const stays = ({ labels }: Pod): boolean =>
  labels[injectionLabel] === 'disabled' ||
  (labels['sidecar.istio.io/inject'] === 'true' && labels[injectionLabel] === undefined);

export const leftOutOfNamespace: Check = {
  id: 'left-out-of-namespace',
  holds: 'Services of labelled namespaces have pods in Kong Mesh',
  area: 'injection',
  code: codes.preflight.leftOutOfNamespace,
  examines: 'Services of namespaces that are labelled for Kong Mesh, and the labels of their pods',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {kuma.io/sidecar-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats, kuma.io/sidecar-injection: disabled}}
    spec: {containers: [{name: seats}]}
`,
    passing: `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {kuma.io/sidecar-injection: disabled}}
---
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats, kuma.io/sidecar-injection: disabled}}
    spec: {containers: [{name: seats}]}
`,
  },
  run: (facts) => ({
    examined: [amount(facts.index.all.length, 'Service'), amount(facts.everyPod.length, 'workload')],
    evidence: facts.index.all.flatMap((service) => {
      const labels = facts.namespace(service.namespace)?.labels ?? {};
      if (!asksForKongMesh(labels[injectionLabel])) return [];
      if (service.resource.annotations['kuma.io/ignore'] === 'true') return [];
      const pods = facts.podsOf(service);
      if (pods.length === 0 || !pods.every(stays)) return [];
      return {
        found: `Namespace ${service.namespace} is labelled for Kong Mesh, and no pod of Service ${idOf(service)} gets its sidecar.`,
        at: service.resource,
        services: [idOf(service)],
      };
    }),
  }),
};
