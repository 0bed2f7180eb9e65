import { codes } from '@isthmus/diagnostics';
import { amount, workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { annotationOf, podPatch, portsOf } from '../pods.ts';

const probePort = 'kuma.io/application-probe-proxy-port';

const uses: Readonly<Record<number, string>> = {
  9001: 'probes',
  9901: 'administration',
  9902: 'its readiness',
  15001: 'outgoing traffic',
  15006: 'incoming traffic',
  15053: 'DNS',
};

export const portClash: Check = {
  id: 'port-clash',
  holds: 'No container listens on a port of the sidecar',
  area: 'pods',
  code: codes.preflight.portClash,
  examines: 'the ports that containers declare',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: departures, namespace: operations}
spec:
  template:
    metadata: {labels: {app: departures}}
    spec:
      containers:
        - name: departures
          ports:
            - containerPort: 9001
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: departures, namespace: operations}
spec:
  template:
    metadata: {annotations: {kuma.io/application-probe-proxy-port: "19001"}}
    spec:
      containers:
        - name: departures
          ports:
            - containerPort: 9001
`,
  },
  run: (facts) => ({
    examined: [
      workloads(facts),
      amount(
        facts.pods.reduce((sum, pod) => sum + portsOf(pod).length, 0),
        'port of containers',
        'ports of containers',
      ),
    ],
    evidence: facts.pods.flatMap((pod) => {
      const probes = Number(annotationOf(pod, probePort)?.value ?? 9001);
      const taken = new Set([probes, 9902, 15001, 15006, 15053, ...(facts.settings.target === '2.13' ? [9901] : [])]);
      return portsOf(pod)
        .filter(({ value }) => taken.has(value))
        .map((at) => ({
          found: `A container of ${called(pod.resource)} listens on ${at.value}, where the sidecar listens for ${at.value === probes ? 'probes' : uses[at.value]}.`,
          at,
          services: facts.servicesOf(pod),
          ...(at.value === probes ? { patch: podPatch(pod, { annotations: { [probePort]: '19001' } }) } : {}),
        }));
    }),
  }),
};
