import { codes } from '@isthmus/diagnostics';
import { child, items } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { allowsPort, networkPolicies } from './selection.ts';

export const ingressSources: Check = {
  id: 'ingress-sources',
  holds: 'Network policies leave ports of the sidecar open',
  area: 'network',
  code: codes.preflight.ingress,
  examines: 'NetworkPolicies for ingress of pods that join Kong Mesh',
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: seats, namespace: sales}
spec:
  podSelector: {matchLabels: {app: seats}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: web}}}]
      ports: [{port: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: seats, namespace: sales}
spec:
  podSelector: {matchLabels: {app: seats}}
  ingress: [{}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: seats}]}}}
`,
  },
  run: (facts) => {
    const policies = networkPolicies(facts);
    const limiting = policies.filter(({ directions }) => directions.has('Ingress'));
    const open = new Set(
      limiting.flatMap(({ spec, pods }) =>
        items(child(spec, 'ingress')).some((rule) => items(child(rule, 'from')).length === 0 && allowsPort(rule, 9001))
          ? pods
          : [],
      ),
    );
    const evidence = limiting.flatMap(({ resource, spec, pods }) => {
      const limited = pods.filter((pod) => !open.has(pod));
      if (limited.length === 0) return [];
      return {
        found: `${called(resource)} names who may connect to ${limited.length === 1 && limited[0] ? called(limited[0].resource) : `${limited.length} workloads`}, and on which ports.`,
        at: child(spec, 'ingress') ?? spec ?? resource,
        services: limited.flatMap((pod) => facts.servicesOf(pod)),
      };
    });
    return { examined: [amount(policies.length, 'NetworkPolicy', 'NetworkPolicies')], evidence };
  },
};
