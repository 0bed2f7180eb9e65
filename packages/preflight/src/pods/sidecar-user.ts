import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { annotationOf } from '../pods.ts';
import { runsAs } from './users.ts';

export const sidecarUser: Check = {
  id: 'sidecar-user',
  holds: "No container runs as the sidecar's user",
  area: 'pods',
  code: codes.preflight.uidOfSidecar,
  examines: '`runAsUser` of containers and pods, and `kuma.io/sidecar-uid`',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: seats
          securityContext:
            runAsUser: 5678
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {annotations: {kuma.io/sidecar-uid: "5679"}}
    spec:
      containers:
        - name: seats
          securityContext:
            runAsUser: 5678
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: facts.pods.flatMap((pod) => {
      const uid = Number(annotationOf(pod, 'kuma.io/sidecar-uid')?.value ?? 5678);
      return runsAs(pod, uid).map((at) => ({
        found: `A container of ${called(pod.resource)} runs as user ${uid}, as the sidecar does.`,
        at,
        services: facts.servicesOf(pod),
      }));
    }),
  }),
};
