import { codes } from '@isthmus/diagnostics';
import { services } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, idOf } from '../facts.ts';
import type { Pod } from '../pods.ts';
import { type PortField, portFields } from '../service-ports.ts';

const targetOf = ({ port: { targetPort } }: PortField, pod: Pod): number | undefined =>
  typeof targetPort === 'number' ? targetPort : pod.containerPorts.find(({ name }) => name === targetPort)?.port;

export const sharedPort: Check = {
  id: 'shared-port',
  holds: 'Services agree about the protocol of a port',
  area: 'services',
  code: codes.preflight.sharedPort,
  examines: '`appProtocol` of the ports of Services that send to the same port of the same pods',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 8080, appProtocol: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: seats-internal, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 80, targetPort: 8080, appProtocol: grpc}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 8080, appProtocol: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: seats-internal, namespace: sales}
spec: {selector: {app: seats}, ports: [{port: 80, targetPort: 8080, appProtocol: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
  },
  run: (facts) => {
    const byPod = new Map<Pod, Map<number, PortField[]>>();
    for (const one of portFields(facts))
      for (const pod of facts.podsOf(one.service)) {
        const target = targetOf(one, pod);
        if (target === undefined) continue;
        const ports = byPod.get(pod) ?? new Map<number, PortField[]>();
        byPod.set(pod, ports.set(target, [...(ports.get(target) ?? []), one]));
      }
    const evidence = [...byPod].flatMap(([pod, ports]) =>
      [...ports].flatMap(([target, fields]) => {
        const [first, ...others] = fields;
        const protocolOf = (one: PortField): string => one.appProtocol?.value ?? 'tcp';
        const other = first && others.find((one) => protocolOf(one) !== protocolOf(first));
        if (first === undefined || other === undefined) return [];
        return {
          found: `Port ${target} of ${called(pod.resource)} is ${protocolOf(first)} for Service ${idOf(first.service)} and ${protocolOf(other)} for Service ${idOf(other.service)}.`,
          at: other.appProtocol ?? other.field,
          services: [idOf(first.service), idOf(other.service)],
        };
      }),
    );
    return { examined: [services(facts)], evidence };
  },
};
