import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { runsAs } from './users.ts';

export const istioUser: Check = {
  id: 'istio-user',
  holds: "No container runs as Istio's user",
  area: 'pods',
  code: codes.preflight.uidOfIstio,
  examines: '`runAsUser` of containers and pods',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      initContainers:
        - name: fetch-config
          securityContext:
            runAsUser: 1337
      containers: [{name: seats}]
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: seats
          securityContext: {runAsUser: 1000}
        - name: istio-proxy
          securityContext: {runAsUser: 1337}
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: facts.pods.flatMap((pod) =>
      runsAs(pod, 1337).map((at) => ({
        found: `A container of ${called(pod.resource)} runs as user 1337, whose traffic Istio does not redirect.`,
        at,
        services: facts.servicesOf(pod),
      })),
    ),
  }),
};
