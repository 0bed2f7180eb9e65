import { codes } from '@isthmus/diagnostics';
import { allConstraints, servedPorts } from '@isthmus/istio';
import { amount, workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called, type Facts } from '../facts.ts';
import { type Pod, portsOf } from '../pods.ts';
import { policiesOf } from '../traffic/policies.ts';

/** The ports that authorization policies of each pod speak of, so that clients use them. */
function portsOfPolicies(facts: Facts): ReadonlyMap<Pod, ReadonlySet<number>> {
  const ports = new Map<Pod, Set<number>>();
  for (const { scope, attached, rules } of policiesOf(facts)) {
    const named = rules
      .flatMap((rule) => [...allConstraints(rule)])
      .filter(({ attribute, negated }) => attribute === 'destination.port' && !negated)
      .flatMap(({ values }) => values.map(({ text }) => Number(text)));
    if (attached || named.length === 0) continue;
    for (const pod of facts.select(scope.namespace, scope.labels))
      ports.set(pod, new Set([...(ports.get(pod) ?? []), ...named]));
  }
  return ports;
}

export const undeclaredPort: Check = {
  id: 'undeclared-port',
  holds: 'Ports of the pods are ports of Services',
  area: 'services',
  code: codes.preflight.undeclaredPort,
  examines:
    'the ports of containers, those of the Services that select them, and the ports that authorization policies name',
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats}}
    spec:
      containers:
        - name: seats
          ports:
            - containerPort: 8080
            - containerPort: 9000
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: seats-admin, namespace: sales}
spec:
  selector: {matchLabels: {app: seats}}
  rules: [{to: [{operation: {ports: ["9000"]}}]}]
`,
    passing: `apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports: [{name: web, port: 80, targetPort: 8080}, {name: admin, port: 9000}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    metadata: {labels: {app: seats}}
    spec: {containers: [{name: seats, ports: [{containerPort: 8080}, {containerPort: 9000}]}]}
`,
  },
  run: (facts) => {
    const named = portsOfPolicies(facts);
    const evidence = facts.pods.flatMap((pod) => {
      const services = facts.servicesOf(pod);
      // Pods without a Service serve nobody by name; their ports are of those who know their addresses.
      if (services.length === 0) return [];
      const resources = services.flatMap((id) => {
        const [namespace = '', name = ''] = id.split('/');
        return facts.index.get(namespace, name)?.resource ?? [];
      });
      const served = new Set(servedPorts(pod, resources));
      const isUsed = (port: number): boolean => named.get(pod)?.has(port) ?? false;
      return portsOf(pod)
        .filter(({ value }) => !served.has(value))
        .map((at) => ({
          found: `A container of ${called(pod.resource)} listens on ${at.value}, which no Service of the pods has${isUsed(at.value) ? ', and an AuthorizationPolicy speaks of the port' : ''}.`,
          at,
          services,
          // Most such ports are for probes, which come another way, and for metrics, which have a check of their own.
          ...(isUsed(at.value) ? {} : { severity: 'info' as const }),
        }));
    });
    return {
      examined: [
        workloads(facts),
        amount(
          facts.pods.reduce((sum, pod) => sum + portsOf(pod).length, 0),
          'port of containers',
          'ports of containers',
        ),
      ],
      evidence,
    };
  },
};
