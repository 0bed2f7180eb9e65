import { codes } from '@isthmus/diagnostics';
import { child } from '@isthmus/kubernetes';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, idOf } from '../facts.ts';
import { portFields, portName } from '../service-ports.ts';

export const namedTargetPort: Check = {
  id: 'named-target-port',
  holds: 'Target ports by name are ports of containers',
  area: 'services',
  code: codes.preflight.namedPort,
  examines: 'target ports of Services that are names, and the names of container ports',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports:
    - port: 8080
      targetPort: web
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats}}
    spec: {containers: [{name: seats, ports: [{name: http, containerPort: 8080}]}]}
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports:
    - port: 8080
      targetPort: http
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats}}
    spec: {containers: [{name: seats, ports: [{name: http, containerPort: 8080}]}]}
`,
  },
  run: (facts) => ({
    examined: [services(facts)],
    evidence: portFields(facts).flatMap((one) => {
      const { service, port, field } = one;
      const { targetPort } = port;
      if (typeof targetPort !== 'string') return [];
      return facts
        .podsOf(service)
        .filter(({ containerPorts }) => !containerPorts.some(({ name }) => name === targetPort))
        .map((pod) => ({
          found: `${portName(one)} has the target port \`${targetPort}\`, and no container of ${called(pod.resource)} has a port of that name.`,
          at: child(field, 'targetPort') ?? field,
          services: [idOf(service)],
        }));
    }),
  }),
};
