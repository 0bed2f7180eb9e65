import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { portsOf } from '../pods.ts';

// What Kong Mesh listens on as well is a clash, which is another check.
const ports = new Set([15000, 15004, 15008, 15020, 15021, 15090]);

export const istioPorts: Check = {
  id: 'istio-ports',
  holds: "No container declares a port of Istio's sidecar",
  area: 'pods',
  code: codes.preflight.istioPorts,
  examines: 'the ports that containers declare, those of injected sidecars left out',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: seats
          ports:
            - containerPort: 15090
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      containers:
        - name: seats
          ports: [{containerPort: 8080}]
        - name: istio-proxy
          ports: [{containerPort: 15090}]
`,
  },
  run: (facts) => ({
    examined: [workloads(facts)],
    evidence: facts.pods.flatMap((pod) =>
      portsOf(pod)
        .filter(({ value }) => ports.has(value))
        .map((at) => ({
          found: `A container of ${called(pod.resource)} declares port ${at.value}.`,
          at,
          services: facts.servicesOf(pod),
        })),
    ),
  }),
};
